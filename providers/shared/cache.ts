import { record } from './refusal.ts';

/** The prompt up to and including the block that carries this may be cached. */
export interface CacheMark {
  ttl: '5m' | '1h';
}

/** Anthropic's `cache_control` or OpenAI's `prompt_cache_breakpoint`, whose lives of 30 minutes and more become an hour. */
export function readCacheMark(marked: Record<string, unknown>): { cache?: CacheMark } {
  const control = record(marked['cache_control']);
  const breakpoint = record(marked['prompt_cache_breakpoint']);
  if (!control && !breakpoint) return {};
  const ttl = control ? control['ttl'] : breakpoint?.['ttl'];
  return { cache: { ttl: ttl === '1h' || ttl === '30m' || ttl === '12h' ? '1h' : '5m' } };
}
