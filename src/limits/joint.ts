import type { Amounts, Excess, LimitLease, LimitName, Limits, Throttle } from '../core/limits.ts';

/** A deployment's own limits on top of its account's: there is room where both have room. */
export class JointLimits implements Limits {
  readonly resource: string;
  readonly account: string;
  readonly #own: Limits;
  readonly #account: Limits;

  constructor(own: Limits, account: Limits) {
    this.resource = own.resource;
    this.account = account.resource;
    this.#own = own;
    this.#account = account;
  }

  waitMs(need: Amounts, nowMs: number): number {
    return Math.max(this.#own.waitMs(need, nowMs), this.#account.waitMs(need, nowMs));
  }

  why(need: Amounts, nowMs: number): LimitName | undefined {
    const isOwn = this.#own.waitMs(need, nowMs) > this.#account.waitMs(need, nowMs);
    return (isOwn ? this.#own : this.#account).why(need, nowMs);
  }

  exceeded(need: Amounts): Excess | undefined {
    return this.#own.exceeded(need) ?? this.#account.exceeded(need);
  }

  take(need: Amounts, nowMs: number): LimitLease {
    const [own, account] = [this.#own.take(need, nowMs), this.#account.take(need, nowMs)];
    return {
      takenAtMs: nowMs,
      expiresAtMs: Math.min(own.expiresAtMs, account.expiresAtMs),
      /** The provider speaks of the account; the deployment's own limits are the operator's word alone. */
      heard(readings, atMs) {
        account.heard(readings, atMs);
      },
      answered(came, atMs) {
        own.answered(came, atMs);
        account.answered(came, atMs);
      },
      settle(actual, atMs) {
        own.settle(actual, atMs);
        account.settle(actual, atMs);
      },
    };
  }

  throttled(throttle: Throttle, nowMs: number, random: () => number): void {
    this.#account.throttled(throttle, nowMs, random);
  }

  rest(forMs: number, nowMs: number, random: () => number): void {
    this.#account.rest(forMs, nowMs, random);
  }

  room(nowMs: number): number {
    return Math.min(this.#own.room(nowMs), this.#account.room(nowMs));
  }
}
