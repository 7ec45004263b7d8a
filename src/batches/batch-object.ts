/** A batch as OpenAI's API says it. Pure. */
import type { Usage } from '../core/chat.ts';
import { addUsage } from '../answers/usage.ts';
import type { Batch, Status } from './terms.ts';

export type BatchObject = ReturnType<typeof toObject>;

export function toObject(batch: Batch) {
  const { id, endpoint, inputFileId, metadata, status, createdAtMs, dueAtMs, errors, shards, lines } = batch;
  const at = (name: Status) => seconds(batch.sinceMs[name]);
  return {
    id,
    object: 'batch' as const,
    endpoint,
    errors: errors.length > 0 ? { object: 'list' as const, data: errors } : null,
    input_file_id: inputFileId,
    completion_window: '24h' as const,
    status,
    output_file_id: batch.outputFileId ?? null,
    error_file_id: batch.errorFileId ?? null,
    created_at: Math.floor(createdAtMs / 1_000),
    in_progress_at: at('in_progress'),
    expires_at: seconds(dueAtMs),
    finalizing_at: at('finalizing'),
    completed_at: at('completed'),
    failed_at: at('failed'),
    expired_at: at('expired'),
    cancelling_at: at('cancelling'),
    cancelled_at: at('cancelled'),
    request_counts: {
      total: lines,
      completed: shards.reduce((sum, shard) => sum + shard.completed, 0),
      failed: shards.reduce((sum, shard) => sum + shard.failed, 0),
    },
    usage: usageOf(batch),
    metadata,
  };
}

function seconds(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.floor(ms / 1_000);
}

function usageOf({ shards }: Batch) {
  const usage = shards.reduce<Usage | undefined>((sum, shard) => addUsage(sum, shard.usage), undefined);
  if (!usage) return null;
  return {
    input_tokens: usage.prompt_tokens,
    input_tokens_details: { cached_tokens: usage.prompt_tokens_details?.cached_tokens ?? 0 },
    output_tokens: usage.completion_tokens,
    output_tokens_details: { reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? 0 },
    total_tokens: usage.total_tokens,
  };
}

const OVER: ReadonlySet<Status> = new Set(['failed', 'completed', 'expired', 'cancelled']);

export function isOver({ status }: Pick<Batch, 'status'>): boolean {
  return OVER.has(status);
}

export function enterStatus(batch: Batch, status: Status, nowMs: number): void {
  batch.status = status;
  batch.sinceMs[status] ??= nowMs;
}
