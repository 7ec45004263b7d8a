/** Gemini counts requests and input; what it calls TPM is input alone. Its days turn at midnight Pacific time. */
import type { Usage } from '../../src/core/chat.ts';
import type { Amounts, LimitReading, Weight } from '../../src/core/limits.ts';

export const quotaTimeZone = 'America/Los_Angeles';

export function reserve({ inputTokens, outputTokens }: Weight): Amounts {
  return { requests: 1, input: inputTokens, output: outputTokens, tokens: inputTokens };
}

export function spent({ prompt_tokens: input, completion_tokens: output }: Usage): Amounts {
  return { requests: 1, input, output, tokens: input };
}

/** It says what is left only when nothing is: in the body of a 429. */
export function readLimits(): readonly LimitReading[] {
  return [];
}
