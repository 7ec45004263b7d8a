/** What the four wires have in common: how a provider hears a request and puts its answer. */
import type { Amounts, Levels, Shortage } from '../buckets.ts';
import { answerTo, type Facts, factsIn } from '../talk.ts';

export interface HttpRequest {
  url: string;
  /** By lower-case name. */
  headers: Readonly<Record<string, string | undefined>>;
  body: string;
}

export interface Asked {
  facts: Facts;
  key: string;
  model: string;
  stream: boolean;
  maxTokens: number;
  /** OpenAI: the stream is to end with its usage. */
  wantsUsage?: boolean;
  /** What is still to be said: the answer, or its rest where the request brings the beginning along. */
  text: string;
}

/** What a provider says instead of an answer. */
export type Trouble = 'credential' | 'error' | 'overloaded' | 'rate' | 'spent' | 'bad' | 'too_long';

export interface Refusal {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** How long it asks to stay away; undefined if it does not say. */
  announcedMs?: number;
}

export interface Wire {
  streamType: string;
  /** Undefined for what is no request of the storm's. */
  read(request: HttpRequest): Asked | undefined;
  /** What a call takes on arrival. */
  need(asked: Asked): Amounts;
  /** What its end adds (or, negative, gives back), once it is known how much was written. */
  settle(asked: Asked, writtenTokens: number): Amounts;
  limitHeaders(levels: Levels, dateMs: number): Record<string, string>;
  refusal(trouble: Trouble, shortage: Shortage | undefined): Refusal;
  whole(asked: Asked): string;
  opening(asked: Asked): Uint8Array[];
  piece(asked: Asked, text: string): Uint8Array;
  closing(asked: Asked): Uint8Array[];
  /** An error in the middle of a stream. */
  errorEvent(): Uint8Array;
}

/** When the storm breaks out, for whoever wants a date: a Sunday at noon, UTC. */
export const EPOCH_MS = Date.UTC(2026, 10, 22, 12);

const utf8 = new TextEncoder();

export function bytes(text: string): Uint8Array {
  return utf8.encode(text);
}

/** One server-sent event. */
export function sse(data: unknown, event?: string): Uint8Array {
  return bytes(`${event ? `event: ${event}\n` : ''}data: ${JSON.stringify(data)}\n\n`);
}

export interface Turn {
  role: string;
  text: string;
}

const LAST_WORDS = /<last_words>(.+)<\/last_words>/s;

/** The facts out of the turns, and how much of the answer they contain already. */
export function hear(turns: readonly Turn[]): { facts: Facts; text: string } | undefined {
  const facts = turns.map(({ text }) => factsIn(text)).find((found) => found !== undefined);
  if (!facts) return undefined;
  const answer = answerTo(facts);
  const begun = turns.findLast(({ role, text }) => role === 'assistant' && text !== '' && answer.startsWith(text));
  const [, again = ''] = LAST_WORDS.exec(turns.at(-1)?.text ?? '') ?? []; // To be repeated, as the gateway wants it.
  return { facts, text: again + answer.slice(begun?.text.length ?? 0) };
}

/** The text of a content that is a string or a list of parts with `text`. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : '')).join('');
}

export function bearerOf(headers: HttpRequest['headers']): string {
  return (headers['authorization'] ?? '').replace(/^Bearer /, '');
}

/** Parsed, or undefined: a fake must not fall over what it is sent. */
export function parseBody<Body>(body: string): Partial<Body> | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Partial<Body>) : undefined;
  } catch {
    return undefined;
  }
}
