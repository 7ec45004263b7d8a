import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../../src/core/chat.ts';
import { createFacts, type Facts } from '../../../src/routing/facts/facts.ts';

function factsOf(body: object = {}, headers: Record<string, string> = {}): Facts {
  const request = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }], ...body } as ChatRequest;
  const estimate = { inputTokens: 7, outputTokens: 9 };
  return createFacts({ request, estimate, key: 'app', header: (name) => headers[name], atMs: 5, budgetLeft: 0.5 });
}

const TOOLS = [
  { type: 'function', function: { name: 'read', parameters: { type: 'object', properties: { path: {}, line: {} } } } },
  { type: 'custom', custom: { name: 'patch' } },
  { type: 'function', function: { name: 'now' } },
];
const IMAGE = { type: 'image_url', image_url: { url: 'https://a/b.png' } };
const PDF = { type: 'file', file: { filename: 'a.pdf', file_id: '1' } };
const asked = (...texts: string[]) => ({
  messages: texts
    .flatMap((content) => [
      { role: 'user', content },
      { role: 'assistant', content: 'Well.' },
    ])
    .slice(0, -1),
});

describe('facts', () => {
  test.each<[string, Facts, Partial<Facts>]>([
    [
      'what was given',
      factsOf(),
      { asked: 'auto', key: 'app', inputTokens: 7, outputTokens: 9, atMs: 5, budgetLeft: 0.5 },
    ],
    [
      'a plain question',
      factsOf(),
      { toolCount: 0, toolNames: [], media: [], structured: 'none', turn: 1, metadata: {}, pin: undefined },
    ],
    [
      'tools, by name and size',
      factsOf({ tools: TOOLS }),
      { toolCount: 3, toolNames: ['read', 'patch', 'now'], toolParameters: 2 },
    ],
    [
      'functions of the old kind',
      factsOf({ functions: [{ name: 'f', parameters: { properties: { a: {} } } }] }),
      { toolCount: 1, toolNames: ['f'], toolParameters: 1 },
    ],
    [
      'tools that only a provider knows',
      factsOf({ tools: [{ type: 'web_search' }, { type: 'function', function: null }] }),
      { toolCount: 2, toolNames: ['', ''], toolParameters: 0 },
    ],
    [
      'media, each once',
      factsOf({ messages: [{ role: 'user', content: [IMAGE, PDF, IMAGE] }] }),
      { media: ['image', 'pdf'] },
    ],
    ['a schema', factsOf({ response_format: { type: 'json_schema' } }), { structured: 'json_schema' }],
    ['a form that nobody knows', factsOf({ response_format: { type: 'grammar' } }), { structured: 'none' }],
    ['metadata', factsOf({ metadata: { app: 'mail' } }), { metadata: { app: 'mail' } }],
    ['no metadata', factsOf({ metadata: null }), { metadata: {} }],
    ['a pin', factsOf({}, { 'x-signalbox-tier': ' opus ' }), { pin: 'opus' }],
    ['an empty pin', factsOf({}, { 'x-signalbox-tier': ' ' }), { pin: undefined }],
    [
      'the language of the last ask',
      factsOf(asked('What is the time in this place?', 'Wie kann ich das auf der Karte sehen?')),
      { language: 'de', turn: 2 },
    ],
    ['a follow-up', factsOf(asked('Write a poem about the sea.', 'Yes, go on')), { isFollowUp: true }],
    ['a first word follows nothing', factsOf(asked('Yes, go on')), { isFollowUp: false }],
    [
      'a new ask is no follow-up',
      factsOf(asked('Write a poem.', 'Now explain to me how the tides come about.')),
      { isFollowUp: false },
    ],
    [
      'a picture is no follow-up',
      factsOf({
        messages: [
          ...asked('Hello').messages,
          { role: 'assistant', content: 'Hi' },
          { role: 'user', content: [{ type: 'text', text: 'ok' }, IMAGE] },
        ],
      }),
      { isFollowUp: false, turn: 2 },
    ],
    [
      "an agent's step is no follow-up, whatever the user said",
      factsOf({ messages: [...asked('Fix it', 'Yes').messages, { role: 'tool', tool_call_id: '1', content: 'done' }] }),
      { isFollowUp: false, inToolLoop: true },
    ],
    ['circles of an earlier turn do not count', factsOf(asked('Hello')), { isStalled: false }],
  ])('%s', (_sentence, facts, expected) => {
    for (const [name, value] of Object.entries(expected)) expect(facts[name as keyof Facts]).toEqual(value);
  });

  test('what is not asked for is not looked at', () => {
    const request = new Proxy({ model: 'auto', messages: [] } as ChatRequest, {
      get: (target, field, receiver) => {
        if (field !== 'model' && field !== 'messages') throw new Error(`${String(field)} was read`);
        return Reflect.get(target, field, receiver) as unknown;
      },
    });
    const estimate = { inputTokens: 1, outputTokens: 1 };
    const facts = createFacts({ request, estimate, key: 'app', header: () => undefined, atMs: 0 });
    expect([facts.asked, facts.inputTokens, facts.budgetLeft]).toEqual(['auto', 1, undefined]);
    expect(() => facts.toolCount).toThrow('was read');
  });
});
