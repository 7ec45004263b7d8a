import { record } from './refusal.ts';

/** The prompt up to and including the block that carries this may be cached. */
export interface CacheMark {
  ttl: '5m' | '1h';
}

/** Anthropic's `cache_control` or OpenAI's `prompt_cache_breakpoint`, whose lives of 30 minutes and more become an hour. */
export function readCacheMark(marked: Record<string, unknown>): CacheMark | undefined {
  const mark = record(marked['cache_control']) ?? record(marked['prompt_cache_breakpoint']);
  if (!mark) return undefined;
  const ttl = mark['ttl'];
  return { ttl: ttl === '1h' || ttl === '30m' || ttl === '12h' ? '1h' : '5m' };
}
