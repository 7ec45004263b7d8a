/** The end of a batch: its results become two files, without being written again. */
import { enterStatus } from './batch-object.ts';
import type { Files } from './files.ts';
import { deleteParts, partIds } from './parts.ts';
import { nameOf } from './planning.ts';
import type { Batch, BatchPorts, Status } from './terms.ts';

export async function finalize(batch: Batch, ports: BatchPorts, files: Files): Promise<void> {
  batch.outputFileId = await fileOf(batch, 'answered', { files, ports });
  batch.errorFileId = await fileOf(batch, 'refused', { files, ports });
  enterStatus(batch, endOf(batch, ports), ports.clock.now());
  await deleteLines(batch, ports);
}

/** What was asked; the client has it in a file of its own. */
export async function deleteLines({ id, owner, shards }: Batch, { store, onTrouble }: BatchPorts): Promise<void> {
  const parts = shards.flatMap((shard) => partIds(nameOf({ id }, shard, 'asked'), shard.parts.asked));
  await deleteParts(store, owner, parts).catch((cause: unknown) => onTrouble(id, cause)); // They expire all the same.
}

/** A line that its window was too short for is in the error file, and the batch says so. */
function endOf(batch: Batch, { clock }: BatchPorts): Status {
  if (batch.status === 'cancelling') return 'cancelled';
  const isLate = batch.shards.some(({ atMs }) => atMs >= batch.dueAtMs) || clock.now() >= batch.dueAtMs;
  return isLate && batch.shards.some(({ failed }) => failed > 0) ? 'expired' : 'completed';
}

/** Undefined where it would be empty. */
async function fileOf(
  batch: Batch,
  what: 'answered' | 'refused',
  { files, ports }: { files: Files; ports: BatchPorts },
): Promise<string | undefined> {
  const parts = batch.shards.flatMap((shard) => partIds(nameOf(batch, shard, what), shard.parts[what]));
  if (parts.length === 0) return undefined;
  const word = what === 'answered' ? 'output' : 'error';
  const id = `file-${batch.id.replace(/^batch_/, '')}${word}`; // The same again, if this was interrupted.
  const { owner, outputExpiresInMs = Infinity, outputExpiresAtMs } = batch;
  const createdAtMs = ports.clock.now();
  const expiresAtMs = Math.min(createdAtMs + outputExpiresInMs, outputExpiresAtMs);
  const bytes = batch.shards.reduce((sum, { size }) => sum + size[what], 0);
  const file = { id, owner, filename: `${batch.id}_${word}.jsonl`, purpose: 'batch_output', bytes };
  await files.put({ ...file, createdAtMs, expiresAtMs }, parts);
  return id;
}
