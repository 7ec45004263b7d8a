import type { Pace } from './first-token.ts';

/** Weight of the newest in the mean of all. */
const MEMORY = 0.05;
/** A probe that takes so many times as long as usual is not waited for: it may hang, and its provider be well again. */
const PROBE_TIMES = 4;
const LEAST_PROBE_MS = 1_000;
/** A timeout sooner than so many times the usual is the request's own haste. */
const HASTY = 2;

/** How long one deployment takes of late to its whole answers, or to the first content of its streams. */
export class Durations {
  #meanMs = 0;
  #count = 0;
  /** The mean distance from the mean. */
  #spreadMs = 0;

  note(elapsedMs: number): void {
    const weight = Math.max(MEMORY, 1 / ++this.#count);
    if (this.#count > 1) this.#spreadMs += (Math.abs(elapsedMs - this.#meanMs) - this.#spreadMs) * weight;
    this.#meanMs += (elapsedMs - this.#meanMs) * weight;
  }

  /** 0 before any answer has come. */
  get usualMs(): number {
    return this.#meanMs;
  }

  /** What nine of ten do not exceed. */
  get likelyMs(): number {
    return this.#meanMs + 2 * this.#spreadMs;
  }

  get isKnown(): boolean {
    return this.#count > 0;
  }

  /** Whoever waited so long did not wait too short; `Infinity` before any answer has come. */
  get fairMs(): number {
    return this.#count === 0 ? Infinity : this.#meanMs * HASTY;
  }

  /** How long a probe may keep others away; undefined before any answer has come. */
  get probeMs(): number | undefined {
    return this.#meanMs === 0 ? undefined : Math.max(this.#meanMs * PROBE_TIMES, LEAST_PROBE_MS);
  }
}

/** How long a call was waited for that did not answer, and what others like it take. */
export interface Waited {
  pace: Pace;
  durations: Durations;
  elapsedMs: number;
}
