/** How an answer ends: why, at what cost, on which tier. */
import type { FinishReason, Usage } from '../../src/core/chat.ts';
import { record, text } from '../shared/refusal.ts';
import { usageOf } from '../shared/usage.ts';

/** Newer words end an answer too: they are no reason to lose it. */
export function toFinishReason(reason: string, calledTools: boolean): FinishReason {
  switch (reason) {
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'guardrail_intervened':
    case 'content_filtered':
    case 'refusal':
      return 'content_filter';
    case 'tool_use':
      return 'tool_calls';
    default:
      return calledTools ? 'tool_calls' : 'stop';
  }
}

/** Bedrock counts what the cache read and wrote beside `inputTokens`; OpenAI counts it inside. */
export function toUsage(usage: Record<string, unknown> | undefined): Usage | undefined {
  if (!usage) return undefined;
  const [read, written] = [count(usage.cacheReadInputTokens), count(usage.cacheWriteInputTokens)];
  const server = record(usage.serverToolUsage) ?? {};
  return {
    ...usageOf({
      prompt: count(usage.inputTokens) + read + written,
      completion: count(usage.outputTokens),
      cached: read,
      ...(usage.cacheWriteInputTokens !== undefined && { written }),
    }),
    ...(written > 0 && { cache_creation: writtenByTtl(usage.cacheDetails, written) }),
    ...(Object.keys(server).length > 0 && { server_tool_use: server as Record<string, number> }),
  };
}

/** Writes that are kept for an hour cost more; all others are kept for five minutes. */
function writtenByTtl(details: unknown, written: number) {
  const hour = list(details)
    .map((detail) => record(detail))
    .reduce((sum, detail) => sum + (detail?.ttl === '1h' ? count(detail.inputTokens) : 0), 0);
  return { ephemeral_5m: Math.max(0, written - hour), ephemeral_1h: hour };
}

/** OpenAI's word for reserved capacity is `scale`. */
export function serviceTierOf(tier: unknown): string | undefined {
  const type = text(record(tier)?.type);
  return type === 'reserved' ? 'scale' : type;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function count(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}
