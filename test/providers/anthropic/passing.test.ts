import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../../providers/anthropic/index.ts';
import { replaced, topLevel, valueOf } from '../../../providers/anthropic/top-level.ts';
import type { Capabilities } from '../../../src/core/deployment.ts';
import type { Exchange } from '../../../src/core/provider.ts';
import { MESSAGES } from '../../../src/doors/messages/door.ts';
import { makeCall } from '../../support/call.ts';
import { seal } from '../../../src/doors/capsule.ts';

const LIMITS = { maxBodyBytes: 1_000_000, maxMessages: 100, maxDepth: 64 };

interface Client {
  headers?: Record<string, string>;
  capabilities?: Partial<Capabilities>;
  omitReasoning?: boolean;
}

function translated(text: string, { headers = {}, capabilities = {}, omitReasoning = false }: Client = {}): Exchange {
  const entry = MESSAGES.read(text, { limits: LIMITS, header: (name) => headers[name], param: () => undefined });
  const call = makeCall({}, { dialect: 'anthropic', model: 'claude-x', capabilities, omitReasoning });
  return anthropic.translate({
    ...call,
    request: entry.request,
    original: entry.original.passes ? entry.original : undefined,
  });
}

const body = (more: object = {}) =>
  JSON.stringify({ model: 'm', max_tokens: 5000, messages: [{ role: 'user', content: 'Hi' }], ...more });
const BUDGET: Partial<Capabilities> = { reasoning: 'budget', efforts: [] };
const ADAPTIVE: Partial<Capabilities> = { reasoning: 'adaptive', efforts: ['low', 'high'] };
const ALWAYS: Partial<Capabilities> = { reasoning: 'always', efforts: ['low', 'high'], sampling: 'none' };

describe('the original goes on', () => {
  it.each([
    ['as it is', body()],
    ['with what nobody knows', body({ unheard_of: { keep: [1] } })],
    ['with tools of Anthropic’s', body({ tools: [{ type: 'bash_20250124', name: 'bash' }] })],
    [
      'even with what this model would refuse, where nobody else could serve it',
      body({ mcp_servers: [{}], top_k: 5 }),
      { capabilities: ALWAYS },
    ],
    [
      'from where it paused, though this model continues nobody’s words',
      body({
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: [
              { type: 'text', text: 'I look.' },
              { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
            ],
          },
        ],
      }),
      { capabilities: ALWAYS },
    ],
    ['with its thoughts', body({ thinking: { type: 'enabled', budget_tokens: 2000 } }), { capabilities: BUDGET }],
    [
      'with its effort',
      body({ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }),
      { capabilities: ADAPTIVE },
    ],
  ] as [string, string, Client?][])('%s', (_, text, client) => {
    const { body: sent, relay } = translated(text, client);
    expect(relay).toBe('messages');
    expect(sent).toBe(text.replace('"model":"m"', '"model":"claude-x"'));
  });

  it('byte for byte but for the model’s name, however it is written', () => {
    const text =
      '{ "messages" : [ {"role":"user","content":"\\"model\\": \\"m\\" {"} ],\n "max_tokens":1e3,  "model"\t:\t"m" , "x":{"model":"m"} }';
    expect(translated(text).body).toBe(text.replace('"model"\t:\t"m"', '"model"\t:\t"claude-x"'));
  });

  it('in the client’s version, with its betas', () => {
    const headers = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'context-1m-2025-08-07' };
    expect(translated(body(), { headers }).headers).toEqual({ 'content-type': 'application/json', ...headers });
  });
});

describe('the translation goes in its place', () => {
  it.each([
    ['where the model takes no sampling', body({ temperature: 0.5 }), { capabilities: ALWAYS }],
    [
      'where the model takes no budget',
      body({ thinking: { type: 'enabled', budget_tokens: 2000 } }),
      { capabilities: ADAPTIVE },
    ],
    ['where the model takes only a budget', body({ thinking: { type: 'adaptive' } }), { capabilities: BUDGET }],
    ['where the model does not know the effort', body({ output_config: { effort: 'high' } }), { capabilities: BUDGET }],
    ['where the model never stops thinking', body({ thinking: { type: 'disabled' } }), { capabilities: ALWAYS }],
    ['where the answer may not be so long', body({ max_tokens: 99_000 }), {}],
    ['where the thoughts were just refused', body(), { omitReasoning: true }],
    [
      'where the words are only ours',
      body({
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: 'a', signature: seal([]) },
              { type: 'text', text: 'b' },
            ],
          },
          { role: 'user', content: 'c' },
        ],
      }),
      {},
    ],
  ] as [string, string, Client][])('%s', (_, text, client) => {
    const { body: sent, relay } = translated(text, client);
    expect(relay).toBeUndefined();
    expect(JSON.parse(sent)).toMatchObject({ model: 'claude-x' });
    expect(sent).not.toContain('temperature');
  });
});

it('sampling goes to a model that takes it, in the version that takes it', () => {
  const {
    body: sent,
    headers,
    relay,
  } = translated(body({ temperature: 0.5 }), {
    headers: { 'anthropic-version': '2026-10-21' },
  });
  expect(relay).toBeUndefined();
  expect(headers['anthropic-version']).toBe('2023-06-01');
  expect(JSON.parse(sent)).toMatchObject({ temperature: 0.5 });
});

describe('counting', () => {
  const ask = (more: object, headers: Record<string, string> = {}) => {
    const entry = MESSAGES.read(body(more), {
      limits: LIMITS,
      header: (name) => headers[name],
      param: () => undefined,
    });
    const call = makeCall({}, { dialect: 'anthropic', model: 'claude-x', capabilities: ALWAYS });
    return anthropic.countTokens?.({ ...call, request: entry.request, original: entry.original });
  };

  it('asks in the client’s words', () => {
    expect(ask({})).toMatchObject({ path: '/v1/messages/count_tokens', body: body().replace('"m"', '"claude-x"') });
  });

  it('asks in ours, with nothing that only an answer needs', () => {
    const sent: unknown = JSON.parse(ask({ temperature: 0.5, system: 'Brief.' })?.body ?? '');
    expect(sent).toEqual({
      model: 'claude-x',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
      system: [{ type: 'text', text: 'Brief.' }],
    });
  });

  it('reads the count, and nothing else', () => {
    const count = ask({});
    expect(count?.read('{"input_tokens":20}')).toBe(20);
    expect(() => count?.read('{}')).toThrow('counted nothing');
  });
});

describe('the fields of a text', () => {
  const key = fc.constantFrom('model', 'a', 'thinking', 'b"c', 'd\\');
  const json = fc.dictionary(key, fc.jsonValue({ maxDepth: 3 }));

  it('are those that a parser finds', () => {
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1, 2), (object, space) => {
        const text = JSON.stringify(object, null, space);
        const spans = topLevel(text);
        expect(spans.map(({ name }) => name)).toEqual(Object.keys(object));
        for (const { name } of spans)
          expect(valueOf(text, spans, name)).toEqual(JSON.parse(JSON.stringify(object[name])));
      }),
    );
  });

  it('can be replaced one at a time', () => {
    fc.assert(
      fc.property(json, (object) => {
        const text = JSON.stringify({ ...object, model: 'old' }, null, 1);
        const next: unknown = JSON.parse(replaced(text, topLevel(text), 'model', '"new"') ?? '');
        expect(next).toEqual(JSON.parse(JSON.stringify({ ...object, model: 'new' })));
      }),
    );
  });

  it('are replaced wherever they stand twice', () => {
    const text = '{"model":"a","model":"b"}';
    expect(replaced(text, topLevel(text), 'model', '"c"')).toBe('{"model":"c","model":"c"}');
  });
});
