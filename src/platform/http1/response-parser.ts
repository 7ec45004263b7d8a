/** One HTTP/1.1 response out of bytes that may be cut anywhere. Pure: bytes in, a head and payload out. */
import { ChunkedDecoder } from './chunked-decoder.ts';
import { ProtocolError } from './header-text.ts';
import { ResponseHead } from './response-head.ts';

const HEAD_END = '\r\n\r\n';
const MAX_HEAD_BYTES = 64 * 1024;
/** What does not begin so is not waited for. */
const BEGINNING = 'HTTP/1.';
const SWITCHING_PROTOCOLS = 101;
/** Heads of 1xx before the final one. */
const MAX_INTERIM = 20;

export class ResponseParser {
  /** The final head; 1xx are skipped. */
  head: ResponseHead | undefined;
  /** The response is complete. */
  done = false;
  /** It is no response, from here on. */
  failure: Error | undefined;
  /** Complete, and the connection may carry another request. */
  reusable = false;
  #interim = 0;
  /** The beginning of a head that is not whole yet. */
  #text = '';
  /** Payload bytes to come, or how their end is told. */
  #left: number | 'chunked' | 'until close' = 0;
  #chunks: ChunkedDecoder | undefined;

  /** Returns the payload in these bytes, most often a part of them: they are the parser's from now on. */
  feed(bytes: Buffer): Buffer | undefined {
    try {
      const start = this.head ? 0 : this.#readHead(bytes);
      return this.head && !this.done ? this.#readBody(bytes, start) : undefined;
    } catch (cause) {
      if (!(cause instanceof ProtocolError)) throw cause;
      this.failure = cause;
      return undefined;
    }
  }

  /** The connection closed cleanly: says whether that was this response's end. */
  close(): boolean {
    this.done = this.done || (this.head !== undefined && this.#left === 'until close');
    return this.done;
  }

  /** Returns where the body begins. */
  #readHead(bytes: Buffer): number {
    let at = 0;
    for (;;) {
      const end = this.#takeHead(bytes, at);
      if (end < 0) return bytes.length;
      const head = new ResponseHead(this.#text);
      this.#text = '';
      at = end;
      this.#left = head.body;
      if (head.status >= 200) {
        this.head = head;
        if (this.#left === 0) this.#end(at, bytes.length);
        return at;
      }
      if (head.status === SWITCHING_PROTOCOLS) throw new ProtocolError('Switched protocols unasked');
      if (++this.#interim > MAX_INTERIM) throw new ProtocolError('Too many interim answers');
    }
  }

  /** Adds to the head's text up to its end. Returns where its end is, or -1 if it is not there yet. */
  #takeHead(bytes: Buffer, from: number): number {
    const before = this.#text.length;
    if (before === 0) {
      const end = bytes.indexOf(HEAD_END, from, 'latin1');
      if (end >= 0) {
        this.#text = bytes.toString('latin1', from, end);
        checkSize(this.#text);
        return end + HEAD_END.length;
      }
    }
    this.#text += bytes.toString('latin1', from);
    const end = this.#text.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length));
    if (end >= 0) this.#text = this.#text.slice(0, end);
    checkSize(this.#text);
    if (end >= 0) return from + end + HEAD_END.length - before;
    if (!BEGINNING.startsWith(this.#text.slice(0, BEGINNING.length))) throw new ProtocolError('No HTTP/1.x answer');
    return -1;
  }

  #readBody(bytes: Buffer, from: number): Buffer | undefined {
    if (from === bytes.length) return undefined;
    if (this.#left === 'chunked') return this.#readChunks(bytes, from);
    const take = this.#left === 'until close' ? bytes.length : Math.min(from + this.#left, bytes.length);
    if (this.#left !== 'until close') {
      this.#left -= take - from;
      if (this.#left === 0) this.#end(take, bytes.length);
    }
    return bytes.subarray(from, take);
  }

  #readChunks(bytes: Buffer, from: number): Buffer | undefined {
    const chunks = (this.#chunks ??= new ChunkedDecoder());
    const payload = chunks.read(bytes, from);
    this.failure = chunks.failure;
    if (chunks.done) this.#end(chunks.at, bytes.length);
    return payload;
  }

  /** Whatever comes behind the response belongs to nobody: that connection is not trusted again. */
  #end(at: number, end: number): void {
    this.done = true;
    this.reusable = at === end && this.head?.keepsAlive === true;
  }
}

function checkSize(head: string): void {
  if (head.length > MAX_HEAD_BYTES) throw new ProtocolError('Headers too long');
}
