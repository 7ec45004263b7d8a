/** A request as HTTP/1.1 bytes. */
import type { Socket } from 'node:net';
import { GatewayError } from '../../core/errors.ts';
import { HEADER_NAME, NOT_IN_HEADER, TRANSPORT_HEADERS } from '../../core/header-syntax.ts';
import { LONG_TEXT } from '../../core/wire.ts';

const TARGET = /^\/[\x21-\x7e]*$/;

export interface WireRequest {
  head: string;
  body: string | readonly Uint8Array[];
  /** All of it is ASCII, as most requests are: a text that need not be encoded. */
  isAscii: boolean;
}

interface Plain {
  /** POST without it. */
  method?: 'GET' | 'POST' | undefined;
  /** Path and query, as they go on the request line. */
  target: string;
  host: string;
  headers: Readonly<Record<string, string>>;
  body: string | readonly Uint8Array[];
}

/** Throws `unreachable` for what cannot be sent; never names a value, which may be a credential. */
export function toWire({ method = 'POST', target, host, headers, body: given }: Plain): WireRequest {
  if (!TARGET.test(target)) throw refused('its path holds a character that a URL may not');
  let head = `${method} ${target} HTTP/1.1\r\n`;
  let hosted = false;
  for (const name in headers) {
    const value = headers[name] ?? '';
    if (!HEADER_NAME.test(name)) throw refused('a header has no valid name');
    if (NOT_IN_HEADER.test(value)) throw refused(`the header "${name}" holds a character that a header may not`);
    const lower = name.toLowerCase();
    if (TRANSPORT_HEADERS.has(lower)) {
      if (lower === 'content-length' || lower === 'accept-encoding') continue;
      throw refused(`the header "${name}" is the transport's own`);
    }
    hosted ||= lower === 'host';
    head += `${name}: ${value}\r\n`;
  }
  if (!hosted) head += `host: ${host}\r\n`;
  head += 'accept-encoding: identity\r\n'; // Nothing here unpacks; without a word any packing would be allowed.
  const body = bodyOf(given);
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : lengthOf(body);
  if (method === 'GET') return { head: `${head}\r\n`, body: '', isAscii: true }; // A length would promise a body.
  return { head: `${head}content-length: ${bytes}\r\n\r\n`, body, isAscii: bytes === body.length };
}

/** A long text goes as bytes: joined to its head it would be copied twice more. */
function bodyOf(given: Plain['body']): WireRequest['body'] {
  return typeof given === 'string' && given.length >= LONG_TEXT ? [Buffer.from(given)] : given;
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  let length = 0;
  for (const piece of pieces) length += piece.byteLength;
  return length;
}

function refused(why: string): GatewayError {
  return new GatewayError('unreachable', `The request cannot be sent: ${why}`);
}

/** One write, and so one packet for a small request. */
export function writeRequest(socket: Socket, { head, body, isAscii }: WireRequest): void {
  if (typeof body === 'string') {
    socket.write(head + body, isAscii ? 'latin1' : 'utf8');
    return;
  }
  socket.cork();
  socket.write(head);
  for (const piece of body) socket.write(piece);
  socket.uncork();
}
