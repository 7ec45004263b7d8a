import type { Rule } from './declared.ts';
import type { Meter } from './meter.ts';
import type { Moment } from './moment.ts';

/** A guess of how long a request takes, until one has ended; and the least that a client is told. */
const USUAL_MS = 1_000;
const LEAST_WAIT_MS = 10;
/** Weight of one request in how long requests take. */
const MEMORY = 0.1;

/** Requests at the same time. */
export class Slots implements Meter {
  rule: Rule;
  #inUse = 0;
  #usualMs = USUAL_MS;

  constructor(rule: Rule) {
    this.rule = rule;
  }

  declare(rule: Rule): void {
    this.rule = rule;
  }

  /** A guess, from how long requests take: only one's end makes room. */
  waitMs(amount: number): number {
    const { limit } = this.rule;
    if (amount > limit) return Infinity;
    if (amount === 0 || this.#inUse + amount <= limit) return 0;
    return Math.max(LEAST_WAIT_MS, Math.ceil(this.#usualMs / this.#inUse));
  }

  take(amount: number, { steadyMs }: Moment): number {
    this.#inUse += amount;
    return steadyMs;
  }

  close(stamp: number, amount: number, { steadyMs }: Moment): void {
    if (amount === 0) return; // A batch: how long it took says nothing of requests.
    this.#inUse -= amount;
    this.#usualMs += (steadyMs - stamp - this.#usualMs) * MEMORY;
  }

  /** A request is one request, however long. */
  correct(): void {}

  used(): number {
    return this.#inUse;
  }

  reserved(): number {
    return this.#inUse;
  }

  resetMs(): number {
    return this.#inUse === 0 ? 0 : Math.max(LEAST_WAIT_MS, Math.ceil(this.#usualMs));
  }
}
