/** Weight of the newest in the share of all. */
const MEMORY = 0.05;
/** Share of late answers; chance alone hardly comes to it. */
const FREQUENT = 0.15;
/** Once none has broken off for so long it is tried again. */
const FORGIVEN_MS = 10_000;

/** How often answers of one deployment break off in the middle: too seldom for its fuse, but a stream is lost by it. */
export class Breaks {
  #lost = 0;
  #all = 0;
  #lastAt = -Infinity;

  /** Share of late answers that broke off after their first words, 0 to 1. */
  get lost(): number {
    return this.#lost;
  }

  /** An answer came to its end, or broke off: `lost` to the client, or `unseen`, before it had a word of it. */
  note(end: 'well' | 'lost' | 'unseen', nowMs: number): void {
    if (end !== 'unseen') this.#lost += ((end === 'lost' ? 1 : 0) - this.#lost) * MEMORY;
    this.#all += ((end === 'well' ? 0 : 1) - this.#all) * MEMORY;
    if (end !== 'well') this.#lastAt = nowMs;
  }

  isFrequent(nowMs: number): boolean {
    return this.#all > FREQUENT && nowMs - this.#lastAt < FORGIVEN_MS;
  }
}
