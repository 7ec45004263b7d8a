/** The official `openai` SDK, current and two majors back, against the running server on Node and in workerd. */
import OpenAI from 'openai';
import OpenAI5 from 'openai5';
import OpenAI6 from 'openai6';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, startNode, startWorker } from '../support/servers.ts';

const RUNTIMES: [string, () => Promise<Running>][] = [
  ['Node', () => startNode()],
  ['workerd', () => startWorker()],
];
/** The majors agree on everything used here; their types differ in names only. */
const SDKS: [string, typeof OpenAI, sick: string][] = [
  // Each makes another model fail: three times the same would open its circuit.
  ['openai 7', OpenAI, 'gemini-2.5-pro'],
  ['openai 6', OpenAI6 as unknown as typeof OpenAI, 'gpt-4.1-mini'],
  ['openai 5', OpenAI5 as unknown as typeof OpenAI, 'gpt-4o'],
];
const MODELS = [
  'claude-sonnet-5-5',
  'claude-haiku-4-5',
  'gpt-6.1-sol',
  'gpt-4.1',
  'gemini-4-argon',
  'gemini-2.5-flash',
  'bedrock/global.anthropic.claude-sonnet-5-5',
  'bedrock/us.amazon.nova-pro-v1:0',
];
const WEATHER = {
  type: 'function' as const,
  function: {
    name: 'weather',
    description: 'The weather of a city',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};
const ask = (text: string) => [{ role: 'user' as const, content: `${text} [practice: fast]` }];

describe.each(RUNTIMES)('on %s', (_runtime, start) => {
  let running: Running;
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running.stop());

  describe.each(SDKS)('%s', (_sdk, Client, sick) => {
    const client = () => new Client({ baseURL: `${running.url}/v1`, apiKey: 'none', maxRetries: 0 });

    it.each(MODELS)('%s answers whole and streamed alike', async (model) => {
      const whole = await client().chat.completions.create({ model, messages: ask('Say hello') });
      const text = whole.choices[0]?.message.content;
      expect(text).toContain('no model was called');
      expect(whole.usage?.total_tokens).toBeGreaterThan(0);

      const runner = client().chat.completions.stream({
        model,
        messages: ask('Say hello'),
        stream_options: { include_usage: true },
      });
      const streamed = await runner.finalChatCompletion();
      expect(streamed.choices[0]?.message.content).toBe(text);
      expect(streamed.choices[0]?.finish_reason).toBe('stop');
      expect(streamed.usage).toEqual(whole.usage);
    });

    it.each(MODELS)(
      '%s calls a tool and takes its result, however plain the client rebuilds the history',
      async (model) => {
        const asked = { model, tools: [WEATHER], messages: ask('Weather in Oslo?') };
        const runner = client().chat.completions.stream(asked);
        const first = (await runner.finalChatCompletion()).choices[0];
        expect(first?.finish_reason).toBe('tool_calls');
        const call = first?.message.tool_calls?.[0];
        if (call?.type !== 'function') throw new Error('no function call');
        expect(call.function.name).toBe('weather');
        expect(Object.keys(JSON.parse(call.function.arguments) as object)).toEqual(['city']);

        const {
          id,
          function: { name, arguments: given },
        } = call;
        const second = await client().chat.completions.create({
          ...asked,
          messages: [
            ...asked.messages,
            {
              role: 'assistant',
              content: null,
              tool_calls: [{ id, type: 'function', function: { name, arguments: given } }],
            },
            { role: 'tool', tool_call_id: id, content: 'rain, 7 degrees' },
          ],
        });
        expect(second.choices[0]?.finish_reason).toBe('stop');
        expect(second.choices[0]?.message.content).toContain('rain, 7 degrees');
      },
    );

    it.each(MODELS)('%s keeps to a JSON schema', async (model) => {
      const schema = {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'integer' } },
        required: ['city', 'days'],
        additionalProperties: false,
      };
      const format = { type: 'json_schema' as const, json_schema: { name: 'trip', strict: true, schema } };
      const answer = await client().chat.completions.create({ model, messages: ask('Plan'), response_format: format });
      const trip = JSON.parse(answer.choices[0]?.message.content ?? '') as Record<string, unknown>;
      expect(typeof trip.city).toBe('string');
      expect(Number.isInteger(trip.days)).toBe(true);
    });

    it('raises the right class for each error', async () => {
      const fails = (model: string, text: string, more = {}) =>
        client()
          .chat.completions.create({ model, messages: ask(text), ...more })
          .then(
            () => undefined,
            (cause: unknown) => cause,
          );
      expect(await fails('no-such-model', 'x')).toBeInstanceOf(Client.NotFoundError);
      expect(await fails('claude-sonnet-5-5', 'x', { temperature: 9 })).toBeInstanceOf(Client.BadRequestError);
      expect(await fails('gpt-4o', '[practice: status=429 retry-after=1]')).toBeInstanceOf(Client.RateLimitError);
      expect(await fails(sick, '[practice: status=500]')).toMatchObject({
        status: 502,
        code: 'upstream_error',
      });
    });

    it.each(['cut', 'error'])('raises when a stream is %s in the middle', async (fault) => {
      const model = fault === 'cut' ? 'claude-haiku-4-5' : 'gpt-4.1-mini';
      const stream = await client().chat.completions.create({
        model,
        stream: true,
        messages: [{ role: 'user', content: `[practice: ${fault}]` }],
      });
      const seen: string[] = [];
      const reading = (async () => {
        for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? '');
      })();
      await expect(reading).rejects.toBeInstanceOf(Client.APIError);
      expect(seen.join('')).not.toBe('');
    });

    it('stops when the application aborts', async () => {
      const stream = await client().chat.completions.create({
        model: 'claude-sonnet-5-5',
        stream: true,
        messages: [{ role: 'user', content: '[practice: words=400]' }],
      });
      let chunks = 0;
      for await (const _chunk of stream) {
        if (++chunks === 3) stream.controller.abort();
      }
      expect(chunks).toBeLessThan(10);
      const again = await client().chat.completions.create({ model: 'gpt-4.1', messages: ask('Still there?') });
      expect(again.choices[0]?.message.content).toContain('Still there?');
    });
  });

  it('passes over a provider that is overloaded and says so', async () => {
    const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'none', maxRetries: 0 });
    const { data, response } = await client.chat.completions
      .create({ model: 'claude-haiku-4-5', messages: ask('[practice: anthropic status=529]') })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain('practice bedrock');
    expect(response.headers.get('x-signalbox-attempts')).toMatch(/^anthropic\S+;overload;\d+ms, bedrock\S+;ok;/);
  });

  // Last, because the credential is not used for a minute then: only the first of these asks the provider.
  it.each(SDKS)("tells %s that the router's own credential was refused", async (_sdk, Client) => {
    const client = new Client({ baseURL: `${running.url}/v1`, apiKey: 'none', maxRetries: 0 });
    const messages = ask('[practice: status=401]');
    const refused = await client.chat.completions
      .create({ model: 'gemini-2.5-flash-lite', messages })
      .catch((cause: unknown) => cause);
    expect(refused).toBeInstanceOf(Client.InternalServerError);
    expect(refused).toMatchObject({ status: 502, code: 'upstream_auth_error' });
  });

  it('lists its models', async () => {
    const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: 'none' });
    const ids = (await Array.fromAsync(client.models.list())).map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['auto', 'claude-sonnet-5-5', 'gpt-6.1-sol', 'gemini-4-argon']));
    expect((await client.models.retrieve('gpt-6.1-sol')).owned_by).toBe('openai');
    await expect(client.models.retrieve('nothing')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});
