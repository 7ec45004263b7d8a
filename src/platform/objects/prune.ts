/** Who deletes what has expired: a local server every hour, a Worker behind its requests now and then. */
import type { ObjectStore } from '../../core/objects.ts';
import type { Clock } from '../../core/ports.ts';

type Prunable = Pick<ObjectStore, 'prune'>;

/** Ten objects a batch: a million expire in an hour before this is too slow. */
const MAX_BATCHES = 100_000;
const SOMETIMES_MS = 600_000;

/** A batch at a time, so that others come in between. Rejects where the store does. */
export async function pruneAll(objects: Prunable, nowMs: number): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES && (await objects.prune(nowMs)); batch++);
}

/** For Workers: one batch, and more at the next request if there are more. Never rejects: the next time is soon. */
export function pruneSometimes(objects: Prunable, clock: Clock): () => Promise<void> {
  let nextAtMs = 0;
  return async () => {
    const nowMs = clock.now();
    if (nowMs < nextAtMs) return;
    nextAtMs = nowMs + SOMETIMES_MS;
    if (await objects.prune(nowMs).catch(() => false)) nextAtMs = nowMs;
  };
}
