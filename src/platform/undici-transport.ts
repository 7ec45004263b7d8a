/**
 * Node's transport: undici's `dispatch`, the cheapest client there is (a fifth of `fetch`).
 *
 * One pool an origin, kept alive. undici's own 300 s time limits are replaced by ours on every request, and the
 * connection goes when the client goes. Origins come from the configuration only, so the map of pools is bounded.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import type { Departure } from '../core/departure.ts';
import { GatewayError } from '../core/errors.ts';
import type { IncomingResponse, SendOptions, Transport } from '../core/ports.ts';

/** Bytes that may wait for a slow client before the provider is asked to pause. */
const HIGH_WATER = 256 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
/** Sockets to one origin; a request beyond that waits for one to be free. */
const CONNECTIONS = 1024;

export function undiciTransport(): Transport & { close(): Promise<void> } {
  const pools = new Map<string, Pool>();
  const poolOf = (origin: string) => {
    let pool = pools.get(origin);
    if (!pool) {
      pool = new Pool(origin, { connections: CONNECTIONS, pipelining: 1, connect: { timeout: CONNECT_TIMEOUT_MS } });
      pools.set(origin, pool);
    }
    return pool;
  };
  return {
    send(request, options) {
      const slash = request.url.indexOf('/', request.url.indexOf('//') + 2);
      const response = new UndiciResponse(options);
      poolOf(request.url.slice(0, slash)).dispatch(
        {
          path: request.url.slice(slash),
          method: 'POST',
          headers: request.headers,
          body: request.body,
          headersTimeout: options.firstByteMs,
          bodyTimeout: options.idleMs,
        },
        response,
      );
      return response.head;
    },
    async close() {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()));
    },
  };
}

type Waiter = { resolve: (result: IteratorResult<Uint8Array>) => void; reject: (cause: unknown) => void };

class UndiciResponse implements IncomingResponse, Dispatcher.DispatchHandler, AsyncIterator<Uint8Array> {
  readonly head: Promise<IncomingResponse>;
  status = 0;
  requestId: string | undefined;
  #settleHead!: { resolve: (response: IncomingResponse) => void; reject: (cause: unknown) => void };
  #headers: IncomingHttpHeaders = {};
  #controller: Dispatcher.DispatchController | undefined;
  #chunks: Buffer[] = [];
  #held = 0;
  #ended = false;
  #failure: unknown;
  #waiter: Waiter | undefined;
  #wholeLimit: number | undefined;
  readonly #client: Departure;
  readonly #forgetClient: () => void;
  readonly #leave = () => this.#abort(new GatewayError('client_gone', 'The client closed the connection'));

  constructor({ client }: SendOptions) {
    this.head = new Promise((resolve, reject) => {
      this.#settleHead = { resolve, reject };
    });
    this.#client = client;
    this.#forgetClient = client.onGone(this.#leave);
  }

  get body(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this };
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  async text(maxBytes: number): Promise<string> {
    this.#wholeLimit = maxBytes;
    this.#checkLimit();
    if (!this.#ended && this.#failure === undefined) {
      this.#controller?.resume();
      await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        this.#waiter = { resolve, reject };
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
    const [first = Buffer.alloc(0)] = this.#chunks;
    return (this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first).toString('utf8');
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#held > 0) return Promise.resolve({ done: false, value: this.#drain() });
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#waiter = { resolve, reject };
    });
  }

  /** The reader stops early: a stream nobody reads would hold its connection for ever. */
  return(): Promise<IteratorResult<Uint8Array>> {
    if (!this.#ended) this.#abort(new GatewayError('client_gone', 'Nobody reads this answer any more'));
    return Promise.resolve({ done: true, value: undefined });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#client.gone) this.#leave();
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.status = status;
    this.#headers = headers;
    this.#settleHead.resolve(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    if (this.#wholeLimit !== undefined) return this.#checkLimit();
    if (this.#waiter) this.#wake({ done: false, value: this.#drain() });
    else if (this.#held > HIGH_WATER) controller.pause();
  }

  onResponseEnd(): void {
    this.#ended = true;
    this.#forgetClient();
    this.#wake({ done: true, value: undefined });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, cause: Error): void {
    if (this.#ended || this.#failure !== undefined) return;
    this.#failure = cause instanceof GatewayError ? cause : toGatewayError(cause, this.status > 0);
    this.#forgetClient();
    this.#settleHead.reject(this.#failure);
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.reject(this.#failure);
  }

  /** Several chunks that came in one read go on as one. */
  #drain(): Buffer {
    const [first = Buffer.alloc(0)] = this.#chunks;
    const joined = this.#chunks.length > 1 ? Buffer.concat(this.#chunks) : first;
    this.#chunks = [];
    this.#held = 0;
    if (this.#controller?.paused) this.#controller.resume();
    return joined;
  }

  #wake(result: IteratorResult<Uint8Array>): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.resolve(result);
  }

  #checkLimit(): void {
    if (this.#wholeLimit === undefined || this.#held <= this.#wholeLimit) return;
    this.#abort(new GatewayError('fault', 'The provider sent more than an answer may hold'));
  }

  #abort(reason: GatewayError): void {
    this.#controller?.abort(reason);
    this.onResponseError(undefined, reason);
  }
}

/** undici's errors by their stable `code`; a message may name hosts, so it goes to the log only, as the cause. */
function toGatewayError(cause: Error, answering: boolean): GatewayError {
  const code = 'code' in cause ? String(cause.code) : '';
  if (code === 'UND_ERR_HEADERS_TIMEOUT')
    return new GatewayError('timeout', 'The provider did not answer in time', { cause });
  if (code === 'UND_ERR_BODY_TIMEOUT') return new GatewayError('stalled', 'The provider stopped sending', { cause });
  if (answering) return new GatewayError('truncated', 'The provider broke off in mid-answer', { cause });
  return new GatewayError('unreachable', `The provider cannot be reached (${code || cause.name})`, { cause });
}
