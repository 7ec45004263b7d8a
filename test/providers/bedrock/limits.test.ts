import { describe, expect, it } from 'vitest';
import { bedrock } from '../../../providers/bedrock/index.ts';
import { makeCall } from '../../support/call.ts';

const WEIGHT = { inputTokens: 1_200, outputTokens: 300, maxOutputTokens: undefined, outputCap: 64_000 };

describe('sets aside all that the answer is allowed to take', () => {
  it.each([
    { name: 'what the client allows', maxOutputTokens: 8_000, outputCap: 64_000, output: 8_000 },
    { name: "never more than the model's own maximum", maxOutputTokens: 99_000, outputCap: 64_000, output: 64_000 },
    {
      name: 'what we send where the client says nothing',
      maxOutputTokens: undefined,
      outputCap: 64_000,
      output: 16_384,
    },
    { name: 'or the maximum, where it is less', maxOutputTokens: undefined, outputCap: 4_096, output: 4_096 },
  ])('$name', ({ output, outputCap, maxOutputTokens }) => {
    const need = { requests: 1, input: 1_200, output, tokens: 1_200 + output };
    expect(bedrock.reserve({ ...WEIGHT, outputCap, maxOutputTokens })).toEqual(need);
    const call = makeCall({ max_tokens: maxOutputTokens ?? null }, { capabilities: { outputTokens: outputCap } });
    expect(JSON.parse(bedrock.translate(call).body)).toMatchObject({ inferenceConfig: { maxTokens: output } });
  });
});

it('counts what was used; reads from the cache are given back', () => {
  const details = { prompt_tokens_details: { cached_tokens: 900 } };
  const usage = { prompt_tokens: 1_000, completion_tokens: 40, total_tokens: 1_040, ...details };
  expect(bedrock.spent(usage)).toEqual({ requests: 1, input: 100, output: 40, tokens: 140 });
});

it('reads nothing from headers', () => {
  expect(bedrock.readLimits(() => '5')).toEqual([]);
});
