import type { Asked, Hearing } from '../wire.ts';
import { readGenerate } from './read.ts';

const VERB = ':countTokens';

export function isCount({ url }: Asked): boolean {
  return url.pathname.endsWith(VERB);
}

/** The same request is refused for the same reasons; what comes back is only how much it weighs. */
export function hearCount(asked: Asked): Hearing {
  const url = new URL(asked.url);
  url.pathname = url.pathname.replace(VERB, ':generateContent');
  const { generateContentRequest: inner } = (asked.body ?? {}) as { generateContentRequest?: unknown };
  const { ask } = readGenerate({ ...asked, url, body: inner ?? asked.body });
  return { ask, stream: false, frames: () => [], whole: ({ prompt }) => toCount(prompt.fresh + prompt.cacheRead) };
}

function toCount(totalTokens: number) {
  return { totalTokens, promptTokensDetails: [{ modality: 'TEXT', tokenCount: totalTokens }] };
}
