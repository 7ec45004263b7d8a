import { describe, expect, it } from 'vitest';
import models from '../../routing-rules/models.json' with { type: 'json' };
import type { Price } from '../../src/core/deployment.ts';
import { createCatalog } from '../../src/routing/catalog.ts';
import { type ExpectedWork, expectedCostUsd, priceOf } from '../../src/routing/expected-cost.ts';
import { ABLE } from '../support/call.ts';
import { deploymentOf } from './pool/deployments.ts';

const catalog = createCatalog(models);
const NOW = Date.parse('2026-11-22');

function shipped(dialect: string, model: string) {
  const { prices, tokenFactor, price } = catalog.lookup(dialect, model, NOW);
  return deploymentOf(`${dialect}/${model}`, { prices, tokenFactor, price });
}

const work = (inputTokens: number, expectedOutputTokens: number, rest: Partial<ExpectedWork> = {}): ExpectedWork => ({
  inputTokens,
  cachedTokens: 0,
  expectedOutputTokens,
  ...rest,
});

interface Row {
  name: string;
  of: [dialect: string, model: string];
  work: ExpectedWork;
  at?: string;
  usd: number;
}

// The dollars are worked out by hand, millionths first.
const table: Row[] = [
  { name: 'input and output: 1,000 x 2 + 100 x 10', of: ['openai', 'gpt-6.1-sol'], work: work(1_000, 100), usd: 0.003 },
  {
    name: 'what is cached is read, the rest is fresh: 900 x 0.1 + 100 x 2',
    of: ['openai', 'gpt-6.1-sol'],
    work: work(1_000, 0, { cachedTokens: 900 }),
    usd: 0.00029,
  },
  {
    name: 'or is written: 900 x 0.1 + 100 x 2.5',
    of: ['openai', 'gpt-6.1-sol'],
    work: work(1_000, 0, { cachedTokens: 900, writtenTokens: 100 }),
    usd: 0.00034,
  },
  {
    name: 'every token is in one bucket, whatever is claimed: 800 x 0.1 + 200 x 2.5',
    of: ['openai', 'gpt-6.1-sol'],
    work: work(1_000, 0, { cachedTokens: 800, writtenTokens: 5_000 }),
    usd: 0.00058,
  },
  {
    name: 'no more is read than there is: 1,000 x 0.1',
    of: ['openai', 'gpt-6.1-sol'],
    work: work(1_000, 0, { cachedTokens: 9_000, writtenTokens: 10 }),
    usd: 0.0001,
  },
  {
    name: 'a new Claude makes 1.55 tokens of one: 1,550 x 4 + 155 x 20',
    of: ['anthropic', 'claude-opus-5-5'],
    work: work(1_000, 100),
    usd: 0.0093,
  },
  {
    name: 'an older one 1.2: 1,200 x 3 + 120 x 15',
    of: ['anthropic', 'claude-sonnet-4-6'],
    work: work(1_000, 100),
    usd: 0.0054,
  },
  {
    name: 'its own tokens reach the step, not the common ones: 108,500 x 0.5',
    of: ['anthropic', 'claude-haiku-5-5'],
    work: work(70_000, 0),
    usd: 0.05425,
  },
  {
    name: 'below it the whole prompt is cheap: 93,000 x 0.1',
    of: ['anthropic', 'claude-haiku-5-5'],
    work: work(60_000, 0),
    usd: 0.0093,
  },
  {
    name: 'GPT above 272K costs twice in: 300,000 x 4',
    of: ['openai', 'gpt-6.1-sol'],
    work: work(300_000, 0),
    usd: 1.2,
  },
  {
    name: 'on the last day of a price it holds: 1,000 x 2',
    of: ['gemini', 'gemini-4-argon'],
    work: work(1_000, 0),
    at: '2026-11-30T23:59:59Z',
    usd: 0.002,
  },
  {
    name: 'the day after the next one does: 1,000 x 4',
    of: ['gemini', 'gemini-4-argon'],
    work: work(1_000, 0),
    at: '2026-12-01T00:00:00Z',
    usd: 0.004,
  },
  {
    name: 'nobody writes more than the model can: 128,000 x 20',
    of: ['anthropic', 'claude-opus-5-5'],
    work: work(0, 1_000_000),
    usd: 2.56,
  },
  { name: 'nothing costs nothing', of: ['openai', 'gpt-6-luna'], work: work(0, 0), usd: 0 },
];

describe('expectedCostUsd', () => {
  it.each(table)('$name', ({ of: [dialect, model], work: expected, at, usd }) => {
    const deployment = { ...shipped(dialect, model), capabilities: { ...ABLE, outputTokens: 128_000 } };
    expect(expectedCostUsd(deployment, expected, at ? Date.parse(at) : NOW)).toBeCloseTo(usd, 12);
  });

  it('is unknown where the price is', () => {
    expect(expectedCostUsd(deploymentOf('x/a'), work(1_000, 100), NOW)).toBeUndefined();
    expect(expectedCostUsd(shipped('anthropic', 'claude-opus-9'), work(1_000, 100), NOW)).toBeUndefined();
  });

  it("the operator's price holds for ever", () => {
    const price: Price = { input: 7, output: 7 };
    expect(priceOf(deploymentOf('x/a', { price, prices: undefined }), NOW)).toBe(price);
  });
});
