import { describe, expect, test } from 'vitest';
import models from '../../routing-rules/models.json' with { type: 'json' };
import type { Usage } from '../../src/core/chat.ts';
import type { Price } from '../../src/core/deployment.ts';
import { createCatalog } from '../../src/routing/catalog.ts';
import { costUsd } from '../../src/routing/cost.ts';

const catalog = createCatalog(models);
const NOW = Date.parse('2026-11-22');

function usage(prompt: number, completion: number, rest: Partial<Usage> = {}): Usage {
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion, ...rest };
}

function cached(read: number, written = 0): Partial<Usage> {
  return { prompt_tokens_details: { cached_tokens: read, cache_write_tokens: written } };
}

type Row = { name: string; of: [dialect: string, model: string]; usage: Usage; usd: number };

// The dollars are worked out by hand from the price lists.
const table: Row[] = [
  {
    name: 'vectors are paid by what is read: 1,000,000 x 0.02',
    of: ['openai', 'text-embedding-3-small'],
    usage: usage(1_000_000, 0),
    usd: 0.02,
  },
  {
    name: 'pictures cost otherwise than words: 100 x 5 + 400 x 8 + 100 x 10 + 1,000 x 32',
    of: ['openai', 'gpt-image-1.5'],
    usage: usage(500, 1_100, { media: { imageInputTokens: 400, imageOutputTokens: 1_000 } }),
    usd: 0.0367,
  },
  {
    name: 'where they have no price of their own they cost what words do: 500 x 5 + 1,000 x 30, and 400 x 3 more',
    of: ['openai', 'gpt-image-2'],
    usage: usage(500, 1_000, { media: { imageInputTokens: 400, imageOutputTokens: 1_000 } }),
    usd: 0.0337,
  },
  {
    name: 'sound that is heard, by tokens: 600 x 6 + 200 x 10',
    of: ['openai', 'gpt-4o-transcribe'],
    usage: usage(600, 200, { media: { audioInputTokens: 600, seconds: 60 } }),
    usd: 0.0056,
  },
  {
    name: 'sound that is heard, by the minute: 1.5 x 0.006',
    of: ['openai', 'whisper-1'],
    usage: usage(900, 300, { media: { audioInputTokens: 900, seconds: 90 } }),
    usd: 0.009,
  },
  {
    name: 'text that is spoken, by the character: 4,096 x 15 / 1,000,000',
    of: ['openai', 'tts-1'],
    usage: usage(1_024, 0, { media: { characters: 4_096 } }),
    usd: 0.06144,
  },
  {
    name: 'a picture in a conversation: 1,000 x 0.5 + 100 x 3 + 1,120 x 60',
    of: ['gemini', 'gemini-3.1-flash-image'],
    usage: usage(1_000, 1_220, { media: { imageOutputTokens: 1_120 } }),
    usd: 0.068,
  },
  {
    name: 'plain input and output: 1,000 x 4 + 500 x 20',
    of: ['anthropic', 'claude-opus-5-5'],
    usage: usage(1_000, 500),
    usd: 0.014,
  },
  {
    name: 'cache reads are cheaper: 2,000 x 4 + 8,000 x 0.2 + 100 x 20',
    of: ['anthropic', 'claude-opus-5-5'],
    usage: usage(10_000, 100, cached(8_000)),
    usd: 0.0116,
  },
  {
    name: 'five-minute writes are dearer: 1,000 x 3 + 9,000 x 3.75 + 10 x 15',
    of: ['anthropic', 'claude-sonnet-4-6'],
    usage: usage(10_000, 10, cached(0, 9_000)),
    usd: 0.0369,
  },
  {
    name: 'hour-long writes are dearer still: 4,000 x 3.75 + 5,000 x 6 + 1,000 x 3',
    of: ['anthropic', 'claude-sonnet-4-6'],
    usage: usage(10_000, 0, { ...cached(0, 9_000), cache_creation: { ephemeral_5m: 4_000, ephemeral_1h: 5_000 } }),
    usd: 0.048,
  },
  {
    name: 'the split alone tells how much was written',
    of: ['anthropic', 'claude-sonnet-4-6'],
    usage: usage(10_000, 0, { cache_creation: { ephemeral_5m: 4_000, ephemeral_1h: 5_000 } }),
    usd: 0.048,
  },
  {
    name: 'Haiku 5.5 at exactly 100K is still cheap: 100,000 x 0.1 + 1,000 x 0.5',
    of: ['anthropic', 'claude-haiku-5-5'],
    usage: usage(100_000, 1_000),
    usd: 0.0105,
  },
  {
    name: 'one token more makes the whole request five times as dear',
    of: ['anthropic', 'claude-haiku-5-5'],
    usage: usage(100_001, 1_000),
    usd: 0.0525005,
  },
  {
    name: 'cached tokens count towards the step: 150,000 x 0.05 + 1,000 x 0.5 + 100 x 2.5',
    of: ['anthropic', 'claude-haiku-5-5'],
    usage: usage(151_000, 100, cached(150_000)),
    usd: 0.00825,
  },
  {
    name: 'GPT at 272K: 272,000 x 2 + 1,000 x 10',
    of: ['openai', 'gpt-6.1-sol'],
    usage: usage(272_000, 1_000),
    usd: 0.554,
  },
  {
    name: 'GPT above 272K: 100,000 x 4 + 200,000 x 0.2 + 1,000 x 15',
    of: ['openai', 'gpt-6.1-sol'],
    usage: usage(300_000, 1_000, cached(200_000)),
    usd: 0.455,
  },
  {
    name: 'Gemini above 200K: 200,001 x 2.5 + 1,000 x 15',
    of: ['gemini', 'gemini-2.5-pro'],
    usage: usage(200_001, 1_000),
    usd: 0.5150025,
  },
  {
    name: 'a cache without a price of its own costs what input costs: 1,000 x 30',
    of: ['openai', 'gpt-5.5-pro'],
    usage: usage(1_000, 0, cached(400)),
    usd: 0.03,
  },
  {
    name: 'more cached than there was is never a gift: 500 x 0.2',
    of: ['anthropic', 'claude-opus-5-5'],
    usage: usage(100, 0, cached(500)),
    usd: 0.0001,
  },
  { name: 'nothing costs nothing', of: ['openai', 'gpt-6-luna'], usage: usage(0, 0), usd: 0 },
];

describe('costUsd', () => {
  test.each(table)('$name', ({ of: [dialect, model], usage: used, usd }) => {
    const { price } = catalog.lookup(dialect, model, NOW);
    expect(price).toBeDefined();
    expect(costUsd(used, price ?? { input: 0, output: 0 })).toBeCloseTo(usd, 12);
  });

  test('the highest step that was reached counts, whatever their order', () => {
    const price: Price = {
      input: 1,
      output: 1,
      tiers: [
        { abovePromptTokens: 20, input: 3, output: 3 },
        { abovePromptTokens: 10, input: 2, output: 2 },
      ],
    };
    expect([10, 11, 21].map((prompt) => costUsd(usage(prompt, 0), price) * 1e6)).toEqual([10, 22, 63]);
  });
});
