export interface RetryBudgetOptions {
  /** Retries that every 100 first calls allow. */
  percent: number;
  /** Retries that are always allowed. */
  perSecond: number;
}

const MAX_LEVEL = 100;
const STARTS_WITH_SECONDS = 10;

/**
 * One per pool: second calls may be so many and no more, or an outage would multiply its own load (Finagle's form).
 *
 * It starts with ten seconds' worth, as Finagle's does. An idle pool has saved that much anyway, so starting lower would
 * only punish a restart in the middle of an outage, when failover is needed most.
 */
export class RetryBudget {
  readonly #perCall: number;
  readonly #perMs: number;
  /** Capped when it is read. */
  #level: number;
  #filledAt: number;

  constructor({ percent, perSecond }: RetryBudgetOptions, nowMs: number) {
    this.#perCall = percent / 100;
    this.#perMs = perSecond / 1000;
    this.#level = Math.min(perSecond * STARTS_WITH_SECONDS, MAX_LEVEL);
    this.#filledAt = nowMs;
  }

  /** For the first call of each request. */
  deposit(): void {
    this.#level += this.#perCall;
  }

  /** Whole retries that would be allowed now. */
  left(nowMs: number): number {
    return Math.floor(this.#levelAt(nowMs));
  }

  /** Before every later call of a request: true pays for it, false means there must be none. */
  withdraw(nowMs: number): boolean {
    this.#level = this.#levelAt(nowMs);
    this.#filledAt = Math.max(nowMs, this.#filledAt);
    if (this.#level < 1) return false;
    this.#level--;
    return true;
  }

  #levelAt(nowMs: number): number {
    return Math.min(this.#level + Math.max(nowMs - this.#filledAt, 0) * this.#perMs, MAX_LEVEL);
  }
}
