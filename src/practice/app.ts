/**
 * The practice providers: four make-believe companies behind one `fetch`, so that everything can be tried without
 * an account. Nothing leaves the machine. Runs wherever `Request` and `Response` exist.
 */
import type { Clock } from '../core/ports.ts';
import { anthropicCountWire } from './anthropic/count.ts';
import { anthropicWire } from './anthropic/wire.ts';
import { bedrockWire } from './bedrock/wire.ts';
import { answerBatch } from './batch.ts';
import { Shelf } from './batch-shelf.ts';
import { compose } from './brain.ts';
import { type Directives, readDirectives } from './directives.ts';
import { geminiWire } from './gemini/wire.ts';
import { chatWire } from './openai/chat-wire.ts';
import { openaiWire } from './openai/errors.ts';
import { listModels } from './openai/models.ts';
import { responsesWire } from './openai/responses-wire.ts';
import { plannedIn } from './plan.ts';
import { pause, play, troubled } from './play.ts';
import { Rejected } from './rejected.ts';
import { hexDigest } from './seal.ts';
import { answerTask } from './tasks/answer.ts';
import type { Asked, Hearing, Wire } from './wire.ts';

export interface PracticeOptions {
  clock?: Clock;
  /** Between two words of a stream; 0 in tests. */
  paceMs?: number;
  /** How long a batch takes. */
  batchMs?: number;
}

const HUMAN_PACE_MS = 25;
const USUAL_BATCH_MS = 10_000;

const ROUTES: readonly (readonly [path: RegExp, wire: Wire])[] = [
  [/^\/anthropic\/v1\/messages$/u, anthropicWire],
  [/^\/anthropic\/v1\/messages\/count_tokens$/u, anthropicCountWire],
  [/^\/openai\/v1\/chat\/completions$/u, chatWire],
  [/^\/openai\/v1\/responses$/u, responsesWire],
  [/^\/gemini\/v1(?:beta)?\/models\/[^/]+:(?:(?:streamG|g)enerateContent|countTokens)$/u, geminiWire],
  [/^\/bedrock\/model\/[^/]+\/converse(?:-stream)?$/u, bedrockWire],
];

export function practiceFetch(options: PracticeOptions = {}): (request: Request) => Promise<Response> {
  const { clock = { now: () => Date.now() }, paceMs = HUMAN_PACE_MS, batchMs = USUAL_BATCH_MS } = options;
  const shelf = new Shelf((request) => fetch(request), batchMs);
  const fetch = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const { method, headers, signal } = request;
    const task = await answerTask(request, clock.now());
    if (task) return task;
    const text = await request.text();
    const asked: Asked = { url, method, headers, text, seed: hexDigest(url.pathname + text), nowMs: clock.now() };
    if (method === 'GET' && url.pathname === '/openai/v1/models') return await models(asked);
    const [, wire] = ROUTES.find(([path]) => method === 'POST' && path.test(url.pathname)) ?? [];
    if (wire) return await answer(wire, asked, { paceMs, signal });
    return (await answerBatch(asked, shelf)) ?? notFound(url, method);
  };
  return fetch;
}

interface Manner {
  paceMs: number;
  signal: AbortSignal;
}

async function answer(wire: Wire, asked: Asked, manner: Manner): Promise<Response> {
  try {
    await wire.authenticate(asked);
    asked.body = parse(asked.text);
    const hearing = wire.hear(asked);
    const directives = readDirectives(hearing.ask.said, wire.dialect);
    await pause(directives.slowMs, manner.signal);
    return ordered(wire, asked, directives) ?? (await say(wire, { asked, hearing, directives }, manner));
  } catch (cause) {
    if (cause instanceof Rejected) return refuse(wire, asked, cause);
    throw cause;
  }
}

async function models(asked: Asked): Promise<Response> {
  try {
    await openaiWire.authenticate(asked);
    return json(200, openaiWire.headers(asked), JSON.stringify(listModels()));
  } catch (cause) {
    if (cause instanceof Rejected) return refuse(openaiWire, asked, cause);
    throw cause;
  }
}

interface Turn {
  asked: Asked;
  hearing: Hearing;
  directives: Directives;
}

async function say(wire: Wire, { asked, hearing, directives }: Turn, manner: Manner): Promise<Response> {
  const script = compose(hearing.ask, directives, plannedIn(asked.body));
  const { trouble } = directives;
  if (!hearing.stream) {
    if (trouble === 'stall') await pause(Infinity, manner.signal);
    if (trouble === 'error') throw troubleOf(wire, directives);
    const body = JSON.stringify(hearing.whole(script));
    return json(200, wire.headers(asked), trouble === 'cut' ? body.slice(0, body.length / 2) : body);
  }
  const frames = troubled(hearing.frames(script), directives, () => wire.troubleFrame(troubleOf(wire, directives)));
  const stream = play(frames, directives.fast ? 0 : manner.paceMs, trouble === 'stall');
  const headers = { ...wire.headers(asked), 'content-type': wire.streamType, 'cache-control': 'no-cache' };
  return new Response(stream, { headers });
}

/** Trouble that stands in place of an answer. */
function ordered(wire: Wire, asked: Asked, directives: Directives): Response | undefined {
  const { status, retryAfterSeconds, html, trouble } = directives;
  if (html) {
    const page =
      '<html><head><title>502 Bad Gateway</title></head><body><h1>Practice: 502 Bad Gateway</h1></body></html>\n';
    return new Response(page, { status: status ?? 502, headers: { 'content-type': 'text/html' } });
  }
  if (status === undefined || status < 400 || trouble) return undefined;
  return refuse(
    wire,
    asked,
    new Rejected(status, `Practice: this is the ${status} that you asked for.`, { retryAfterSeconds }),
  );
}

function troubleOf(wire: Wire, { status, retryAfterSeconds }: Directives): Rejected {
  const usual = wire.dialect === 'anthropic' ? 529 : 503;
  return new Rejected(status ?? usual, 'Practice: this is the error that you asked for.', { retryAfterSeconds });
}

function refuse(wire: Pick<Wire, 'headers' | 'refusal'>, asked: Asked, rejected: Rejected): Response {
  const { headers, body } = wire.refusal(rejected, asked);
  return json(rejected.status, { ...wire.headers(asked), ...headers }, JSON.stringify(body));
}

function json(status: number, headers: Record<string, string>, body: string): Response {
  return new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } });
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Rejected(400, 'The request body is not valid JSON');
  }
}

function notFound({ pathname }: URL, method: string): Response {
  const message = `The practice providers have no ${method} ${pathname}`;
  return json(404, {}, JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } }));
}
