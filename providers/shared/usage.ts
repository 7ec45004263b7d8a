import type { Usage } from '../../src/core/chat.ts';

/** OpenAI's usage from disjoint or inclusive counts; `prompt` includes what the cache read and wrote. */
export function usageOf(counts: {
  prompt: number;
  completion: number;
  cached?: number | undefined;
  written?: number | undefined;
  reasoning?: number | undefined;
}): Usage {
  const [prompt, completion] = [count(counts.prompt), count(counts.completion)];
  const { cached, written, reasoning } = counts;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: count(cached),
      ...(written !== undefined && { cache_write_tokens: count(written) }),
    },
    ...(reasoning !== undefined && { completion_tokens_details: { reasoning_tokens: count(reasoning) } }),
  };
}

/** What goes on a bill is a number, whatever a provider sends in its place. */
function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
