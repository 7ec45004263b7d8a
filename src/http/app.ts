import { type Context, Hono } from 'hono';
import { asGatewayError, errorBody, GatewayError } from '../core/errors.ts';
import type { Attempt, Clock } from '../core/ports.ts';
import { answer, answerStream, type Gateway, type Inbound } from '../gateway.ts';
import { authenticate, type Caller, type ClientKey, type KeyCheck } from './authenticate.ts';
import { type Door, EVENT_STREAM } from './door.ts';
import { framesOf, within } from './frames.ts';
import { errorHeaders, type HeaderValues, tellOutcome } from './headers.ts';
import { type BodyLimits, parseChatRequest } from './parse.ts';
import { urgencyOf } from './urgency.ts';
import { modelRoutes } from './routes/models.ts';
import { healthRoutes } from './routes/health.ts';

export interface AppOptions {
  gateway: Gateway;
  door: Door;
  keys: readonly ClientKey[];
  keyCheck: KeyCheck;
  limits: BodyLimits;
  /** Longest silence on an open stream; also how long a stream's first content may keep the client waiting for a head. */
  keepAliveMs: number;
  clock: Clock;
  newId: (prefix: string, length: number) => string;
  /** False while the process drains. */
  isReady: () => boolean;
  /** An error that is our own fault, with its cause. */
  onInternalError: (error: GatewayError, requestId: string) => void;
}

type App = Hono<{ Variables: { requestId: string; caller: Caller; attempts: Attempt[] } }>;

export function createApp(options: AppOptions): App {
  const { door, keys, keyCheck, newId } = options;
  const app: App = new Hono();

  app.route('/', healthRoutes(options.isReady));
  app.use('/v1/*', (c, next) => {
    c.set('caller', authenticate(door.header(c, 'authorization'), keys, keyCheck));
    return next();
  });
  app.route('/v1/models', modelRoutes(options.gateway.routing, options.clock));
  app.post('/v1/chat/completions', (c) => {
    c.set('requestId', newId('req_', 24));
    c.set('attempts', []);
    return chat(c, options);
  });

  app.notFound((c) => {
    const { method, path } = c.req;
    throw new GatewayError(
      'route_not_found',
      `There is no ${method} ${path.slice(0, 100)}; this router serves POST /v1/chat/completions`,
    );
  });
  app.onError((cause, c) => refuse(c, cause, options));
  return app;
}

async function chat(c: Context, options: AppOptions): Promise<Response> {
  const { door, gateway, limits, keepAliveMs } = options;
  const original = await door.readBody(c, limits.maxBodyBytes);
  const request = parseChatRequest(original, limits);
  const caller: Caller = c.get('caller');
  const inbound: Inbound = {
    request,
    original,
    key: caller.name,
    requestId: c.get('requestId'),
    strict: door.header(c, 'x-signalbox-strict')?.toLowerCase() === 'true',
    ...urgencyOf(door.header(c, 'x-signalbox-priority'), door.header(c, 'x-signalbox-deadline-ms'), caller),
    client: door.client(c),
    attempts: c.get('attempts'),
  };
  if (!request.stream) {
    const outcome = await answer(gateway, inbound);
    const headers = common(c);
    tellOutcome(headers, outcome, request.model);
    return door.send(c, 200, asJson(headers), outcome.body);
  }
  const pending = answerStream(gateway, inbound);
  const outcome = await within(pending, keepAliveMs);
  const headers = common(c);
  if (outcome) tellOutcome(headers, outcome, request.model);
  const frames = outcome ? outcome.body : framesOf(pending);
  return door.stream(c, Object.assign(headers, EVENT_STREAM), frames, keepAliveMs);
}

function refuse(c: Context, cause: unknown, { door, onInternalError }: AppOptions): Response {
  const error = asGatewayError(cause);
  if (error.kind === 'internal') onInternalError(error, c.get('requestId') ?? '');
  const headers = Object.assign(common(c), errorHeaders(error, c.get('attempts')));
  return door.send(c, error.status, asJson(headers), JSON.stringify(errorBody(error)));
}

function asJson(headers: HeaderValues): HeaderValues {
  headers['content-type'] = 'application/json';
  return headers;
}

function common(c: Context): HeaderValues {
  const requestId: string | undefined = c.get('requestId');
  const headers: HeaderValues = { 'cache-control': 'no-store', vary: 'Authorization' };
  if (requestId) headers['x-request-id'] = requestId;
  return headers;
}
