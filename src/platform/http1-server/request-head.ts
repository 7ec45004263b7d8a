import type { Bytes } from '../visit.ts';
import { HeaderText, ProtocolError } from '../http1/header-text.ts';

/** What a router's clients send. Others, and targets with a fragment or a whole address, are for `node:http`. */
const REQUEST_LINE = /^(GET|POST) (\/[!"$-~]*) HTTP\/1\.1(?:\r|$)/;
const BEGINNING = /^(?:GET |POST )/;
export const HEAD_END = '\r\n\r\n';
/** Headers that change how a message is read or what becomes of the connection. */
const UNUSUAL = ['transfer-encoding', 'expect', 'upgrade', 'proxy-connection'];
/** Of those that are asked for, what cannot be a list. */
const SINGLE = new Set(['authorization', 'content-type', 'user-agent']);
/** Node's own limit; longer heads are its to refuse. */
const MAX_HEAD_BYTES = 16 * 1024;

/** A plain request's line and headers: nobody could read them in two ways. Throws `ProtocolError` for any other. */
export class RequestHead extends HeaderText {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly contentLength: number;
  /** The client asks nothing more on this connection. */
  readonly isLast: boolean;

  constructor(text: string) {
    const line = REQUEST_LINE.exec(text);
    if (!line) throw new ProtocolError('No plain request line');
    super(text);
    const [, method = '', url = ''] = line;
    this.method = method;
    this.url = url;
    if (UNUSUAL.some((name) => this.list(name) !== undefined)) throw new ProtocolError('An unusual header');
    if (this.only('host') === undefined) throw new ProtocolError('No host');
    this.contentLength = lengthIn(this.only('content-length'));
    this.isLast = closes(this.only('connection'));
  }

  /** One that came more than once is joined, as a list may be, or is the first, as with Node. */
  override header(name: string): string | undefined {
    return SINGLE.has(name) ? super.header(name) : this.list(name);
  }
}

/** Of a request whose head is not all there. */
export function isBeginning(bytes: Bytes): boolean {
  return bytes.length < MAX_HEAD_BYTES && BEGINNING.test(bytes.toString('latin1', 0, 6));
}

/** Undefined for what is not plain, or not there in one piece, as it nearly always is. */
export function headIn(bytes: Bytes, end: number): RequestHead | undefined {
  if (end < 0 || end > MAX_HEAD_BYTES) return undefined;
  try {
    return new RequestHead(bytes.toString('latin1', 0, end));
  } catch (cause) {
    if (cause instanceof ProtocolError) return undefined;
    throw cause;
  }
}

function lengthIn(length: string | undefined): number {
  if (length === undefined) return 0;
  if (!/^\d{1,15}$/.test(length)) throw new ProtocolError('Malformed content-length');
  return Number(length);
}

function closes(connection: string | undefined): boolean {
  const wish = connection?.toLowerCase() ?? 'keep-alive';
  if (wish !== 'keep-alive' && wish !== 'close') throw new ProtocolError('An unusual connection');
  return wish === 'close';
}
