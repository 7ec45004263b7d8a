import { type Context, Hono } from 'hono';
import { type Caller, forbiddenDoor, type Keys, mayEnter } from '../core/caller.ts';
import { lowest } from '../core/ceilings.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Attempt, Clock } from '../core/ports.ts';
import { CHAT } from '../doors/chat/door.ts';
import type { Door } from '../doors/door.ts';
import type { BodyLimits } from '../doors/json.ts';
import { answer, answerStream, type Gateway, type Inbound } from '../gateway/gateway.ts';
import { type KeyCheck, whoAsks } from './authenticate.ts';
import { ceilingsOf } from './ceilings.ts';
import { type HttpPort, EVENT_STREAM } from './port.ts';
import { framesOf, within } from './frames.ts';
import { errorHeaders, type HeaderValues, tellOutcome } from './headers.ts';
import { urgencyOf } from './urgency.ts';
import { type Feedback, feedbackRoutes } from './routes/feedback.ts';
import { modelRoutes } from './routes/models.ts';
import { routeRoutes } from './routes/route.ts';
import { healthRoutes } from './routes/health.ts';

export interface AppOptions {
  gateway: Gateway;
  http: HttpPort;
  keys: Keys;
  keyCheck: KeyCheck;
  limits: BodyLimits;
  /** Longest silence on an open stream; also how long a stream's first content may keep the client waiting for a head. */
  keepAliveMs: number;
  clock: Clock;
  newId: (prefix: string, length: number) => string;
  /** False while the process drains. */
  isReady: () => boolean;
  /** What a client thinks of an answer. Must not throw. */
  onFeedback: (feedback: Feedback) => void;
  /** An error that is our own fault, with its cause. */
  onInternalError: (error: GatewayError, requestId: string) => void;
}

type App = Hono<{
  Variables: { door: Door; requestId: string; caller: Caller; attempts: Attempt[]; told: HeaderValues };
}>;

export function createApp(options: AppOptions): App {
  const { http, keys, keyCheck, clock, newId } = options;
  const app: App = new Hono();

  app.route('/', healthRoutes(options.isReady));
  app.use('/v1/*', (c, next) => {
    c.set('door', doorAt(c.req.path));
    c.set(
      'caller',
      whoAsks((name) => http.header(c, name), keys, { check: keyCheck, nowMs: clock.now() }),
    );
    c.set('requestId', newId('req_', 24));
    c.set('attempts', []);
    c.set('told', {});
    return next();
  });
  app.route('/v1/models', modelRoutes(options.gateway, options.clock));
  for (const [path, door] of DOORS) app.post(path, (c) => converse(c, door, options));
  app.route('/v1/route', routeRoutes({ ...options, inboundOf: (c) => inboundOf(c, CHAT, options), headersOf: common }));
  app.route('/v1/feedback', feedbackRoutes({ ...options, headersOf: common }));

  app.notFound((c) => {
    const { method, path } = c.req;
    throw new GatewayError(
      'route_not_found',
      `There is no ${method} ${path.slice(0, 100)}; this router serves POST /v1/chat/completions, /v1/route and /v1/feedback, GET /v1/models`,
    );
  });
  app.onError((cause, c) => refuse(c, cause, options));
  return app;
}

/** Where conversations come in. */
const DOORS: readonly (readonly [path: string, door: Door])[] = [['/v1/chat/completions', CHAT]];

/** Whose words a refusal is said in, before a body has been read. */
function doorAt(path: string): Door {
  return DOORS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? CHAT;
}

async function converse(c: Context, door: Door, options: AppOptions): Promise<Response> {
  const { http, gateway, keepAliveMs } = options;
  const inbound = await inboundOf(c, door, options);
  const { request, pen } = inbound;
  if (!request.stream) {
    const outcome = await answer(gateway, inbound);
    const headers = common(c);
    tellOutcome(headers, outcome, request.model);
    return http.send(c, 200, asJson(headers), outcome.body);
  }
  const pending = answerStream(gateway, inbound);
  const outcome = await within(pending, keepAliveMs);
  const headers = common(c);
  if (outcome) tellOutcome(headers, outcome, request.model);
  const frames = outcome ? outcome.body : framesOf(pending);
  return http.stream(c, Object.assign(headers, EVENT_STREAM), frames, {
    keepAliveMs,
    broken: (cause) => pen.broken(cause),
  });
}

async function inboundOf(c: Context, door: Door, { http, limits }: AppOptions): Promise<Inbound> {
  const header = (name: string) => http.header(c, name);
  const caller: Caller = c.get('caller');
  if (!mayEnter(caller, door.name)) throw forbiddenDoor(caller, door.name);
  const text = await http.readBody(c, limits.maxBodyBytes);
  const entry = door.read(text, { limits, header, param: (name) => c.req.param(name) });
  return {
    ...entry,
    caller,
    key: caller.name,
    requestId: c.get('requestId'),
    strict: header('x-signalbox-strict')?.toLowerCase() === 'true',
    ...urgencyOf(header('x-signalbox-priority'), header('x-signalbox-deadline-ms'), caller),
    ceilings: lowest(caller.ceilings, ceilingsOf(header), entry.ceilings ?? {}),
    header,
    client: http.client(c),
    background: (work) => http.background(c, work),
    attempts: c.get('attempts'),
    told: c.get('told'),
  };
}

function refuse(c: Context, cause: unknown, { http, onInternalError }: AppOptions): Response {
  const error = asGatewayError(cause);
  if (error.kind === 'internal') onInternalError(error, c.get('requestId') ?? '');
  const headers = Object.assign(common(c), errorHeaders(error, c.get('attempts')));
  return http.send(c, error.status, asJson(headers), JSON.stringify(doorOf(c).refusal(error)));
}

function doorOf(c: Context): Door {
  return c.get('door') ?? CHAT;
}

function asJson(headers: HeaderValues): HeaderValues {
  headers['content-type'] = 'application/json';
  return headers;
}

function common(c: Context): HeaderValues {
  const requestId: string | undefined = c.get('requestId');
  const headers: HeaderValues = { ...c.get('told'), 'cache-control': 'no-store', vary: 'Authorization' };
  if (requestId) headers['x-request-id'] = requestId;
  return headers;
}
