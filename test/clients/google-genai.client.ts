/** `@google/genai`: Gemini's own API. */
import { ApiError, type CallableTool, FunctionCallingConfigMode, GoogleGenAI } from '@google/genai';
import { describe, expect, it } from 'vitest';
import { fast, KEY, MODELS, PLAN, PRACTISED, serving, weatherStation } from './house.ts';

const server = serving();
const client = (apiKey = KEY) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl: server.url } });
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const functionDeclarations = [{ name: 'weather', description: 'The weather', parametersJsonSchema: parameters }];

/** A tool that the SDK calls by itself, until the model has words. */
function stationOf(weather: (input: { city: string }) => string): CallableTool {
  return {
    tool: async () => ({ functionDeclarations }),
    callTool: async (calls) =>
      calls.map(({ id, name, args }) => {
        const response = { output: weather({ city: String(args?.['city']) }) };
        return { functionResponse: { ...(id && { id }), name: name ?? '', response } };
      }),
  };
}

describe.each(MODELS)('models with %s', (model) => {
  it('answers whole', async () => {
    const { text, usageMetadata } = await client().models.generateContent({ model, contents: fast('Hello') });
    expect(text).toContain(PRACTISED);
    expect(usageMetadata?.candidatesTokenCount).toBeGreaterThan(0);
  });

  it('streams the same', async () => {
    const whole = await client().models.generateContent({ model, contents: fast('Hello') });
    const chunks = await Array.fromAsync(
      await client().models.generateContentStream({ model, contents: fast('Hello') }),
    );
    expect(chunks.map(({ text }) => text).join('')).toBe(whole.text);
    expect(chunks.at(-1)?.usageMetadata?.candidatesTokenCount).toBe(whole.usageMetadata?.candidatesTokenCount);
    expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP');
  });

  it('runs tools to the end by itself', async () => {
    const { asked, weather } = weatherStation();
    const config = { tools: [stationOf(weather)] };
    const { text } = await client().models.generateContent({ model, contents: fast(PLAN), config });
    expect(text).toContain('It is fine in Rome fine in Bern.');
    expect(asked).toEqual(['Oslo', 'Rome', 'Bern']);
  });

  it('calls a tool that is demanded, in a streamed chat', async () => {
    const functionCallingConfig = { mode: FunctionCallingConfigMode.ANY };
    const config = { tools: [{ functionDeclarations }], toolConfig: { functionCallingConfig } };
    const chat = client().chats.create({ model, config });
    const chunks = await Array.fromAsync(await chat.sendMessageStream({ message: fast('In Oslo') }));
    expect(chunks.flatMap(({ functionCalls }) => functionCalls ?? [])).toMatchObject([{ name: 'weather' }]);
  });

  it('answers by a schema', async () => {
    const responseJsonSchema = { type: 'object', properties: { people: { type: 'integer' } }, required: ['people'] };
    const config = { responseMimeType: 'application/json', responseJsonSchema };
    const { text } = await client().models.generateContent({ model, contents: fast('Oslo has 7 people'), config });
    expect(JSON.parse(text ?? '')).toEqual({ people: 7 });
  });

  it('counts tokens', async () => {
    const { totalTokens } = await client().models.countTokens({ model, contents: 'Hello' });
    expect(totalTokens).toBeGreaterThan(0);
  });
});

describe('errors', () => {
  it.each([
    { name: 'a wrong key', key: 'wrong', model: 'gemini-2.5-flash', status: 401 },
    { name: 'no such model', key: KEY, model: 'gemini-none', status: 404 },
  ])("$name is the SDK's own error, with its status", async ({ key, model, status }) => {
    const refused: unknown = await client(key)
      .models.generateContent({ model, contents: 'Hello' })
      .then(
        () => expect.fail('it was answered'),
        (cause: unknown) => cause,
      );
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status });
  });
});

it('lists models', async () => {
  const models = await Array.fromAsync(await client().models.list());
  expect(models.map(({ name }) => name)).toContain('models/gemini-4-argon');
});
