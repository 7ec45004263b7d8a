import type { Usage } from '../../src/core/chat.ts';

/** OpenAI's usage from disjoint or inclusive counts; `prompt` includes what the cache read and wrote. */
export function usageOf(counts: {
  prompt: number;
  completion: number;
  cached?: number | undefined;
  written?: number | undefined;
  reasoning?: number | undefined;
}): Usage {
  const { prompt, completion, cached, written, reasoning } = counts;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: cached ?? 0,
      ...(written !== undefined && { cache_write_tokens: written }),
    },
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}
