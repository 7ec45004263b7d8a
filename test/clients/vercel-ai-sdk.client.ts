/** Vercel's `ai` with its own providers, each through the door that it speaks. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { APICallError, generateText, isStepCount, type LanguageModel, Output, streamText, tool } from 'ai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fast, KEY, MODELS, PLAN, PRACTISED, serving, weatherStation } from './house.ts';

const server = serving();

const PROVIDERS: Record<string, (model: string, apiKey?: string) => LanguageModel> = {
  '@ai-sdk/openai-compatible': (model, apiKey = KEY) =>
    createOpenAICompatible({
      name: 'signalbox',
      baseURL: server.base,
      apiKey,
      supportsStructuredOutputs: true,
      includeUsage: true,
    })(model),
  '@ai-sdk/openai, chat': (model, apiKey = KEY) => createOpenAI({ baseURL: server.base, apiKey }).chat(model),
  '@ai-sdk/openai, responses': (model, apiKey = KEY) => createOpenAI({ baseURL: server.base, apiKey }).responses(model),
  '@ai-sdk/anthropic': (model, apiKey = KEY) => createAnthropic({ baseURL: server.base, apiKey })(model),
  '@ai-sdk/google': (model, apiKey = KEY) => createGoogle({ baseURL: `${server.url}/v1beta`, apiKey })(model),
};

const Place = z.object({ city: z.string(), people: z.number() });

describe.each(Object.entries(PROVIDERS))('%s', (_name, provider) => {
  it.each(MODELS)('%s answers whole and streamed alike', async (model) => {
    const asked = { model: provider(model), prompt: fast('Hello'), maxRetries: 0 };
    const whole = await generateText(asked);
    expect(whole.text).toContain(PRACTISED);
    expect(whole.finishReason).toBe('stop');
    const streamed = streamText(asked);
    expect(await streamed.text).toBe(whole.text);
    expect((await streamed.usage).outputTokens).toBe(whole.usage.outputTokens);
    expect(whole.usage.outputTokens).toBeGreaterThan(0);
  });

  it.each(MODELS)('%s runs tools to the end, whole and streamed', async (model) => {
    const { asked, weather } = weatherStation();
    const tools = {
      weather: tool({ inputSchema: z.object({ city: z.string() }), execute: async (input) => weather(input) }),
    };
    const request = { model: provider(model), prompt: fast(PLAN), tools, stopWhen: isStepCount(5), maxRetries: 0 };
    const whole = await generateText(request);
    expect(whole.text).toMatch(/It is .*fine in Rome.* .*fine in Bern/); // For Gemini it wraps results in JSON.
    expect(asked.splice(0)).toEqual(['Oslo', 'Rome', 'Bern']);
    expect(await streamText(request).text).toBe(whole.text);
    expect(asked).toEqual(['Oslo', 'Rome', 'Bern']);
  });

  it.each(MODELS)('%s answers by a schema', async (model) => {
    const output = Output.object({ schema: Place });
    const asked = { model: provider(model), prompt: fast('Oslo has 7 people'), output, maxRetries: 0 };
    expect((await generateText(asked)).output).toEqual({ city: expect.any(String), people: 7 });
  });

  it('a wrong key is an error with its status', async () => {
    const asked = generateText({ model: provider('gpt-4.1', 'wrong'), prompt: 'Hello', maxRetries: 0 });
    const error: unknown = await asked.then(
      () => expect.fail('it was answered'),
      (cause: unknown) => cause,
    );
    expect(APICallError.isInstance(error) && error.statusCode).toBe(401);
  });
});
