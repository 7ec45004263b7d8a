import { describe, expect, it } from 'vitest';
import { limitFamily } from '../../src/routing/limit-family.ts';

describe('models that share their limits', () => {
  it.each([
    ['anthropic', 'claude-opus-4-1-20250805', 'claude-opus-4'],
    ['anthropic', 'claude-opus-4-8', 'claude-opus-4'],
    ['anthropic', 'claude-opus-4-20250514', 'claude-opus-4'],
    ['anthropic', 'claude-opus-5-5', 'claude-opus-5'],
    ['anthropic', 'claude-sonnet-4-5', 'claude-sonnet-4'],
    ['anthropic', 'claude-haiku-4-5-20251001', 'claude-haiku-4'],
    ['anthropic', 'claude-3-7-sonnet-latest', 'claude-3-7-sonnet'],
    ['anthropic', 'glm-4.6', 'glm-4-6'],
    ['bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'us.claude-sonnet-4-5'],
    ['bedrock', 'global.anthropic.claude-sonnet-4-5-20250929-v1:0', 'global.claude-sonnet-4-5'],
    ['bedrock', 'amazon.nova-lite-v1:0', 'nova-lite'],
    ['openai', 'gpt-5-mini', 'gpt-5-mini'],
    ['openai', 'gpt-5', 'gpt-5'],
    ['openai', 'meta/llama-4:free', 'meta/llama-4:free'],
    ['gemini', 'models/gemini-2.5-flash', 'gemini-2-5-flash'],
  ])('%s %s: %s', (dialect, model, family) => {
    expect(limitFamily(dialect, model)).toBe(family);
  });
});
