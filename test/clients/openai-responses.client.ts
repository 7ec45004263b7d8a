/** `openai` on Node: the Responses API, embeddings and what else is no chat. */
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type {
  ResponseFunctionToolCall,
  ResponseInput,
  ResponseInputItem,
  ResponseOutputItem,
} from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { fast, KEY, MODELS, PLAN, PRACTISED, serving, weatherStation } from './house.ts';

const server = serving();
const client = (apiKey = KEY) => new OpenAI({ baseURL: server.base, apiKey, maxRetries: 0 });
const Place = z.object({ city: z.string(), people: z.number() });
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ type: 'function' as const, name: 'weather', description: 'The weather', parameters, strict: false }];
const isCall = (item: ResponseOutputItem): item is ResponseFunctionToolCall => item.type === 'function_call';
/** The streaming helper adds a field to its calls that OpenAI's own API does not take back. */
function asSent(item: ResponseOutputItem): ResponseInputItem {
  const { parsed_arguments: _, ...sent } = item as ResponseOutputItem & { parsed_arguments?: unknown };
  return sent as ResponseInputItem;
}

/** The loop that an application writes: calls are answered until there are words; each turn by the other way. */
async function lastWords(model: string, weather: (input: { city: string }) => string): Promise<string> {
  const input: ResponseInput = [{ role: 'user', content: fast(PLAN) }];
  const include = ['reasoning.encrypted_content' as const];
  for (let turn = 0; turn < 4; turn++) {
    const request = { model, input, tools, include, store: false };
    const response: OpenAI.Responses.Response = await (turn % 2 === 0
      ? client().responses.stream(request).finalResponse()
      : client().responses.create(request));
    const calls = response.output.filter(isCall);
    if (calls.length === 0) return response.output_text;
    input.push(...response.output.map(asSent));
    for (const { call_id, arguments: text } of calls) {
      input.push({ type: 'function_call_output', call_id, output: weather(JSON.parse(text) as { city: string }) });
    }
  }
  return '';
}

describe.each(MODELS)('responses with %s', (model) => {
  it('answers whole', async () => {
    const response = await client().responses.create({ model, input: fast('Hello') });
    expect(response.output_text).toContain(PRACTISED);
    expect(response.status).toBe('completed');
    expect(response.usage?.output_tokens).toBeGreaterThan(0);
  });

  it('streams the same through the streaming helper', async () => {
    const whole = await client().responses.create({ model, input: fast('Hello') });
    const streamed = await client()
      .responses.stream({ model, input: fast('Hello') })
      .finalResponse();
    expect(streamed.output_text).toBe(whole.output_text);
    expect(streamed.usage?.output_tokens).toBe(whole.usage?.output_tokens);
  });

  it('numbers its events', async () => {
    const events = await Array.fromAsync(
      await client().responses.create({ model, input: fast('Hello'), stream: true }),
    );
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
    expect(events.at(-1)?.type).toBe('response.completed');
  });

  it('runs tools to the end, with reasoning that comes back', async () => {
    const { asked, weather } = weatherStation();
    expect(await lastWords(model, weather)).toContain('It is fine in Rome fine in Bern.');
    expect(asked).toEqual(['Oslo', 'Rome', 'Bern']);
  });

  it('goes on from a stored response', async () => {
    const first = await client().responses.create({ model, input: fast(PLAN), tools });
    const [call] = first.output.filter(isCall);
    const output = { type: 'function_call_output' as const, call_id: call?.call_id ?? '', output: 'fine' };
    const second = await client().responses.create({ model, previous_response_id: first.id, input: [output], tools });
    expect(second.output.filter(isCall)).toHaveLength(2);
    expect((await client().responses.retrieve(first.id)).id).toBe(first.id);
    await client().responses.delete(first.id);
    await expect(client().responses.retrieve(first.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('parses an answer by a zod schema', async () => {
    const text = { format: zodTextFormat(Place, 'place') };
    const response = await client().responses.parse({ model, input: fast('Oslo has 7 people'), text });
    expect(response.output_parsed).toEqual({ city: expect.any(String), people: 7 });
  });
});

describe('errors', () => {
  it.each([
    { name: 'a wrong key', key: 'wrong', model: 'gpt-4.1', error: OpenAI.AuthenticationError },
    { name: 'no such model', key: KEY, model: 'gpt-none', error: OpenAI.NotFoundError },
  ])("$name is the SDK's own error", async ({ key, model, error }) => {
    await expect(client(key).responses.create({ model, input: 'Hello' })).rejects.toBeInstanceOf(error);
  });

  it.each(['claude-haiku-5-5', 'gpt-4o'])('a stream of %s that fails late is raised', async (model) => {
    const stream = client().responses.stream({ model, input: 'Hello [practice: error at=3]' });
    await expect(stream.finalResponse()).rejects.toBeInstanceOf(Error);
  });
});
