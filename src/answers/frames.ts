/** Server-sent events as bytes: where one ends and the next begins. */

const LF = 10;
const CR = 13;
const utf8 = new TextDecoder();
const oneByte = new TextDecoder('latin1');

/** From `start` up to, not including, `end`. */
export interface Span {
  start: number;
  end: number;
}

export function decode(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}

/** Each byte as one character, so that places in the text are places in the bytes. */
export function latin1(bytes: Uint8Array): string {
  return oneByte.decode(bytes);
}

function hasLineEnd(bytes: Uint8Array): boolean {
  return bytes.includes(LF) || bytes.includes(CR);
}

/** Whether a frame may end in these bytes, whatever stood before them. */
export function mayEndFrame(bytes: Uint8Array): boolean {
  return hasLineEnd(bytes) && (hasLineEnd(bytes.subarray(0, 2)) || endOfLastFrame(bytes, bytes.length) > 0);
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

/** Frames of bytes, and how many there are. */
export interface Frames {
  spans: Span[];
  count: number;
}

export function allFrames(bytes: Uint8Array): Frames {
  const spans: Span[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = endOfFrame(bytes, start);
    spans.push({ start, end });
    start = end;
  }
  return { spans, count: spans.length };
}

/** The frames in which `mark` does not stand; all of them are counted. For lines that end in LF. */
export function framesWithout(text: string, mark: string): Frames {
  const spans: Span[] = [];
  let count = 0;
  let marked = text.indexOf(mark);
  for (let start = 0; start < text.length; count++) {
    const blank = text.indexOf('\n\n', start);
    const end = blank < 0 ? text.length : blank + 2;
    if (marked < 0 || marked >= end) spans.push({ start, end });
    else marked = text.indexOf(mark, end);
    start = end;
  }
  return { spans, count };
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
