/** What became of one request, from the client's side alone: status and bytes, held against the one right answer. */
import type { Arrival } from './arrivals.ts';
import { answerTo } from './talk.ts';

/**
 * `honest`: a stream that broke and says so. `corrupt`, `cut`: a client would take it for the answer, and it is not.
 * `throttled`: 429. `refused`: another 4xx. `failed`: 5xx. `late`: the client's patience was over. `left`: it had hung up.
 */
export type Verdict = 'ok' | 'honest' | 'corrupt' | 'cut' | 'throttled' | 'refused' | 'failed' | 'late' | 'left';

/** Answers that nobody could tell from true ones. */
export const SILENT: readonly Verdict[] = ['corrupt', 'cut'];

export function judge(arrival: Arrival, status: number, text: string): Verdict {
  if (status === 429) return 'throttled';
  if (status >= 500) return 'failed';
  if (status !== 200) return 'refused';
  const expected = answerTo(arrival);
  return arrival.stream ? judgeStream(expected, text) : judgeWhole(expected, text);
}

interface Completion {
  error?: unknown;
  choices?: { message?: { content?: unknown }; delta?: { content?: unknown }; finish_reason?: unknown }[];
}

function judgeWhole(expected: string, text: string): Verdict {
  const completion = parse(text);
  return completion?.choices?.[0]?.message?.content === expected ? 'ok' : 'corrupt';
}

function judgeStream(expected: string, text: string): Verdict {
  const heard: Heard = { content: '', finished: false, closed: false, complained: false, garbled: false };
  for (const line of text.split('\n')) {
    if (line.startsWith('data:') && !heard.complained) hear(heard, line.slice(5).trim());
  }
  if (heard.garbled) return 'corrupt';
  if (heard.complained) return expected.startsWith(heard.content) ? 'honest' : 'corrupt';
  if (!heard.finished || !heard.closed) return 'cut';
  return heard.content === expected ? 'ok' : 'corrupt';
}

interface Heard {
  content: string;
  finished: boolean;
  closed: boolean;
  complained: boolean;
  /** Not JSON, or anything after the end. */
  garbled: boolean;
}

function hear(heard: Heard, data: string): void {
  if (data === '[DONE]') {
    heard.closed = true;
    return;
  }
  const chunk = parse(data);
  if (!chunk || heard.closed) heard.garbled = true;
  if (chunk?.error) heard.complained = true;
  const [choice] = chunk?.choices ?? [];
  if (typeof choice?.delta?.content === 'string') heard.content += choice.delta.content;
  if (choice?.finish_reason) heard.finished = true;
}

function parse(text: string): Completion | undefined {
  try {
    return JSON.parse(text) as Completion;
  } catch {
    return undefined; // Not JSON at all: the caller knows what that means.
  }
}
