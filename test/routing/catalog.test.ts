import { describe, expect, test } from 'vitest';
import models from '../../routing-rules/models.json' with { type: 'json' };
import rules from '../../routing-rules/rules.json' with { type: 'json' };
import type { Capabilities } from '../../src/core/deployment.ts';
import { createCatalog, priceAt } from '../../src/routing/catalog.ts';

const catalog = createCatalog(models);
const NOW = Date.parse('2026-11-22T12:00:00Z');

type Row = [dialect: string, id: string, known: string, family: string | undefined, input: number | undefined];

describe('every spelling of a model finds its row', () => {
  const table: Row[] = [
    ['anthropic', 'claude-opus-5-5', 'exact', 'claude-opus', 4],
    ['anthropic', 'claude-opus-5', 'exact', 'claude-opus', 5],
    ['anthropic', 'claude-opus-4-8', 'exact', 'claude-opus', 5],
    ['anthropic', 'claude-opus-4-7', 'exact', 'claude-opus', 5],
    ['anthropic', 'claude-opus-4-6', 'exact', 'claude-opus', 5],
    ['anthropic', 'claude-opus-4-5-20251101', 'exact', 'claude-opus', 5],
    ['anthropic', 'claude-opus-4-1-20250805', 'exact', 'claude-opus', 15],
    ['anthropic', 'claude-sonnet-5-5', 'exact', 'claude-sonnet', 2],
    ['anthropic', 'claude-sonnet-5', 'exact', 'claude-sonnet', 2],
    ['anthropic', 'claude-sonnet-4-6', 'exact', 'claude-sonnet', 3],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'exact', 'claude-sonnet', 3],
    ['anthropic', 'claude-sonnet-4-0', 'exact', 'claude-sonnet', 3],
    ['anthropic', 'claude-sonnet-4-20250514', 'exact', 'claude-sonnet', 3],
    ['anthropic', 'claude-haiku-5-5', 'exact', 'claude-haiku', 0.1],
    ['anthropic', 'claude-haiku-4-5', 'exact', 'claude-haiku', 1],
    ['anthropic', 'Claude-Haiku-4-5-20251001', 'exact', 'claude-haiku', 1],
    ['anthropic', 'claude-fable-5-2', 'exact', 'claude-fable', 10],
    ['anthropic', 'claude-mythos-5-1', 'exact', 'claude-fable', 10],
    ['anthropic', 'claude-3-7-sonnet-20250219', 'exact', 'claude-3', undefined],
    ['anthropic', 'claude-3-5-haiku-latest', 'family', 'claude-3', undefined],
    ['anthropic', 'claude-opus-6', 'family', 'claude-opus', undefined],
    ['anthropic', 'claude-sonnet-6-20270301', 'family', 'claude-sonnet', undefined],
    ['anthropic', 'claude-saga-1', 'family', 'claude', undefined],
    ['anthropic', 'there-is-no-such-model', 'none', undefined, undefined],
    ['anthropic', 'claude-3-7-sonnet@20250219', 'exact', 'claude-3', undefined],
    ['anthropic', 'claude-sonnet-4-5@20250929', 'exact', 'claude-sonnet', 3],
    ['gemini', 'gemini-2.5-flash', 'exact', 'gemini-2.5', 0.3],
    ['bedrock', 'global.anthropic.claude-opus-5-5', 'exact', 'claude-opus', 4],
    ['bedrock', 'us.anthropic.claude-opus-5-5', 'exact', 'claude-opus', 4.4],
    ['bedrock', 'eu.anthropic.claude-sonnet-5', 'exact', 'claude-sonnet', 2.2],
    ['bedrock', 'jp.anthropic.claude-sonnet-5', 'exact', 'claude-sonnet', 2.2],
    ['bedrock', 'au.anthropic.claude-opus-4-6-v1', 'exact', 'claude-opus', 5.5],
    ['bedrock', 'anthropic.claude-haiku-5-5', 'exact', 'claude-haiku', 0.11],
    ['bedrock', 'global.anthropic.claude-haiku-4-5-20251001-v1:0', 'exact', 'claude-haiku', 1],
    ['bedrock', 'apac.anthropic.claude-sonnet-4-20250514-v1:0', 'exact', 'claude-sonnet', 3],
    ['bedrock', 'us.anthropic.claude-3-5-sonnet-20241022-v2:0', 'family', 'claude-3', undefined],
    [
      'bedrock',
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/global.anthropic.claude-opus-4-7',
      'exact',
      'claude-opus',
      5,
    ],
    ['bedrock', 'arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0', 'exact', 'nova', 0.8],
    [
      'bedrock',
      'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123def456',
      'none',
      undefined,
      undefined,
    ],
    ['bedrock', 'amazon.nova-micro-v1:0', 'exact', 'nova', 0.035],
    ['bedrock', 'us.amazon.nova-lite-v1:0', 'exact', 'nova', 0.06],
    ['bedrock', 'us.amazon.nova-premier-v1:0', 'exact', 'nova', 2.5],
    ['bedrock', 'us.amazon.nova-2-lite-v1:0', 'exact', 'nova', 0.33],
    ['bedrock', 'amazon.nova-3-pro-v1:0', 'family', 'nova', undefined],
    ['bedrock', 'openai.gpt-oss-120b-1:0', 'exact', 'gpt-oss', 0.15],
    ['bedrock', 'openai.gpt-oss-120b', 'exact', 'gpt-oss', 0.15],
    ['bedrock', 'openai.gpt-oss-20b', 'exact', 'gpt-oss', 0.07],
    ['bedrock', 'meta.llama3-3-70b-instruct-v1:0', 'family', 'llama', undefined],
    ['bedrock', 'us.meta.llama4-maverick-17b-instruct-v1:0', 'family', 'llama-4', undefined],
    ['bedrock', 'mistral.mistral-large-3-675b-instruct', 'family', 'mistral', undefined],
    ['bedrock', 'amazon.titan-text-express-v1', 'none', undefined, undefined],
    ['openai', 'gpt-6.2-astra', 'exact', 'gpt-6', 8],
    ['openai', 'gpt-6.2-sol', 'exact', 'gpt-6', 2],
    ['openai', 'gpt-6-astra', 'exact', 'gpt-6', 10],
    ['openai', 'gpt-6.1-sol', 'exact', 'gpt-6', 2],
    ['openai', 'gpt-6.1-terra', 'exact', 'gpt-6', 1],
    ['openai', 'gpt-6-sol', 'exact', 'gpt-6', 2],
    ['openai', 'gpt-6-luna', 'exact', 'gpt-6', 0.1],
    ['openai', 'gpt-5.6-sol', 'exact', 'gpt-5', 4],
    ['openai', 'gpt-5.6-terra', 'exact', 'gpt-5', 2],
    ['openai', 'gpt-5.6-luna', 'exact', 'gpt-5', 0.2],
    ['openai', 'gpt-5.5-2026-04-23', 'exact', 'gpt-5', 5],
    ['openai', 'gpt-5.4-mini-2026-03-17', 'exact', 'gpt-5', 0.75],
    ['openai', 'gpt-5.4-nano', 'exact', 'gpt-5', 0.2],
    ['openai', 'gpt-5.2-2025-12-11', 'exact', 'gpt-5', 1.75],
    ['openai', 'gpt-5.1', 'exact', 'gpt-5', 1.25],
    ['openai', 'gpt-5-nano', 'exact', 'gpt-5', 0.05],
    ['openai', 'gpt-5-codex', 'family', 'gpt-5', undefined],
    ['openai', 'gpt-4.1-2025-04-14', 'exact', 'gpt-4', 2],
    ['openai', 'ft:gpt-4.1-mini-2025-04-14:acme::a1B2', 'family', 'gpt-4', undefined],
    ['openai', 'ft:gpt-9:acme::a1B2', 'family', 'gpt-6', undefined],
    ['openai', 'gpt-4o-mini-2024-07-18', 'exact', 'gpt-4', 0.15],
    ['openai', 'gpt-4o-audio-preview', 'family', 'gpt-audio', undefined],
    ['openai', 'gpt-35-turbo', 'exact', 'gpt-4', undefined],
    ['openai', 'o4-mini', 'exact', 'o-series', undefined],
    ['openai', 'o3-pro-2025-06-10', 'family', 'o-series', undefined],
    ['openai', 'gpt-7-sol', 'family', 'gpt-6', undefined],
    ['openai', 'openai/gpt-6-sol', 'exact', 'gpt-6', undefined],
    ['openai', 'anthropic/claude-sonnet-5.5', 'exact', 'claude-sonnet', undefined],
    ['openai', 'google/gemini-2.5-pro:free', 'exact', 'gemini-2.5', undefined],
    ['openai', 'grok-4.3', 'none', undefined, undefined],
    ['openai', 'llama3.1:8b', 'family', 'llama', undefined],
    ['gemini', 'gemini-4-argon', 'exact', 'gemini-4', 2],
    ['gemini', 'models/gemini-3.8-flash', 'exact', 'gemini-3', 0.75],
    ['gemini', 'gemini-3.6-flash', 'exact', 'gemini-3', 0.75],
    ['gemini', 'gemini-3.5-flash-lite', 'exact', 'gemini-3', 0.3],
    ['gemini', 'gemini-3.1-pro-preview', 'exact', 'gemini-3', 2],
    ['gemini', 'gemini-3.1-flash-lite', 'exact', 'gemini-3', 0.25],
    ['gemini', 'gemini-3-flash-preview', 'exact', 'gemini-3', 0.5],
    ['gemini', 'gemini-3-pro-preview', 'family', 'gemini-3', undefined],
    ['gemini', 'gemini-2.5-pro', 'exact', 'gemini-2.5', 1.25],
    ['gemini', 'gemini-2.5-flash-lite', 'exact', 'gemini-2.5', 0.1],
    ['gemini', 'gemini-2.5-flash-preview-tts', 'family', 'gemini-2.5', undefined],
    ['gemini', 'gemini-2.0-flash-001', 'family', 'gemini-2.0', undefined],
    ['gemini', 'gemini-flash-latest', 'family', 'gemini-4', undefined],
  ];
  test.each(table)('%s %s', (...row) => {
    const [dialect, id, known, family, input] = row;
    const entry = catalog.lookup(dialect, id, NOW);
    expect({ known: entry.known, family: entry.family, input: entry.price?.input }).toEqual({ known, family, input });
  });
});

type Asked = Pick<Capabilities, 'reasoning' | 'efforts'>;

describe('reasoning efforts are those of the wire table', () => {
  const ALL = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
  const table: [dialect: string, id: string, reasoning: Asked['reasoning'], efforts: string[]][] = [
    ['openai', 'gpt-6.1-sol', 'effort', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['openai', 'gpt-6-astra', 'effort', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['openai', 'gpt-6.2-sol', 'effort', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['openai', 'gpt-6.2-astra', 'effort', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['openai', 'gpt-6.1-terra', 'effort', ['none', 'low', 'medium', 'high', 'xhigh', 'max']],
    ['openai', 'gpt-6-sol', 'effort', ['none', 'low', 'medium', 'high', 'xhigh', 'max']],
    ['openai', 'gpt-6-luna', 'effort', ['none', 'low', 'medium', 'high', 'xhigh', 'max']],
    ['openai', 'gpt-5.6-luna', 'effort', ['none', 'low', 'medium', 'high', 'xhigh', 'max']],
    ['openai', 'gpt-5.5', 'effort', ['none', 'low', 'medium', 'high', 'xhigh']],
    ['openai', 'gpt-5.1', 'effort', ['none', 'low', 'medium', 'high']],
    ['openai', 'gpt-5', 'effort', ['minimal', 'low', 'medium', 'high']],
    ['openai', 'o3', 'effort', ['low', 'medium', 'high']],
    ['openai', 'gpt-4o', 'none', []],
    ['anthropic', 'claude-opus-5-5', 'always', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['anthropic', 'claude-fable-5-1', 'always', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['anthropic', 'claude-sonnet-5-5', 'between_tools', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['anthropic', 'claude-haiku-5-5', 'disableable', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['anthropic', 'claude-opus-5', 'disableable', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['anthropic', 'claude-sonnet-5', 'disableable', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['anthropic', 'claude-opus-4-8', 'adaptive', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['anthropic', 'claude-opus-4-7', 'adaptive', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['anthropic', 'claude-opus-4-6', 'adaptive', ['low', 'medium', 'high', 'max']],
    ['anthropic', 'claude-sonnet-4-6', 'adaptive', ['low', 'medium', 'high', 'max']],
    ['anthropic', 'claude-opus-4-5', 'budget', ['low', 'medium', 'high']],
    ['anthropic', 'claude-sonnet-4-5', 'budget', []],
    ['anthropic', 'claude-haiku-4-5', 'budget', []],
    ['gemini', 'gemini-2.5-flash', 'thinking_budget', ALL],
    ['gemini', 'gemini-2.5-pro', 'thinking_budget', ALL.slice(1)],
    ['gemini', 'gemini-3.6-flash', 'thinking_level', ['minimal', 'low', 'medium', 'high']],
    ['gemini', 'gemini-3.8-flash', 'thinking_level', ['low', 'medium', 'high']],
    ['gemini', 'gemini-3.1-pro-preview', 'thinking_level', ['low', 'medium', 'high']],
    ['gemini', 'gemini-4-argon', 'thinking_level', ['low', 'medium', 'high']],
    ['bedrock', 'us.anthropic.claude-opus-5-5', 'always', ['low', 'medium', 'high', 'xhigh', 'max']],
    ['bedrock', 'openai.gpt-oss-120b', 'effort', ['low', 'medium', 'high']],
    ['bedrock', 'amazon.nova-2-lite-v1:0', 'effort', ['none', 'low', 'medium', 'high']],
    ['bedrock', 'amazon.nova-pro-v1:0', 'none', []],
  ];
  test.each(table)('%s %s is asked by %s', (dialect, id, reasoning, efforts) => {
    const { capabilities } = catalog.lookup(dialect, id, NOW);
    expect({ reasoning: capabilities.reasoning, efforts: capabilities.efforts }).toEqual({ reasoning, efforts });
  });
});

describe('capabilities', () => {
  const table: [sentence: string, dialect: string, id: string, expected: Partial<Capabilities>][] = [
    [
      'Opus 5.5 refuses forced tools',
      'anthropic',
      'claude-opus-5-5',
      { forcedToolChoice: false, apiVersion: '2026-10-21' },
    ],
    [
      'Sonnet 5.5 refuses forced tools',
      'anthropic',
      'claude-sonnet-5-5',
      { forcedToolChoice: false, lateSystem: true },
    ],
    [
      'what is tuned can do what its model can',
      'openai',
      'ft:gpt-4.1-mini-2025-04-14:acme::a1B2',
      { contextTokens: 1_047_576, reasoning: 'none', tasks: ['chat'] },
    ],
    ['Haiku 5.5 takes forced tools', 'anthropic', 'claude-haiku-5-5', { forcedToolChoice: true, sampling: 'none' }],
    ['Opus 5 takes them too', 'anthropic', 'claude-opus-5', { forcedToolChoice: true, lateSystem: true }],
    ['Opus 4.7 takes no late system message', 'anthropic', 'claude-opus-4-7', { lateSystem: false, sampling: 'none' }],
    [
      '4.6 is asked in the old version and may be sampled',
      'anthropic',
      'claude-sonnet-4-6',
      { apiVersion: '2023-06-01', sampling: 'without_reasoning', prefill: false, contextTokens: 1_000_000 },
    ],
    [
      '4.5 continues a prefilled answer',
      'anthropic',
      'claude-haiku-4-5',
      { prefill: true, contextTokens: 200_000, outputTokens: 64_000, structuredOutput: true },
    ],
    [
      'Claude 4.7 and later has no structured output on Bedrock',
      'bedrock',
      'us.anthropic.claude-opus-4-7',
      { structuredOutput: false, strictTools: false, remoteMedia: false },
    ],
    [
      'Claude 5 has none either',
      'bedrock',
      'jp.anthropic.claude-sonnet-5',
      { structuredOutput: false, strictTools: false, lateSystem: false },
    ],
    [
      'Claude up to 4.6 has',
      'bedrock',
      'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
      { structuredOutput: true, strictTools: true, remoteMedia: false },
    ],
    [
      'Claude 4 has not',
      'bedrock',
      'us.anthropic.claude-sonnet-4-20250514-v1:0',
      { structuredOutput: false, strictTools: false },
    ],
    [
      'GPT-6 with tools goes through Responses',
      'openai',
      'gpt-6.1-sol',
      { toolsNeedResponses: true, stop: false, sampling: 'none' },
    ],
    ['GPT-5.4 with tools too', 'openai', 'gpt-5.4', { toolsNeedResponses: true, sampling: 'without_reasoning' }],
    ['GPT-5.2 does not', 'openai', 'gpt-5.2', { toolsNeedResponses: false, contextTokens: 400_000 }],
    ['GPT-4o stops by itself', 'openai', 'gpt-4o', { stop: true, sampling: 'free', toolsNeedResponses: false }],
    [
      'Gemini 2.5 cannot join schema and tools',
      'gemini',
      'gemini-2.5-flash',
      { structuredOutputWithTools: false, remoteMedia: false },
    ],
    [
      'Gemini 3 can, and fetches files',
      'gemini',
      'gemini-3.8-flash',
      { structuredOutputWithTools: true, remoteMedia: true, lateSystem: false },
    ],
    [
      'a resold model is asked as its server wants',
      'openai',
      'anthropic/claude-opus-5.5',
      {
        reasoning: 'effort',
        sampling: 'free',
        forcedToolChoice: true,
        apiVersion: undefined,
        contextTokens: 1_000_000,
        input: ['image', 'pdf'],
      },
    ],
    [
      'a resold GPT needs no Responses API',
      'openai',
      'openai/gpt-6-sol',
      { toolsNeedResponses: false, contextTokens: 1_050_000 },
    ],
    [
      'an unknown model of a compatible server may try everything',
      'openai',
      'grok-4.3',
      { contextTokens: 128_000, sampling: 'free', reasoning: 'effort', tools: true, lateSystem: true },
    ],
    [
      'an unknown model on Bedrock gets no frills',
      'bedrock',
      'amazon.titan-text-express-v1',
      { reasoning: 'none', structuredOutput: false, remoteMedia: false },
    ],
  ];
  test.each(table)('%s', (_sentence, dialect, id, expected) => {
    expect(catalog.lookup(dialect, id, NOW).capabilities).toMatchObject(expected);
  });

  test.each(['anthropic', 'openai', 'gemini', 'bedrock'])('no model leaves a capability out on %s', (dialect) => {
    const fields = Object.keys(models.defaults.capabilities).toSorted();
    const incomplete = models.models.filter(({ id }) => {
      const { capabilities } = catalog.lookup(dialect, id, NOW);
      return Object.keys(capabilities).toSorted().join(' ') !== fields.join(' ');
    });
    expect(incomplete).toEqual([]);
  });
});

describe('what is on offer', () => {
  const ids = (dialect: string, region?: string, day = NOW) =>
    Object.fromEntries(catalog.offered(dialect, region, day).map((model) => [model.name, model.providerModel]));

  test('Anthropic offers what it has not withdrawn', () => {
    const offered = ids('anthropic');
    expect(offered['claude-opus-5-5']).toBe('claude-opus-5-5');
    expect(Object.keys(offered)).not.toContain('claude-opus-4-1');
    expect(Object.keys(offered).every((name) => name.startsWith('claude-'))).toBe(true);
  });

  test('what was switched off is not on offer', () => {
    expect(Object.keys(ids('openai'))).not.toContain('o4-mini');
    expect(Object.keys(ids('openai'))).toContain('gpt-5');
    expect(Object.keys(ids('openai', undefined, Date.parse('2026-12-11')))).not.toContain('gpt-5');
  });

  test.each([
    ['us-east-1', 'claude-sonnet-5', 'us.anthropic.claude-sonnet-5'],
    ['us-gov-west-1', 'claude-opus-5-5', undefined],
    ['eu-central-1', 'claude-haiku-4-5', 'eu.anthropic.claude-haiku-4-5-20251001-v1:0'],
    ['ap-northeast-1', 'claude-opus-5-5', 'jp.anthropic.claude-opus-5-5'],
    ['ap-northeast-1', 'nova-lite', 'apac.amazon.nova-lite-v1:0'],
    ['ap-southeast-2', 'claude-opus-4-7', 'au.anthropic.claude-opus-4-7'],
    ['eu-west-1', 'claude-opus-5-5', 'global.anthropic.claude-opus-5-5'],
    ['us-west-2', 'gpt-oss-120b', 'openai.gpt-oss-120b-1:0'],
    ['eu-west-1', 'claude-haiku-5-5', 'anthropic.claude-haiku-5-5'],
    ['eu-west-1', 'nova-premier', undefined],
    ['us-east-1', 'claude-opus-4-1', undefined],
  ])('Bedrock in %s offers %s as %s', (region, name, id) => {
    expect(ids('bedrock', region)[name]).toBe(id);
  });

  test('every id on offer is found again, with a price', () => {
    const lost = ['anthropic', 'openai', 'gemini', 'bedrock'].flatMap((dialect) =>
      catalog.offered(dialect).filter(({ name, providerModel }) => {
        const entry = catalog.lookup(dialect, providerModel, NOW);
        const priceless = ['o3', 'gemini-3.7-flash'].includes(name); // On none of the pages that we read.
        return entry.known !== 'exact' || (!entry.price && !priceless);
      }),
    );
    expect(lost).toEqual([]);
  });

  test('a model is fit for a tier under any of its names', () => {
    expect(['claude-opus-5.5', 'gpt-6-luna', 'gpt-4o', 'nobody'].map((name) => catalog.tierOf(name))).toEqual([
      'opus',
      'haiku',
      undefined,
      undefined,
    ]);
  });
});

describe('prices', () => {
  const at = (id: string, day: string) => catalog.lookup('gemini', id, Date.parse(day)).price;

  test('a dated price changes at midnight UTC', () => {
    expect(at('gemini-4-argon', '2026-11-30T23:59:59.999Z')).toMatchObject({ input: 2, output: 10, cacheRead: 0.1 });
    expect(at('gemini-4-argon', '2026-12-01T00:00:00Z')).toMatchObject({ input: 4, output: 20, cacheRead: 0.2 });
    expect(at('gemini-3.8-flash', '2026-12-31T12:00:00Z')).toMatchObject({ input: 0.75, output: 3.75 });
    expect(at('gemini-3.8-flash', '2027-01-01T00:00:00Z')).toMatchObject({ input: 1.5, output: 7.5 });
  });

  test('an entry looked up at start-up tells the price of any later moment', () => {
    const { prices } = catalog.lookup('gemini', 'gemini-4-argon', NOW);
    expect(priceAt(prices, Date.parse('2027-06-01'))?.input).toBe(4);
  });

  test.each(['anthropic', 'openai', 'gemini', 'bedrock'])(
    'dated prices on %s follow each other without a gap',
    (dialect) => {
      const gaps = models.models.flatMap(({ id }) => {
        const { prices } = catalog.lookup(dialect, id, NOW);
        return prices.slice(1).map(({ fromMs }, index) => fromMs - (prices[index]?.untilMs ?? 0));
      });
      expect(gaps.filter((gap) => gap !== 0)).toEqual([]);
    },
  );

  test('Haiku 5.5 has its own row above 100K, cache and all', () => {
    expect(catalog.lookup('anthropic', 'claude-haiku-5-5', NOW).price).toEqual({
      input: 0.1,
      output: 0.5,
      cacheRead: 0.01,
      cacheWrite5m: 0.125,
      cacheWrite1h: 0.2,
      tiers: [
        { abovePromptTokens: 100_000, input: 0.5, output: 2.5, cacheRead: 0.05, cacheWrite5m: 0.625, cacheWrite1h: 1 },
      ],
    });
  });

  test('a Bedrock region makes every price a tenth dearer, tiers too', () => {
    const { price } = catalog.lookup('bedrock', 'us.anthropic.claude-haiku-5-5', NOW);
    expect(price).toMatchObject({
      input: 0.11,
      output: 0.55,
      cacheRead: 0.011,
      tiers: [{ input: 0.55, output: 2.75 }],
    });
  });

  test('GPT above 272K costs twice in and half as much again out', () => {
    expect(catalog.lookup('openai', 'gpt-6.1-sol', NOW).price?.tiers).toEqual([
      { abovePromptTokens: 272_000, input: 4, output: 15, cacheRead: 0.2, cacheWrite5m: 5 },
    ]);
  });

  test('shutdown dates and sources are told', () => {
    const entry = catalog.lookup('anthropic', 'claude-sonnet-4-5', NOW);
    expect(entry).toMatchObject({ shutdown: '2026-11-30', asOf: '2026-11-22', tier: undefined });
    expect(models.models.filter(({ id }) => !catalog.lookup('openai', id, NOW).source?.startsWith('https:'))).toEqual(
      [],
    );
  });
});

describe('tokens and prompt caches', () => {
  type Row = [dialect: string, id: string, tokenFactor: number, lifetimeMinutes?: number, minimumTokens?: number];
  test.each<Row>([
    ['anthropic', 'claude-opus-5-5', 1.55, 5, 512],
    ['anthropic', 'claude-haiku-5-5', 1.55, 5, 512],
    ['anthropic', 'claude-fable-5-2', 1.55, 5, 512],
    ['anthropic', 'claude-opus-4-8', 1.55, 5, 1_024],
    ['anthropic', 'claude-opus-4-7', 1.55, 5, 2_048],
    ['anthropic', 'claude-opus-4-6', 1.2, 5, 4_096],
    ['anthropic', 'claude-sonnet-5', 1.55, 5, 1_024],
    ['anthropic', 'claude-sonnet-4-6', 1.2, 5, 1_024],
    ['anthropic', 'claude-haiku-4-5', 1.2, 5, 4_096],
    ['anthropic', 'claude-3-5-haiku-latest', 1.2, 5, 2_048],
    ['anthropic', 'claude-opus-6', 1.55, 5, 512],
    ['bedrock', 'us.anthropic.claude-opus-4-7', 1.55, 5, 2_048],
    ['bedrock', 'amazon.nova-pro-v1:0', 1, 5, 1_000],
    ['bedrock', 'openai.gpt-oss-120b-1:0', 1],
    ['openai', 'gpt-6.1-sol', 1, 30, 1_024],
    ['openai', 'gpt-5.6-luna', 1, 30, 1_024],
    ['openai', 'gpt-5.4', 1, 5, 1_024],
    ['openai', 'gpt-4o-mini', 1, 5, 1_024],
    ['openai', 'gpt-4-turbo', 1],
    ['openai', 'there-is-no-such-model', 1],
    ['gemini', 'gemini-4-argon', 1, 5, 4_096],
    ['gemini', 'gemini-2.5-pro', 1, 5, 2_048],
    ['gemini', 'gemini-2.0-flash', 1],
    // Somebody else's server counts as the model does, but keeps what it likes.
    ['openai', 'anthropic/claude-opus-5-5', 1.55],
  ])('%s/%s makes %f tokens of one and is kept for %s minutes from %s tokens on', (dialect, id, ...expected) => {
    const { tokenFactor, promptCache } = catalog.lookup(dialect, id, NOW);
    const [factor, lifetimeMinutes, minimumTokens] = expected;
    expect(tokenFactor).toBe(factor);
    expect(promptCache?.minimumTokens).toBe(minimumTokens);
    expect(promptCache && promptCache.lifetimeMs / 60_000).toBe(lifetimeMinutes);
  });

  test('Claude keeps what is marked, the others keep what comes', () => {
    const isAutomatic = (dialect: string, id: string) => catalog.lookup(dialect, id, NOW).promptCache?.automatic;
    expect(isAutomatic('anthropic', 'claude-opus-5-5')).toBe(false);
    expect(isAutomatic('bedrock', 'us.anthropic.claude-opus-5-5')).toBe(false);
    expect(isAutomatic('openai', 'gpt-5.4')).toBe(true);
    expect(isAutomatic('gemini', 'gemini-2.5-pro')).toBe(true);
  });

  test('whatever has a price for reading a cache has a cache', () => {
    const without = ['anthropic', 'openai', 'gemini', 'bedrock'].flatMap((dialect) =>
      models.models.filter(({ id }) => {
        const { price, promptCache } = catalog.lookup(dialect, id, NOW);
        return price?.cacheRead !== undefined && !promptCache;
      }),
    );
    expect(without).toEqual([]);
  });
});

describe('the shipped rules and the shipped catalog agree', () => {
  const named = rules.tiers.flatMap((tier) => tier.models.map((model) => [tier.name, model] as const));
  test.each(named.filter(([tier, model]) => tier !== model))('%s may use %s', (tier, model) => {
    const entry = catalog.lookup('anthropic', model, NOW);
    expect({ known: entry.known, tier: entry.tier, shutdown: entry.shutdown }).toEqual({
      known: 'exact',
      tier,
      shutdown: undefined,
    });
  });
});

describe('a broken catalog is refused with words', () => {
  const broken = (change: (file: typeof models) => unknown) => () => createCatalog(change(structuredClone(models)));
  const row = { id: 'x-1', family: 'claude' };
  test.each([
    [
      'a field nobody knows',
      broken((file) => ({ ...file, models: [{ ...row, prize: 1 }] })),
      /Unrecognized key: "prize"/,
    ],
    [
      'a family nobody knows',
      broken((file) => ({ ...file, models: [{ ...row, family: 'x' }] })),
      /"x-1".*`family`.*"x"/,
    ],
    ['a row like a later one', broken((file) => ({ ...file, models: [{ ...row, like: 'y' }] })), /"x-1".*`like`.*"y"/],
    ['a row twice', broken((file) => ({ ...file, models: [row, row] })), /"x-1" twice/],
    [
      'a price below zero',
      broken((file) => ({ ...file, models: [{ ...row, price: { input: -1, output: 1 } }] })),
      /models\[0\]\.price/,
    ],
  ])('%s', (_sentence, create, message) => {
    expect(create).toThrow(message);
  });
});
