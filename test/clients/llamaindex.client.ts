/** LlamaIndex for TypeScript, by its OpenAI class. */
import { OpenAI } from '@llamaindex/openai';
import { agent } from '@llamaindex/workflow';
import { tool } from 'llamaindex';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fast, KEY, MODELS, PLAN, PRACTISED, serving, weatherStation } from './house.ts';

const server = serving();
const llm = (model: string, apiKey = KEY) => new OpenAI({ model, apiKey, baseURL: server.base, maxRetries: 0 });
const messages = (content: string) => [{ role: 'user' as const, content: fast(content) }];
const Place = z.object({ city: z.string(), people: z.number() });

describe.each(MODELS)('%s', (model) => {
  it('answers whole and streamed alike', async () => {
    const whole = await llm(model).chat({ messages: messages('Hello') });
    expect(whole.message.content).toContain(PRACTISED);
    const chunks = await Array.fromAsync(await llm(model).chat({ messages: messages('Hello'), stream: true }));
    expect(chunks.map(({ delta }) => delta).join('')).toBe(whole.message.content);
  });

  it('is an agent that runs tools to the end', async () => {
    const { asked, weather } = weatherStation();
    const parameters = z.object({ city: z.string() });
    const station = tool({ name: 'weather', description: 'The weather', parameters, execute: weather });
    const { data } = await agent({ llm: llm(model), tools: [station] }).run(fast(PLAN));
    expect(data.result).toContain('It is fine in Rome fine in Bern.');
    expect(asked).toEqual(['Oslo', 'Rome', 'Bern']);
  });

  it('answers by a schema', async () => {
    const { object } = await llm(model).exec({ messages: messages('Oslo has 7 people'), responseFormat: Place });
    expect(object).toEqual({ city: expect.any(String), people: 7 });
  });
});

it('a wrong key is an error with its status', async () => {
  await expect(llm('gpt-4.1', 'wrong').chat({ messages: messages('Hello') })).rejects.toMatchObject({ status: 401 });
});
