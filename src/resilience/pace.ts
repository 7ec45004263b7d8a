/** Grants before the pace counts as known. */
const ENOUGH = 16;
/** Each grant weighs so much against those before: the last few hundred count. */
const WEIGHT = 1 / 256;
/** A longer pause is an outage, not a pace. */
const PAUSE_MS = 1_000;
/** Where nothing has moved for so long, nothing moves. */
const STILL_MS = 2_000;

/** How fast the queue of one resource moves while somebody waits there. */
export class Pace {
  #cost = 0;
  #ms = 0;
  #grants = 0;
  #lastAt: number;
  readonly #since: number;

  constructor(nowMs: number) {
    this.#since = nowMs;
    this.#lastAt = nowMs;
  }

  granted(cost: number, nowMs: number): void {
    const keep = this.#grants < ENOUGH ? 1 : 1 - WEIGHT;
    this.#cost = this.#cost * keep + cost;
    this.#ms = this.#ms * keep + Math.min(nowMs - this.#lastAt, PAUSE_MS);
    this.#lastAt = nowMs;
    this.#grants += 1;
  }

  /** Cost per millisecond; undefined while nobody knows. */
  perMs(nowMs: number): number | undefined {
    if (this.#grants >= ENOUGH && this.#ms > 0) return this.#cost / this.#ms;
    return this.#grants === 0 && nowMs - this.#since >= STILL_MS ? 0 : undefined;
  }
}
