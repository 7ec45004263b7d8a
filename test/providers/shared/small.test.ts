/** The modules with one or two functions each. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hidesReasoning, nearestEffort, wantedEffort } from '../../../providers/shared/effort.ts';
import { jsonFormat, jsonInstruction, toolInstruction } from '../../../providers/shared/format.ts';
import { base62, createToolNames, safeToolCallId, splitThoughtId } from '../../../providers/shared/ids.ts';
import { parseDataUrl, requireInput } from '../../../providers/shared/media.ts';
import { mergeNative } from '../../../providers/shared/merge.ts';
import type { ChatRequest } from '../../../src/core/chat.ts';
import { makeCall } from '../../support/call.ts';

const request = (fields: object) => ({ model: 'm', messages: [], ...fields }) as unknown as ChatRequest;

describe('effort', () => {
  it.each([
    { name: 'nothing asked', fields: {}, effort: undefined },
    { name: "OpenAI's field", fields: { reasoning_effort: 'low' }, effort: 'low' },
    {
      name: "OpenAI's field before OpenRouter's",
      fields: { reasoning_effort: 'low', reasoning: { effort: 'high' } },
      effort: 'low',
    },
    { name: "OpenRouter's field", fields: { reasoning_effort: null, reasoning: { effort: 'xhigh' } }, effort: 'xhigh' },
    { name: 'reasoning switched off', fields: { reasoning: { enabled: false } }, effort: 'none' },
    { name: 'reasoning switched on', fields: { reasoning: { enabled: true } }, effort: 'medium' },
    {
      name: 'reasoning measured in tokens',
      fields: { reasoning: { enabled: true, max_tokens: 2000 } },
      effort: undefined,
    },
  ])('$name', ({ fields, effort }) => {
    expect(wantedEffort(request(fields))).toBe(effort);
  });

  it.each([
    { fields: { reasoning_effort: 'extreme' }, param: 'reasoning_effort' },
    { fields: { reasoning: { effort: 'extreme' } }, param: 'reasoning.effort' },
  ])('a new word in $param may suit another provider', ({ fields, param }) => {
    expect(() => wantedEffort(request(fields))).toThrow(expect.objectContaining({ kind: 'unsupported', param }));
  });

  it.each([
    { wanted: 'high', offered: ['low', 'high'], nearest: 'high' },
    { wanted: 'xhigh', offered: ['high', 'low'], nearest: 'high' },
    { wanted: 'none', offered: ['medium', 'low'], nearest: 'low' },
    { wanted: 'max', offered: ['none', 'minimal'], nearest: 'minimal' },
    { wanted: 'low', offered: ['none', 'medium'], nearest: 'medium' },
    { wanted: 'none', offered: ['none', 'low'], nearest: 'none' },
    { wanted: 'low', offered: [], nearest: undefined },
  ] as const)('$wanted among $offered is $nearest', ({ wanted, offered, nearest }) => {
    expect(nearestEffort(wanted, offered)).toBe(nearest);
  });

  it('is hidden on request', () => {
    expect([{}, { reasoning: { exclude: true } }].map((fields) => hidesReasoning(request(fields)))).toEqual([
      false,
      true,
    ]);
  });
});

describe('formats', () => {
  const schema = { type: 'object' };
  it.each([
    { name: 'nothing is text', format: undefined, read: undefined },
    { name: 'text is text', format: { type: 'text' }, read: undefined },
    { name: 'any object', format: { type: 'json_object' }, read: { strict: false } },
    {
      name: 'a schema',
      format: { type: 'json_schema', json_schema: { name: 'n', description: 'd', schema, strict: true } },
      read: { name: 'n', description: 'd', schema, strict: true },
    },
    {
      name: 'a schema that was left out',
      format: { type: 'json_schema', json_schema: { name: 'n' } },
      read: { name: 'n', strict: false },
    },
  ])('$name', ({ format, read }) => {
    expect(jsonFormat(request({ response_format: format }))).toEqual(read);
  });

  it.each([
    { format: { type: 'grammar' }, kind: 'unsupported' },
    { format: { type: 'json_schema' }, kind: 'invalid_request' },
    { format: { type: 'json_schema', json_schema: null }, kind: 'invalid_request' },
    { format: { type: 'json_schema', json_schema: { schema: 'x' } }, kind: 'invalid_request' },
  ])('$format.type that cannot be read is $kind', ({ format, kind }) => {
    expect(() => jsonFormat(request({ response_format: format }))).toThrow(expect.objectContaining({ kind }));
  });

  it('the instruction holds the schema and its purpose', () => {
    expect(jsonInstruction({ strict: false })).toContain('one JSON object');
    const said = jsonInstruction({ strict: true, schema, description: 'A bill.' });
    expect(said).toContain('A bill.');
    expect(said.endsWith('{"type":"object"}')).toBe(true);
  });

  it('the instruction names the tool', () => {
    expect(toolInstruction('f')).toContain('`f`');
    expect(toolInstruction()).toContain('one of the tools');
  });
});

describe('ids', () => {
  it.each([
    { name: 'a safe id stays', id: 'call_A-1', allowed: undefined, safe: /^call_A-1$/ },
    { name: 'an odd id is replaced', id: 'call:1', allowed: undefined, safe: /^call_[A-Za-z0-9]{24}$/ },
    { name: 'a long id is replaced', id: 'a'.repeat(65), allowed: undefined, safe: /^call_[A-Za-z0-9]{24}$/ },
    { name: 'the provider decides', id: 'call_1', allowed: /^\d+$/, safe: /^call_[A-Za-z0-9]{24}$/ },
  ])('$name', ({ id, allowed, safe }) => {
    expect(safeToolCallId(id, allowed)).toMatch(safe);
    expect(safeToolCallId(id, allowed)).toBe(safeToolCallId(id, allowed));
  });

  it('a replaced id is the SHA-256 of the old one', () => {
    const digest = createHash('sha256').update('call:ü').digest();
    expect(safeToolCallId('call:ü')).toBe(`call_${base62(digest, 24)}`);
    expect(safeToolCallId('call:v')).not.toBe(safeToolCallId('call:w'));
  });

  it('each byte is a digit', () => {
    expect(base62(new Uint8Array([0, 9, 10, 36, 61, 62]), 5)).toBe('09Aaz');
  });

  it("LiteLLM's signature is split off", () => {
    expect(splitThoughtId('call_1__thought__abc=')).toEqual({ id: 'call_1', signature: 'abc=' });
    expect(['call_1', '__thought__x'].map(splitThoughtId)).toEqual([{ id: 'call_1' }, { id: '__thought__x' }]);
  });

  it('only odd names of tools change, and they change back', () => {
    const allowed = /^[A-Za-z_][\w.:-]{0,127}$/;
    const names = createToolNames(['ok', '3d-print', '日本'], allowed);
    const there = ['ok', '3d-print', '日本', 'unknown'].map((name) => names.toProvider(name));
    expect(there).toEqual([
      'ok',
      expect.stringMatching(/^tool_3d_print_/),
      expect.stringMatching(/^tool___+/),
      'unknown',
    ]);
    expect(there.every((name) => allowed.test(name))).toBe(true);
    expect(there.map((name) => names.fromProvider(name))).toEqual(['ok', '3d-print', '日本', 'unknown']);
  });
});

describe('data URLs', () => {
  it.each([
    { name: 'base64', url: 'data:image/png;base64,AAAA', read: { mediaType: 'image/png', data: 'AAAA' } },
    {
      name: 'parameters and capitals',
      url: 'DATA:Text/Plain;charset=utf-8;BASE64,AAAA',
      read: { mediaType: 'text/plain', data: 'AAAA' },
    },
    {
      name: 'escaped text',
      url: 'data:text/plain,h%C3%A9%20y',
      read: { mediaType: 'text/plain', data: btoa('h\u00c3\u00a9 y') },
    },
    {
      name: 'no type, known bytes',
      url: 'data:;base64,iVBORw0KGgoAAA',
      read: { mediaType: 'image/png', data: 'iVBORw0KGgoAAA' },
    },
    { name: 'no type, unknown bytes', url: 'data:;base64,AAAA', read: { mediaType: 'text/plain', data: 'AAAA' } },
    { name: 'no content', url: 'data:image/png;base64,', read: undefined },
    { name: 'no comma', url: 'data:image/png;base64', read: undefined },
    { name: 'a stray percent sign', url: 'data:text/plain,%', read: undefined },
    { name: 'another scheme', url: 'https://x.test/a,b', read: undefined },
  ])('$name', ({ url, read }) => {
    expect(parseDataUrl(url)).toEqual(read);
  });

  it('large text is no trouble', () => {
    expect(parseDataUrl(`data:text/plain,${'a'.repeat(300_000)}`)?.data).toBe(btoa('a'.repeat(300_000)));
  });

  it('a kind that the model does not take is unsupported', () => {
    const call = makeCall({}, { capabilities: { input: ['image'] } });
    expect(() => requireInput(call, 'image', 'p')).not.toThrow();
    expect(() => requireInput(call, 'pdf', 'p')).toThrow(expect.objectContaining({ kind: 'unsupported', param: 'p' }));
  });
});

describe('native fields', () => {
  it.each([
    { name: 'nothing changes nothing', native: undefined, merged: { model: 'm', a: { b: 1 } } },
    { name: 'objects merge', native: { a: { c: 2 } }, merged: { model: 'm', a: { b: 1, c: 2 } } },
    { name: 'all else replaces', native: { a: [1] }, merged: { model: 'm', a: [1] } },
    {
      name: 'an object replaces what is none',
      native: { model2: {}, a: { b: { c: 1 } } },
      merged: { model: 'm', model2: {}, a: { b: { c: 1 } } },
    },
    {
      name: 'model and stream are ours',
      native: { model: 'x', stream: true, d: 1 },
      merged: { model: 'm', a: { b: 1 }, d: 1 },
    },
    {
      name: 'a model inside is not ours',
      native: { a: { model: 'x' } },
      merged: { model: 'm', a: { b: 1, model: 'x' } },
    },
  ])('$name', ({ native, merged }) => {
    const body = { model: 'm', a: { b: 1 } };
    expect(mergeNative(body, native)).toEqual(merged);
    expect(body).toEqual({ model: 'm', a: { b: 1 } });
  });

  it('the prototype is out of reach', () => {
    const native = JSON.parse('{"__proto__":{"x":1},"a":{"constructor":{"prototype":{"x":1}},"__proto__":{"x":1}}}');
    const merged = mergeNative({ a: {} }, native as Record<string, unknown>);
    expect(JSON.stringify(merged)).toBe('{"a":{}}');
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect('x' in {}).toBe(false);
  });
});
