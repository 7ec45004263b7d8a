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
/**
 * What rests for longer waits for a day's quota, or for a mistake. One call may look whether that is so, as with what is
 * parked: after a minute, after two, and so on to every ten minutes.
 */
const LONG_MS = 600_000;
const LOOK_MS = { first: 60_000, most: 600_000 };

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
  /** Those of them that are long, since when, and when one call may look. */
  readonly #long = new Set<Cause>();
  #longSinceMs = 0;
  #lookAtMs = 0;
  #lookedAtMs = -Infinity;
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
    if (this.#untilMs[cause] <= nowMs) this.#long.delete(cause);
    if (forMs > LONG_MS) this.#restLong(cause, nowMs);
    this.#extend(cause, nowMs + forMs * (1 + JITTER * random()));
  }

  #restLong(cause: Cause, nowMs: number): void {
    const isNew = [...this.#long].every((other) => this.#untilMs[other] <= nowMs);
    this.#long.add(cause);
    if (!isNew) return;
    this.#longSinceMs = nowMs;
    this.#lookAtMs = nowMs + LOOK_MS.first;
  }

  /** A call goes: the one that looks, if something still rests. */
  taken(need: Amounts, nowMs: number): void {
    if (nowMs >= this.#latestMs || !causesOf(need).some((cause) => this.#untilMs[cause] > nowMs)) return;
    this.#lookedAtMs = nowMs;
    this.#lookAtMs = nowMs + Math.min(Math.max(nowMs - this.#longSinceMs, LOOK_MS.first), LOOK_MS.most);
  }

  /** A call has succeeded: throttles before it was made are no longer in a row with those after. */
  answered(sentAtMs: number): void {
    if (sentAtMs === this.#lookedAtMs) this.#endLong();
    if (sentAtMs > this.#lastAtMs) this.#consecutive = 0;
    else if (sentAtMs > this.#lastButOneAtMs) this.#consecutive = Math.min(this.#consecutive, 1);
  }

  waitMs(need: Amounts, nowMs: number): number {
    if (nowMs >= this.#latestMs) return 0;
    const name = this.why(need, nowMs);
    return name === undefined ? 0 : Math.ceil(this.#leftMs(name, nowMs));
  }

  /** How long it rests because of this alone, as far as that says something of a minute's limit. */
  causeMs(cause: Throttle['dimension'], nowMs: number): number {
    return Math.min(Math.max(0, this.#untilMs[cause ?? 'throttled'] - nowMs), LONG_MS);
  }

  /** The one of those that it needs which rests longest. */
  why(need: Amounts, nowMs: number): (Cause & LimitName) | undefined {
    const left = (cause: Cause) => this.#leftMs(cause, nowMs);
    const longest = causesOf(need).reduce((one, other) => (left(other) > left(one) ? other : one));
    return left(longest) > 0 ? longest : undefined;
  }

  /** What rests, and for how long. */
  resting(nowMs: number): { limit: Cause; forMs: number }[] {
    if (nowMs >= this.#latestMs) return [];
    const all = Object.entries(this.#untilMs) as [Cause, number][];
    return all.filter(([, untilMs]) => untilMs > nowMs).map(([limit, untilMs]) => ({ limit, forMs: untilMs - nowMs }));
  }

  /** Nothing where one call may look. */
  #leftMs(cause: Cause, nowMs: number): number {
    const mayLook = this.#long.has(cause) && nowMs >= this.#lookAtMs;
    return mayLook ? 0 : Math.max(0, this.#untilMs[cause] - nowMs);
  }

  #endLong(): void {
    for (const cause of this.#long) this.#untilMs[cause] = 0;
    this.#long.clear();
    this.#latestMs = Math.max(...Object.values(this.#untilMs));
  }

  #extend(cause: Cause, untilMs: number): void {
    this.#untilMs[cause] = Math.max(this.#untilMs[cause], untilMs);
    this.#latestMs = Math.max(this.#latestMs, untilMs);
  }

  #backoffMs(): number {
    return Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#consecutive - 1));
  }
}

/** What a call waits for, whose needs these are. */
function causesOf(need: Amounts): Cause[] {
  return ['throttled', 'concurrency', ...DIMENSIONS.filter((dimension) => need[dimension])];
}
