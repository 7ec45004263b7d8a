import type { GatewayError } from '../../core/errors.ts';
import type { Account } from './account.ts';
import { type Amounts, NOTHING, plus } from './amounts.ts';
import type { Actual, Hold } from './claim.ts';
import { Counter } from './counter.ts';
import type { Meter } from './meter.ts';
import type { Moment } from './moment.ts';

/** Who gave a hold. */
export interface Lender {
  lacks(held: Held, costUsd: number | undefined, nowMs: number): GatewayError | undefined;
  raise(held: Held, costUsd: number | undefined, nowMs: number): GatewayError | undefined;
  settle(held: Held, actual: Actual | undefined, nowMs: number): void;
  release(held: Held, nowMs: number): void;
  headers(held: Held, nowMs: number): Readonly<Record<string, string>>;
}

/** A request that may begin has taken from every meter of every account over it. */
export class Held implements Hold {
  readonly requestId: string;
  readonly accounts: readonly Account[];
  /** By the steady clock. */
  readonly expiresAtMs: number;
  /** What is counted for it; more where it goes to a dearer deployment. */
  amounts: Amounts;
  readonly #lender: Lender;
  /** As declared when it began; accounts may get others. */
  readonly #meters: readonly Meter[];
  readonly #stamps: readonly number[];
  #state: 'open' | 'expired' | 'over' = 'open';

  constructor(lender: Lender, { requestId, accounts, amounts, lastsMs }: Opening, moment: Moment) {
    this.#lender = lender;
    this.requestId = requestId;
    this.accounts = accounts;
    this.amounts = amounts;
    // Whole seconds, so that those which expire are looked for once a second at most.
    this.expiresAtMs = Math.ceil((moment.steadyMs + lastsMs) / 1_000) * 1_000;
    const meters: Meter[] = [];
    const stamps: number[] = [];
    for (const account of accounts) {
      account.holds++;
      for (const meter of account.meters) {
        meters.push(meter);
        stamps.push(meter.take(amounts[meter.rule.index] ?? 0, moment));
      }
    }
    this.#meters = meters;
    this.#stamps = stamps;
  }

  lacks(costUsd: number | undefined, nowMs: number): GatewayError | undefined {
    return this.#lender.lacks(this, costUsd, nowMs);
  }

  raise(costUsd: number | undefined, nowMs: number): GatewayError | undefined {
    return this.#lender.raise(this, costUsd, nowMs);
  }

  settle(actual: Actual | undefined, nowMs: number): void {
    this.#lender.settle(this, actual, nowMs);
  }

  release(nowMs: number): void {
    this.#lender.release(this, nowMs);
  }

  headers(nowMs: number): Readonly<Record<string, string>> {
    return this.#lender.headers(this, nowMs);
  }

  /** More money is counted for it, in the windows in which it began: in those that are over nothing is. */
  take(more: Amounts, moment: Moment): void {
    if (this.#state === 'over') return;
    this.amounts = plus(this.amounts, more);
    for (let place = 0; place < this.#meters.length; place++) {
      const meter = this.#meters[place];
      const stamp = this.#stamps[place] ?? NaN;
      if (!(meter instanceof Counter) || !meter.counts(stamp, moment)) continue;
      const amount = more[meter.rule.index] ?? 0;
      meter.take(amount, moment);
      if (this.#state === 'expired') meter.close(stamp, amount, moment);
    }
  }

  /** It was forgotten. A slot is free again; the rest stays counted, for it may have been billed. */
  expire(moment: Moment): void {
    if (this.#state !== 'open') return;
    this.#finish(undefined, moment);
    this.#state = 'expired';
  }

  /** Also after it has expired: late words are true words. Whether they were the first. */
  end(actual: Amounts | undefined, moment: Moment): boolean {
    if (this.#state === 'over') return false;
    this.#finish(actual, moment);
    this.#state = 'over';
    return true;
  }

  cancel(moment: Moment): void {
    this.end(NOTHING, moment);
  }

  #finish(actual: Amounts | undefined, moment: Moment): void {
    const isOpen = this.#state === 'open';
    if (isOpen) for (const account of this.accounts) account.holds--;
    for (let place = 0; place < this.#meters.length; place++) {
      const meter = this.#meters[place];
      const stamp = this.#stamps[place];
      if (meter === undefined || stamp === undefined) continue;
      const reserved = this.amounts[meter.rule.index] ?? 0;
      if (isOpen) meter.close(stamp, reserved, moment);
      const more = actual ? (actual[meter.rule.index] ?? 0) - reserved : 0;
      if (more !== 0) meter.correct(stamp, more, moment);
    }
  }
}

interface Opening {
  requestId: string;
  accounts: readonly Account[];
  amounts: Amounts;
  lastsMs: number;
}

/** Of a request that nothing limits. */
export const UNLIMITED: Hold = {
  requestId: '',
  lacks: () => undefined,
  raise: () => undefined,
  settle() {},
  release() {},
  headers: () => NO_HEADERS,
};

const NO_HEADERS: Readonly<Record<string, string>> = {};
