import type { Usage } from '../../core/chat.ts';
import type { Buckets } from '../../core/ledger.ts';

export const NO_TOKENS: Buckets = {
  fresh: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
};

/**
 * OpenAI's usage, whose counts are inside one another, as buckets that are not. They add up to its total, and cost what
 * `src/routing/cost.ts` says. What was written to the cache for an unknown time counts as five minutes.
 */
export function bucketsOf(usage: Usage): Buckets {
  const { prompt_tokens: prompt, completion_tokens: completion, cache_creation: split } = usage;
  const details = usage.prompt_tokens_details;
  const cacheRead = details?.cached_tokens ?? 0;
  const written = details?.cache_write_tokens ?? (split ? split.ephemeral_5m + split.ephemeral_1h : 0);
  const cacheWrite1h = Math.min(split?.ephemeral_1h ?? 0, written);
  const reasoning = Math.min(usage.completion_tokens_details?.reasoning_tokens ?? 0, completion);
  return {
    fresh: Math.max(0, prompt - cacheRead - written),
    cacheRead,
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    output: completion - reasoning,
    reasoning,
  };
}
