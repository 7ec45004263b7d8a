/** Server-sent events as bytes: where one ends and the next begins. */

const LF = 10;
const CR = 13;
const utf8 = new TextDecoder();

/** From `start` up to, not including, `end`. */
export interface Span {
  start: number;
  end: number;
}

export function decode(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

export function hasLineEnd(bytes: Uint8Array): boolean {
  return bytes.includes(LF) || bytes.includes(CR);
}

/** Where the last blank line before `limit` ends; 0 if there is none. */
export function endOfLastFrame(bytes: Uint8Array, limit: number): number {
  for (let end = limit; end > 1; end--) if (endsBlank(bytes, end)) return end;
  return 0;
}

/** Where the frame that holds `at` ends; the length if it has no end. */
export function endOfFrame(bytes: Uint8Array, at: number): number {
  for (let end = at + 2; end <= bytes.length; end++) {
    if (endsBlank(bytes, end)) return end;
  }
  return bytes.length;
}

/** Whether a blank line ends just before `end`, in any of the three ways to end lines. */
function endsBlank(bytes: Uint8Array, end: number): boolean {
  const last = bytes[end - 1];
  if (last !== LF && last !== CR) return false;
  const before = bytes[end - 2];
  return last === before || (last === LF && before === CR && bytes[end - 3] === LF);
}

/** The data of one frame; undefined for comments. */
export function dataOf(frame: string): string | undefined {
  const lines = frame.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'));
  return lines.length === 0 ? undefined : lines.map((line) => line.slice(line[5] === ' ' ? 6 : 5)).join('\n');
}

export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The bytes but for these spans, which are in order: the same bytes if there are none. */
export function without(bytes: Uint8Array, dropped: readonly Span[]): Uint8Array {
  if (dropped.length === 0) return bytes;
  const ends = [0, ...dropped.map(({ end }) => end)];
  const starts = [...dropped.map(({ start }) => start), bytes.length];
  return join(ends.map((end, index) => bytes.subarray(end, starts[index])));
}
