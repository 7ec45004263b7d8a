import type { Usage } from '../../src/core/chat.ts';

/** OpenAI's usage from disjoint or inclusive counts; `prompt` includes what the cache read and wrote. */
export function usageOf(counts: {
  prompt: number;
  completion: number;
  cached?: number | undefined;
  written?: number | undefined;
  reasoning?: number | undefined;
}): Usage {
  const prompt = count(counts.prompt);
  const completion = count(counts.completion);
  const { cached, written, reasoning } = counts;
  const details: Usage['prompt_tokens_details'] = { cached_tokens: count(cached) };
  if (written !== undefined) details.cache_write_tokens = count(written);
  const usage: Usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: details,
  };
  if (reasoning !== undefined) usage.completion_tokens_details = { reasoning_tokens: count(reasoning) };
  return usage;
}

/** What goes on a bill is a number, whatever a provider sends in its place. */
function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
}
