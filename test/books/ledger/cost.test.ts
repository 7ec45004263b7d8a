/** Sums that others have published, or been billed, with the tokens as their provider's own wire counts them. */
import { describe, expect, test } from 'vitest';
import models from '../../../routing-rules/models.json' with { type: 'json' };
import { bucketsOf } from '../../../src/books/ledger/buckets.ts';
import type { Usage } from '../../../src/core/chat.ts';
import { createCatalog } from '../../../src/routing/catalog.ts';
import { costUsd } from '../../../src/routing/cost.ts';
import { collectStream, exchangeOf, readWhole } from '../../wire/exchanges.ts';
import type { Wire } from '../../wire/expect.ts';
import { at } from '../../wire/json.ts';
import { bytesOf, isThere, readRecordings, type Recording } from '../../wire/recordings.ts';

const catalog = createCatalog(models);
const NOW_MS = Date.parse('2026-11-22');

interface Row {
  name: string;
  source: string;
  of: [dialect: string, model: string];
  wire: Wire;
  /** In the provider's own words. */
  said: object;
  usd: number;
}

const table: Row[] = [
  {
    name: 'Claude Sonnet 4.5: 1,000 in, 500 out',
    source: 'docs.rs/crate/claude-cost 0.1.0, quick example',
    of: ['anthropic', 'claude-sonnet-4-5'],
    wire: 'messages',
    said: { input_tokens: 1_000, output_tokens: 500 },
    usd: 0.0105,
  },
  {
    name: 'Claude Sonnet 4.5: 423 fresh beside 380 from the cache, 18 out',
    source: 'docs.rs/crate/claude-cost 0.1.0, README',
    of: ['anthropic', 'claude-sonnet-4-5'],
    wire: 'messages',
    said: { input_tokens: 423, cache_read_input_tokens: 380, output_tokens: 18 },
    usd: 0.001653,
  },
  {
    name: 'Claude Opus 4.5: a million fresh, a million written, ten million read',
    source: 'docs.rs/crate/ccboard-core 0.8.0, src/pricing/embedded.rs',
    of: ['anthropic', 'claude-opus-4-5'],
    wire: 'messages',
    said: {
      input_tokens: 1_000_000,
      cache_creation_input_tokens: 1_000_000,
      cache_read_input_tokens: 10_000_000,
      output_tokens: 0,
    },
    usd: 16.25,
  },
  {
    name: 'GPT-4o mini: 1,204 in of which 1,024 were cached, 12 out',
    source: 'Stack Overflow 79451488',
    of: ['openai', 'gpt-4o-mini'],
    wire: 'chat',
    said: { prompt_tokens: 1_204, completion_tokens: 12, prompt_tokens_details: { cached_tokens: 1_024 } },
    usd: 0.000111,
  },
  {
    name: 'Gemini 2.5 Pro: 11,500 in of which 10,000 were cached, 1,000 out beside 10,000 of thoughts',
    source: 'discuss.ai.google.dev/t/107349 for the input ($0.001875 + $0.00125); output by the list, 11,000 x 10',
    of: ['gemini', 'gemini-2.5-pro'],
    wire: 'content',
    said: {
      promptTokenCount: 11_500,
      cachedContentTokenCount: 10_000,
      candidatesTokenCount: 1_000,
      thoughtsTokenCount: 10_000,
    },
    usd: 0.113125,
  },
  {
    name: 'Claude Sonnet 4.5 on Bedrock in a region: the first example and a tenth more',
    source: 'clauder-navi.com/en/bedrock-claude-cost: regional is 10 % above global',
    of: ['bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'],
    wire: 'converse',
    said: { inputTokens: 423, cacheReadInputTokens: 380, outputTokens: 18, totalTokens: 821 },
    usd: 0.0018183,
  },
];

describe('published sums', () => {
  test.each(table)('$name ($source)', ({ of: [dialect, model], wire, said, usd }) => {
    const { price } = catalog.lookup(dialect, model, NOW_MS);
    const exchange = exchangeOf({ ...EMPTY, url_path: `/models/${model}`, request: { body: { model } } }, wire);
    const usage = at(readWhole(exchange, JSON.stringify(answerOf(wire, said))), 'usage') as Usage;
    expect(price && costUsd(usage, price)).toBeCloseTo(usd, 9);
    const { fresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = bucketsOf(usage);
    const { input = 0, cacheRead: read = 0, cacheWrite5m: w5 = 0, cacheWrite1h: w1 = 0, output: out = 0 } = price ?? {};
    const micros =
      fresh * input + cacheRead * read + cacheWrite5m * w5 + cacheWrite1h * w1 + (output + reasoning) * out;
    expect(micros / 1e6).toBeCloseTo(usd, 9);
  });
});

/** What another gateway charged for a recorded answer, said in the answer itself. */
const billed = readRecordings().filter(({ id }) => id === 'compat-vercel-gateway-chat-s-200-bc1f3809');

test.skipIf(!isThere())('a recorded bill: Claude Sonnet 4 through Vercel', () => {
  const bills = billed.map((recording) => {
    const usage = at(collectStream(exchangeOf(recording, 'chat'), [bytesOf(recording)]), 'usage') as Usage;
    const { price = { input: 0, output: 0 } } = catalog.lookup('anthropic', 'claude-sonnet-4', NOW_MS);
    return [at(usage, 'cost'), Number(costUsd(usage, price).toFixed(9))];
  });
  expect(bills).toEqual([[0.003561, 0.003561]]);
});

const EMPTY: Recording = {
  id: 'none',
  provider: 'none',
  api: 'none',
  stream: false,
  url_path: '',
  request: { body: {} },
  response: { status: 200, headers: {} },
};

function answerOf(wire: Wire, usage: object): object {
  switch (wire) {
    case 'messages':
      return {
        type: 'message',
        id: 'm',
        model: 'm',
        content: [{ type: 'text', text: 'hi' }],
        stop_reason: 'end_turn',
        usage,
      };
    case 'converse':
      return { output: { message: { role: 'assistant', content: [{ text: 'hi' }] } }, stopReason: 'end_turn', usage };
    case 'content':
      return {
        candidates: [{ content: { role: 'model', parts: [{ text: 'hi' }] }, finishReason: 'STOP' }],
        usageMetadata: usage,
      };
    case 'chat':
    case 'responses':
      return {
        id: 'c',
        object: 'chat.completion',
        model: 'm',
        choices: [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }],
        usage,
      };
  }
}
