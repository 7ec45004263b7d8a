/** The head of an answer, and pieces of one, as HTTP/1.1. */
import { STATUS_CODES } from '../builtin-http.ts';
import type { HeaderValues } from '../../http/port.ts';
import type { Piece } from '../visit.ts';

/** What no header value may hold: a line end would begin another header. */
const NOT_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const LINE_END = '\r\n';
const LAST_CHUNK = '0\r\n\r\n';

/** Whole header lines; names are our own code's. Throws for a value that is none. */
export function headOf(status: number, headers: HeaderValues): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (NOT_VALUE.test(value)) throw new TypeError(`The header ${name} holds a character that a header may not`);
    head += `${name}: ${value}\r\n`;
  }
  return head;
}

/** `Date`, as every answer has it: made once a second. */
export class DateLine {
  #second = -1;
  #line = '';

  at(nowMs: number): string {
    const second = Math.floor(nowMs / 1_000);
    if (second !== this.#second) this.#line = `Date: ${new Date(nowMs).toUTCString()}\r\n`;
    this.#second = second;
    return this.#line;
  }
}

/** What is written in one go: perhaps a head, pieces as one chunk, perhaps the end. */
export function chunkOf(head: string, pieces: readonly Piece[], isLast: boolean): Buffer {
  const length = lengthOf(pieces);
  const size = length === 0 ? '' : `${length.toString(16)}\r\n`; // A chunk of nothing would be the end.
  const end = length === 0 ? '' : LINE_END;
  return between(head + size, pieces, end + (isLast ? LAST_CHUNK : ''));
}

/** The same where the head says how long the body is. */
export function plainOf(head: string, pieces: readonly Piece[]): Buffer {
  return between(head, pieces, '');
}

function between(before: string, pieces: readonly Piece[], behind: string): Buffer {
  const bytes = Buffer.allocUnsafe(before.length + lengthOf(pieces) + behind.length);
  let at = bytes.write(before, 'latin1');
  for (const piece of pieces) at += put(bytes, piece, at);
  bytes.write(behind, at, 'latin1');
  return bytes;
}

function lengthOf(pieces: readonly Piece[]): number {
  let length = 0;
  for (const piece of pieces) length += Buffer.byteLength(piece);
  return length;
}

function put(bytes: Buffer, piece: Piece, at: number): number {
  if (typeof piece === 'string') return bytes.write(piece, at, 'utf8');
  bytes.set(piece, at);
  return piece.byteLength;
}
