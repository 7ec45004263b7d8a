/** `@anthropic-ai/sdk`: Anthropic's Messages API, with every helper that an application uses. */
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fast, KEY, MODELS, PLAN, PRACTISED, serving, weatherStation } from './house.ts';

const server = serving();
const client = (apiKey = KEY) => new Anthropic({ baseURL: server.url, apiKey, maxRetries: 0 });
const Place = z.object({ city: z.string(), people: z.number() });

function asking(model: string, text: string) {
  return { model, max_tokens: 4000, messages: [{ role: 'user' as const, content: fast(text) }] };
}

describe.each(MODELS)('messages with %s', (model) => {
  it('answers whole', async () => {
    const { content, stop_reason: reason, usage } = await client().messages.create(asking(model, 'Hello'));
    expect(content.at(-1)).toMatchObject({ type: 'text', text: expect.stringContaining(PRACTISED) });
    expect(reason).toBe('end_turn');
    expect(usage.input_tokens).toBeGreaterThan(0);
    expect(usage.output_tokens).toBeGreaterThan(0);
  });

  it('streams the same through the streaming helper', async () => {
    const whole = await client().messages.create(asking(model, 'Hello'));
    const streamed = await client().messages.stream(asking(model, 'Hello')).finalMessage();
    expect(streamed.content.at(-1)).toEqual(whole.content.at(-1));
    expect(streamed.stop_reason).toBe(whole.stop_reason);
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
  });

  it.each([false, true])('runs tools to the end, with thoughts (streamed: %s)', async (stream) => {
    const { asked, weather } = weatherStation();
    const inputSchema = z.object({ city: z.string() });
    const tool = betaZodTool({ name: 'weather', description: 'The weather', inputSchema, run: weather });
    const thinking = { type: 'adaptive' as const, display: 'summarized' as const };
    const request = { ...asking(model, PLAN), tools: [tool], thinking };
    const message = stream
      ? await client()
          .beta.messages.toolRunner({ ...request, stream })
          .runUntilDone()
      : await client().beta.messages.toolRunner(request).runUntilDone();
    expect(message.content.at(-1)).toMatchObject({ text: expect.stringContaining('It is fine in Rome fine in Bern.') });
    expect(asked).toEqual(['Oslo', 'Rome', 'Bern']);
  });

  it('parses an answer by a zod schema', async () => {
    const format = { output_config: { format: zodOutputFormat(Place) } };
    const message = await client().messages.parse({ ...asking(model, 'Oslo has 7 people'), ...format });
    expect(message.parsed_output).toEqual({ city: expect.any(String), people: 7 });
  });

  it('counts tokens', async () => {
    const { model: name, messages } = asking(model, 'Hello');
    const { input_tokens: tokens } = await client().messages.countTokens({ model: name, messages });
    expect(tokens).toBeGreaterThan(0);
  });
});

describe('errors', () => {
  it.each([
    { name: 'a wrong key', key: 'wrong', model: 'gpt-4.1', error: Anthropic.AuthenticationError },
    { name: 'no such model', key: KEY, model: 'gpt-none', error: Anthropic.NotFoundError },
    { name: 'nothing to say', key: KEY, model: 'gpt-4.1', messages: [], error: Anthropic.BadRequestError },
  ])("$name is the SDK's own error", async ({ key, model, error, ...rest }) => {
    await expect(client(key).messages.create({ ...asking(model, 'Hello'), ...rest })).rejects.toBeInstanceOf(error);
  });

  it.each(['claude-haiku-5-5', 'gpt-4o'])('a stream of %s that fails late is raised', async (model) => {
    const messages = [{ role: 'user' as const, content: 'Hello [practice: error at=3]' }];
    const stream = client().messages.stream({ ...asking(model, ''), messages });
    await expect(stream.finalMessage()).rejects.toBeInstanceOf(Anthropic.APIError);
  });
});

it('lists models', async () => {
  const models = await Array.fromAsync(client().models.list());
  expect(models.find(({ id }) => id === 'gpt-4.1')).toMatchObject({ type: 'model' });
});
