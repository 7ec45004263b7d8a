import { Hono, type MiddlewareHandler } from 'hono';
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
import { type Call, type Called, DirectCall } from './call.ts';
import { asJson, converse } from './converse.ts';
import { type App, doorOf, type Enter, entrance, headersOf } from './entrance.ts';
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
const DOORS: ReadonlyMap<string, Door> = new Map([
  ['/v1/chat/completions', CHAT],
  ['/v1/completions', COMPLETIONS],
  ['/v1/messages', MESSAGES],
]);

/** Nearly all requests come by these doors, so they are found before Hono makes a context. Everything else is a route. */
export function createApp(options: AppOptions): App {
  const enter = entrance(options);
  const serve = async (c: Call, door: Door): Promise<Response> => {
    try {
      enter(c, door);
      return await converse(c, door, options);
    } catch (cause) {
      return refuse(c, cause, options);
    }
  };
  const app = routes(options, enter, serve);
  const byRoute = app.fetch;
  app.fetch = (request, env, context) => {
    const door = request.method === 'POST' ? DOORS.get(pathOf(request.url)) : undefined;
    return door ? serve(new DirectCall(request, env, context), door) : byRoute(request, env, context);
  };
  return app;
}

/** As it was written; Hono finds the doors, too, where it is spelled otherwise. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  const end = url.indexOf('?', start);
  return end < 0 ? url.slice(start) : url.slice(start, end);
}

function routes(options: AppOptions, enter: Enter, serve: (c: Call, door: Door) => Promise<Response>): App {
  const app: App = new Hono<Called>();
  app.route('/', healthRoutes(options));
  for (const [path, door] of DOORS) app.post(path, (c) => serve(c, door));
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

const SERVED = [
  'this router serves POST /v1/chat/completions, /v1/responses, /v1/messages, /v1/completions, /v1/embeddings,',
  '/v1/moderations, /v1/images/*, /v1/audio/*, /v1/files, /v1/batches, /v1/route, /v1/feedback and',
  '/v1beta/models/{model}:generateContent, and GET /v1/models',
].join(' ');

function doorAt(path: string): Door {
  if (path.startsWith('/v1beta/') || /^\/v1\/models\/.+:\w+$/.test(path)) return GEMINI;
  if (path.startsWith('/v1/responses')) return RESPONSES;
  for (const [prefix, door] of DOORS) if (path.startsWith(prefix)) return door;
  return CHAT;
}

function refuse(c: Call, cause: unknown, { http, onInternalError }: AppOptions): Response {
  const error = asGatewayError(cause);
  if (error.kind === 'internal') onInternalError(error, c.get('requestId') ?? '');
  const headers = Object.assign(headersOf(c), errorHeaders(error, c.get('onTheWay')?.attempts));
  return http.send(c, error.status, asJson(headers), JSON.stringify(doorOf(c).refusal(error, c.get('requestId'))));
}
