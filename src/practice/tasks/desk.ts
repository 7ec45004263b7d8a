import { hexDigest } from '../seal.ts';
import type { Asked, Wire } from '../wire.ts';

/** Where a practice provider answers what is no conversation. */
export interface Desk {
  path: RegExp;
  wire: Pick<Wire, 'dialect' | 'authenticate' | 'headers' | 'refusal'>;
  /** Throws `Rejected` for what the real provider refuses. */
  read(asked: TaskAsked): TaskReply;
  /** Undefined: always. */
  takes?: (asked: Pick<Asked, 'text'>) => boolean;
}

export interface TaskAsked extends Asked {
  /** Of a body that is a form. */
  form: FormData | undefined;
  /** Of the body as it came. */
  size: number;
}

export interface TaskReply {
  /** Where troubles are ordered. */
  said: string;
  /** JSON by default. */
  type?: string;
  body: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

/** The same text has the same vector; of length 1, in 32-bit floats. */
export function vectorOf(text: string, dimensions: number): number[] {
  const digest = hexDigest(text);
  let state = Number.parseInt(digest.slice(0, 8), 16) || 1;
  const values = Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  const length = Math.hypot(...values);
  return values.map((value) => Math.fround(value / length));
}

/** A picture of one grey point, as base64 of a PNG. */
export const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mM0MDD4DwACzAGEmm1qGgAAAABJRU5ErkJggg==';
