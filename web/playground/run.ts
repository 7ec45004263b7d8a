/** Sends a request twice: to be explained, and to be answered. */
import { Refusal, send } from '../api.ts';
import { type Answer, eventsOf, grown, NO_ANSWER, type Piece } from './answer.ts';
import type { Explanation } from './explanation.ts';

export interface Run {
  model: string;
  answer: Answer;
  state: 'explaining' | 'running' | 'over';
  problem?: string;
  explanation?: Explanation;
  /** `x-signalbox-…` of the answer, without the prefix. */
  headers: Readonly<Record<string, string>>;
  requestId?: string;
  firstTokenMs?: number;
  totalMs?: number;
}

export const NO_RUN: Run = { model: '', answer: NO_ANSWER, state: 'explaining', headers: {} };

export interface Call {
  model: string;
  body: Record<string, unknown>;
  headers: Record<string, string>;
  /** The client's. */
  key: string;
  isAnswered: boolean;
  signal: AbortSignal;
}

const PLACE = '/admin/v1/play';
const PREFIX = 'x-signalbox-';

export async function runCall(call: Call, onRun: (run: Run) => void): Promise<void> {
  let run: Run = { ...NO_RUN, model: call.model };
  const tell = (more: Partial<Run>) => {
    run = { ...run, ...more };
    onRun(run);
  };
  try {
    const response = await send(`${PLACE}/route`, optionsOf(call));
    tell({ explanation: (await response.json()) as Explanation });
    if (call.isAnswered) await answered(call, tell);
  } catch (cause) {
    const isStopped = call.signal.aborted;
    tell({ problem: isStopped ? 'Stopped by you' : cause instanceof Error ? cause.message : String(cause) });
  }
  tell({ state: 'over' });
}

async function answered(call: Call, tell: (more: Partial<Run>) => void): Promise<void> {
  const beganMs = performance.now();
  tell({ state: 'running' });
  const response = await send(`${PLACE}/chat/completions`, optionsOf(call));
  tell({ headers: signalboxHeaders(response.headers), requestId: response.headers.get('x-request-id') ?? '' });
  if (call.body.stream !== true) {
    const answer = grown(NO_ANSWER, (await response.json()) as Piece);
    return tell({ answer, totalMs: performance.now() - beganMs });
  }
  if (!response.body) throw new Refusal('The stream has no body');
  let answer = NO_ANSWER;
  let firstTokenMs: number | undefined;
  for await (const piece of eventsOf(response.body)) {
    answer = grown(answer, piece);
    if (answer.text || answer.reasoning || answer.tools.length > 0) firstTokenMs ??= performance.now() - beganMs;
    tell({ answer, ...(firstTokenMs !== undefined && { firstTokenMs }) });
  }
  tell({ totalMs: performance.now() - beganMs });
}

/** The admin token stands in `authorization`; the client's key goes beside it, and only it goes on. */
function optionsOf({ body, headers, key, signal }: Call) {
  return { method: 'POST' as const, body, signal, headers: { ...headers, ...(key && { 'x-api-key': key }) } };
}

function signalboxHeaders(headers: Headers): Record<string, string> {
  const ours = [...headers].filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(ours.map(([name, value]) => [name.slice(PREFIX.length), value]));
}
