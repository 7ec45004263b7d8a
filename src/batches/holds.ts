/**
 * What a batch holds of the budgets over it: money from its creation on, shard by shard. Tokens count when a shard is
 * over: a batch is no burst, and limits per minute are for those who wait. Holds are in memory; after a restart they are
 * taken again.
 */
import type { Caller } from '../core/caller.ts';
import type { Actual, Hold } from '../books/spending/claim.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Batch, Shard } from './terms.ts';

/** An upstream may need its whole window, and then some. */
const LONGER_MS = 3_600_000;

export class Holds {
  readonly #gateway: Gateway;
  readonly #held = new Map<string, { batch: string; hold: Hold }>();

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
  }

  /** Throws `budget` or `limited`, and then holds nothing more. */
  take(batch: Batch, shard: Shard, caller: Caller): void {
    const key = keyOf(batch, shard);
    if (this.#held.has(key)) return;
    const hold = this.#admit(batch, shard, { caller, costUsd: shard.estimate.costUsd });
    this.#held.set(key, { batch: batch.id, hold });
  }

  /** After a restart, for what is under way already: no refusal can stop it now. */
  takeAgain(batch: Batch, shard: Shard, caller: Caller): void {
    try {
      this.take(batch, shard, caller);
    } catch {
      // It is settled without a hold.
    }
  }

  /** All shards or none. */
  takeAll(batch: Batch, caller: Caller): void {
    try {
      for (const shard of batch.shards) this.take(batch, shard, caller);
    } catch (refusal) {
      this.releaseAll(batch);
      throw refusal;
    }
  }

  release(batch: Batch, shard: Shard): void {
    this.#release(keyOf(batch, shard));
  }

  releaseAll(batch: Batch): void {
    for (const shard of batch.shards) this.release(batch, shard);
  }

  /** What was executed counts, whether it was held or not; what a spent budget no longer lets count is in the ledger. */
  settle(batch: Batch, shard: Shard, caller: Caller, actual: Actual | undefined): void {
    const key = keyOf(batch, shard);
    const hold = this.#held.get(key)?.hold ?? this.#late(batch, shard, caller, actual);
    hold?.settle(actual, this.#gateway.clock.now());
    this.#held.delete(key);
  }

  /** The open batches, at most so many. What is held for one that is open no more is free: somebody else has ended it. */
  async searchOpen<Open extends { id: string }>(
    search: (most: number) => Promise<Open[]>,
    most: number,
  ): Promise<Open[]> {
    const before = [...this.#held];
    const open = await search(most);
    const ids = new Set(open.map(({ id }) => id));
    const ended = open.length < most ? before.filter(([, { batch }]) => !ids.has(batch)) : [];
    for (const [key] of ended) this.#release(key);
    return open;
  }

  #release(key: string): void {
    this.#held.get(key)?.hold.release(this.#gateway.clock.now());
    this.#held.delete(key);
  }

  #late(batch: Batch, shard: Shard, caller: Caller, actual: Actual | undefined): Hold | undefined {
    for (const costUsd of [(actual ?? shard.estimate).costUsd, 0]) {
      try {
        return this.#admit(batch, shard, { caller, costUsd });
      } catch {
        // The next one asks for less.
      }
    }
    return undefined;
  }

  #admit(batch: Batch, shard: Shard, { caller, costUsd }: { caller: Caller; costUsd: number | undefined }): Hold {
    const { books, clock } = this.#gateway;
    const nowMs = clock.now();
    // No request, and none at the same time as others: only its money is held.
    const claim = { asked: shard.asked, requestId: keyOf(batch, shard), requests: 0, inputTokens: 0, outputTokens: 0 };
    const lastsMs = Math.max(0, batch.dueAtMs - nowMs) + LONGER_MS;
    return books.admit({ ...claim, caller, costUsd, lastsMs, told: {} }, nowMs);
  }
}

function keyOf({ id }: Batch, { number }: Shard): string {
  return `${id}.${number}`;
}
