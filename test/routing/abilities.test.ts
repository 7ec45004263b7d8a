import { describe, expect, it } from 'vitest';
import models from '../../routing-rules/models.json' with { type: 'json' };
import { ABILITIES } from '../../src/core/ability.ts';
import type { Deployment } from '../../src/core/deployment.ts';
import { createCatalog } from '../../src/routing/catalog.ts';
import { needsOf, obstacleFor } from '../../src/routing/needs.ts';

const catalog = createCatalog(models);
const NOW = Date.parse('2026-11-22');
const entryOf = (dialect: string, model: string) => catalog.lookup(dialect, model, NOW);
const estimate = { inputTokens: 100, outputTokens: 0 };

describe('what models are for', () => {
  it.each<[string, string, readonly string[]]>([
    ['openai', 'gpt-6.1-sol', ['chat']],
    ['anthropic', 'claude-opus-5-5', ['chat']],
    ['openai', 'text-embedding-3-small', ['embeddings']],
    ['openai', 'text-embedding-9-huge', ['embeddings']],
    ['openai', 'whisper-1', ['transcriptions', 'translations']],
    ['openai', 'gpt-4o-transcribe', ['transcriptions']],
    ['openai', 'gpt-image-3', ['images', 'image_edits']],
    ['gemini', 'gemini-3.1-flash-image', ['chat', 'images', 'image_edits']],
    ['bedrock', 'cohere.embed-multilingual-v3', ['embeddings']],
    ['bedrock', 'amazon.titan-embed-text-v2:0', ['embeddings']],
    ['bedrock', 'us.amazon.nova-pro-v1:0', ['chat']],
    // On somebody's server what a known model is for stays, and of an unknown one only the server knows.
    ['openai', 'someone/claude-opus-5-5', ['chat']],
    ['openai', 'bge-m3', ABILITIES],
    ['anthropic', 'nobody-knows', ['chat']],
  ])('%s %s: %j', (dialect, model, tasks) => {
    expect(entryOf(dialect, model).capabilities.tasks).toEqual(tasks);
  });

  it('the second version of an embedding model is another model, with another price', () => {
    expect(entryOf('bedrock', 'amazon.titan-embed-text-v2:0').price).toMatchObject({ input: 0.02 });
    expect(entryOf('bedrock', 'amazon.titan-embed-text-v1').price).toBeUndefined();
  });
});

describe('who may be asked', () => {
  const deployment = (dialect: string, model: string) =>
    ({ capabilities: entryOf(dialect, model).capabilities }) as Deployment;
  const vectors = (longestTokens: number) =>
    needsOf({ model: 'm', messages: [] }, { ...estimate, inputTokens: 1e6 }, { kind: 'embeddings', longestTokens });

  it('every text has the context to itself', () => {
    expect(obstacleFor(deployment('openai', 'text-embedding-3-small'), vectors(8_000))).toBeUndefined();
    expect(obstacleFor(deployment('openai', 'text-embedding-3-small'), vectors(20_000))).toMatchObject({
      kind: 'context',
    });
  });

  it.each([
    ['a model that converses makes no vectors', 'gpt-4.1', 'embeddings', 'embeddings'],
    ['a model that makes vectors does not converse', 'text-embedding-3-small', undefined, 'conversations'],
    ['a model that hears does not speak', 'whisper-1', 'speech', 'speech'],
  ] as const)('%s', (_, model, kind, what) => {
    const task = kind && { kind, longestTokens: 1 };
    const needs = needsOf({ model: 'm', messages: [] }, estimate, task);
    expect(obstacleFor(deployment('openai', model), needs)).toEqual({ kind: 'unsupported', what, param: 'model' });
  });

  it('a deployment of which nobody says what it is for converses, and does nothing else', () => {
    const { tasks: _, ...capabilities } = entryOf('openai', 'gpt-4.1').capabilities;
    const bare = { capabilities } as Deployment;
    expect(obstacleFor(bare, needsOf({ model: 'm', messages: [] }, estimate))).toBeUndefined();
    expect(obstacleFor(bare, vectors(1))).toMatchObject({ kind: 'unsupported' });
  });
});
