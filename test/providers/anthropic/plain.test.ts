import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentLiterals } from '../../../providers/anthropic/literals.ts';
import { toPlain } from '../../../providers/anthropic/plain.ts';
import { toAnthropic } from '../../../providers/anthropic/request.ts';
import type { ChatRequest } from '../../../src/core/chat.ts';
import type { Capabilities } from '../../../src/core/deployment.ts';
import type { Call } from '../../../src/core/provider.ts';
import { makeCall } from '../../support/call.ts';

function callOf(text: string, capabilities: Partial<Capabilities> = {}): Call {
  const request = JSON.parse(text) as ChatRequest;
  const call = makeCall({}, { dialect: 'anthropic', model: 'claude-x', capabilities });
  return { ...call, request, original: { wire: 'chat', text, passes: true } };
}

const bodyOf = (call: Call): string => String(toPlain(call)?.body);
const said = (call: Call): unknown => JSON.parse(bodyOf(call));
const HELLO = { role: 'user', content: 'Hello' };
const request = (more: object = {}) => JSON.stringify({ model: 'm', messages: [HELLO], ...more });
const talk = (...messages: object[]) => request({ messages });

describe('a plain request is said as any other', () => {
  const word = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '"content":"', '\u2028', '{"a":1}'));
  const text = fc.array(word, { minLength: 1 }).map((words) => `${words.join('')}.`);
  const system = fc.array(fc.record({ role: fc.constantFrom('system', 'developer'), content: text }), { maxLength: 2 });
  const turns = fc.array(fc.tuple(text, text), { maxLength: 3 }).chain((pairs) =>
    text.map((last) => [
      ...pairs.flatMap(([user, assistant]) => [
        { role: 'user', content: user },
        { content: assistant, role: 'assistant' },
      ]),
      { role: 'user', content: last },
    ]),
  );
  const settings = fc.record(
    {
      stream: fc.boolean(),
      stream_options: fc.constant({ include_usage: true }),
      max_tokens: fc.integer({ min: 1, max: 200 }),
      max_completion_tokens: fc.integer({ min: 1, max: 200 }),
      temperature: fc.constantFrom(0, 0.5, 1, 1.5),
      top_p: fc.constantFrom(0.5, 0.995, 1),
      user: fc.string(),
    },
    { requiredKeys: [] },
  );
  const capabilities = fc.record({
    sampling: fc.constantFrom('free', 'without_reasoning', 'none'),
    outputTokens: fc.constantFrom(100, 64_000),
  });

  it('whatever its words and settings are, and however its JSON is laid out', () => {
    fc.assert(
      fc.property(
        fc.tuple(system, turns),
        settings,
        capabilities,
        fc.constantFrom(0, 2),
        (parts, more, able, indent) => {
          const body = { ...more, messages: parts.flat(), model: 'm' };
          const call = callOf(JSON.stringify(body, null, indent), able);
          const asked = toAnthropic(call);
          expect(said(call)).toEqual(JSON.parse(JSON.stringify(asked.body)));
          expect(toPlain(call)?.warnings).toEqual(asked.warnings);
        },
      ),
    );
  });

  it('without the client’s own words too', () => {
    const call = callOf(talk({ role: 'system', content: 'Be "brief"' }, HELLO));
    expect(said({ ...call, original: undefined })).toEqual(said(call));
  });

  it('in the very literals of the client', () => {
    const text = String.raw`{"model":"m","messages":[{"role":"user","content" : "caf\u00e9 \/ \"content\": \\"}]}`;
    expect(bodyOf(callOf(text))).toContain(String.raw`"text":"caf\u00e9 \/ \"content\": \\"`);
  });
});

describe('what is not plain', () => {
  it.each([
    ['a field beyond the plainest', request({ seed: 1 })],
    ['a name', talk({ ...HELLO, name: 'Ann' })],
    ['parts', talk({ role: 'user', content: [{ type: 'text', text: 'Hello' }] })],
    ['silence', talk({ role: 'user', content: ' \n' })],
    ['a late instruction', talk(HELLO, { role: 'system', content: 'Now' }, HELLO)],
    ['two turns of one side', talk(HELLO, HELLO)],
    ['an assistant who begins', talk({ role: 'assistant', content: 'Hi' }, HELLO)],
    ['an assistant who ends', talk(HELLO, { role: 'assistant', content: 'Hi' })],
    ['nobody but the system', talk({ role: 'system', content: 'Hi' })],
    ['an answer of nothing', request({ max_tokens: 0 })],
  ])('%s', (_, text) => {
    expect(toPlain(callOf(text))).toBeUndefined();
  });
});

describe('literals', () => {
  it.each<[string, string, string[]]>([
    ['of one message', '{"messages":[{"role":"user","content":"a"}]}', ['"a"']],
    ['whatever stands before them', '{"messages":[{"content":\n "a" , "role":"user"}]}', ['"a"']],
    [
      'with quotes and keys within',
      String.raw`{"content":"\"content\":\"\\","role":"content"}`,
      [String.raw`"\"content\":\"\\"`],
    ],
    ['of no message where a key is spelled with escapes', String.raw`{"content":"a","con\u0074ent":"b"}`, []],
    ['of nothing where a key has no string, whatever comes behind it', '{"content":1,"content":"b"}', []],
    ['of each of two keys, of which a parser takes the last', '{"content":"a","content":"b"}', ['"a"', '"b"']],
  ])('%s', (_, text, literals) => {
    expect(contentLiterals(text)).toEqual(literals);
  });

  it('are not taken where they are more than the messages', () => {
    const text = '{"model":"m","messages":[{"role":"user","content":"a","content":"b"}]}';
    expect(said(callOf(text))).toMatchObject({ messages: [{ content: [{ text: 'b' }] }] });
  });
});
