import { expect, it } from 'vitest';
import { gemini } from '../../../providers/gemini/index.ts';

it('sets aside the input: that is what Google calls tokens per minute', () => {
  const weight = { inputTokens: 1_200, outputTokens: 300, maxOutputTokens: 8_000, outputCap: 64_000 };
  expect(gemini.reserve(weight)).toEqual({ requests: 1, input: 1_200, output: 300, tokens: 1_200 });
});

it('counts the input that was used', () => {
  const usage = { prompt_tokens: 1_000, completion_tokens: 40, total_tokens: 1_040 };
  expect(gemini.spent(usage)).toEqual({ requests: 1, input: 1_000, output: 40, tokens: 1_000 });
});

it('reads nothing from headers', () => {
  expect(gemini.readLimits(() => '5')).toEqual([]);
});

it('has its days in California', () => {
  expect(gemini.quotaTimeZone).toBe('America/Los_Angeles');
});
