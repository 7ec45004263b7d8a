/** What is no conversation, by the official SDK against the running server, on Node and in workerd. */
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, startNode, startWorker } from '../support/servers.ts';

const RUNTIMES: [string, () => Promise<Running>][] = [
  ['Node', () => startNode()],
  ['workerd', () => startWorker()],
];
const EMBEDDERS: [model: string, dimensions: number][] = [
  ['text-embedding-3-small', 1536],
  ['text-embedding-3-large', 3072],
  ['gemini-embedding-001', 3072],
  ['gemini-embedding-2', 3072],
  ['titan-embed-text-v2', 1024],
  ['bedrock/cohere.embed-v4:0', 1536],
  ['bedrock/cohere.embed-english-v3', 1024],
];
const PAINTERS = ['gpt-image-1.5', 'gemini-3.1-flash-image'];

describe.each(RUNTIMES)('on %s', (_runtime, start) => {
  let running: Running;
  let client: OpenAI;
  beforeAll(async () => {
    running = await start();
    client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'none', maxRetries: 0 });
  });
  afterAll(() => running.stop());

  it.each(EMBEDDERS)(
    '%s embeds texts, as the SDK asks by itself (base64) and as numbers',
    async (model, dimensions) => {
      const input = ['one text', 'another'];
      const usual = await client.embeddings.create({ model, input });
      const floats = await client.embeddings.create({ model, input, encoding_format: 'float' });
      expect(usual.data.map(({ index, embedding }) => [index, embedding.length])).toEqual([
        [0, dimensions],
        [1, dimensions],
      ]);
      for (const [index, { embedding }] of usual.data.entries()) {
        expect(embedding.map(Math.fround)).toEqual(floats.data[index]?.embedding.map(Math.fround));
        expect(Math.hypot(...embedding)).toBeCloseTo(1, 3);
      }
      expect(usual.usage.prompt_tokens).toBeGreaterThan(0);
      expect(usual.usage.total_tokens).toBe(usual.usage.prompt_tokens);
    },
  );

  it.each(['text-embedding-3-small', 'gemini-embedding-001', 'titan-embed-text-v2', 'bedrock/cohere.embed-v4:0'])(
    '%s makes shorter vectors, of length 1',
    async (model) => {
      const { data } = await client.embeddings.create({ model, input: 'short', dimensions: 256 });
      expect(data[0]?.embedding).toHaveLength(256);
      expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 3);
    },
  );

  it('a batch larger than a provider takes at once comes back whole and in order', async () => {
    const input = Array.from({ length: 130 }, (_, index) => `text ${index}`);
    for (const model of ['gemini-embedding-001', 'bedrock/cohere.embed-v4:0', 'titan-embed-text-v2']) {
      const { data } = await client.embeddings.create({ model, input });
      const { data: alone } = await client.embeddings.create({ model, input: 'text 129' });
      expect(data).toHaveLength(130);
      expect(data[129]?.embedding).toEqual(alone[0]?.embedding);
    }
  });

  it('tokens are embedded where the model can read them, and refused where it cannot', async () => {
    const { usage } = await client.embeddings.create({ model: 'text-embedding-3-small', input: [1, 2, 3] });
    expect(usage.prompt_tokens).toBe(3);
    const refused = client.embeddings.create({ model: 'gemini-embedding-001', input: [1, 2, 3] });
    await expect(refused).rejects.toMatchObject({ status: 400, param: 'input' });
  });

  it('what a provider has no like of is named, or refused where nothing may be lost', async () => {
    const body = { model: 'titan-embed-text-v2', input: 'x', user: 'u' };
    const { response } = await client.embeddings.create(body).withResponse();
    expect(response.headers.get('x-signalbox-dropped')).toBe('user');
    const strict = client.embeddings.create(body, { headers: { 'x-signalbox-strict': 'true' } });
    await expect(strict).rejects.toMatchObject({ status: 400, param: 'user' });
  });

  it('texts are moderated', async () => {
    const { results } = await client.moderations.create({ input: ['I will kill you', 'good morning'] });
    expect(results.map(({ flagged }) => flagged)).toEqual([true, false]);
  });

  it.each(PAINTERS)('%s paints', async (model) => {
    const { data, usage } = await client.images.generate({ model, prompt: 'a grey point', n: 2, size: '1024x1024' });
    expect(data?.map(({ b64_json }) => b64_json?.slice(0, 8))).toEqual(['iVBORw0K', 'iVBORw0K']);
    expect(usage?.output_tokens).toBeGreaterThan(1_000);
  });

  it.each(PAINTERS)('%s changes a picture', async (model) => {
    const image = await toFile(
      Uint8Array.from({ length: 3_000 }, (_, index) => index % 256),
      'a.png',
      {
        type: 'image/png',
      },
    );
    const { data } = await client.images.edit({ model, image: [image, image], prompt: 'greyer' });
    expect(data?.[0]?.b64_json).toMatch(/^iVBORw0K/);
  });

  it('an image comes in pieces, and its end is counted', async () => {
    const stream = await client.images.generate({ model: 'gpt-image-1', prompt: 'a point', stream: true });
    const events = [];
    for await (const event of stream) events.push(event.type);
    expect(events).toEqual(['image_generation.partial_image', 'image_generation.completed']);
  });

  it.each(['whisper-1', 'gpt-4o-transcribe', 'gpt-transcribe'])('%s hears what is said', async (model) => {
    const file = await toFile(
      Uint8Array.from({ length: 9_000 }, (_, index) => index % 251),
      'a.mp3',
    );
    const { text } = await client.audio.transcriptions.create({ model, file });
    expect(text).toBe('I heard 9000 bytes.');
  });

  it('a transcription comes as plain text, or word by word', async () => {
    const file = () => toFile(new Uint8Array(2_000), 'a.wav');
    const text = await client.audio.transcriptions.create({
      model: 'gpt-4o-transcribe',
      file: await file(),
      response_format: 'text',
    });
    expect(text).toBe('I heard 2000 bytes.\n');
    const stream = await client.audio.transcriptions.create({
      model: 'gpt-4o-transcribe',
      file: await file(),
      stream: true,
    });
    let heard = '';
    for await (const event of stream) if (event.type === 'transcript.text.delta') heard += event.delta;
    expect(heard).toBe('I heard 2000 bytes.');
  });

  it('speech is translated', async () => {
    const file = await toFile(new Uint8Array(1_000), 'a.ogg');
    expect(await client.audio.translations.create({ model: 'whisper-1', file })).toMatchObject({
      text: 'I heard 1000 bytes.',
    });
  });

  it('speech comes as the bytes that it is', async () => {
    const response = await client.audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello there' });
    expect(response.headers.get('content-type')).toBe('audio/mpeg');
    expect(response.headers.get('x-signalbox-deployment')).toBe('openai/tts-1');
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(bytes).toEqual(new Uint8Array(2_000).map((_, index) => (index * 7) % 256));
  });

  it.each([
    ['a model that converses is asked for vectors', 'gpt-4.1', 'takes embeddings'],
    ['a route of models that converse is', 'auto', 'takes embeddings'],
    ['a provider without the like is', 'anthropic/claude-sonnet-5-5', 'takes embeddings'],
  ])('%s: 400 with the reason', async (_, model, message) => {
    const refused = client.embeddings.create({ model, input: 'x' });
    await expect(refused).rejects.toMatchObject({ status: 400, message: expect.stringContaining(message) });
  });

  it('a model that makes vectors is asked to converse: 400 with the reason', async () => {
    const refused = client.chat.completions.create({
      model: 'text-embedding-3-small',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    await expect(refused).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('takes conversations'),
    });
  });
});
