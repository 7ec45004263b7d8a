import { describe, expect, it } from 'vitest';
import { openai } from '../../../providers/openai/index.ts';
import { recordedHeaders } from '../../support/recorded-headers.ts';

const WEIGHT = { inputTokens: 1_200, outputTokens: 300, maxOutputTokens: undefined, outputCap: 64_000 };

describe('what is set aside', () => {
  it.each([
    { name: 'what the client allows', maxOutputTokens: 8_000, output: 8_000 },
    { name: 'what is likely, where it sets no limit', maxOutputTokens: undefined, output: 300 },
  ])('$name', ({ maxOutputTokens, output }) => {
    const need = { requests: 1, input: 1_200, output, tokens: 1_200 + output };
    expect(openai.reserve({ ...WEIGHT, maxOutputTokens })).toEqual(need);
  });

  it('becomes what was used; cached input counts', () => {
    const details = { prompt_tokens_details: { cached_tokens: 900 } };
    const usage = { prompt_tokens: 1_000, completion_tokens: 40, total_tokens: 1_040, ...details };
    expect(openai.spent(usage)).toEqual({ requests: 1, input: 1_000, output: 40, tokens: 1_040 });
  });
});

const requests = (limit: number | undefined, remaining: number | undefined) => [
  { dimension: 'requests', limit, remaining },
];
const tokens = (limit: number | undefined, remaining: number | undefined) => [
  { dimension: 'tokens', limit, remaining },
];

describe('what the headers say', () => {
  it.each([
    { name: 'nothing', headers: {}, says: [] },
    {
      name: 'requests and tokens',
      headers: {
        'x-ratelimit-limit-requests': '500',
        'x-ratelimit-remaining-requests': '499',
        'x-ratelimit-reset-requests': '120ms',
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      // Six minutes until all of it is back: that is no limit of a minute.
      says: [...requests(500, 499), ...tokens(undefined, 0)],
    },
    {
      name: 'a minute until all is back is a minute',
      headers: {
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1m0s',
      },
      says: tokens(30_000, 0),
    },
    {
      name: 'a limit of a day is no limit of a minute',
      headers: {
        'x-ratelimit-limit-requests': '10000',
        'x-ratelimit-remaining-requests': '9999',
        'x-ratelimit-reset-requests': '8.64s',
      },
      says: requests(undefined, 9_999),
    },
    {
      name: 'a reset that is rounded up to a millisecond says nothing of days',
      headers: {
        'x-ratelimit-limit-tokens': '30000000',
        'x-ratelimit-remaining-tokens': '29999999',
        'x-ratelimit-reset-tokens': '1ms',
      },
      says: tokens(30_000_000, 29_999_999),
    },
    {
      name: 'Azure resets in seconds without a unit, rounded',
      headers: {
        'x-ratelimit-limit-requests': '250',
        'x-ratelimit-remaining-requests': '249',
        'x-ratelimit-reset-requests': '1',
      },
      says: requests(250, 249),
    },
    {
      name: 'Azure without a limit',
      headers: { 'x-ratelimit-remaining-tokens': '119984' },
      says: tokens(undefined, 119_984),
    },
    {
      name: 'Azure does not know',
      headers: {
        'x-ratelimit-limit-tokens': '-1',
        'x-ratelimit-remaining-tokens': '-1',
        'x-ratelimit-reset-tokens': '0',
      },
      says: [],
    },
    {
      name: "the project's limit where it is tighter",
      headers: {
        'x-ratelimit-limit-tokens': '30000',
        'x-ratelimit-remaining-tokens': '20000',
        'x-ratelimit-limit-project-tokens': '10000',
        'x-ratelimit-remaining-project-tokens': '900',
        'x-ratelimit-remaining-tokens_usage_based': '1000',
      },
      says: tokens(10_000, 900),
    },
    {
      name: "Mistral's words",
      headers: {
        'x-ratelimit-limit-req-minute': '100',
        'x-ratelimit-remaining-req-minute': '90',
        'x-ratelimit-limit-tokens-minute': '100000',
        'x-ratelimit-remaining-tokens-minute': '98260',
      },
      says: [...requests(100, 90), ...tokens(100_000, 98_260)],
    },
    {
      name: 'nonsense',
      headers: { 'x-ratelimit-limit-tokens': '0', 'x-ratelimit-remaining-requests': 'lots' },
      says: [],
    },
    {
      name: 'never more than the limit',
      headers: { 'x-ratelimit-limit-tokens': '10', 'x-ratelimit-remaining-tokens': '11' },
      says: tokens(10, 10),
    },
  ])('$name', ({ headers, says }) => {
    expect(openai.readLimits((name) => new Headers(headers as Record<string, string>).get(name) ?? undefined)).toEqual(
      says,
    );
  });
});

const recorded = [
  ...recordedHeaders('openai', 'x-ratelimit-limit-tokens'),
  ...recordedHeaders('compat', 'x-ratelimit-limit-tokens'),
];

describe.runIf(recorded.length > 0)('recorded headers', () => {
  it.each(recorded)('$id', ({ header }) => {
    const readings = openai.readLimits(header);
    expect(readings.map(({ dimension }) => dimension)).toEqual(['requests', 'tokens']);
    for (const { limit = Infinity, remaining = -1 } of readings) {
      expect(remaining).toBeGreaterThanOrEqual(0);
      expect(remaining).toBeLessThanOrEqual(limit);
    }
  });

  it('two of them are limits of a day', () => {
    const daily = recorded.filter(({ header }) =>
      openai.readLimits(header).some(({ dimension, limit }) => dimension === 'requests' && limit === undefined),
    );
    const resets = daily.map(({ header }) => header('x-ratelimit-reset-requests'));
    expect(new Set(resets)).toEqual(new Set(['1m0.198s', '8.64s']));
  });
});
