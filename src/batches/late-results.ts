/** Results that the store did not take: they are paid for, and written down as soon as it takes them. */
import type { Result } from './results.ts';
import type { Batch, Shard } from './terms.ts';

/** By the number of their lines. */
export type Results = ReadonlyMap<number, Result | undefined>;

/** Of shards; another process may have gone on with a forgotten one. */
const MAX_KEPT = 20;
const NONE: Results = new Map();

export class LateResults {
  readonly #kept = new Map<string, Results>();

  of(batch: Batch, shard: Shard): Results {
    return this.#kept.get(keyOf(batch, shard)) ?? NONE;
  }

  keep(batch: Batch, shard: Shard, results: Results): void {
    this.#kept.set(keyOf(batch, shard), results);
    for (const oldest of this.#kept.size > MAX_KEPT ? this.#kept.keys() : []) {
      this.#kept.delete(oldest);
      break;
    }
  }

  forget(batch: Batch, shard: Shard): void {
    this.#kept.delete(keyOf(batch, shard));
  }
}

function keyOf({ id }: Batch, { number }: Shard): string {
  return `${id}.${number}`;
}
