import type { Ask, Dialect, Script } from './ask.ts';
import type { Rejected } from './rejected.ts';

/** One provider's wire format, seen from the server. Pure: it reads requests and writes answers, and sends nothing. */
export interface Wire {
  dialect: Dialect;
  /** The content type of a streamed answer. */
  streamType: string;
  /** Throws `Rejected` for a wrong credential. */
  authenticate(asked: Asked): Promise<void> | void;
  /** Throws `Rejected` for what the real provider refuses. */
  hear(asked: Asked): Hearing;
  /** Headers of every answer: request ids, rate limits. */
  headers(asked: Asked): Record<string, string>;
  refusal(rejected: Rejected, asked: Asked): { headers: Record<string, string>; body: unknown };
  /** The same in the middle of a stream. */
  troubleFrame(rejected: Rejected): Frame;
}

export interface Asked {
  url: URL;
  method: string;
  headers: Headers;
  text: string;
  /** `text`, parsed; undefined until the credential has been checked. */
  body?: unknown;
  /** Where ids come from: the same request has the same. */
  seed: string;
  nowMs: number;
}

export interface Hearing {
  ask: Ask;
  stream: boolean;
  whole(script: Script): unknown;
  frames(script: Script): Frame[];
}

/** One event of a stream. */
export interface Frame {
  data: string | Uint8Array;
  /** Some of the answer: comes after a pause, and counts for `at=`. */
  word?: boolean;
}

/** Nothing is lost: the pieces join to the text. */
export function wordsIn(text: string): string[] {
  return text.match(/\S+\s*|\s+/gu) ?? [];
}

/** Arguments come in smaller bits that respect nothing but characters. */
export function bitsOf(json: string): string[] {
  return json.match(/.{1,12}/gsu) ?? [];
}

export function bearer(headers: Headers): string | undefined {
  return /^Bearer\s+(.+)$/iu.exec(headers.get('authorization') ?? '')?.[1]?.trim();
}

export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
