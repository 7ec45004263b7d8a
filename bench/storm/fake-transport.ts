/** The transport's promises (`src/core/ports.ts`) kept in virtual time, with the storm's providers at its end. */
import { GatewayError } from '../../src/core/errors.ts';
import type { IncomingResponse, SendOptions, Timers, Transport } from '../../src/core/ports.ts';
import type { OutgoingRequest } from '../../src/core/provider.ts';
import type { ProviderModel, Visit } from './provider.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The way there. */
const LATENCY_MS = 1;
/** Sums of times are not exact; what is due in a microsecond is due. */
const NOW_MS = 1e-3;

/** `models`: by origin, `http://alpha.invalid`. */
export function fakeTransport(
  clock: VirtualClock,
  models: ReadonlyMap<string, Pick<ProviderModel, 'visit'>>,
): Transport {
  return {
    send(request: OutgoingRequest, options: SendOptions) {
      const model = models.get(new URL(request.url).origin);
      if (!model) throw new Error(`No provider of the storm lives at ${request.url}`);
      const response = new PlayedResponse(clock, options);
      response.onArrival(() => model.visit(request, clock.elapsedMs));
      return response.head;
    },
  };
}

type Waiter = PromiseWithResolvers<IteratorResult<Uint8Array>>;

/** Plays a reply. What comes next is known, so one timer is enough: for it, or for the moment when it is too late. */
class PlayedResponse implements IncomingResponse, AsyncIterator<Uint8Array> {
  status = 0;
  requestId: string | undefined;
  readonly #clock: VirtualClock;
  readonly #options: SendOptions;
  readonly #head = Promise.withResolvers<IncomingResponse>();
  readonly #forgetClient: () => void;
  #callOff: () => void = () => {};
  #visit: Visit | undefined;
  #next = 0;
  #arrivedMs = 0;
  #lastByteMs = 0;
  #held: Uint8Array[] = [];
  #ended = false;
  #failure: GatewayError | undefined;
  #waiter: Waiter | undefined;
  #whole = false;

  constructor(clock: VirtualClock, options: SendOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#forgetClient = options.client.onGone(() =>
      this.#fail(new GatewayError('client_gone', 'The client closed the connection')),
    );
  }

  get head(): Promise<IncomingResponse> {
    return this.#head.promise;
  }

  get body(): AsyncIterable<Uint8Array> {
    return { [Symbol.asyncIterator]: () => this };
  }

  header(name: string): string | undefined {
    return this.#visit?.reply.headers[name];
  }

  onArrival(visit: () => Visit): void {
    if (this.#failure) return;
    this.#after(LATENCY_MS, () => {
      this.#visit = visit();
      this.#arrivedMs = this.#clock.elapsedMs;
      const { headMs } = this.#visit.reply;
      const allowedMs = this.#options.firstByteMs - LATENCY_MS;
      if (headMs <= allowedMs) return this.#after(headMs, () => this.#openHead());
      const tooLate = () => this.#fail(new GatewayError('timeout', 'The provider did not answer in time'));
      this.#after(Math.max(allowedMs, 0), tooLate);
    });
  }

  async text(maxBytes: number): Promise<string> {
    this.#whole = true;
    if (!this.#ended && !this.#failure) await this.#wait();
    if (this.#failure) throw this.#failure;
    const bytes = Buffer.concat(this.#held);
    if (bytes.length > maxBytes) throw new GatewayError('fault', 'The provider sent more than an answer may hold');
    return bytes.toString('utf8');
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    if (this.#held.length > 0) return Promise.resolve({ done: false, value: this.#drain() });
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return this.#wait();
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.#fail(new GatewayError('client_gone', 'Nobody reads this answer any more'));
    return Promise.resolve({ done: true, value: undefined });
  }

  #openHead(): void {
    const { reply } = this.#visit ?? {};
    if (!reply || reply.status === 0) return this.#fail(new GatewayError('unreachable', 'The connection was reset'));
    this.status = reply.status;
    this.#lastByteMs = this.#clock.elapsedMs;
    this.#head.resolve(this);
    this.#proceed();
  }

  /** Plays all that is due, and arranges for what is not. */
  #proceed(): void {
    const { reply } = this.#visit ?? {};
    if (!reply || this.#ended) return;
    const sinceMs = this.#clock.elapsedMs - this.#arrivedMs + NOW_MS;
    for (let chunk = reply.chunks[this.#next]; chunk && chunk.atMs <= sinceMs; chunk = reply.chunks[++this.#next]) {
      this.#held.push(chunk.bytes);
      this.#lastByteMs = this.#clock.elapsedMs;
    }
    const nextMs = reply.chunks[this.#next]?.atMs ?? (reply.ending === 'silence' ? Infinity : reply.endMs);
    if (this.#next === reply.chunks.length && nextMs <= sinceMs) return this.#finish(reply.ending);
    this.#offer();
    const silentMs = this.#clock.elapsedMs - this.#lastByteMs + nextMs - sinceMs;
    if (silentMs <= this.#options.idleMs) return this.#after(nextMs - sinceMs + NOW_MS, () => this.#proceed());
    const stalled = () => this.#fail(new GatewayError('stalled', 'The provider stopped sending'));
    this.#after(Math.max(this.#lastByteMs + this.#options.idleMs - this.#clock.elapsedMs, 0), stalled);
  }

  #finish(ending: 'clean' | 'reset' | 'silence'): void {
    if (ending !== 'clean') return this.#fail(new GatewayError('truncated', 'The provider broke off in mid-answer'));
    this.#ended = true;
    this.#close(true);
    if (!this.#whole && this.#held.length > 0) this.#offer();
    else this.#settle((waiter) => waiter.resolve({ done: true, value: undefined }));
  }

  #fail(failure: GatewayError): void {
    if (this.#ended || this.#failure) return;
    this.#failure = failure;
    this.#close(false);
    this.#head.reject(failure);
    this.#head.promise.catch(() => {}); // Whoever has the head already hears of it from the body.
    this.#settle((waiter) => waiter.reject(failure));
  }

  #close(complete: boolean): void {
    this.#callOff();
    this.#forgetClient?.();
    this.#visit?.end(this.#clock.elapsedMs, complete);
  }

  #offer(): void {
    if (this.#whole || this.#held.length === 0) return;
    this.#settle((waiter) => waiter.resolve({ done: false, value: this.#drain() }));
  }

  #wait(): Promise<IteratorResult<Uint8Array>> {
    this.#waiter = Promise.withResolvers();
    return this.#waiter.promise;
  }

  #settle(how: (waiter: Waiter) => void): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    if (waiter) how(waiter);
  }

  #drain(): Uint8Array {
    const [first = new Uint8Array()] = this.#held;
    const joined = this.#held.length > 1 ? Buffer.concat(this.#held) : first;
    this.#held = [];
    return joined;
  }

  #after(ms: number, act: () => void): void {
    this.#callOff = (this.#clock satisfies Timers).after(ms, act);
  }
}
