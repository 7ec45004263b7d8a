/** How a provider counts: token buckets that refill gradually, for requests and tokens. */
import { type ProviderSpec, SCALE } from './scenario.ts';

export type Dimension = 'requests' | 'input' | 'output' | 'tokens';
export type Amounts = Partial<Record<Dimension, number>>;

/** What a provider's headers can tell of one bucket. */
export interface Level {
  /** A real minute's allowance, as it is scaled. */
  limit: number;
  remaining: number;
  /** Milliseconds until it is full again. */
  fullInMs: number;
}

export type Levels = Partial<Record<Dimension, Level>>;

export interface Shortage {
  dimension: Dimension | 'concurrency';
  /** Milliseconds until there would be room; 0 where the provider cannot know. */
  waitMs: number;
}

interface Bucket {
  dimension: Dimension;
  perMs: number;
  capacity: number;
  level: number;
}

const DIMENSIONS: readonly Dimension[] = ['requests', 'input', 'output', 'tokens'];

export class Buckets {
  readonly #buckets: Bucket[];
  #filledAt = 0;

  constructor({ perMinute, burst }: ProviderSpec) {
    this.#buckets = DIMENSIONS.flatMap((dimension) => {
      const allowed = perMinute[dimension];
      if (allowed === undefined) return [];
      const capacity = Math.max(1, allowed * burst);
      return { dimension, perMs: (allowed * SCALE) / 60_000, capacity, level: capacity };
    });
  }

  /** `factor`: the share of its limits that the provider gives at the moment. Ask before everything else. */
  refill(nowMs: number, factor: number): void {
    const passedMs = nowMs - this.#filledAt;
    this.#filledAt = nowMs;
    for (const bucket of this.#buckets) {
      bucket.level = Math.min(bucket.capacity, bucket.level + passedMs * bucket.perMs * factor);
    }
  }

  /** The dimension with the longest wait, if any has one. What is larger than a full bucket waits for a full one. */
  shortage(need: Amounts, factor: number): Shortage | undefined {
    let worst: Shortage | undefined;
    for (const { dimension, perMs, capacity, level } of this.#buckets) {
      const missing = Math.min(need[dimension] ?? 0, capacity) - level;
      const waitMs = missing / (perMs * factor);
      if (missing > 0 && waitMs > (worst?.waitMs ?? 0)) worst = { dimension, waitMs };
    }
    return worst;
  }

  /** A negative amount gives back. */
  take(amounts: Amounts): void {
    for (const bucket of this.#buckets) {
      bucket.level = Math.min(bucket.capacity, bucket.level - (amounts[bucket.dimension] ?? 0));
    }
  }

  levels(): Levels {
    const levels: Levels = {};
    for (const { dimension, perMs, capacity, level } of this.#buckets) {
      levels[dimension] = {
        limit: Math.round(perMs * 60_000),
        remaining: Math.max(0, Math.floor(level)),
        fullInMs: (capacity - level) / perMs,
      };
    }
    return levels;
  }
}
