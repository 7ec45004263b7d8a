import { describe, expect, it } from 'vitest';
import { inclusive } from '../../src/core/counts.ts';

describe('what a server of chat completions counts', () => {
  // xAI's documentation: reasoning is counted separately from `completion_tokens`, but in `total_tokens`.
  it.each([
    { says: 'xAI, beside the completion', completion: 2, reasoning: 317, total: 331, counts: 319 },
    { says: 'OpenAI, in the completion', completion: 319, reasoning: 317, total: 331, counts: 319 },
    { says: 'a server that does not add up', completion: 2, reasoning: 317, total: 14, counts: 2 },
    { says: 'a model that did not reason', completion: 2, reasoning: 0, total: 14, counts: 2 },
  ])('has reasoning in the completion: $says', ({ completion, reasoning, total, counts }) => {
    const usage = {
      prompt_tokens: 12,
      completion_tokens: completion,
      total_tokens: total,
      completion_tokens_details: { reasoning_tokens: reasoning },
    };
    expect(inclusive(usage)).toEqual({ ...usage, completion_tokens: counts });
  });

  it('stays the same object where nothing is missing', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3, completion_tokens_details: null };
    expect(inclusive(usage)).toBe(usage);
  });
});
