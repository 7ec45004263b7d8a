/** Whole numbers of more than 53 bits, which are ids: they come through every provider as they were written. */
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../providers/anthropic/index.ts';
import { bedrock } from '../../providers/bedrock/index.ts';
import { gemini } from '../../providers/gemini/index.ts';
import { openai } from '../../providers/openai/index.ts';
import { parseExactly } from '../../src/core/exact-json.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import { makeCall } from '../support/call.ts';
import { collect } from './contract.ts';

const ARGS = '{"id":12345678901234567891}';
const CALL = { id: 'call_1', type: 'function' as const, function: { name: 'get', arguments: ARGS } };
const PARAMETERS = parseExactly(
  '{"type":"object","properties":{"id":{"type":"integer","enum":[12345678901234567891,9223372036854775807]}},"required":["id"],"additionalProperties":false}',
) as Record<string, unknown>;
const HISTORY: ChatRequest['messages'] = [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: null, tool_calls: [CALL] },
  { role: 'tool', tool_call_id: 'call_1', content: ARGS },
];

function sent(provider: typeof anthropic, options: { strict: boolean; model?: string }): string {
  const tool = { type: 'function' as const, function: { name: 'get', parameters: PARAMETERS, strict: options.strict } };
  const call = makeCall(
    { messages: HISTORY, tools: [tool] },
    { dialect: provider.name, model: options.model ?? 'claude-test' },
  );
  return provider.translate(call).body;
}

const DIALECTS = [
  ['anthropic', anthropic],
  ['bedrock', bedrock],
  ['gemini', gemini],
] as const;

describe('whole numbers that JavaScript rounds', () => {
  it.each(DIALECTS)('stay in the history: %s', (_, provider) => {
    expect(sent(provider, { strict: false }).replaceAll('\\"', '"')).toContain(ARGS);
    expect(sent(provider, { strict: false })).not.toContain('12345678901234567000');
  });

  it.each(DIALECTS.flatMap(([name, provider]) => [false, true].map((strict) => ({ name, provider, strict }))))(
    "stay among a tool's values: $name, strict: $strict",
    ({ provider, strict }) => {
      expect(sent(provider, { strict })).toContain('"enum":[12345678901234567891,9223372036854775807]');
    },
  );

  it.each([
    {
      provider: anthropic,
      whole: `{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"tool_use","id":"toolu_1","name":"get","input":${ARGS}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}`,
    },
    {
      provider: bedrock,
      whole: `{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t1","name":"get","input":${ARGS}}}]}},"stopReason":"tool_use","usage":{"inputTokens":1,"outputTokens":1}}`,
    },
    {
      provider: gemini,
      whole: `{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"get","args":${ARGS}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1}}`,
    },
    {
      provider: openai,
      whole: `{"id":"c","model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"get","arguments":${ARGS}}}]}}]}`,
    },
  ])('stay in an answer: $provider.name', ({ provider, whole }) => {
    const call = makeCall({}, { dialect: provider.name });
    const answer = collect((sink) => provider.translate({ ...call, original: undefined }).readAnswer(whole, sink));
    expect(answer.choice(0).toolCalls).toMatchObject([{ arguments: ARGS }]);
  });

  it("stay in a chunk of Gemini's", () => {
    const chunk = `{"candidates":[{"content":{"role":"model","parts":[{"functionCall":{"name":"get","args":${ARGS}}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":1}}`;
    const answer = collect((sink) => {
      const reader = gemini.translate(makeCall({ stream: true }, { dialect: 'gemini' })).openStream(sink);
      reader.push(new TextEncoder().encode(`data: ${chunk}\n\n`));
      reader.end();
    });
    expect(answer.choice(0).toolCalls).toMatchObject([{ arguments: ARGS }]);
  });
});
