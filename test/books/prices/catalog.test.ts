import { describe, expect, it } from 'vitest';
import models from '../../../routing-rules/models.json' with { type: 'json' };
import { createCatalog } from '../../../src/routing/catalog.ts';
import { compared, DIALECTS } from './maintained.ts';

/** Read on the day that the catalog was. */
const TODAY = new Date('2026-11-22T12:00:00Z');
const NEXT_YEAR = new Date('2027-01-02T12:00:00Z');

/** Every difference between our prices and those of @pydantic/genai-prices 0.1.8 (2026-09-23), `ours / theirs`, and why. */
const NO_LONG_PROMPT =
  "the family's row for long prompts never applies: the window leaves at most 272,000 tokens for the prompt";
const NO_HOUR = 'they have no price for an hour on Bedrock here; ours is twice the input, as for the others';
const NEWER = 'it is newer than their data';
const NO_CACHE = 'no answer with an image says what was read from a cache';
const NOT_OF_TOKENS = 'they have prices for tokens, and it has none';

const EXPLAINED: Record<string, { why: string; differences?: string[]; unknown?: 'to us' | 'to them' }> = {
  'anthropic claude-sonnet-5-5': { why: NEWER, unknown: 'to them' },
  'anthropic claude-haiku-5-5': { why: NEWER, unknown: 'to them' },
  'anthropic claude-fable-5-2': { why: NEWER, unknown: 'to them' },
  'anthropic claude-sonnet-4-5': {
    why: 'their tier is of the beta with a window of a million tokens, which we do not ask for: ours ends at 200,000',
    differences: ['tier: none / 200000'],
  },
  'openai gpt-6.2-astra': { why: NEWER, unknown: 'to them' },
  'openai gpt-6.2-sol': { why: NEWER, unknown: 'to them' },
  'openai gpt-6.1-sol': { why: NEWER, unknown: 'to them' },
  'openai gpt-6.1-terra': { why: NEWER, unknown: 'to them' },
  ...Object.fromEntries(
    ['gpt-5.4-mini', 'gpt-5.4-nano', 'gpt-5.2', 'gpt-5.1', 'gpt-5', 'gpt-5-mini', 'gpt-5-nano'].map((name) => [
      `openai ${name}`,
      { why: NO_LONG_PROMPT, differences: ['tier: 272000 / none'] },
    ]),
  ),
  'openai gpt-image-2': { why: NO_CACHE, differences: ['cacheRead: none / 1.25'] },
  'openai gpt-image-1.5': { why: NO_CACHE, differences: ['cacheRead: none / 1.25'] },
  'openai gpt-image-1': { why: NO_CACHE, differences: ['cacheRead: none / 1.25'] },
  'openai gpt-image-1-mini': { why: NO_CACHE, differences: ['cacheRead: none / 0.2'] },
  'openai omni-moderation-latest': { why: 'it is free, which they say of all that is called so', unknown: 'to them' },
  'openai tts-1': { why: NOT_OF_TOKENS, unknown: 'to them' },
  'openai tts-1-hd': { why: NOT_OF_TOKENS, unknown: 'to them' },
  'bedrock titan-embed-text-v2': { why: 'they have its first version only', unknown: 'to them' },
  'gemini gemini-4-argon': { why: NEWER, unknown: 'to them' },
  'bedrock claude-sonnet-5-5': { why: NEWER, unknown: 'to them' },
  'bedrock claude-haiku-5-5': { why: NEWER, unknown: 'to them' },
  'bedrock claude-opus-4-8': { why: NO_HOUR, differences: ['cacheWrite1h: 11 / none'] },
  'bedrock claude-opus-4-7': { why: NO_HOUR, differences: ['cacheWrite1h: 11 / none'] },
  'bedrock claude-opus-4-6': { why: NO_HOUR, differences: ['cacheWrite1h: 11 / none'] },
  'bedrock claude-sonnet-5': { why: NO_HOUR, differences: ['cacheWrite1h: 4.4 / none'] },
  'bedrock claude-sonnet-4-6': { why: NO_HOUR, differences: ['cacheWrite1h: 6.6 / none'] },
  'bedrock claude-haiku-4-5': { why: NO_HOUR, differences: ['cacheWrite1h: 2.2 / none'] },
};

describe('the catalog beside a maintained price list', () => {
  const all = DIALECTS.flatMap((dialect) => compared(dialect, TODAY));

  it('has enough in common with it', () => {
    expect(all.filter(({ unknown }) => unknown === undefined).length).toBeGreaterThan(50);
  });

  it.each(all.map((row) => [row.name, row] as const))('%s costs the same, or we know why not', (name, row) => {
    const { differences = [], unknown } = EXPLAINED[name] ?? {};
    expect({ name, differences: row.differences, unknown: row.unknown }).toEqual({ name, differences, unknown });
  });

  it('has no explanation for what is not there', () => {
    const names = new Set(all.map(({ name }) => name));
    expect(Object.keys(EXPLAINED).filter((name) => !names.has(name))).toEqual([]);
  });

  it.each(Object.entries(EXPLAINED).filter(([, { why }]) => why === NO_LONG_PROMPT))(
    '%s: its prompts are short',
    (name) => {
      const model = name.split(' ')[1] ?? '';
      const { capabilities } = createCatalog(models).lookup('openai', model, TODAY.getTime());
      expect(capabilities.contextTokens - capabilities.outputTokens).toBeLessThanOrEqual(272_000);
    },
  );

  it('knows that the introductory prices of Gemini end with the year', () => {
    const next = compared('gemini', NEXT_YEAR).find(({ name }) => name === 'gemini gemini-3.8-flash');
    expect(next?.differences).toEqual([]);
  });
});
