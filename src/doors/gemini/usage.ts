import type { Usage } from '../../core/chat.ts';

/** Gemini counts thoughts beside its candidates; OpenAI counts them inside. */
export function toUsageMetadata(usage: Usage): Record<string, number> {
  const { prompt_tokens: prompt, completion_tokens: completion } = usage;
  const thoughts = Math.min(usage.completion_tokens_details?.reasoning_tokens ?? 0, completion);
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: completion - thoughts,
    totalTokenCount: prompt + completion,
    ...(cached > 0 && { cachedContentTokenCount: cached }),
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
  };
}
