/** Requests as clients make them: every role, calls and results properly paired, parameters in and out of range. */
import fc from 'fast-check';
import type { ChatMessage, ChatRequest } from '../../src/core/chat.ts';
import type { Capabilities } from '../../src/core/deployment.ts';
import { PARAMETERS, TOOL_NAMES } from './parameter-arbitrary.ts';

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const PDF = 'data:application/pdf;base64,JVBERi0xLjQK';

const text = fc.oneof(
  { weight: 6, arbitrary: fc.string({ minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.constantFrom('', ' ', '\n', '🦜', 'tabs\tand "quotes"', ' \u00a0 ') },
);
const cache = fc.constantFrom({}, {}, {}, { cache_control: { type: 'ephemeral' as const } });

const userPart = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(text, cache).map(([words, mark]) => ({ type: 'text', text: words, ...mark })) },
  fc.constantFrom('auto', 'low', 'high').map((detail) => ({ type: 'image_url', image_url: { url: PIXEL, detail } })),
  fc.constant({ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }),
  fc
    .constantFrom('a.pdf', 'my  report (1)!.pdf', 'a.pdf', 'ünï.pdf')
    .map((filename) => ({ type: 'file', file: { filename, file_data: PDF } })),
  fc.constant({ type: 'input_audio', input_audio: { format: 'wav', data: 'UklGRg==' } }),
);
const content = fc.oneof(text, fc.array(userPart, { minLength: 1, maxLength: 4 }));

const system = fc.record({
  role: fc.constantFrom('system', 'developer'),
  content: fc.oneof(
    text,
    fc.array(
      text.map((words) => ({ type: 'text', text: words })),
      { minLength: 1, maxLength: 2 },
    ),
  ),
});
const user = fc.record({ role: fc.constant('user'), content });

const reasoningDetail = fc.record({
  type: fc.constantFrom('reasoning.text', 'reasoning.encrypted'),
  format: fc.constantFrom('anthropic-claude-v1', 'google-gemini-v1', 'openai-responses-v1', 'unheard-of'),
  text: text,
  data: fc.constant('ZGF0YQ=='),
  signature: fc.constant('c2lnbmF0dXJl'),
  index: fc.nat(3),
});
const assistant = fc.record(
  {
    role: fc.constant('assistant'),
    content: fc.oneof(text, fc.constant([{ type: 'text', text: 'said' }])),
    reasoning_details: fc.array(reasoningDetail, { minLength: 1, maxLength: 2 }),
    refusal: text,
  },
  { requiredKeys: ['role', 'content'] },
);

const rawArguments = fc.oneof(
  { weight: 3, arbitrary: fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 })).map(stringify) },
  fc.constantFrom('', '{}', '[1]', 'null', '{"cut":', '"text"'),
);
const resultContent = fc.oneof(text, fc.constant('{"ok":true}'), fc.constant([{ type: 'text', text: 'done' }]));

/** An assistant's calls and all of their results, in any order. */
const toolRound = fc
  .tuple(
    fc.array(fc.record({ name: fc.constantFrom(...TOOL_NAMES), arguments: rawArguments, result: resultContent }), {
      minLength: 1,
      maxLength: 3,
    }),
    fc.constantFrom('', null, 'Let me see.'),
    fc.constantFrom('call_', 'toolu|é ', 'x'.repeat(70)),
    fc.boolean(),
  )
  .map(([calls, said, prefix, reversed]) => ({ calls, said, prefix, reversed }));

type Round = typeof toolRound extends fc.Arbitrary<infer Inner> ? Inner : never;

function roundMessages(round: Round, number: number): unknown[] {
  const id = (index: number) => `${round.prefix}${number}_${index}`;
  const tool_calls = round.calls.map((call, index) => ({
    id: id(index),
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));
  const results = round.calls.map((call, index) => ({ role: 'tool', tool_call_id: id(index), content: call.result }));
  if (round.reversed) results.reverse();
  return [{ role: 'assistant', content: round.said, tool_calls }, ...results];
}

const messages = fc
  .tuple(
    fc.array(system, { maxLength: 2 }),
    fc.array(
      fc.oneof(
        { weight: 4, arbitrary: user },
        { weight: 2, arbitrary: assistant },
        { weight: 3, arbitrary: toolRound },
        { weight: 1, arbitrary: system },
      ),
      { maxLength: 6 },
    ),
    fc.option(user, { nil: undefined, freq: 5 }),
  )
  .map(([first, middle, last]) => [
    ...first,
    ...middle.flatMap((entry, number) => ('calls' in entry ? roundMessages(entry, number) : [entry])),
    ...(last ? [last] : []),
  ])
  .filter((list) => list.length > 0);

export const REQUESTS: fc.Arbitrary<ChatRequest> = fc
  .tuple(messages, PARAMETERS)
  .map(([list, parameters]) => ({ ...parameters, model: 'asked', messages: list as ChatMessage[] }) as ChatRequest);

export const CAPABILITIES: fc.Arbitrary<Partial<Capabilities>> = fc.record({
  forcedToolChoice: fc.boolean(),
  strictTools: fc.boolean(),
  structuredOutput: fc.boolean(),
  structuredOutputWithTools: fc.boolean(),
  sampling: fc.constantFrom('free', 'without_reasoning', 'none'),
  stop: fc.boolean(),
  prefill: fc.boolean(),
  lateSystem: fc.boolean(),
  toolsNeedResponses: fc.boolean(),
  outputTokens: fc.constantFrom(4_096, 64_000),
  efforts: fc.constantFrom([], ['low', 'medium', 'high'], ['none', 'low', 'medium', 'high', 'xhigh', 'max']),
  remoteMedia: fc.boolean(),
});

function stringify(value: unknown): string {
  return JSON.stringify(value);
}
