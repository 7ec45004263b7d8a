/** What a client is told of its request's fields: in headers, in refusals of ours and in those of a provider. */
import { describe, expect, it } from 'vitest';
import { openHouse } from './messages/house.ts';

const SOON = { reliability: { maxCalls: 1, queue: { maxWaitMs: 1 } } };
const PDF = 'data:application/pdf;base64,AAAA';
const MESSAGES = '/v1/messages';
const RESPONSES = '/v1/responses';
const gemini = (model: string) => `/v1beta/models/${model}:generateContent`;

interface Refusal {
  error: {
    message: string;
    param?: string;
    details?: { param?: string } | { fieldViolations?: { field: string }[] }[];
  };
}

/** Where OpenAI's, Google's and our form of Anthropic's errors name a field. */
function heard(text: string): { param: string | undefined; message: string } {
  const { message, param, details } = (JSON.parse(text) as Refusal).error;
  if (!Array.isArray(details)) return { param: param ?? details?.param, message };
  return { param: details.flatMap(({ fieldViolations }) => fieldViolations ?? [])[0]?.field, message };
}

interface Case {
  name: string;
  path: string;
  body: object;
  tells: string;
}

const dropped: Case[] = [
  {
    name: 'messages: thinking, where there is none',
    path: MESSAGES,
    body: {
      model: 'openai/gpt-4.1',
      max_tokens: 2000,
      thinking: { type: 'enabled', budget_tokens: 1024 },
      messages: [{ role: 'user', content: 'Hi' }],
    },
    tells: 'thinking.budget_tokens',
  },
  {
    name: 'messages: an effort, where there is none',
    path: MESSAGES,
    body: {
      model: 'openai/gpt-4.1',
      max_tokens: 100,
      output_config: { effort: 'high' },
      messages: [{ role: 'user', content: 'Hi' }],
    },
    tells: 'output_config.effort',
  },
  {
    name: 'responses: an effort, where there is none',
    path: RESPONSES,
    body: { model: 'bedrock/us.amazon.nova-pro-v1:0', reasoning: { effort: 'high' }, input: 'Hi' },
    tells: 'reasoning.effort',
  },
  {
    name: 'Gemini: a level of thinking, where there is none',
    path: gemini('openai/gpt-4.1'),
    body: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { thinkingConfig: { thinkingLevel: 'HIGH' } },
    },
    tells: 'generationConfig.thinkingConfig.thinkingLevel',
  },
  {
    name: 'Gemini: how likely a word was, where nobody says',
    path: gemini('anthropic/claude-haiku-4-5'),
    body: {
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
      generationConfig: { presencePenalty: 1 },
    },
    tells: 'generationConfig.presencePenalty',
  },
];

describe('what is dropped is named as the client calls it', () => {
  it.each(dropped)('$name', async ({ path, body, tells }) => {
    const response = await openHouse().post(path, body);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-signalbox-dropped')?.split(', ')).toContainEqual(
      expect.stringMatching(new RegExp(`^${tells.replaceAll('.', '\\.')}(;|$)`)),
    );
  });

  it.each(dropped)('and so is what strict clients are refused. $name', async ({ path, body, tells }) => {
    const response = await openHouse({ more: SOON }).post(path, body, { 'x-signalbox-strict': 'true' });
    expect(response.status).toBe(400);
    const { message, param } = heard(await response.text());
    expect(message).toContain(`"${tells}"`);
    expect(param).toBe(tells);
  });
});

describe('a refusal names the client’s own field', () => {
  it.each([
    {
      name: 'responses: of a file that no model of the name takes',
      path: RESPONSES,
      body: {
        model: 'openai/gpt-3.5-turbo',
        instructions: 'Be brief',
        input: [
          { role: 'user', content: 'Hi' },
          { role: 'user', content: [{ type: 'input_file', filename: 'a.pdf', file_data: PDF }] },
        ],
      },
      tells: 'input.1.content.0',
    },
    {
      name: 'Gemini: of a file that no model of the name takes',
      path: gemini('openai/gpt-3.5-turbo'),
      body: {
        systemInstruction: { parts: [{ text: 'Be brief' }] },
        contents: [
          { role: 'user', parts: [{ text: 'Hi' }, { inlineData: { mimeType: 'application/pdf', data: 'AAAA' } }] },
        ],
      },
      tells: 'contents.0.parts.1',
    },
    {
      name: 'responses: of an effort that there is not',
      path: RESPONSES,
      body: { model: 'anthropic/claude-sonnet-5-5', reasoning: { effort: 'enormous' }, input: 'Hi' },
      tells: 'reasoning.effort',
    },
    {
      name: 'Gemini: of an effort that there is not',
      path: gemini('anthropic/claude-sonnet-5-5'),
      body: {
        contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
        generationConfig: { thinkingConfig: { thinkingLevel: 'ENORMOUS' } },
      },
      tells: 'generationConfig.thinkingConfig.thinkingLevel',
    },
    {
      name: 'responses: of a schema that says nothing',
      path: RESPONSES,
      body: {
        model: 'gemini/gemini-4-argon',
        input: 'Hi',
        tools: [
          { type: 'web_search' },
          { type: 'function', name: 'a', parameters: { type: 'object', properties: { b: 3 } } },
        ],
      },
      tells: 'tools.1.parameters.properties.b',
    },
  ])('$name', async ({ path, body, tells }) => {
    const response = await openHouse({ more: SOON }).post(path, body);
    expect(response.status).toBe(400);
    expect(heard(await response.text())).toMatchObject({ param: tells });
  });

  const refused = (param: string) => () =>
    Response.json({ error: { message: 'No.', type: 'invalid_request_error', param, code: null } }, { status: 400 });

  it('of a provider that was asked in our words', async () => {
    const { post } = openHouse({ more: SOON, upstream: refused('messages[1].content') });
    const response = await post(gemini('openai/gpt-4.1'), {
      systemInstruction: { parts: [{ text: 'Be brief' }] },
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    });
    expect(heard(await response.text()).param).toBe('contents.0.parts');
  });

  it('and of one that was asked in the client’s, as it said it', async () => {
    const { post } = openHouse({ more: SOON, upstream: refused('reasoning') });
    const response = await post(RESPONSES, { model: 'openai/gpt-6.1-sol', input: 'Hi' });
    expect(heard(await response.text()).param).toBe('reasoning');
  });

  it('a completion has nothing but its prompt', async () => {
    const { post } = openHouse({ more: SOON, upstream: refused('messages[0].content') });
    const response = await post('/v1/completions', { model: 'openai/gpt-4.1', prompt: 'Hi' });
    expect(heard(await response.text()).param).toBe('prompt');
  });

  it('chat’s names are the canonical ones', async () => {
    const { post } = openHouse({ more: SOON, upstream: refused('messages[1].content') });
    const messages = [{ role: 'user', content: 'Hi' }];
    const response = await post('/v1/chat/completions', { model: 'openai/gpt-4.1', messages });
    expect(heard(await response.text()).param).toBe('messages[1].content');
  });
});

it('a count of tokens is refused by the client’s own field, too', async () => {
  const model = 'openai/gpt-3.5-turbo';
  const file = { inlineData: { mimeType: 'application/pdf', data: 'AAAA' } };
  const response = await openHouse().post(`/v1beta/models/${model}:countTokens`, {
    contents: [{ role: 'user', parts: [{ text: 'Hi' }, file] }],
  });
  expect(response.status).toBe(400);
  expect(heard(await response.text()).param).toBe('contents.0.parts.1');
});
