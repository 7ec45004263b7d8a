/** Every door and endpoint, by the official SDKs, with a store behind it: the same on Node and in workerd. */
import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, jsonl, linesIn } from '../batches/world.ts';
import { type BatchHouse, type House, KEYS, onNode, onWorkerd, startBatchHouse, startHouse } from './house.ts';

const RUNTIMES = [
  ['Node', onNode],
  ['workerd', onWorkerd],
] as const;
/** One of each dialect; OpenAI's by each of its APIs. */
const MODELS = [
  'claude-sonnet-5-5',
  'gpt-6.1-sol',
  'gpt-4.1',
  'gemini-4-argon',
  'bedrock/us.amazon.nova-pro-v1:0',
] as const;
const PRACTISED = 'no model was called';
const fast = (text: string) => `${text} [practice: fast]`;
/** What the log and workerd say when something goes wrong that no client hears of. */
const TROUBLE = /could not be|cannot go on|Uncaught|hung|different request/;
const PATIENCE = { timeout: 10_000, interval: 50 };

describe.each(RUNTIMES)('on %s', (_runtime, start) => {
  let house: House;
  beforeAll(async () => {
    house = await startHouse(start);
  }, 60_000);
  afterAll(() => house.close());

  const openai = (apiKey = KEYS.app) => new OpenAI({ baseURL: `${house.url}/v1`, apiKey, maxRetries: 0 });
  const anthropic = (apiKey = KEYS.app) => new Anthropic({ baseURL: house.url, apiKey, maxRetries: 0 });
  const google = (apiKey = KEYS.app) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: house.url } });

  describe.each(MODELS)('%s', (model) => {
    const message = (text: string) => ({
      model,
      max_tokens: 4_000,
      messages: [{ role: 'user' as const, content: fast(text) }],
    });

    it('chat: whole and streamed alike', async () => {
      const asked = { model, messages: [{ role: 'user' as const, content: fast('Hello') }] };
      const whole = await openai().chat.completions.create(asked);
      const streamed = await openai().chat.completions.stream(asked).finalChatCompletion();
      expect(whole.choices[0]?.message.content).toContain(PRACTISED);
      expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    });

    it('messages: whole and streamed alike, and counted', async () => {
      const whole = await anthropic().messages.create(message('Hello'));
      const streamed = await anthropic().messages.stream(message('Hello')).finalMessage();
      expect(whole.content.at(-1)).toMatchObject({ type: 'text', text: expect.stringContaining(PRACTISED) });
      expect(streamed.content.at(-1)).toEqual(whole.content.at(-1));
      const { max_tokens: _, ...prompt } = message('Hello');
      expect((await anthropic().messages.countTokens(prompt)).input_tokens).toBeGreaterThan(0);
    });

    it('responses: whole and streamed alike, and a conversation goes on from the store', async () => {
      const whole = await openai().responses.create({ model, input: fast('Hello') });
      const stream = openai().responses.stream({ model, input: fast('Hello') });
      const streamed = await stream.finalResponse();
      expect(whole.output_text).toContain(PRACTISED);
      expect(streamed.output_text).toBe(whole.output_text);
      for (const { id } of [whole, streamed]) {
        expect((await openai().responses.retrieve(id)).output_text).toBe(whole.output_text);
        const input = fast('And more');
        const next = await openai().responses.create({ model, input, previous_response_id: id });
        expect(next.output_text).toContain(PRACTISED);
        const { data } = await openai().responses.inputItems.list(next.id, { order: 'asc' });
        expect(JSON.stringify(data)).toMatch(/Hello.*And more/s);
      }
    });

    it('gemini: whole and streamed alike, and counted', async () => {
      const asked = { model, contents: fast('Hello') };
      const { text } = await google().models.generateContent(asked);
      const chunks = await Array.fromAsync(await google().models.generateContentStream(asked));
      expect(text).toContain(PRACTISED);
      expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
      expect((await google().models.countTokens(asked)).totalTokens).toBeGreaterThan(0);
    });

    it('completions: whole and streamed alike', async () => {
      const asked = { model, prompt: fast('Hello'), max_tokens: 4_000 };
      const { choices } = await openai().completions.create(asked);
      let text = '';
      for await (const chunk of await openai().completions.create({ ...asked, stream: true })) {
        text += chunk.choices[0]?.text ?? '';
      }
      expect(choices[0]?.text).toContain(PRACTISED);
      expect(text).toBe(choices[0]?.text);
    });
  });

  it('each SDK is told the models in its own words', async () => {
    const named = async (models: AsyncIterable<{ id: string }>) => (await Array.fromAsync(models)).map(({ id }) => id);
    const names = await named(openai().models.list());
    expect(names).toContain('claude-sonnet-5-5');
    expect(await named(anthropic().models.list())).toEqual(names);
    const theirs = await Array.fromAsync(await google().models.list());
    expect(theirs.map(({ name }) => name)).toEqual(names.map((name) => `models/${name}`));
  });

  describe('responses that are kept', () => {
    const model = 'claude-sonnet-5-5';
    const input = (text = 'Hello') => fast(text);
    const settled = async (id: string) => {
      const status = async () => (await openai().responses.retrieve(id)).status;
      await expect.poll(status, PATIENCE).not.toMatch(/queued|progress/);
    };

    it('one in the background answers when its client has gone', async () => {
      const { id, status } = await openai().responses.create({ model, input: input(), background: true });
      expect(status).toBe('queued');
      await settled(id);
      const { output_text: text, status: last } = await openai().responses.retrieve(id);
      expect([last, text]).toEqual(['completed', expect.stringContaining(PRACTISED)]);
    });

    it('one that fails in the background says why', async () => {
      const asked = { model, input: '[practice: slow=300 status=400]', background: true };
      const { id } = await openai().responses.create(asked);
      await settled(id);
      expect(await openai().responses.retrieve(id)).toMatchObject({ status: 'failed', error: {} });
    });

    it('one in the background is cancelled, by another request than its own', async () => {
      const asked = { model, input: '[practice: slow=60000]', background: true };
      const { id } = await openai().responses.create(asked);
      expect((await openai().responses.cancel(id)).status).toBe('cancelled');
      await new Promise((later) => setTimeout(later, 200));
      expect((await openai().responses.retrieve(id)).status).toBe('cancelled');
    });

    it('one is its owner’s alone, and gone when it is deleted', async () => {
      const { id } = await openai().responses.create({ model, input: input() });
      await expect(openai(KEYS.other).responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
      await openai().responses.delete(id);
      await expect(openai().responses.retrieve(id)).rejects.toMatchObject({ status: 404 });
      const again = { model, input: input(), previous_response_id: id };
      await expect(openai().responses.create(again)).rejects.toMatchObject({ param: 'previous_response_id' });
    });
  });

  describe('what is no conversation', () => {
    it.each(['text-embedding-3-small', 'gemini-embedding-001', 'titan-embed-text-v2'])('%s embeds', async (model) => {
      const { data } = await openai().embeddings.create({ model, input: ['one', 'two'] });
      expect(data.map(({ embedding }) => Math.hypot(...embedding).toFixed(2))).toEqual(['1.00', '1.00']);
    });

    it('texts are moderated', async () => {
      const { results } = await openai().moderations.create({ input: ['I will kill you', 'good morning'] });
      expect(results.map(({ flagged }) => flagged)).toEqual([true, false]);
    });

    it('images are made and changed', async () => {
      const made = await openai().images.generate({ model: 'gpt-image-1.5', prompt: 'a grey point' });
      const image = await toFile(
        Uint8Array.from({ length: 3_000 }, (_, index) => index % 256),
        'a.png',
        {
          type: 'image/png',
        },
      );
      const changed = await openai().images.edit({ model: 'gpt-image-1.5', image, prompt: 'greyer' });
      for (const { data } of [made, changed]) expect(data?.[0]?.b64_json).toMatch(/^iVBORw0K/);
    });

    it('speech is heard and made', async () => {
      const file = await toFile(
        Uint8Array.from({ length: 9_000 }, (_, index) => index % 251),
        'a.mp3',
      );
      const { text } = await openai().audio.transcriptions.create({ model: 'whisper-1', file });
      expect(text).toBe('I heard 9000 bytes.');
      const response = await openai().audio.speech.create({ model: 'tts-1', voice: 'alloy', input: 'Hello there' });
      expect((await response.arrayBuffer()).byteLength).toBe(2_000);
    });
  });

  describe('files and batches', () => {
    it('a file comes back as it came, and is gone when it is deleted', async () => {
      const text = `${jsonl([{ id: 'Zoë 👋', model: 'gpt-4.1' }])}\n`;
      const { id, bytes } = await openai().files.create({
        file: await toFile(Buffer.from(text), 'a.jsonl'),
        purpose: 'batch',
      });
      expect(bytes).toBe(Buffer.byteLength(text));
      expect(await (await openai().files.content(id)).text()).toBe(text);
      expect((await Array.fromAsync(openai().files.list())).map((file) => file.id)).toContain(id);
      await expect(openai(KEYS.other).files.retrieve(id)).rejects.toMatchObject({ status: 404 });
      await openai().files.delete(id);
      await expect(openai().files.retrieve(id)).rejects.toMatchObject({ status: 404 });
    });

    it('lines that the router runs itself are answered behind its client’s back', async () => {
      const lines = [1, 2, 3].map((place) => ({ id: `line ${place}`, model: 'claude-haiku-4-5' }));
      const { id } = await begin(openai(), jsonl(lines));
      const status = async () => (await openai().batches.retrieve(id)).status;
      await expect.poll(status, PATIENCE).toBe('completed');
      const { output_file_id: output } = await openai().batches.retrieve(id);
      expect(await linesIn(openai(), output)).toHaveLength(3);
    });
  });

  describe('refusals are in the words of their door', () => {
    const STRANGER = 'nobody-key-0123456789';
    const missing = 'no-such-model';
    const message = (model: string) => ({ model, max_tokens: 10, messages: [{ role: 'user' as const, content: 'x' }] });
    const REFUSED: [what: string, ask: () => PromiseLike<unknown>, told: object][] = [
      [
        'chat, wrong key',
        () => openai(STRANGER).chat.completions.create(message('auto')),
        { status: 401, code: 'invalid_api_key' },
      ],
      [
        'chat, no such model',
        () => openai().chat.completions.create(message(missing)),
        { status: 404, code: 'model_not_found' },
      ],
      [
        'responses, wrong key',
        () => openai(STRANGER).responses.create({ model: 'auto', input: 'x' }),
        { status: 401, code: 'invalid_api_key' },
      ],
      [
        'responses, no such model',
        () => openai().responses.create({ model: missing, input: 'x' }),
        { status: 404, code: 'model_not_found' },
      ],
      [
        'completions, no such model',
        () => openai().completions.create({ model: missing, prompt: 'x' }),
        { status: 404, code: 'model_not_found' },
      ],
      [
        'embeddings, wrong key',
        () => openai(STRANGER).embeddings.create({ model: missing, input: 'x' }),
        { status: 401, code: 'invalid_api_key' },
      ],
      [
        'embeddings, no such model',
        () => openai().embeddings.create({ model: missing, input: 'x' }),
        { status: 404, code: 'model_not_found' },
      ],
      ['batches, wrong key', () => openai(STRANGER).batches.list(), { status: 401, code: 'invalid_api_key' }],
      ['batches, none such', () => openai().batches.retrieve('batch_none'), { status: 404 }],
      ['batches, a key for chat alone', () => openai(KEYS.talker).batches.list(), { status: 403 }],
      [
        'responses, a key for chat alone',
        () => openai(KEYS.talker).responses.create({ model: 'auto', input: 'x' }),
        { status: 403 },
      ],
      [
        'messages, wrong key',
        () => anthropic(STRANGER).messages.create(message('auto')),
        { status: 401, type: 'authentication_error' },
      ],
      [
        'messages, no such model',
        () => anthropic().messages.create(message(missing)),
        { status: 404, type: 'not_found_error' },
      ],
      [
        'messages, a key for chat alone',
        () => anthropic(KEYS.talker).messages.create(message('auto')),
        { status: 403, type: 'permission_error' },
      ],
      [
        'count_tokens, no such model',
        () => anthropic().messages.countTokens({ model: missing, messages: message('').messages }),
        { status: 404, type: 'not_found_error' },
      ],
      [
        'Anthropic’s models, none such',
        () => anthropic().models.retrieve(missing),
        { status: 404, type: 'not_found_error' },
      ],
    ];

    it.each(REFUSED)('%s', async (_what, ask, told) => {
      await expect(ask()).rejects.toMatchObject(told);
    });

    it.each([
      ['wrong key', STRANGER, 'auto', [401, 'UNAUTHENTICATED']],
      ['no such model', KEYS.app, missing, [404, 'NOT_FOUND']],
      ['a key for chat alone', KEYS.talker, 'auto', [403, 'PERMISSION_DENIED']],
    ])('gemini, %s', async (_what, ...[key, model, told]) => {
      const asking = google(key).models.generateContent({ model, contents: 'x' });
      const refused: unknown = await asking.catch((cause: unknown) => cause);
      if (!(refused instanceof ApiError)) throw new TypeError('It was not refused', { cause: refused });
      const { error } = JSON.parse(refused.message) as { error: { code: number; status: string } };
      expect([refused.status, error.code, error.status]).toEqual([told[0], ...told]);
    });
  });

  describe('a stream that breaks off ends in an error that its SDK raises', () => {
    /** Whoever did: after some breaks streams go to another. */
    const BROKEN = /closed the stream before (?:its end|the answer was complete)/;
    const said = '[practice: cut fast]';
    const model = 'claude-haiku-4-5';
    const messages = [{ role: 'user' as const, content: said }];
    const STREAMS: [string, () => Promise<unknown>][] = [
      ['chat', () => openai().chat.completions.stream({ model, messages }).finalChatCompletion()],
      [
        'completions',
        async () => Array.fromAsync(await openai().completions.create({ model, prompt: said, stream: true })),
      ],
      ['messages', () => anthropic().messages.stream({ model, max_tokens: 99, messages }).finalMessage()],
      ['gemini', async () => Array.fromAsync(await google().models.generateContentStream({ model, contents: said }))],
    ];
    it.each(STREAMS)('%s', async (_door, ask) => {
      await expect(ask()).rejects.toThrow(BROKEN);
    });

    it('responses, and it is kept as failed', async () => {
      const ids: string[] = [];
      const read = async () => {
        const events = await openai().responses.create({ model, input: said, stream: true });
        for await (const event of events) if (event.type === 'response.created') ids.push(event.response.id);
      };
      await expect(read()).rejects.toThrow(BROKEN);
      const status = async () => (await openai().responses.retrieve(ids[0] ?? '')).status;
      await expect.poll(() => status().catch(String), PATIENCE).toBe('failed');
    });
  });

  it('nothing of this went wrong behind anybody’s back', () => {
    expect(house.output()).not.toMatch(TROUBLE);
  });
});

describe.each(RUNTIMES)('batches at a provider, on %s', (runtime, start) => {
  let house: BatchHouse;
  beforeAll(async () => {
    house = await startBatchHouse(start);
  }, 60_000);
  afterAll(() => house.close());
  const openai = () => new OpenAI({ baseURL: `${house.url}/v1`, apiKey: KEYS.app, maxRetries: 0 });
  const statusOf = (id: string) => async () => (await openai().batches.retrieve(id)).status;

  it('one goes on without a client that looks', async () => {
    const { id } = await begin(openai(), jsonl([{ id: 'far', model: 'gpt-4.1' }]));
    const asked = (call: RegExp) => house.calls.some((each) => call.test(each));
    await expect.poll(() => asked(/^POST .*\/batches$/), PATIENCE).toBe(true);
    house.endBatches();
    const looked = async () => {
      if (runtime === 'workerd') await fetch(`${house.url}/cdn-cgi/handler/scheduled`); // A cron trigger.
      return asked(/^GET .*\/files\/[^/]+\/content$/);
    };
    await expect.poll(looked, PATIENCE).toBe(true);
    await expect.poll(statusOf(id), PATIENCE).toBe('completed');
    const { output_file_id: output } = await openai().batches.retrieve(id);
    expect(await linesIn(openai(), output)).toHaveLength(1);
  });

  it('a response in the background is cancelled by another request, and its provider is left', async () => {
    const asked = { model: 'gpt-4.1', input: '[practice: slow=60000]', background: true };
    const { id } = await openai().responses.create(asked);
    await expect.poll(() => house.calls.join(), PATIENCE).toMatch(/chat\/completions|responses/);
    expect((await openai().responses.cancel(id)).status).toBe('cancelled');
    await expect.poll(() => house.calls.join(), PATIENCE).toMatch(/left POST/);
  });

  it('one is cancelled', async () => {
    const { id } = await begin(openai(), jsonl([{ id: 'far', model: 'gpt-4.1' }]));
    expect((await openai().batches.cancel(id)).status).toBe('cancelling');
    await expect.poll(statusOf(id), PATIENCE).toBe('cancelled');
    expect(house.output()).not.toMatch(TROUBLE);
  });
});
