export interface PanicOptions {
  windowMs: number;
  /** How many requests are let through for each that is accepted. */
  k: number;
}

const BUCKETS = 12;
const DEFAULTS: PanicOptions = { windowMs: 120_000, k: 2 };

/**
 * A pool in trouble sheds, it does not stop: when every fuse is open, calls still go in proportion to what is accepted.
 * Google SRE's client-side throttle: rejects with probability max(0, (requests - K * accepts) / (requests + 1)) over the
 * last two minutes.
 *
 * Note the calls that went because this admitted them, and no others. SRE counts what clients want instead of what went,
 * which suits servers that accept up to a capacity; one that fails by chance more than every second time would be shut
 * out step by step for good. And with the calls of the healthy minutes before, a total outage would be let through for
 * another minute.
 */
export class Panic {
  readonly #random: () => number;
  readonly #bucketMs: number;
  readonly #k: number;
  readonly #requests = new Float64Array(BUCKETS);
  readonly #accepts = new Float64Array(BUCKETS);
  /** The number of the newest bucket since 1970. */
  #newest = -Infinity;

  constructor(random: () => number, options: Partial<PanicOptions> = {}) {
    const { windowMs, k } = { ...DEFAULTS, ...options };
    this.#random = random;
    this.#bucketMs = windowMs / BUCKETS;
    this.#k = k;
  }

  /** An admitted call goes. */
  noteRequest(nowMs: number): void {
    const bucket = this.#bucketAt(nowMs);
    this.#requests[bucket] = (this.#requests[bucket] ?? 0) + 1;
  }

  /** It succeeded. */
  noteAccept(nowMs: number): void {
    const bucket = this.#bucketAt(nowMs);
    this.#accepts[bucket] = (this.#accepts[bucket] ?? 0) + 1;
  }

  /** 0 to 1, never 1. */
  rejectProbability(nowMs: number): number {
    this.#bucketAt(nowMs);
    const requests = sum(this.#requests);
    return Math.max(0, (requests - this.#k * sum(this.#accepts)) / (requests + 1));
  }

  /** Whether this call may go although every fuse is open. */
  admits(nowMs: number): boolean {
    return this.#random() >= this.rejectProbability(nowMs);
  }

  /** Its index, after emptying those whose turn came round again. A clock that steps back stays in the newest. */
  #bucketAt(nowMs: number): number {
    const number = Math.max(Math.floor(nowMs / this.#bucketMs), this.#newest);
    const due = Math.min(number - this.#newest, BUCKETS);
    for (let back = 0; back < due; back++) {
      this.#requests[(number - back) % BUCKETS] = 0;
      this.#accepts[(number - back) % BUCKETS] = 0;
    }
    this.#newest = number;
    return number % BUCKETS;
  }
}

function sum(counts: Float64Array): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
