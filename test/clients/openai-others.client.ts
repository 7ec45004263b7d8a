/** `openai` on Node: what is neither chat nor a response. */
import OpenAI, { toFile } from 'openai';
import { describe, expect, it } from 'vitest';
import { fast, KEY, MODELS, PRACTISED, serving } from './house.ts';

const server = serving();
const client = () => new OpenAI({ baseURL: server.base, apiKey: KEY, maxRetries: 0 });

describe('embeddings', () => {
  it.each(['text-embedding-3-small', 'gemini-embedding-001'])('%s embeds two texts', async (model) => {
    const { data, usage } = await client().embeddings.create({ model, input: ['Oslo', 'Rome'] });
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    expect(data[0]?.embedding.length).toBeGreaterThan(100);
    expect(usage.prompt_tokens).toBeGreaterThan(0);
  });
});

describe.each(MODELS)('legacy completions with %s', (model) => {
  it('answers whole and streamed alike', async () => {
    const asked = { model, prompt: fast('Hello'), max_tokens: 4000 };
    const whole = await client().completions.create(asked);
    expect(whole.choices[0]?.text).toContain(PRACTISED);
    const chunks = await Array.fromAsync(await client().completions.create({ ...asked, stream: true }));
    expect(chunks.map(({ choices }) => choices[0]?.text ?? '').join('')).toBe(whole.choices[0]?.text);
  });
});

it('moderates', async () => {
  const { results } = await client().moderations.create({ model: 'omni-moderation-latest', input: 'Hello' });
  expect(results[0]).toMatchObject({ flagged: false });
});

it('makes an image', async () => {
  const { data } = await client().images.generate({ model: 'gpt-image-1', prompt: 'A signal box' });
  expect(data?.[0]?.b64_json?.length).toBeGreaterThan(10);
});

it('speaks, and hears what was spoken', async () => {
  const spoken = await client().audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello' });
  const file = await toFile(await spoken.arrayBuffer(), 'hello.mp3');
  const { text } = await client().audio.transcriptions.create({ model: 'whisper-1', file });
  expect(text.length).toBeGreaterThan(0);
});
