/**
 * How many calls a provider takes at the same time, where nobody says: found out by how long it lets us wait. A queue on
 * its side shows as answers that begin later than they used to; then fewer go at once. The idea is Netflix's gradient.
 */

/**
 * Where the search begins. More than what small self-hosted servers batch, so nobody is slowed for no reason, and few
 * enough that the first burst at an unknown server is no attack. A growing one has doubled after about 100 answers.
 */
const START = 64;
const LEAST = 4;
const MOST = 10_000;
/** Answers between two looks. */
const WINDOW = 16;
/** Answers may begin so many times later than usual: prompts differ, and so do servers' moods. */
const TOLERANCE = 2;
/** What begins sooner than this begins at once: among milliseconds there is noise and no queue. */
const AT_ONCE_MS = 100;
/** Weight of one answer in what is usual. */
const MEMORY = 1 / 200;
/** What is usual falls by this with each window that was faster than half of it: the slow time is over. */
const FORGETTING = 0.95;
const THROTTLE = 0.9;

/** Answers by what can be timed of them: those that are streamed, and those that come whole. */
type Kind = 'first' | 'whole';

export class AdaptiveLimit {
  #limit = START;
  readonly #usual: Record<Kind, { ms: number; count: number }> = {
    first: { ms: 0, count: 0 },
    whole: { ms: 0, count: 0 },
  };
  #samples = 0;
  /** Of each sample's time to what was usual. */
  #ratios = 0;
  /** Most calls at the same time since the last look. */
  #peak = 0;

  get limit(): number {
    return Math.floor(this.#limit);
  }

  used(atTheSameTime: number): void {
    if (atTheSameTime > this.#peak) this.#peak = atTheSameTime;
  }

  answered(kind: Kind, afterMs: number): void {
    const usual = this.#usual[kind];
    const tookMs = Math.max(AT_ONCE_MS, afterMs);
    usual.count++;
    usual.ms += (tookMs - usual.ms) * Math.max(MEMORY, 1 / usual.count);
    this.#ratios += tookMs / usual.ms;
    if (++this.#samples >= WINDOW) this.#adjust();
  }

  throttled(): void {
    this.#limit = Math.max(LEAST, this.#limit * THROTTLE);
  }

  #adjust(): void {
    const slower = this.#ratios / this.#samples;
    if (slower < 0.5) for (const usual of Object.values(this.#usual)) usual.ms *= FORGETTING;
    const gradient = Math.min(1, Math.max(0.5, TOLERANCE / slower));
    const next = this.#limit * gradient + Math.sqrt(this.#limit);
    const isInUse = this.#peak > this.#limit / 2;
    if (next < this.#limit || isInUse) this.#limit = Math.min(MOST, Math.max(LEAST, next));
    this.#samples = this.#ratios = this.#peak = 0;
  }
}
