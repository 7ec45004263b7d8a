import type { Usage } from '../../src/core/chat.ts';

/** Of a prompt's tokens, those that were not read from the cache. */
export function uncachedTokens({ prompt_tokens: prompt, prompt_tokens_details: details }: Usage): number {
  return Math.max(0, prompt - (details?.cached_tokens ?? 0));
}

/** A count in a header. Azure says -1 where it does not know; what is no count is undefined. */
export function countOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : undefined;
}

/** A limit in a header: one of nothing is no limit but a mistake. */
export function limitOf(value: string | undefined): number | undefined {
  return countOf(value) || undefined;
}
