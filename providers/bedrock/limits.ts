/** Bedrock sets aside the input and all that the answer is allowed to take; when it ends, what was not used comes back. */
import type { Usage } from '../../src/core/chat.ts';
import type { Amounts, LimitReading, Weight } from '../../src/core/limits.ts';
import { uncachedTokens } from '../shared/limits.ts';
import { DEFAULT_TOKENS } from './sampling.ts';

/** Always what `maxTokens` will say, since one that is not sent is the model's own maximum. */
export function reserve({ inputTokens, maxOutputTokens, outputCap }: Weight): Amounts {
  const output = Math.min(maxOutputTokens ?? DEFAULT_TOKENS, outputCap);
  return { requests: 1, input: inputTokens, output, tokens: inputTokens + output };
}

/** Reads from the cache are given back too. */
export function spent(usage: Usage): Amounts {
  const input = uncachedTokens(usage);
  return { requests: 1, input, output: usage.completion_tokens, tokens: input + usage.completion_tokens };
}

/** It says nothing. */
export function readLimits(): readonly LimitReading[] {
  return [];
}
