/**
 * Brings spans to a collector (OTLP over HTTP, JSON): batched, bounded, behind the requests. What does not fit or is not
 * taken is dropped and counted. It sets a timer only while something waits.
 */
import type { Timers, Transport } from '../../core/ports.ts';
import type { LedgerEntry } from '../ledger/rows.ts';
import { post, type Posted } from '../post.ts';
import { exportBody, type Resource, type Span } from './otlp.ts';
import { spansOf } from './spans.ts';
import { parseTraceparent } from './traceparent.ts';

export interface TracerOptions {
  /** The collector's address; `/v1/traces` comes behind it. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  resource: Resource;
  /** Share of the requests, 0 to 1. */
  sample: number;
  callers: 'parent' | 'link';
  providerOf: (entry: string) => string;
}

export interface TracerPorts {
  transport: Transport;
  timers: Timers;
  /** 0 to 1. */
  random: () => number;
  /** Once when it begins to fail, with the reason; once when it is well again, without. */
  onTrouble?: ((why: string | undefined) => void) | undefined;
}

/** `full`: too many waited. `refused`: the collector will not have them. `failed`: it could not be reached again and again. */
export type SpanDrop = 'full' | 'refused' | 'failed';

const MAX_SPANS = 8_192;
const BATCH_SPANS = 512;
const EVERY_MS = 5_000;
const TRIES = 3;
const MAX_WAIT_MS = 60_000;

export class Tracer {
  readonly #options: TracerOptions;
  readonly #ports: TracerPorts;
  #waiting: Span[] = [];
  #callOff: (() => void) | undefined;
  #sending: Promise<void> | undefined;
  #tries = 0;
  #notBefore = 0;
  #sent = 0;
  #dropped: Record<SpanDrop, number> = { full: 0, refused: 0, failed: 0 };

  constructor(options: TracerOptions, ports: TracerPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  get state(): { waiting: number; sent: number; dropped: Readonly<Record<SpanDrop, number>> } {
    return { waiting: this.#waiting.length, sent: this.#sent, dropped: { ...this.#dropped } };
  }

  /** For a server: sends by itself from now on, as long as anything waits. Never throws. */
  record(entry: LedgerEntry, traceparent?: string): void {
    if (this.keep(entry, traceparent)) this.#schedule();
  }

  /** For Workers, which call `sendOne` in their background work. True: it is kept. */
  keep(entry: LedgerEntry, traceparent?: string): boolean {
    const { callers, providerOf, sample } = this.#options;
    const caller = parseTraceparent(traceparent);
    const isWanted = callers === 'parent' && caller ? caller.isSampled : this.#ports.random() < sample;
    if (!isWanted) return false;
    const spans = spansOf(entry, { caller, callers, providerOf, newHex: (digits) => this.#newHex(digits) });
    if (this.#waiting.length + spans.length > MAX_SPANS) {
      this.#dropped.full += spans.length;
      return false;
    }
    this.#waiting.push(...spans);
    return true;
  }

  /** Sends one batch. False: the collector did not take it, or there was none. Never rejects. */
  async sendOne(): Promise<boolean> {
    const spans = this.#waiting.splice(0, BATCH_SPANS);
    if (spans.length === 0) return false;
    const { endpoint, headers, resource } = this.#options;
    const posted = await post(this.#ports.transport, {
      url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
      headers: { ...headers, 'content-type': 'application/json' },
      body: exportBody(spans, resource),
    });
    this.#settle(spans, posted);
    return posted.ok;
  }

  /** Sends what waits, once; for a server that ends. */
  async flush(withinMs: number): Promise<void> {
    this.#callOff?.();
    this.#callOff = undefined;
    await new Promise<void>((resolve) => {
      const callOff = this.#ports.timers.after(withinMs, resolve);
      const over = () => {
        callOff();
        resolve();
      };
      void this.#sendAll().then(over, over);
    });
  }

  #settle(spans: readonly Span[], posted: Posted): void {
    if (posted.ok) {
      this.#sent += spans.length;
      if (this.#tries > 0) this.#ports.onTrouble?.(undefined);
      this.#tries = 0;
      this.#notBefore = 0;
      return;
    }
    this.#tries++;
    if (this.#tries === 1) this.#ports.onTrouble?.(posted.why);
    this.#notBefore = Math.min(posted.retryAfterMs ?? EVERY_MS * 2 ** Math.min(this.#tries, 4), MAX_WAIT_MS);
    if (posted.again && this.#tries < TRIES && this.#waiting.length + spans.length <= MAX_SPANS) {
      this.#waiting.unshift(...spans);
    } else this.#dropped[posted.again ? 'failed' : 'refused'] += spans.length;
  }

  #schedule(): void {
    if (this.#sending) return;
    if (this.#notBefore === 0 && this.#waiting.length >= BATCH_SPANS) {
      this.#callOff?.();
      this.#callOff = undefined;
      this.#send();
      return;
    }
    this.#callOff ??= this.#ports.timers.after(this.#notBefore || EVERY_MS, () => {
      this.#callOff = undefined;
      this.#send();
    });
  }

  #send(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#waiting.length > 0) this.#schedule();
    });
  }

  async #sendAll(): Promise<void> {
    while (await this.sendOne());
  }

  #newHex(digits: number): string {
    let hex = '';
    while (hex.length < digits)
      hex += Math.floor(this.#ports.random() * 0x1_0000)
        .toString(16)
        .padStart(4, '0');
    return /[^0]/.test(hex) ? hex.slice(0, digits) : hex.slice(1, digits) + '1';
  }
}
