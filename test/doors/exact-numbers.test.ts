/** Whole numbers of more than 53 bits: what clients write for tools, and what models write for them, is not rounded. */
import { expect, it } from 'vitest';
import { AnswerCollector } from '../../src/answers/collector.ts';
import { checkJson } from '../../src/answers/check-json.ts';
import { parseExactly } from '../../src/core/exact-json.ts';
import { CHAT } from '../../src/doors/chat/door.ts';
import type { Door } from '../../src/doors/door.ts';
import { GEMINI } from '../../src/doors/gemini/door.ts';
import { MESSAGES } from '../../src/doors/messages/door.ts';
import { RESPONSES } from '../../src/doors/responses/door.ts';

const ARGS = '{"id":12345678901234567891}';
const SCHEMA = '{"type":"object","properties":{"id":{"type":"integer","maximum":9223372036854775807}}}';
const ASKED = {
  limits: { maxBodyBytes: 1e6, maxMessages: 9, maxDepth: 30 },
  header: () => undefined,
  param: (name: string) => (name === 'call' ? 'm:generateContent' : undefined),
};
const STAMP = { newId: (prefix: string) => `${prefix}1`, createdSeconds: 1, model: 'm' };

const USE = `{"type":"tool_use","id":"t1","name":"get","input":${ARGS}}`;
const RESULT = '{"type":"tool_result","tool_use_id":"t1","content":"x"}';
const PART = `{"functionCall":{"name":"get","args":${ARGS}}}`;
const RESPONSE = `{"functionResponse":{"name":"get","response":${ARGS}}}`;
const messages = `{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":[${USE}]},{"role":"user","content":[${RESULT}]}],"tools":[{"name":"get","input_schema":${SCHEMA}}]}`;
const gemini = `{"contents":[{"role":"user","parts":[{"text":"Hi"}]},{"role":"model","parts":[${PART}]},{"role":"user","parts":[${RESPONSE}]}],"tools":[{"function_declarations":[{"name":"get","parameters_json_schema":${SCHEMA}}]}]}`;
const chat = `{"model":"m","messages":[{"role":"user","content":"Hi"}],"temperature":0.123456789012345678901,"tools":[{"type":"function","function":{"name":"get","parameters":${SCHEMA}}}]}`;
const responses = `{"model":"m","input":[{"role":"user","content":"Hi"}],"tools":[{"type":"function","name":"get","strict":false,"parameters":${SCHEMA}}]}`;

const request = (door: Door, text: string) => JSON.stringify(door.read(text, ASKED).request);

it.each([
  { door: MESSAGES, text: messages },
  { door: GEMINI, text: gemini },
  { door: CHAT, text: chat },
  { door: RESPONSES, text: responses },
])("keeps the numbers of a tool's schema at the door $door.name", ({ door, text }) => {
  expect(request(door, text)).toContain(SCHEMA);
});

it.each([
  { door: MESSAGES, text: messages },
  { door: GEMINI, text: gemini },
])("keeps the numbers of a tool's arguments at the door $door.name", ({ door, text }) => {
  expect(request(door, text)).toContain(JSON.stringify(ARGS));
  expect(request(door, text)).not.toContain('12345678901234567000');
});

it.each([
  { door: MESSAGES, text: messages },
  { door: GEMINI, text: gemini },
])('writes the numbers of a call as the model did at the door $door.name', ({ door, text }) => {
  const answer = new AnswerCollector();
  answer.start({ model: 'm' });
  const choice = answer.choice(0);
  choice.toolArguments(choice.toolCall({ id: 'c', name: 'get' }), ARGS);
  choice.finish('tool_calls', 'stop');
  expect(door.read(text, ASKED).pen.whole(answer, STAMP)).toContain(ARGS);
});

it('takes a long setting for the nearest number', () => {
  expect(CHAT.read(chat, ASKED).request.temperature).toBe(Number('0.123456789012345678901'));
});

it('checks an answer against a schema with such a number', () => {
  const schema = parseExactly(SCHEMA) as Record<string, unknown>;
  expect(checkJson('{"id":5}', schema)).toEqual({ ok: true, text: '{"id":5}' });
});
