/** When a client's own words go to Gemini as they are, and when the model needs them said otherwise. */
import { describe, expect, it } from 'vitest';
import { gemini } from '../../../providers/gemini/index.ts';
import { GEMINI } from '../../../src/doors/gemini/door.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import { type CallOptions, makeCall } from '../../support/call.ts';

const LIMITS = { maxBodyBytes: 1_000_000, maxMessages: 100, maxDepth: 30 };
const OLD = {
  reasoning: 'thinking_budget',
  efforts: ['none', 'minimal', 'low', 'medium', 'high'],
  structuredOutputWithTools: false,
} as const;
const NEW = { reasoning: 'thinking_level', efforts: ['low', 'medium', 'high'] } as const;
const PLAIN = { reasoning: 'none' } as const;
const VERTEX = { settings: { project: 'p' } };

const hi = { role: 'user', parts: [{ text: 'Hi' }] };
const contents = [hi];
const tools = [
  {
    functionDeclarations: [
      { name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING', pattern: 'x' } } } },
    ],
  },
];
const config = (generationConfig: object) => ({ contents, generationConfig });
const called = (signature?: string, id?: string) => ({
  contents: [
    hi,
    {
      role: 'model',
      parts: [
        { functionCall: { name: 'f', args: {}, ...(id && { id }) }, ...(signature && { thoughtSignature: signature }) },
      ],
    },
    { role: 'user', parts: [{ functionResponse: { name: 'f', response: {}, ...(id && { id }) } }] },
  ],
});

function exchangeOf(body: object, options: CallOptions = {}, call = 'm:generateContent') {
  const text = JSON.stringify(body, null, 1);
  const entry = GEMINI.read(text, { limits: LIMITS, header: () => undefined, param: () => call });
  const made = makeCall({}, { dialect: 'gemini', model: 'gemini-test', ...options });
  return { text, exchange: gemini.translate({ ...made, request: entry.request, original: entry.original }) };
}

describe('the client’s own words pass', () => {
  it.each<[string, object, CallOptions]>([
    ['as they are, spaces and all', { contents }, {}],
    ['with fields that only Google knows', { contents, safetySettings: [], brandNew: 1 }, {}],
    ['with tools and schemas of Google’s', { contents, tools }, { capabilities: OLD }],
    [
      'with JSON beside tools, where the model has both',
      { ...config({ responseMimeType: 'application/json' }), tools },
      { capabilities: NEW },
    ],
    ['with several answers, which Gemini has itself', config({ candidateCount: 2 }), {}],
    ['with a budget for thinking', config({ thinkingConfig: { thinkingBudget: 512 } }), { capabilities: OLD }],
    [
      'with a budget where there are levels',
      config({ thinkingConfig: { thinkingBudget: 512 } }),
      { capabilities: NEW },
    ],
    ['with a level', config({ thinkingConfig: { thinkingLevel: 'LOW' } }), { capabilities: NEW }],
    [
      'with an address that Google fetches',
      {
        contents: [{ role: 'user', parts: [{ fileData: { fileUri: 'https://a.test/a.png', mimeType: 'image/png' } }] }],
      },
      { capabilities: { remoteMedia: false } },
    ],
    ['with signed calls', called('S', 'c1'), { capabilities: NEW }],
    ['without signatures, where none are checked', called(), { capabilities: OLD }],
    ['with labels, to Vertex', { contents, labels: { a: 'b' } }, VERTEX],
    [
      'with what only Google serves, whatever the model',
      { ...config({ topK: 3, thinkingConfig: { thinkingLevel: 'LOW' } }), cachedContent: 'c' },
      { capabilities: { ...PLAIN, sampling: 'none' } },
    ],
  ])('%s', (_what, body, options) => {
    const { text, exchange } = exchangeOf(body, options);
    expect(exchange.body).toBe(text);
    expect(exchange).toMatchObject({ relay: 'gemini', warnings: [] });
    expect(exchange.emulate).toBeUndefined();
  });

  it('without the router’s name for the model', () => {
    const { exchange } = exchangeOf({ model: 'models/auto', contents });
    expect(JSON.parse(exchange.body)).toEqual({ contents });
    expect(exchange.relay).toBe('gemini');
  });

  it('to the path that the request asks for', () => {
    expect(exchangeOf({ contents }).exchange.path).toBe('/v1beta/models/gemini-test:generateContent');
    const { exchange } = exchangeOf({ contents }, VERTEX, 'm:streamGenerateContent');
    expect(exchange.path).toMatch(/\/v1\/projects\/p\/.*\/models\/gemini-test:streamGenerateContent\?alt=sse$/);
  });
});

describe('they are said otherwise', () => {
  it.each<[string, object, CallOptions]>([
    [
      'for sampling that the model refuses',
      config({ temperature: 0.5 }),
      { capabilities: { ...NEW, sampling: 'none' } },
    ],
    ['for penalties while it thinks', config({ presencePenalty: 1 }), { capabilities: OLD }],
    ['for more tokens than it has', config({ maxOutputTokens: 100_000 }), {}],
    [
      'for JSON beside tools, where it has only one',
      { ...config({ responseMimeType: 'application/json' }), tools },
      { capabilities: OLD },
    ],
    [
      'for a level where there are budgets',
      config({ thinkingConfig: { thinkingLevel: 'LOW' } }),
      { capabilities: OLD },
    ],
    [
      'for no thinking where it cannot be switched off',
      config({ thinkingConfig: { thinkingBudget: 0 } }),
      { capabilities: NEW },
    ],
    [
      'for thoughts of a model without any',
      config({ thinkingConfig: { includeThoughts: true } }),
      { capabilities: PLAIN },
    ],
    [
      'for calls that must come, where none can be forced',
      { contents, tools, toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
      { capabilities: { forcedToolChoice: false } },
    ],
    ['for stop sequences that it has not', config({ stopSequences: ['x'] }), { capabilities: { stop: false } }],
    ['for a call that has lost its signature', called(undefined, 'c1'), { capabilities: NEW }],
    ['for signatures that were refused', called('S', 'c1'), { capabilities: NEW, omitReasoning: true }],
    ['for labels, to AI Studio', { contents, labels: { a: 'b' } }, {}],
    ['for ids, to Vertex before Gemini 3', called(undefined, 'c1'), { ...VERTEX, capabilities: OLD }],
    ['for a role that Vertex wants named', { contents: [{ parts: [{ text: 'Hi' }] }] }, VERTEX],
  ])('%s', (_what, body, options) => {
    const { text, exchange } = exchangeOf(body, options);
    expect(exchange.body).not.toBe(text);
    expect(exchange.relay).toBeUndefined();
  });

  it('or not at all, where the model has no such input', () => {
    const sound = { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'audio/wav', data: 'A' } }] }] };
    expect(() => exchangeOf(sound, { capabilities: { input: [] } })).toThrow(GatewayError);
  });
});

describe('tokens are counted', () => {
  const parts = { contents: [hi], systemInstruction: { parts: [{ text: 'S' }] } };
  const request = {
    messages: [
      { role: 'system' as const, content: 'S' },
      { role: 'user' as const, content: 'Hi' },
    ],
  };

  it('of the whole request, by AI Studio', () => {
    const count = gemini.countTokens?.(makeCall(request, { dialect: 'gemini', model: 'g' }));
    expect(count?.path).toBe('/v1beta/models/g:countTokens');
    expect(JSON.parse(count?.body ?? '')).toEqual({ generateContentRequest: { model: 'models/g', ...parts } });
  });

  it('of contents and instructions, by Vertex', () => {
    const count = gemini.countTokens?.(makeCall(request, { dialect: 'gemini', model: 'g', ...VERTEX }));
    expect(count?.path).toMatch(/\/publishers\/google\/models\/g:countTokens$/);
    expect(JSON.parse(count?.body ?? '')).toEqual(parts);
  });

  it('and the answer is read, or refused', () => {
    const count = gemini.countTokens?.(makeCall(request, { dialect: 'gemini' }));
    expect(count?.read('{"totalTokens":7}')).toBe(7);
    for (const body of ['{}', '{"totalTokens":"7"}', '[', '{"totalTokens":-1}']) {
      expect(() => count?.read(body)).toThrow(GatewayError);
    }
  });
});
