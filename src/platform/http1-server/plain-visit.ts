/** One plain request and its answer. */
import { Departure } from '../../core/departure.ts';
import { GatewayError } from '../../core/errors.ts';
import type { HeaderValues } from '../../http/port.ts';
import { atEndOfTurn } from '../turn.ts';
import { type Bytes, joined, NO_CONTENT, type Piece, tooLarge, type Visit } from '../visit.ts';
import { chunkOf, headOf, plainOf } from './answer-text.ts';
import type { RequestHead } from './request-head.ts';

/** Bytes of an answer, or of a body that nobody has asked for yet, that may wait in memory. */
export const HIGH_WATER = 64 * 1024;

/** The connection that a visit came by. */
export interface Carrier {
  /** Header lines that every answer has: `Date`, and what becomes of the connection. */
  lines(isLast: boolean): string;
  /** False: it has more than it can take, and will say when it has not. */
  write(data: string | Buffer, encoding?: 'latin1' | 'utf8'): boolean;
  /** The answer waits for a client that does not read: he has a time for it. */
  awaitReader(): void;
  /** The answer is written; the next request may be read. */
  finish(isLast: boolean): void;
  /** Reads no more until `resume`. */
  pause(): void;
  resume(): void;
  destroy(): void;
}

const CHUNKED = 'Transfer-Encoding: chunked\r\n';

interface Reader {
  maxBytes: number;
  resolve: (body: Bytes) => void;
  reject: (cause: GatewayError) => void;
}

type State = 'unanswered' | 'answering' | 'answered' | 'gone';

export class PlainVisit implements Visit {
  readonly method: string;
  readonly url: string;
  readonly #head: RequestHead;
  readonly #carrier: Carrier;
  readonly #departure = new Departure();
  #state: State = 'unanswered';
  /** Bytes of the body that have not come yet. */
  #missing: number;
  #chunks: Bytes[] = [];
  #held = 0;
  #reader: Reader | undefined;
  /** The head of a stream, until it goes out with what comes first. */
  #unsent = '';
  /** Otherwise the head says how long the body is. */
  #isChunked = true;
  #pieces: Piece[] = [];
  #waiting = 0;
  #isDue = false;
  #isEnded = false;
  #isFull = false;
  /** A body that is not all there is not waited for: the connection ends with the answer. */
  #isLast: boolean;
  #onDrained: (() => void) | undefined;

  constructor(head: RequestHead, carrier: Carrier) {
    this.method = head.method;
    this.url = head.url;
    this.#head = head;
    this.#missing = head.contentLength;
    this.#carrier = carrier;
    this.#isLast = head.isLast;
  }

  get isUnanswered(): boolean {
    return this.#state === 'unanswered';
  }

  get isGone(): boolean {
    return this.#state === 'gone';
  }

  /** The body is all there. */
  get isComplete(): boolean {
    return this.#missing === 0;
  }

  header(name: string): string | undefined {
    return this.#head.header(name);
  }

  client(): Departure {
    return this.#departure;
  }

  read(maxBytes: number): Bytes | Promise<Bytes> {
    if (this.#head.contentLength > maxBytes) throw tooLarge(maxBytes);
    if (this.#state === 'gone') throw brokenOff();
    if (this.#missing === 0) return this.#body();
    this.#carrier.resume();
    return new Promise((resolve, reject) => {
      this.#reader = { maxBytes, resolve, reject };
    });
  }

  /** More of the body. Returns where it ends: what is behind it belongs to the next request. */
  take(bytes: Bytes): number {
    const end = Math.min(bytes.length, this.#missing);
    this.#missing -= end;
    if (this.#state === 'answered') return end; // Nobody wants it any more.
    if (end > 0) this.#chunks.push(end === bytes.length ? bytes : bytes.subarray(0, end));
    this.#held += end;
    if (this.#missing === 0) this.#reader?.resolve(this.#body());
    else if (!this.#reader && this.#held > HIGH_WATER) this.#carrier.pause();
    return end;
  }

  send(status: number, headers: HeaderValues, body: string): void {
    if (this.#state === 'gone') return;
    const bytes = Buffer.byteLength(body);
    if (status !== NO_CONTENT) headers['content-length'] = String(bytes);
    const head = `${this.#headOf(status, headers)}\r\n`;
    this.#state = 'answered';
    const encoding = bytes === body.length ? 'latin1' : 'utf8'; // ASCII needs no encoding.
    atEndOfTurn(() => {
      if (this.#state === 'gone') return;
      this.#carrier.write(head + body, encoding);
      this.#carrier.finish(this.#isLast);
    });
  }

  begin(headers: HeaderValues): void {
    if (this.#state === 'gone') return;
    this.#isChunked = headers['content-length'] === undefined;
    this.#unsent = `${this.#headOf(200, headers)}${this.#isChunked ? CHUNKED : ''}\r\n`;
    this.#state = 'answering';
  }

  write(piece: Piece): boolean {
    if (this.#state !== 'answering') return true;
    this.#pieces.push(piece);
    this.#waiting += piece.length;
    this.#flushSoon();
    return !this.#isFull && this.#waiting < HIGH_WATER;
  }

  drained(): Promise<void> {
    const isFree = !this.#isFull && this.#waiting < HIGH_WATER;
    if (isFree || this.#state !== 'answering') return Promise.resolve();
    return new Promise((resolve) => {
      this.#onDrained = resolve;
      if (this.#isFull) this.#carrier.awaitReader();
    });
  }

  end(): void {
    if (this.#state !== 'answering') return;
    this.#state = 'answered';
    this.#isEnded = true;
    this.#flushSoon();
  }

  abort(): void {
    this.#carrier.destroy();
  }

  /** The connection takes more again. */
  drain(): void {
    this.#isFull = false;
    const go = this.#onDrained;
    this.#onDrained = undefined;
    go?.();
  }

  /** The client has left. */
  leave(): void {
    const wasOpen = this.#state !== 'gone';
    this.#state = 'gone';
    if (!wasOpen) return;
    this.#reader?.reject(brokenOff());
    this.#pieces = [];
    this.drain();
    this.#departure.leave();
  }

  #headOf(status: number, headers: HeaderValues): string {
    this.#isLast ||= this.#missing > 0;
    return headOf(status, headers) + this.#carrier.lines(this.#isLast);
  }

  #body(): Bytes {
    const body = joined(this.#chunks);
    this.#chunks = [];
    this.#held = 0;
    return body;
  }

  #flushSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    atEndOfTurn(() => this.#flush());
  }

  #flush(): void {
    this.#isDue = false;
    if (this.#state === 'gone') return;
    const pieces = this.#pieces;
    const head = this.#unsent;
    this.#pieces = [];
    this.#unsent = '';
    this.#waiting = 0;
    const bytes = this.#isChunked ? chunkOf(head, pieces, this.#isEnded) : plainOf(head, pieces);
    if (bytes.length > 0) this.#isFull = !this.#carrier.write(bytes);
    if (this.#isEnded) this.#carrier.finish(this.#isLast);
    else if (!this.#isFull) this.drain();
    else if (this.#onDrained) this.#carrier.awaitReader();
  }
}

function brokenOff(): GatewayError {
  return new GatewayError('client_gone', 'The request broke off');
}
