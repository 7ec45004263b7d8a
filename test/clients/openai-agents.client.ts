/** `@openai/agents`: the runner, on each API that it can speak. */
import { Agent, OpenAIChatCompletionsModel, OpenAIResponsesModel, run, setTracingDisabled, tool } from '@openai/agents';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fast, KEY, MODELS, PLAN, PRACTISED, serving, weatherStation } from './house.ts';

setTracingDisabled(true); // It would send its traces to OpenAI.

const server = serving();
const client = (apiKey: string) => new OpenAI({ baseURL: server.base, apiKey, maxRetries: 0 });
const APIS = {
  'chat completions': (model: string, apiKey = KEY) => new OpenAIChatCompletionsModel(client(apiKey), model),
  responses: (model: string, apiKey = KEY) => new OpenAIResponsesModel(client(apiKey), model),
};
const Place = z.object({ city: z.string(), people: z.number() });

describe.each(Object.entries(APIS))('%s', (_api, modelOf) => {
  it.each(MODELS)('%s answers whole and streamed alike', async (name) => {
    const agent = new Agent({ name: 'Practice', instructions: 'Be kind.', model: modelOf(name) });
    const whole = await run(agent, fast('Hello'));
    expect(whole.finalOutput).toContain(PRACTISED);
    const streamed = await run(agent, fast('Hello'), { stream: true });
    const text = await Array.fromAsync(streamed.toTextStream());
    expect(text.join('')).toBe(whole.finalOutput);
  });

  it.each(MODELS)('%s runs tools to the end, whole and streamed', async (name) => {
    const { asked, weather } = weatherStation();
    const parameters = z.object({ city: z.string() });
    const station = tool({
      name: 'weather',
      description: 'The weather',
      parameters,
      execute: async (input) => weather(input),
    });
    const agent = new Agent({ name: 'Practice', model: modelOf(name), tools: [station] });
    const whole = await run(agent, fast(PLAN));
    expect(whole.finalOutput).toContain('It is fine in Rome fine in Bern.');
    expect(asked.splice(0)).toEqual(['Oslo', 'Rome', 'Bern']);
    const streamed = await run(agent, fast(PLAN), { stream: true });
    await streamed.completed;
    expect(streamed.finalOutput).toBe(whole.finalOutput);
    expect(asked).toEqual(['Oslo', 'Rome', 'Bern']);
  });

  it.each(MODELS)('%s hands over to another agent', async (name) => {
    const expert = new Agent({ name: 'Expert', model: modelOf(name) });
    const first = new Agent({ name: 'First', model: modelOf(name), handoffs: [expert] });
    const { lastAgent } = await run(first, fast('[practice plan]\ntransfer_to_Expert {}\nsay Done'));
    expect(lastAgent?.name).toBe('Expert');
  });

  it.each(MODELS)('%s answers by a schema', async (name) => {
    const agent = new Agent({ name: 'Practice', model: modelOf(name), outputType: Place });
    const { finalOutput } = await run(agent, fast('Oslo has 7 people'));
    expect(finalOutput).toEqual({ city: expect.any(String), people: 7 });
  });

  it('a wrong key is an error with its status', async () => {
    const agent = new Agent({ name: 'Practice', model: modelOf('gpt-4.1', 'wrong') });
    await expect(run(agent, 'Hello')).rejects.toMatchObject({ status: 401 });
  });
});
