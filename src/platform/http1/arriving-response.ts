/** A response as the gateway reads it, while it arrives. */
import type { Departure } from '../../core/departure.ts';
import { GatewayError } from '../../core/errors.ts';
import type { IncomingResponse } from '../../core/ports.ts';
import type { ResponseHead } from './response-head.ts';

/** Bytes that may wait for a slow client before the provider is asked to pause. */
const HIGH_WATER = 256 * 1024;

/** Where the bytes come from. */
export interface Source {
  pause(): void;
  resume(): void;
  /** Nobody reads any more; says nothing to the response. */
  cancel(): void;
}

type Waiter = PromiseWithResolvers<IteratorResult<Uint8Array>>;

const nothing = (): void => {};

export class ArrivingResponse implements IncomingResponse, AsyncIterableIterator<Uint8Array> {
  /** Who sends the request; undefined before and after. */
  source: Source | undefined;
  requestId: string | undefined;
  readonly #begun = Promise.withResolvers<IncomingResponse>();
  #head: ResponseHead | undefined;
  #chunks: Buffer[] = [];
  #held = 0;
  #paused = false;
  #ended = false;
  #failure: GatewayError | undefined;
  #waiter: Waiter | undefined;
  #wholeLimit: number | undefined;
  #forgetClient = nothing;

  constructor(client: Departure) {
    this.#forgetClient = client.onGone(() => this.#abort(clientGone('The client closed the connection')));
  }

  /** Resolves with this response when its head has come. */
  get begun(): Promise<IncomingResponse> {
    return this.#begun.promise;
  }

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  get status(): number {
    return this.#head?.status ?? 0;
  }

  /** It can be read once, so it is its own body. */
  get body(): this {
    return this;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  header(name: string): string | undefined {
    return this.#head?.header(name);
  }

  async text(maxBytes: number): Promise<string> {
    this.#wholeLimit = maxBytes;
    this.#checkLimit();
    if (!this.#ended && this.#failure === undefined) {
      this.#resume();
      await this.#wait();
    }
    if (this.#failure !== undefined) throw this.#failure;
    return joined(this.#chunks).toString('utf8');
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#held > 0) return Promise.resolve({ done: false, value: this.#drain() });
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return this.#wait();
  }

  /** The reader stops early: a stream nobody reads would hold its connection for ever. */
  return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#ended) this.#abort(clientGone('Nobody reads this answer any more'));
    return Promise.resolve({ done: true, value: undefined });
  }

  /** The head has come. */
  begin(head: ResponseHead): void {
    this.#head = head;
    this.#begun.resolve(this);
  }

  /** A piece of the body has come. */
  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#wholeLimit !== undefined) return this.#checkLimit();
    if (this.#waiter) return this.#wake({ done: false, value: this.#drain() });
    if (this.#held <= HIGH_WATER || this.#paused) return;
    this.#paused = true;
    this.source?.pause();
  }

  /** The body is complete. */
  finish(): void {
    this.source = undefined;
    this.#ended = true;
    this.#forgetClient();
    this.#wake({ done: true, value: undefined });
  }

  /** It will not be complete, or is of no use. */
  fail(failure: GatewayError): void {
    if (this.#failure !== undefined) return;
    this.source = undefined;
    this.#failure = failure;
    this.#forgetClient();
    this.#begun.reject(failure);
    this.#waiter?.reject(failure);
    this.#waiter = undefined;
  }

  #wait(): Promise<IteratorResult<Uint8Array>> {
    this.#waiter = Promise.withResolvers();
    return this.#waiter.promise;
  }

  #wake(result: IteratorResult<Uint8Array>): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.resolve(result);
  }

  /** Several chunks that waited go on as one. */
  #drain(): Buffer {
    const value = joined(this.#chunks);
    this.#chunks = [];
    this.#held = 0;
    this.#resume();
    return value;
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.source?.resume();
  }

  #checkLimit(): void {
    if (this.#wholeLimit === undefined || this.#held <= this.#wholeLimit) return;
    this.#abort(new GatewayError('fault', 'The provider sent more than an answer may hold'));
  }

  #abort(reason: GatewayError): void {
    this.source?.cancel();
    this.fail(reason);
  }
}

function clientGone(message: string): GatewayError {
  return new GatewayError('client_gone', message);
}

function joined(chunks: Buffer[]): Buffer {
  const [first = Buffer.alloc(0)] = chunks;
  return chunks.length > 1 ? Buffer.concat(chunks) : first;
}
