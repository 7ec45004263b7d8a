/** What is no conversation, answered by the practice providers: the same credentials and the same orders of trouble. */
import { readDirectives } from '../directives.ts';
import { pause } from '../play.ts';
import { Rejected } from '../rejected.ts';
import { hexDigest } from '../seal.ts';
import type { Desk, TaskAsked } from './desk.ts';
import { OPENAI_DESKS } from './openai.ts';
import { OTHER_DESKS } from './others.ts';

const DESKS = [...OPENAI_DESKS, ...OTHER_DESKS];

/** Undefined where no desk is asked; then the request has not been read. */
export async function answerTask(request: Request, nowMs: number): Promise<Response | undefined> {
  const url = new URL(request.url);
  const desks = DESKS.filter(({ path }) => request.method === 'POST' && path.test(url.pathname));
  if (desks.length === 0) return undefined;
  const bytes = await request.clone().arrayBuffer();
  const text = new TextDecoder().decode(bytes);
  const desk = desks.find(({ takes }) => takes?.({ text }) ?? true);
  if (!desk) return undefined;
  const seed = hexDigest(url.pathname + text.slice(0, 10_000));
  const { method, headers } = request;
  const asked: TaskAsked = { url, method, headers, text, seed, nowMs, form: undefined, size: bytes.byteLength };
  try {
    return await answer(desk, asked, { bytes, signal: request.signal });
  } catch (cause) {
    if (cause instanceof Rejected) return refuse(desk, asked, cause);
    throw cause;
  }
}

interface Sent {
  bytes: ArrayBuffer;
  signal: AbortSignal;
}

async function answer(desk: Desk, asked: TaskAsked, { bytes, signal }: Sent): Promise<Response> {
  const { wire } = desk;
  await wire.authenticate(asked);
  const type = asked.headers.get('content-type') ?? '';
  if (type.startsWith('multipart/')) asked.form = await formOf(bytes, type);
  else asked.body = parsed(asked.text);
  const { said, body, headers, type: answerType = 'application/json' } = desk.read(asked);
  const { slowMs, status, retryAfterSeconds } = readDirectives(said, wire.dialect);
  await pause(slowMs, signal);
  if (status !== undefined && status >= 400) {
    throw new Rejected(status, `Practice: this is the ${status} that you asked for.`, { retryAfterSeconds });
  }
  return new Response(body, { headers: { ...wire.headers(asked), ...headers, 'content-type': answerType } });
}

async function formOf(bytes: ArrayBuffer, type: string): Promise<FormData> {
  try {
    return await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch {
    throw new Rejected(400, 'Could not parse multipart form');
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Rejected(400, 'The request body is not valid JSON');
  }
}

function refuse({ wire }: Desk, asked: TaskAsked, rejected: Rejected): Response {
  const { headers, body } = wire.refusal(rejected, asked);
  return new Response(JSON.stringify(body), {
    status: rejected.status,
    headers: { 'content-type': 'application/json', ...wire.headers(asked), ...headers },
  });
}
