import { type Amounts, DIMENSIONS, type LimitName, type Throttle } from '../core/limits.ts';

/** What a throttle may be about. */
type Cause = NonNullable<Throttle['dimension']> | 'throttled';

/** Where the provider names no time: so long at first, twice as long each time, at most so long; full jitter. */
const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;
/** On top of what the provider announced, so that not everybody comes back in the same moment. */
const JITTER = 0.1;
/** Throttles that come closer together are one. */
const SAME_MS = 300;

/** Which limits are left alone, because the provider has refused a call, and until when. */
export class Cooling {
  readonly #untilMs: Record<Cause, number> = {
    requests: 0,
    input: 0,
    output: 0,
    tokens: 0,
    concurrency: 0,
    throttled: 0,
  };
  #latestMs = 0;
  #consecutive = 0;
  #lastAtMs = -Infinity;
  #lastButOneAtMs = -Infinity;

  /** A later throttle makes a rest longer, never shorter. True: it is news, not one more of those sent before the last. */
  note({ dimension, waitMs, sentAtMs }: Throttle, nowMs: number, random: () => number): boolean {
    const isNews = nowMs - this.#lastAtMs >= SAME_MS && (sentAtMs ?? nowMs) > this.#lastAtMs;
    const isAnnounced = waitMs !== undefined && waitMs >= 0 && waitMs < Infinity;
    if (isNews) {
      this.#consecutive++;
      this.#lastButOneAtMs = this.#lastAtMs;
      this.#lastAtMs = nowMs;
    }
    if (isNews || isAnnounced) {
      const cause = dimension ?? 'throttled';
      if (isAnnounced) this.rest(cause, waitMs, { nowMs, random });
      else this.#extend(cause, nowMs + this.#backoffMs() * random());
    }
    return isNews;
  }

  /** So long, and up to a tenth longer. */
  rest(cause: Cause, forMs: number, { nowMs, random }: { nowMs: number; random: () => number }): void {
    this.#extend(cause, nowMs + forMs * (1 + JITTER * random()));
  }

  /** A call has succeeded: throttles before it was made are no longer in a row with those after. */
  answered(sentAtMs: number): void {
    if (sentAtMs > this.#lastAtMs) this.#consecutive = 0;
    else if (sentAtMs > this.#lastButOneAtMs) this.#consecutive = Math.min(this.#consecutive, 1);
  }

  waitMs(need: Amounts, nowMs: number): number {
    if (nowMs >= this.#latestMs) return 0;
    const name = this.why(need, nowMs);
    return name === undefined ? 0 : Math.ceil(this.#untilMs[name] - nowMs);
  }

  /** How long it rests because of this alone. */
  causeMs(cause: Throttle['dimension'], nowMs: number): number {
    return Math.max(0, this.#untilMs[cause ?? 'throttled'] - nowMs);
  }

  /** The one of those that it needs which rests longest. */
  why(need: Amounts, nowMs: number): (Cause & LimitName) | undefined {
    let longest: Cause = this.#untilMs.throttled >= this.#untilMs.concurrency ? 'throttled' : 'concurrency';
    for (const dimension of DIMENSIONS) {
      if (need[dimension] && this.#untilMs[dimension] > this.#untilMs[longest]) longest = dimension;
    }
    return this.#untilMs[longest] > nowMs ? longest : undefined;
  }

  /** What rests, and for how long. */
  resting(nowMs: number): { limit: Cause; forMs: number }[] {
    if (nowMs >= this.#latestMs) return [];
    const all = Object.entries(this.#untilMs) as [Cause, number][];
    return all.filter(([, untilMs]) => untilMs > nowMs).map(([limit, untilMs]) => ({ limit, forMs: untilMs - nowMs }));
  }

  #extend(cause: Cause, untilMs: number): void {
    this.#untilMs[cause] = Math.max(this.#untilMs[cause], untilMs);
    this.#latestMs = Math.max(this.#latestMs, untilMs);
  }

  #backoffMs(): number {
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#consecutive - 1));
  }
}
