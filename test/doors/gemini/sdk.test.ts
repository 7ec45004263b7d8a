/** Google's official SDK against the router: whatever dialect the model's provider speaks. */
import { ApiError, type Content, FunctionCallingConfigMode, Type } from '@google/genai';
import { describe, expect, it } from 'vitest';
import { makeWorld, MODELS } from './world.ts';

const weather = {
  name: 'weather',
  description: 'The weather of a city',
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ['city'] },
};

describe.each(MODELS)('@google/genai with %s', (model) => {
  const { google } = makeWorld();

  it('gets an answer whole, and the same streamed', async () => {
    const whole = await google.models.generateContent({ model, contents: 'Say hello' });
    expect(whole.text).toContain('no model was called');
    expect(whole.candidates?.[0]?.finishReason).toBe('STOP');
    expect(whole.usageMetadata?.totalTokenCount).toBeGreaterThan(0);
    expect(whole.responseId).toBeTruthy();

    let text = '';
    let last;
    for await (const chunk of await google.models.generateContentStream({ model, contents: 'Say hello' })) {
      text += chunk.text ?? '';
      last = chunk;
    }
    expect(text).toBe(whole.text);
    expect(last?.candidates?.[0]?.finishReason).toBe('STOP');
    expect(last?.usageMetadata?.totalTokenCount).toBe(whole.usageMetadata?.totalTokenCount);
  });

  it('chats on, streamed, with a tool between', async () => {
    const config = { tools: [{ functionDeclarations: [weather] }], thinkingConfig: { includeThoughts: true } };
    const chat = google.chats.create({ model, config });
    const said: Content['parts'] = [];
    for await (const chunk of await chat.sendMessageStream({ message: 'Weather in Oslo?' })) {
      said.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
    }
    const call = said.find(({ functionCall }) => functionCall)?.functionCall;
    expect(call).toMatchObject({ name: 'weather', args: { city: expect.any(String) } });
    const response = { output: 'rain, 7 degrees' };
    const { id = '', name = '' } = call ?? {};
    const answer = await chat.sendMessage({ message: [{ functionResponse: { id, name, response } }] });
    expect(answer.text).toContain('rain, 7 degrees');
    const thanks = await chat.sendMessage({ message: 'Thanks' });
    expect(thanks.candidates?.[0]?.finishReason).toBe('STOP');
  });

  it('is made to call a function', async () => {
    const calling = { mode: FunctionCallingConfigMode.ANY, allowedFunctionNames: ['weather'] };
    const answer = await google.models.generateContent({
      model,
      contents: 'Hello',
      config: { tools: [{ functionDeclarations: [weather] }], toolConfig: { functionCallingConfig: calling } },
    });
    expect(answer.functionCalls?.[0]).toMatchObject({ name: 'weather' });
  });

  it('keeps to a schema in Google’s own words', async () => {
    const answer = await google.models.generateContent({
      model,
      contents: 'Plan',
      config: {
        responseMimeType: 'application/json',
        responseSchema: {
          type: Type.OBJECT,
          properties: { city: { type: Type.STRING }, days: { type: Type.INTEGER } },
          required: ['city', 'days'],
          propertyOrdering: ['days', 'city'],
        },
      },
    });
    const trip = JSON.parse(answer.text ?? '') as Record<string, unknown>;
    expect(trip).toEqual({ city: expect.any(String), days: expect.any(Number) });
  });

  it('raises ApiError with Google’s words', async () => {
    const ask = (contents: string) => google.models.generateContent({ model, contents });
    const failure = await ask('Hi [practice: status=400]').catch((cause: unknown) => cause);
    expect(failure).toBeInstanceOf(ApiError);
    expect((failure as ApiError).status).toBe(400);
    expect(JSON.parse((failure as ApiError).message)).toMatchObject({
      error: { code: 400, status: 'INVALID_ARGUMENT' },
    });
  });

  it('raises ApiError in the middle of a stream', async () => {
    const read = async () => {
      const contents = 'Hi [practice: error words=200]';
      const stream = await google.models.generateContentStream({ model, contents });
      for await (const _ of stream);
    };
    await expect(read()).rejects.toBeInstanceOf(ApiError);
  });
});

it.each([
  ['claude-haiku-4-5', /"type":"thinking".*"signature":"/],
  ['gpt-6.1-sol', /"encrypted_content":"/],
  ['gemini-4-argon', /"thoughtSignature":"/],
])('what %s has thought comes back to it, though this router has never seen it', async (model, signed) => {
  const contents: Content[] = [{ role: 'user', parts: [{ text: 'Weather in Oslo?' }] }];
  const thinkingConfig = { includeThoughts: true, thinkingBudget: 2_048 };
  const config = { tools: [{ functionDeclarations: [weather] }], thinkingConfig };
  const first = await makeWorld().google.models.generateContent({ model, contents, config });
  const said = first.candidates?.[0]?.content ?? {};
  const { id = '', name = '' } = first.functionCalls?.[0] ?? {};
  const result = { functionResponse: { id, name, response: { output: 'rain' } } };
  const { google, asked } = makeWorld();
  const next = [...contents, said, { role: 'user', parts: [result] }];
  const { text } = await google.models.generateContent({ model, contents: next, config });
  expect(text).toContain('rain');
  expect(asked.map(({ text: sent }) => sent)).toEqual([expect.stringMatching(signed)]);
});

describe('@google/genai', () => {
  const { google } = makeWorld();

  it('lists models, page by page, and finds one', async () => {
    const names: (string | undefined)[] = [];
    for await (const { name } of await google.models.list({ config: { pageSize: 3 } })) names.push(name);
    expect(names.length).toBeGreaterThan(3);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('models/gemini-2.5-flash');
    const one = await google.models.get({ model: 'gemini-2.5-flash' });
    expect(one).toMatchObject({
      name: 'models/gemini-2.5-flash',
      supportedActions: expect.arrayContaining(['generateContent']),
    });
  });

  it('is told when there is no such model', async () => {
    const failure = await google.models
      .generateContent({ model: 'nobody', contents: 'Hi' })
      .catch((cause: unknown) => cause);
    expect(failure).toMatchObject({ name: 'ApiError', status: 404 });
  });
});
