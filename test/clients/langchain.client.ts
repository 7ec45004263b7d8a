/** LangChain's chat models, each through the door that it speaks. */
import { ChatAnthropic } from '@langchain/anthropic';
import type { BaseChatModel } from '@langchain/core/language_models/chat_models';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI } from '@langchain/openai';
import { createAgent } from 'langchain';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fast, KEY, MODELS, PLAN, PRACTISED, serving, weatherStation } from './house.ts';

const server = serving();

const CHAT_MODELS: Record<string, (model: string, apiKey?: string) => BaseChatModel> = {
  '@langchain/openai, chat': (model, apiKey = KEY) =>
    new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL: server.base } }),
  '@langchain/openai, responses': (model, apiKey = KEY) =>
    new ChatOpenAI({ model, apiKey, maxRetries: 0, useResponsesApi: true, configuration: { baseURL: server.base } }),
  '@langchain/anthropic': (model, apiKey = KEY) =>
    new ChatAnthropic({ model, apiKey, maxRetries: 0, maxTokens: 4000, anthropicApiUrl: server.url }),
};

/** It adds up what Anthropic's `message_start` and `message_delta` count, so that a stream has one more than a whole answer. */
const WRITTEN = expect.toSatisfy((tokens) => tokens > 0);
const Place = z.object({ city: z.string(), people: z.number() });

describe.each(Object.entries(CHAT_MODELS))('%s', (_name, chat) => {
  it.each(MODELS)('%s answers whole and streamed alike', async (model) => {
    const whole = await chat(model).invoke(fast('Hello'));
    expect(whole.text).toContain(PRACTISED);
    const chunks = await Array.fromAsync(await chat(model).stream(fast('Hello')));
    expect(chunks.map(({ text }) => text).join('')).toBe(whole.text);
    const streamed = chunks.reduce((joined, chunk) => joined.concat(chunk));
    for (const { usage_metadata: usage } of [whole, streamed]) expect(usage).toMatchObject({ output_tokens: WRITTEN });
  });

  it.each(MODELS)('%s is an agent that runs tools to the end', async (model) => {
    const { asked, weather } = weatherStation();
    const station = tool(weather, { name: 'weather', schema: z.object({ city: z.string() }) });
    const agent = createAgent({ model: chat(model), tools: [station] });
    const { messages } = await agent.invoke({ messages: [{ role: 'user', content: fast(PLAN) }] });
    expect(messages.at(-1)?.text).toContain('It is fine in Rome fine in Bern.');
    expect(asked).toEqual(['Oslo', 'Rome', 'Bern']);
  });

  it.each(MODELS)('%s answers by a schema', async (model) => {
    const place = await chat(model).withStructuredOutput(Place).invoke(fast('Oslo has 7 people'));
    expect(place).toEqual({ city: expect.any(String), people: 7 });
  });

  it('a wrong key is an error with its status', async () => {
    await expect(chat('gpt-4.1', 'wrong').invoke('Hello')).rejects.toMatchObject({ status: 401 });
  });
});
