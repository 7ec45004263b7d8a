import type { LimitReading } from '../core/limits.ts';

/** Our count and the provider's never agree quite; the rest of its minute is for what we cannot see. */
const SHARE = 0.96;
/** How much of a minute goes at once where nobody said: providers enforce minutes in pieces of a second and more. */
const DEFAULT_BURST = 0.1;
/** A throttle slows the refill by this factor, but never below the floor. */
const SLOWER = 0.8;
const SLOWEST = 0.2;
/** What went between two throttles is what the provider refills, if they come so soon after each other. */
const IN_A_ROW_MS = 5_000;
/** After a throttle, and the rest that it asked for, the refill stays slow for so long, then grows by so much of its full rate each second. */
const QUIET_MS = 500;
const RECOVERY_PER_SECOND = 0.1;
/** After a throttle the provider's word is not taken for so long that more than the usual may go at once. */
const DISTRUST_MS = 60_000;
/** While a slowed one's answers say that so much of it is left, the provider refills faster than we do... */
const PLENTY = 0.5;
/** ...and that so little is left, more slowly. */
const SCARCE = 0.2;
const PACE_STEP = 0.05;
const MINUTE_MS = 60_000;
/** Fractions of a token or a millisecond that are arithmetic, not need. */
const DUST = 1e-6;

export interface BucketOptions {
  perMinute: number;
  /** Said by the operator, who is not contradicted by a provider that says more. */
  isDeclared: boolean;
  /** Share of a minute's allowance that may go at once. */
  burst?: number | undefined;
}

/**
 * What a provider allows per minute of one dimension, refilled all the time. It holds a share of a minute; a request
 * that is larger than that goes when it is full, and what it took too much is paid back before the next one goes.
 */
export class Bucket {
  readonly #declared: number;
  readonly #burst: number | undefined;
  #learned: number;
  /** What the provider's bucket was seen to hold. */
  #seen = 0;
  #perMs = 0;
  #capacity = 0;
  #level: number;
  #atMs: number;
  /** Share of the rate that is in force, 0.2 to 1. */
  #pace = 1;
  #slowedAtMs = -Infinity;
  #quietUntilMs = -Infinity;
  /** Taken since then. */
  #taken = 0;

  constructor({ perMinute, isDeclared, burst }: BucketOptions, nowMs: number) {
    this.#declared = isDeclared ? perMinute : Infinity;
    this.#learned = isDeclared ? Infinity : perMinute;
    this.#burst = burst;
    this.#atMs = nowMs;
    this.#measure();
    this.#level = this.#capacity;
  }

  /**
   * Milliseconds until `amount` may go; 0: now, Infinity: it is more than the operator's allowance of a minute. What a
   * provider said once it may take back, but only to who asks: that much goes when the bucket is full.
   */
  waitMs(amount: number, nowMs: number): number {
    this.#refill(nowMs);
    const missing = Math.min(amount, this.#capacity) - this.#level;
    if (amount > this.#declared) return Infinity;
    return missing <= DUST ? 0 : Math.ceil(missing / (this.#perMs * this.#pace) - DUST);
  }

  take(amount: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#level -= amount;
    this.#taken += amount;
  }

  /** A negative amount takes what was not reserved; then the level may be below nothing. */
  giveBack(amount: number, nowMs: number): void {
    this.#refill(nowMs);
    this.#level = Math.min(this.#level + amount, this.#capacity);
    this.#taken -= amount;
  }

  /**
   * Against what the operator declared, the provider's word lowers the level and the rate and never lifts them; but if
   * it has more left than we hold at most, its bucket is larger than we thought, and ours grows, to fill with time.
   * Where nobody declared anything its count is the only true one, both ways: others may use the account, and some
   * announce limits that they do not enforce. `pending` is reserved for calls that it may not have counted yet.
   */
  learn({ limit, remaining }: LimitReading, pending: number, nowMs: number): void {
    this.#refill(nowMs);
    if (limit !== undefined) this.#learned = limit;
    const isTrusted = this.#burst === undefined && nowMs - this.#slowedAtMs > DISTRUST_MS;
    if (remaining !== undefined && isTrusted) this.#seen = Math.max(this.#seen, remaining);
    if (limit !== undefined || remaining !== undefined) this.#measure();
    this.#level = Math.min(this.#level, this.#capacity);
    if (remaining === undefined) return;
    if (nowMs >= this.#quietUntilMs) this.#steer(remaining / this.#capacity);
    const isOnlyWord = isTrusted && !this.isDeclared;
    const left = isOnlyWord ? this.#leftOf(remaining, pending) : Math.min(this.#level, remaining);
    this.#level = Math.min(left, this.#capacity);
  }

  /**
   * Answers that take minutes are paid for by what those minutes refill: while there is plenty, our own count, which took
   * them at their start, is low enough.
   */
  #leftOf(remaining: number, pending: number): number {
    const left = remaining * SHARE;
    return remaining > this.perMinute * PLENTY ? Math.min(left, Math.max(left - pending, this.#level)) : left - pending;
  }

  /** Share of the rate that the provider gave from the last throttle until now; 1 where that says nothing. */
  given(nowMs: number): number {
    const elapsedMs = nowMs - this.#slowedAtMs;
    return elapsedMs > 0 && elapsedMs < IN_A_ROW_MS ? this.#taken / (elapsedMs * this.#perMs) : 1;
  }

  /**
   * The provider refused a call that we thought it had room for: it has none, and refills more slowly than we do, `given`
   * at the most. Nobody asks it before `restUntilMs`.
   */
  slow(nowMs: number, given = 1, restUntilMs = nowMs): void {
    this.#refill(nowMs);
    this.#level = Math.min(this.#level, 0);
    this.#pace = Math.max(SLOWEST, Math.min(this.#pace * SLOWER, given));
    this.#slowedAtMs = nowMs;
    this.#quietUntilMs = Math.max(nowMs, restUntilMs) + QUIET_MS;
    this.#taken = 0;
    this.#seen = 0;
    this.#measure();
  }

  #steer(left: number): void {
    if (this.#pace === 1) return;
    if (left > PLENTY) this.#pace = Math.min(1, this.#pace + PACE_STEP);
    else if (left < SCARCE) this.#pace = Math.max(SLOWEST, this.#pace - PACE_STEP);
  }

  /** How full it is, 0 to 1. */
  room(nowMs: number): number {
    this.#refill(nowMs);
    return Math.max(0, this.#level / this.#capacity);
  }

  /** What the operator allows in a minute; Infinity where only the provider said something. */
  get declared(): number {
    return this.#declared;
  }

  get isDeclared(): boolean {
    return this.#declared < Infinity;
  }

  get perMinute(): number {
    return Math.min(this.#declared, this.#learned);
  }

  get capacity(): number {
    return this.#capacity;
  }

  /** What is in it; below nothing where more was used than reserved. */
  get level(): number {
    return this.#level;
  }

  #measure(): void {
    const { perMinute } = this;
    this.#perMs = (perMinute * SHARE) / MINUTE_MS;
    this.#capacity = Math.min(Math.max(perMinute * (this.#burst ?? DEFAULT_BURST), this.#seen), perMinute);
  }

  #refill(nowMs: number): void {
    const elapsedMs = nowMs - this.#atMs;
    if (elapsedMs <= 0) return;
    this.#atMs = nowMs;
    this.#level = Math.min(this.#capacity, this.#level + elapsedMs * this.#perMs * this.#pace);
    if (this.#pace === 1 || nowMs < this.#quietUntilMs) return;
    const recoveringMs = Math.min(elapsedMs, nowMs - this.#quietUntilMs);
    this.#pace = Math.min(1, this.#pace + (recoveringMs / 1000) * RECOVERY_PER_SECOND);
  }
}
