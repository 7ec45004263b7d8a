import { type Context, type ExecutionContext, Hono, type MiddlewareHandler } from 'hono';
import type { Keys } from '../core/caller.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { KeepDays, ObjectStore } from '../core/objects.ts';
import type { Clock } from '../core/ports.ts';
import type { Batches } from '../batches/batches.ts';
import { CHAT } from '../doors/chat/door.ts';
import { COMPLETIONS } from '../doors/completions/door.ts';
import type { Door } from '../doors/door.ts';
import { GEMINI } from '../doors/gemini/door.ts';
import type { BodyLimits } from '../doors/json.ts';
import { COUNT_TOKENS, MESSAGES } from '../doors/messages/door.ts';
import { RESPONSES } from '../doors/responses/door.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { KeyCheck } from './authenticate.ts';
import { asJson, converse } from './converse.ts';
import { type App, type Called, doorOf, type Enter, entrance, headersOf } from './entrance.ts';
import { errorHeaders } from './headers.ts';
import type { HttpPort } from './port.ts';
import type { BackgroundRuns } from './responses/runs.ts';
import { batchRoutes } from './routes/batches.ts';
import { countRoutes } from './routes/count-tokens.ts';
import { type Feedback, feedbackRoutes } from './routes/feedback.ts';
import { fileRoutes } from './routes/files.ts';
import { geminiRoutes, geminiV1Routes } from './routes/gemini-models.ts';
import { healthRoutes } from './routes/health.ts';
import { modelRoutes } from './routes/models.ts';
import { responsesRoutes } from './routes/responses.ts';
import { routeRoutes } from './routes/route.ts';
import { taskRoutes } from './routes/tasks.ts';

export interface AppOptions {
  gateway: Gateway;
  http: HttpPort;
  keys: Keys;
  keyCheck: KeyCheck;
  limits: BodyLimits;
  /** What clients leave with the router, and for how many days. */
  objects: ObjectStore;
  keepDays: KeepDays;
  runs: BackgroundRuns;
  batches: Batches;
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

/** Where conversations come in by one address and nothing more. */
const DOORS: readonly (readonly [path: string, door: Door])[] = [
  ['/v1/chat/completions', CHAT],
  ['/v1/completions', COMPLETIONS],
  ['/v1/messages', MESSAGES],
];

/**
 * The doors stand before everything else: a path of their router has one handler, which Hono finds by one look and
 * calls itself. Behind them a request passes through what is composed of middleware and route.
 */
export function createApp(options: AppOptions): App {
  const enter = entrance(options);
  const inner = innerApp(options, enter);
  const app: App = new Hono<Called>();
  for (const [path, door] of DOORS) {
    app.post(path, (c) => {
      enter(c, door);
      return converse(c, door, options);
    });
  }
  app.notFound((c) => inner.fetch(c.req.raw, c.env, contextOf(c)));
  app.onError((cause, c) => refuse(c, cause, options));
  return app;
}

function innerApp(options: AppOptions, enter: Enter): App {
  const app: App = new Hono<Called>();
  app.route('/', healthRoutes(options));
  const entered: MiddlewareHandler<Called> = (c, next) => {
    enter(c, doorAt(c.req.path));
    return next();
  };
  app.use('/v1/*', entered);
  app.use('/v1beta/*', entered);
  app.route('/v1beta', geminiRoutes(options));
  app.route('/v1/models', geminiV1Routes(options)); // Before OpenAI's, which take everybody.
  app.route('/v1/models', modelRoutes(options));
  app.route('/v1/messages/count_tokens', countRoutes(options, COUNT_TOKENS));
  app.route('/v1/responses', responsesRoutes(options));
  app.route('/v1', taskRoutes(options));
  app.route('/v1/files', fileRoutes(options));
  app.route('/v1/batches', batchRoutes(options));
  app.route('/v1/route', routeRoutes(options));
  app.route('/v1/feedback', feedbackRoutes(options));
  app.notFound((c) => {
    const { method, path } = c.req;
    throw new GatewayError('route_not_found', `There is no ${method} ${path.slice(0, 100)}; ${SERVED}`);
  });
  app.onError((cause, c) => refuse(c, cause, options));
  return app;
}

/** Undefined where the runtime has none; Hono throws there. */
function contextOf(c: Context): ExecutionContext | undefined {
  try {
    return c.executionCtx;
  } catch {
    return undefined;
  }
}

const SERVED = [
  'this router serves POST /v1/chat/completions, /v1/responses, /v1/messages, /v1/completions, /v1/embeddings,',
  '/v1/moderations, /v1/images/*, /v1/audio/*, /v1/files, /v1/batches, /v1/route, /v1/feedback and',
  '/v1beta/models/{model}:generateContent, and GET /v1/models',
].join(' ');

function doorAt(path: string): Door {
  if (path.startsWith('/v1beta/') || /^\/v1\/models\/.+:\w+$/.test(path)) return GEMINI;
  if (path.startsWith('/v1/responses')) return RESPONSES;
  return DOORS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? CHAT;
}

function refuse(c: Context, cause: unknown, { http, onInternalError }: AppOptions): Response {
  const error = asGatewayError(cause);
  if (error.kind === 'internal') onInternalError(error, c.get('requestId') ?? '');
  const headers = Object.assign(headersOf(c), errorHeaders(error, c.get('onTheWay')?.attempts));
  return http.send(c, error.status, asJson(headers), JSON.stringify(doorOf(c).refusal(error, c.get('requestId'))));
}
