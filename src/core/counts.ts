import type { Usage } from './chat.ts';

/**
 * OpenAI's own counts include everything, and need no change. DeepSeek tells cache hits in a field of its own, and xAI
 * counts reasoning beside the completion: there the total alone has both.
 */
export function inclusive(usage: Readonly<Record<string, unknown>>): Usage {
  const counts = withReasoning(usage as unknown as Usage);
  const hits = usage['prompt_cache_hit_tokens'];
  if (counts.prompt_tokens_details || typeof hits !== 'number') return counts;
  return { ...counts, prompt_tokens_details: { cached_tokens: hits } };
}

function withReasoning(counts: Usage): Usage {
  const { prompt_tokens: prompt, completion_tokens: said, total_tokens: total } = counts;
  const thought = counts.completion_tokens_details?.reasoning_tokens ?? 0;
  const isBeside = thought > 0 && total === prompt + said + thought;
  return isBeside ? { ...counts, completion_tokens: said + thought } : counts;
}
