import { describe, expect, it } from 'vitest';
import { anthropic } from '../../../providers/anthropic/index.ts';
import { recordedHeaders } from '../../support/recorded-headers.ts';

const WEIGHT = { inputTokens: 1_200, outputTokens: 300, maxOutputTokens: 8_000, outputCap: 64_000 };

it('sets aside what the answer will probably take, not what it is allowed to', () => {
  expect(anthropic.reserve(WEIGHT)).toEqual({ requests: 1, input: 1_200, output: 300, tokens: 1_500 });
});

it('counts no input that came from the cache', () => {
  const usage = { prompt_tokens: 1_000, completion_tokens: 40, total_tokens: 1_040 };
  expect(anthropic.spent(usage)).toEqual({ requests: 1, input: 1_000, output: 40, tokens: 1_040 });
  expect(anthropic.spent({ ...usage, prompt_tokens_details: { cached_tokens: 900 } })).toMatchObject({ input: 100 });
});

const reading = (prefix: string, limit: string, remaining: string) => ({
  [`${prefix}-limit`]: limit,
  [`${prefix}-remaining`]: remaining,
  [`${prefix}-reset`]: '2026-02-17T19:01:00Z',
});
const REQUESTS = 'anthropic-ratelimit-requests';
const INPUT = 'anthropic-ratelimit-input-tokens';
const PRIORITY = 'anthropic-priority-input-tokens';

describe('what the headers say', () => {
  it.each([
    { name: 'nothing', headers: {}, says: [] },
    {
      name: 'requests are exact',
      headers: reading(REQUESTS, '50', '0'),
      says: [{ dimension: 'requests', limit: 50, remaining: 0 }],
    },
    {
      name: 'each kind of token apart',
      headers: {
        ...reading(INPUT, '30000', '29123'),
        ...reading('anthropic-ratelimit-output-tokens', '8000', '7001'),
        ...reading('anthropic-ratelimit-tokens', '38000', '36124'),
      },
      says: [
        { dimension: 'input', limit: 30_000, remaining: 29_123 },
        { dimension: 'output', limit: 8_000, remaining: 7_001, countsAsWritten: true },
        { dimension: 'tokens', limit: 38_000, remaining: 36_124, countsAsWritten: true },
      ],
    },
    {
      name: 'rounded tokens are the most that they can be',
      headers: reading(INPUT, '30000', '2000'),
      says: [{ dimension: 'input', limit: 30_000, remaining: 2_499 }],
    },
    {
      name: 'a rounded nothing may be something',
      headers: reading(INPUT, '30000', '0'),
      says: [{ dimension: 'input', limit: 30_000, remaining: 499 }],
    },
    {
      name: 'never more than the limit',
      headers: reading(INPUT, '30000', '30000'),
      says: [{ dimension: 'input', limit: 30_000, remaining: 30_000 }],
    },
    {
      name: 'the priority tier comes on top',
      headers: { ...reading(INPUT, '30000', '1501'), ...reading(PRIORITY, '10000', '9618') },
      says: [{ dimension: 'input', limit: 40_000, remaining: 11_119 }],
    },
    { name: 'the priority tier alone says nothing', headers: reading(PRIORITY, '10000', '9618'), says: [] },
    { name: 'nonsense', headers: reading(REQUESTS, '0', '-1'), says: [] },
    { name: 'more nonsense', headers: reading(INPUT, 'many', '1e3'), says: [] },
    {
      name: 'half nonsense is half a reading',
      headers: reading(REQUESTS, '50', 'NaN'),
      says: [{ dimension: 'requests', limit: 50, remaining: undefined }],
    },
  ])('$name', ({ headers, says }) => {
    expect(anthropic.readLimits((name) => new Headers(headers).get(name) ?? undefined)).toEqual(says);
  });
});

const recorded = recordedHeaders('anthropic', 'anthropic-ratelimit-requests-limit');

describe.runIf(recorded.length > 0)('recorded headers', () => {
  it.each(recorded)('$id', ({ header }) => {
    const readings = anthropic.readLimits(header);
    // The oldest recording knows nothing of input and output apart.
    expect(readings.map(({ dimension }) => dimension)).toEqual(expect.arrayContaining(['requests', 'tokens']));
    for (const { limit, remaining } of readings) {
      expect(limit).toBeGreaterThan(0);
      expect(remaining).toBeLessThanOrEqual(limit ?? 0);
    }
  });

  it('an empty bucket is seen', () => {
    const throttled = recorded.find(({ id }) => id.includes('-429-'));
    expect(throttled && anthropic.readLimits(throttled.header)).toEqual([
      { dimension: 'requests', limit: 4_000, remaining: 4_000 },
      { dimension: 'input', limit: 200_000, remaining: 499 },
      { dimension: 'output', limit: 80_000, remaining: 80_000, countsAsWritten: true },
      { dimension: 'tokens', limit: 280_000, remaining: 80_499, countsAsWritten: true },
    ]);
  });
});
