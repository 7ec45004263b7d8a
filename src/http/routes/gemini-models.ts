import { type Context, Hono } from 'hono';
import { type Caller, forbiddenName, mayUse } from '../../core/caller.ts';
import type { Deployment } from '../../core/deployment.ts';
import { GatewayError } from '../../core/errors.ts';
import { calledBy, GEMINI, GEMINI_COUNT } from '../../doors/gemini/door.ts';
import { EMBED_VERBS, geminiEmbeddings } from '../../doors/gemini/embeddings.ts';
import type { RoutingView } from '../../routing/view.ts';
import type { Called } from '../call.ts';
import { converse, send } from '../converse.ts';
import { sendCount } from './count-tokens.ts';
import { serveTask, type TaskParts } from './tasks.ts';

/** `/v1beta`, as Google's clients know it: `GET /models`, `/models/{id}`, `POST /models/{id}:generateContent` and so on. */
export function geminiRoutes(parts: TaskParts): Hono<Called> {
  return new Hono<Called>()
    .get('/models', (c) => listModels(c, parts))
    .get('/models/:id{.+}', (c) => oneModel(c, parts, c.req.param('id')))
    .route('/models', geminiCalls(parts))
    .route('/', geminiCalls(parts)); // Where Vercel's SDK asks for a name with a slash.
}

/**
 * The same under `/v1`, where the SDK for JavaScript asks since version 3. There the lists of models are OpenAI's, so
 * Google's clients are told by their headers.
 */
export function geminiV1Routes(parts: TaskParts): Hono<Called> {
  const { http } = parts;
  const isGoogles = (c: Context) => GOOGLES.some((name) => http.header(c, name) !== undefined);
  return new Hono<Called>()
    .get('/', (c, next) => (isGoogles(c) ? listModels(c, parts) : next()))
    .get('/:id{.+}', (c, next) => (isGoogles(c) ? oneModel(c, parts, c.req.param('id')) : next()))
    .route('/', geminiCalls(parts));
}

const GOOGLES = ['x-goog-api-client', 'x-goog-api-key'];

function listModels(c: Context<Called>, parts: TaskParts): Response {
  c.set('door', GEMINI);
  return send(
    c,
    parts,
    pageOf(listOf(parts.gateway.routing, c.get('caller')), (name) => c.req.query(name)),
  );
}

function oneModel(c: Context<Called>, parts: TaskParts, id: string): Response {
  c.set('door', GEMINI);
  return send(c, parts, modelOf(parts.gateway.routing, c.get('caller'), id));
}

/** `POST …/{id}:generateContent` and its like. */
function geminiCalls(parts: TaskParts): Hono<Called> {
  return new Hono<Called>().post('/:call{.+}', (c) => {
    c.set('door', GEMINI);
    const { model, verb } = calledBy({ param: (name) => c.req.param(name as 'call') });
    if (verb === 'countTokens') return sendCount(c, parts, GEMINI_COUNT, (totalTokens) => ({ totalTokens }));
    if (verb === 'streamGenerateContent') requireEvents(c.req.query('alt'));
    if (verb === 'embedContent' || verb === 'batchEmbedContents') {
      return serveTask(c, geminiEmbeddings(model, verb), parts);
    }
    return converse(c, GEMINI, parts);
  });
}

/** Google streams one long JSON array without it, which leaves no room for a sign of life, or for an error that comes late. */
function requireEvents(alt: string | undefined): void {
  if (alt === 'sse') return;
  throw new GatewayError('invalid_request', 'Streams are events here: add ?alt=sse to the address, as the SDKs do', {
    param: 'alt',
  });
}

interface GeminiModel {
  name: string;
  displayName: string;
  version: string;
  supportedGenerationMethods: string[];
  inputTokenLimit?: number;
  outputTokenLimit?: number;
  thinking?: boolean;
}

function listOf({ rules, models, servedRoutes }: RoutingView, caller: Caller): GeminiModel[] {
  const names = new Set([...servedRoutes, ...models.keys()]);
  return [...names].filter((id) => mayUse(caller, id, rules.routes)).map((id) => toModel(id, models.get(id)?.[0]));
}

function modelOf(routing: RoutingView, caller: Caller, id: string): GeminiModel {
  if (!mayUse(caller, id, routing.rules.routes)) throw forbiddenName(caller, id);
  const known = listOf(routing, caller).find(({ name }) => name === `models/${id}`);
  const direct = known ? undefined : routing.direct(id);
  if (known) return known;
  if (direct) return toModel(id, direct);
  throw new GatewayError('model_not_found', `There is no model "${id}" here; GET /v1beta/models lists them`, {
    param: 'model',
  });
}

/** Routes have no deployment of their own, and no limits. */
function toModel(id: string, deployment: Deployment | undefined): GeminiModel {
  const { contextTokens, outputTokens, reasoning = 'none', tasks = ['chat'] } = deployment?.capabilities ?? {};
  return {
    name: `models/${id}`,
    displayName: id,
    version: '',
    supportedGenerationMethods: [
      ...(tasks.includes('chat') ? ['generateContent', 'countTokens'] : []),
      ...(tasks.includes('embeddings') ? EMBED_VERBS : []),
    ],
    ...(contextTokens !== undefined && { inputTokenLimit: contextTokens }),
    ...(outputTokens !== undefined && { outputTokenLimit: outputTokens }),
    ...(deployment && { thinking: reasoning !== 'none' }),
  };
}

/** Google's own. */
const USUAL_PAGE = 50;
const LARGEST_PAGE = 1_000;

function pageOf(models: readonly GeminiModel[], query: (name: string) => string | undefined) {
  const size = countIn(query('pageSize')) || USUAL_PAGE;
  const start = countIn(query('pageToken'));
  const end = start + Math.min(size, LARGEST_PAGE);
  return { models: models.slice(start, end), ...(end < models.length && { nextPageToken: String(end) }) };
}

function countIn(text: string | undefined): number {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : 0;
}
