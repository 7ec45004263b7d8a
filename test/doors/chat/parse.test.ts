import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/core/errors.ts';
import { parseChatRequest } from '../../../src/doors/chat/parse.ts';

const LIMITS = { maxBodyBytes: 1_000_000, maxMessages: 3, maxDepth: 20 };
const user = { role: 'user', content: 'Hi' };
const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

const refused: { name: string; body: unknown; param: string | undefined; says: RegExp }[] = [
  { name: 'nothing', body: '', param: undefined, says: /empty/ },
  { name: 'no JSON', body: '{"model":', param: undefined, says: /not JSON/ },
  { name: 'no object', body: [], param: undefined, says: /object/ },
  { name: 'no model', body: { messages: [user] }, param: 'model', says: /model/ },
  { name: 'no messages', body: { model: 'm' }, param: 'messages', says: /messages/ },
  { name: 'an empty list of messages', body: { model: 'm', messages: [] }, param: 'messages', says: /messages/ },
  {
    name: 'an unknown role',
    body: { model: 'm', messages: [{ role: 'boss', content: 'x' }] },
    param: 'messages.0.role',
    says: /role/,
  },
  {
    name: 'content that is a number',
    body: { model: 'm', messages: [{ role: 'user', content: 5 }] },
    param: 'messages.0.content',
    says: /content/,
  },
  {
    name: 'a part without a type',
    body: { model: 'm', messages: [{ role: 'user', content: [{ text: 'x' }] }] },
    param: 'messages.0.content.0.type',
    says: /type/,
  },
  {
    name: 'an image without one',
    body: { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
    param: 'messages.0.content.0.image_url',
    says: /image_url/,
  },
  {
    name: 'an image whose address is a number',
    body: { model: 'm', messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 5 } }] }] },
    param: 'messages.0.content.0.image_url.url',
    says: /url/,
  },
  {
    name: 'a temperature out of range',
    body: { model: 'm', messages: [user], temperature: 3 },
    param: 'temperature',
    says: /temperature/,
  },
  {
    name: 'a stream flag that is text',
    body: { model: 'm', messages: [user], stream: 'yes' },
    param: 'stream',
    says: /stream/,
  },
  {
    name: 'too many messages',
    body: { model: 'm', messages: [user, user, user, user] },
    param: 'messages',
    says: /at most 3/,
  },
  {
    name: 'nesting without end',
    body: { model: 'm', messages: [user], x: deep(30) },
    param: undefined,
    says: /deeper than 20/,
  },
  {
    name: 'a tool without a name',
    body: { model: 'm', messages: [user], tools: [{ type: 'function', function: {} }] },
    param: 'tools.0.function.name',
    says: /name/,
  },
];

describe('parseChatRequest refuses', () => {
  it.each(refused)('$name', ({ body, param, says }) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    let error: unknown;
    try {
      parseChatRequest(text, LIMITS);
    } catch (cause) {
      error = cause;
    }
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ kind: 'invalid_request', param });
    expect((error as GatewayError).message).toMatch(says);
  });
});

describe('parseChatRequest', () => {
  it('keeps what it does not know', () => {
    const body = { model: 'm', messages: [{ ...user, extra: 1 }], top_secret: { a: [1] } };
    expect(parseChatRequest(JSON.stringify(body), LIMITS)).toEqual(body);
  });

  it('takes null for absent, as SDKs send it', () => {
    const body = { model: 'm', messages: [user], stream: null, tools: null, temperature: null, stop: null };
    expect(parseChatRequest(JSON.stringify(body), LIMITS)).toEqual(body);
  });

  it('pollutes no prototype', () => {
    parseChatRequest('{"model":"m","messages":[{"role":"user","content":"x"}],"__proto__":{"polluted":1}}', LIMITS);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
