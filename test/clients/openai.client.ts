/** `openai` on Node: chat completions, with every helper that an application uses. */
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fast, KEY, MODELS, PLAN, PRACTISED, serving, weatherStation } from './house.ts';

const server = serving();
const client = (apiKey = KEY) => new OpenAI({ baseURL: server.base, apiKey, maxRetries: 0 });
const messages = (text: string) => [{ role: 'user' as const, content: fast(text) }];
const Place = z.object({ city: z.string(), people: z.number() });
const parameters = {
  type: 'object' as const,
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

describe.each(MODELS)('chat.completions with %s', (model) => {
  it('answers whole', async () => {
    const { choices, usage } = await client().chat.completions.create({ model, messages: messages('Hello') });
    expect(choices[0]?.message.content).toContain(PRACTISED);
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  });

  it('streams the same through the streaming helper', async () => {
    const asked = { model, messages: messages('Hello'), stream_options: { include_usage: true } };
    const whole = await client().chat.completions.create({ model, messages: messages('Hello') });
    const streamed = await client().chat.completions.stream(asked).finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(streamed.usage?.total_tokens).toBe(whole.usage?.total_tokens);
  });

  it('runs tools to the end, whole and streamed', async () => {
    const { asked, weather } = weatherStation();
    const parse = (text: string) => JSON.parse(text) as { city: string };
    const tool = { name: 'weather', description: 'The weather', parameters, function: weather, parse };
    const request = { model, messages: messages(PLAN), tools: [{ type: 'function' as const, function: tool }] };
    const whole = await client().chat.completions.runTools(request).finalContent();
    expect(whole).toContain('It is fine in Rome fine in Bern.');
    expect(asked.splice(0)).toEqual(['Oslo', 'Rome', 'Bern']);
    const runner = client().chat.completions.runTools({ ...request, stream: true });
    expect(await runner.finalContent()).toBe(whole);
    expect(asked).toEqual(['Oslo', 'Rome', 'Bern']);
  });

  it('parses an answer by a zod schema', async () => {
    const asked = {
      model,
      messages: messages('Oslo has 7 people'),
      response_format: zodResponseFormat(Place, 'place'),
    };
    const { choices } = await client().chat.completions.parse(asked);
    expect(choices[0]?.message.parsed).toEqual({ city: expect.any(String), people: 7 });
  });
});

describe('errors', () => {
  it.each([
    { name: 'a wrong key', key: 'wrong', model: 'gpt-4.1', text: 'Hello', error: OpenAI.AuthenticationError },
    { name: 'no such model', key: KEY, model: 'gpt-none', text: 'Hello', error: OpenAI.NotFoundError },
    { name: 'nothing to say', key: KEY, model: 'gpt-4.1', error: OpenAI.BadRequestError },
  ])("$name is the SDK's own error", async ({ key, model, text, error }) => {
    const asked = { model, messages: text ? messages(text) : [] };
    await expect(client(key).chat.completions.create(asked)).rejects.toBeInstanceOf(error);
  });

  it('a stream that fails late is raised', async () => {
    const stream = await client().chat.completions.create({
      model: 'nova-lite',
      messages: [{ role: 'user', content: 'Hello [practice: error at=3]' }],
      stream: true,
    });
    await expect(Array.fromAsync(stream)).rejects.toBeInstanceOf(OpenAI.APIError);
  });
});

it('lists models', async () => {
  const models = await Array.fromAsync(client().models.list());
  expect(models.map(({ id }) => id)).toContain('claude-sonnet-5-5');
});
