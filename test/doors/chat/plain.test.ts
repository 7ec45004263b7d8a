import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseChatRequest } from '../../../src/doors/chat/parse.ts';
import { isPlain } from '../../../src/doors/chat/plain.ts';
import { Body } from '../../../src/doors/chat/schema.ts';

const user = { role: 'user', content: 'Hi' };
const plain = { model: 'm', messages: [user], stream: true, stream_options: { include_usage: true }, temperature: 1 };

describe('isPlain', () => {
  it('knows the commonest request', () => expect(isPlain(plain)).toBe(true));

  it.each([
    ['no messages', { ...plain, messages: [] }],
    ['a part', { ...plain, messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] }],
    ['a tool result', { ...plain, messages: [{ role: 'tool', content: 'x', tool_call_id: 'c' }] }],
    ['a field it does not know', { ...plain, seed: 1 }],
    ['a number out of range', { ...plain, temperature: 3 }],
    ['an array', [plain]],
  ])('leaves %s to the schema', (_, body) => expect(isPlain(body)).toBe(false));

  it('never takes what the schema refuses', () => {
    const odd = fc.oneof(
      fc.string(),
      fc.double(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant([]),
      fc.object({ maxDepth: 1 }),
    );
    const message = fc.oneof(
      fc.constant(user),
      fc.record({ role: fc.constantFrom('user', 'system', 'tool', 'boss'), content: odd }),
    );
    const request = fc.record(
      {
        model: fc.oneof(fc.string(), odd),
        messages: fc.oneof(fc.array(message, { maxLength: 3 }), odd),
        stream: odd,
        temperature: odd,
        top_p: odd,
        max_tokens: odd,
        stop: odd,
        user: odd,
        stream_options: fc.oneof(fc.record({ include_usage: odd }), odd),
      },
      { requiredKeys: [] },
    );
    const kept = fc.property(request, (body) => !isPlain(body) || Body.safeParse(body).success);
    expect(fc.check(kept, { numRuns: 3_000 }).counterexample).toBeNull();
  });

  it('changes nothing of what comes out', () => {
    const limits = { maxBodyBytes: 1_000, maxMessages: 10, maxDepth: 10 };
    expect(parseChatRequest(JSON.stringify(plain), limits)).toEqual(plain);
  });
});
