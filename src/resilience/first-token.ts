export interface FirstTokenOptions {
  /** Least wait for the first content, in milliseconds. */
  floorMs: number;
  capMs: number;
  /** Least wait when the model thinks first. */
  reasoningFloorMs: number;
}

/** Whether the request lets the model think before it speaks. */
export type Pace = 'plain' | 'reasoning';

const REMEMBERED = 200;
/** Fewer calls tell nothing about the slowest twentieth. */
const MINIMUM = 20;
const TIMES_P95 = 3;
const PATIENCE = 4;

/**
 * How long one deployment takes to its first content, and so how long to wait for it: three times its p95, within the
 * floor and the cap.
 *
 * Requests that let the model think are kept apart, and have four times the floor and the cap and never less than a
 * minute: some providers send nothing at all while the model thinks, thinking takes minutes, and a call given up in the
 * middle of it has been billed and starts from nothing elsewhere.
 *
 * Until twenty calls are known the wait is four times the floor: a model slower than the floor would else never
 * get to show it.
 */
export class FirstTokenTimes {
  readonly #options: FirstTokenOptions;
  readonly #times: Record<Pace, RecentTimes> = { plain: new RecentTimes(), reasoning: new RecentTimes() };

  constructor(options: FirstTokenOptions) {
    this.#options = options;
  }

  /**
   * After each call: what the first content took; after a timeout, how long was waited in vain. Without those only the
   * fast answers of a slowed model would be known, and it would be cut off for ever.
   */
  note(pace: Pace, elapsedMs: number): void {
    this.#times[pace].add(elapsedMs);
  }

  /** The longest wait for the first content, in milliseconds. */
  timeoutMs(pace: Pace): number {
    const { floorMs, capMs, reasoningFloorMs } = this.#options;
    const p95Ms = this.p95Ms(pace);
    if (pace === 'plain') return clamp(p95Ms === undefined ? floorMs * PATIENCE : p95Ms * TIMES_P95, floorMs, capMs);
    const leastMs = Math.max(floorMs * PATIENCE, reasoningFloorMs);
    return clamp((p95Ms ?? 0) * TIMES_P95, leastMs, Math.max(capMs * PATIENCE, leastMs));
  }

  /** Undefined below twenty calls. For hedging. */
  p95Ms(pace: Pace): number | undefined {
    return this.#times[pace].p95();
  }
}

/** The last 200 numbers, in the order they came and in order of size, so that the p95 is one look. */
class RecentTimes {
  readonly #ring = new Float64Array(REMEMBERED);
  readonly #sorted = new Float64Array(REMEMBERED);
  #size = 0;
  #oldest = 0;

  add(elapsedMs: number): void {
    if (this.#size === REMEMBERED) this.#remove(this.#ring[this.#oldest] ?? 0);
    this.#ring[this.#oldest] = elapsedMs;
    this.#oldest = (this.#oldest + 1) % REMEMBERED;
    const rank = this.#rank(elapsedMs);
    this.#sorted.copyWithin(rank + 1, rank, this.#size);
    this.#sorted[rank] = elapsedMs;
    this.#size++;
  }

  p95(): number | undefined {
    return this.#size < MINIMUM ? undefined : this.#sorted[Math.ceil(this.#size * 0.95) - 1];
  }

  #remove(elapsedMs: number): void {
    const rank = this.#rank(elapsedMs);
    this.#sorted.copyWithin(rank, rank + 1, this.#size);
    this.#size--;
  }

  /** How many are smaller. */
  #rank(elapsedMs: number): number {
    let [low, high] = [0, this.#size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sorted[middle] ?? 0) < elapsedMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
