import { AdaptiveLimit } from './adaptive.ts';

/** Of a declared limit: the provider sees a call end after we do. */
const SHARE = 0.96;
/** More than this is never held at the same time, whatever nobody declared: memory is bounded. */
const MOST = 10_000;
/** A guess of how long a call takes, until one has ended; and the least that a waiter is told. */
const USUAL_MS = 1_000;
const LEAST_WAIT_MS = 10;
/** Weight of one call in how long calls take. */
const MEMORY = 0.1;
/** A call counts as so many at the most of what was usual when it began: machines are suspended, with all that runs. */
const TIMES_USUAL = 10;
/** Before so many calls have ended nobody knows: who waits looks again after so long, and is not refused for a guess. */
const KNOWN = 5;
const LOOK_AGAIN_MS = 250;

export interface SlotOptions {
  /** What the operator declared. */
  limit?: number | undefined;
  /** Find a limit out where none was declared. */
  adaptive: boolean;
}

/** Calls at the same time. */
export class Slots {
  readonly #declared: number | undefined;
  #adaptive: AdaptiveLimit | undefined;
  #inUse = 0;
  #usualMs = USUAL_MS;
  /** Calls that have ended. */
  #ended = 0;

  constructor({ limit, adaptive }: SlotOptions) {
    this.#declared = limit === undefined ? undefined : Math.max(1, Math.round(limit * SHARE));
    if (adaptive && limit === undefined) this.#adaptive = new AdaptiveLimit();
  }

  get limit(): number {
    return Math.min(this.#declared ?? this.#adaptive?.limit ?? MOST, MOST);
  }

  get inUse(): number {
    return this.#inUse;
  }

  /** 0: there is one. Else a guess, from how long calls take: only a call's end tells. */
  waitMs(): number {
    if (this.#inUse < this.limit) return 0;
    const guessMs = Math.max(LEAST_WAIT_MS, Math.ceil(this.#usualMs / this.#inUse));
    return this.#ended < KNOWN ? Math.min(guessMs, LOOK_AGAIN_MS) : guessMs;
  }

  /** Gives what calls usually take by now, which `free` wants back. */
  take(): number {
    this.#inUse++;
    this.#adaptive?.used(this.#inUse);
    return this.#usualMs;
  }

  free(heldMs: number, usualMs: number): void {
    this.#inUse--;
    this.#ended++;
    this.#usualMs += (Math.min(heldMs, Math.max(usualMs, USUAL_MS) * TIMES_USUAL) - this.#usualMs) * MEMORY;
  }

  answered(came: 'first' | 'whole', afterMs: number): void {
    this.#adaptive?.answered(came, afterMs);
  }

  throttled(): void {
    this.#adaptive?.throttled();
  }

  /** The provider says in its headers what it allows: nothing need be found out. */
  stopAdapting(): void {
    this.#adaptive = undefined;
  }

  /** Share that is free, 0 to 1. */
  room(): number {
    return Math.max(0, 1 - this.#inUse / this.limit);
  }
}
