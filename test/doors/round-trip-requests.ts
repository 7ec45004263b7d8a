/** Rich requests that every wire of ours can say, but for some settings. */
import fc from 'fast-check';
import type { ChatRequest } from '../../src/core/chat.ts';

const PIXEL = 'data:image/png;base64,iVBORw0KGgo=';
const PDF = 'data:application/pdf;base64,JVBERi0xLjQK';
const words = fc.stringMatching(/^[a-zé"\\{} \n🦜]{0,12}[a-z]$/u);
const text = words.map((said) => ({ type: 'text', text: said }));
const part = fc.oneof(
  { weight: 3, arbitrary: text },
  fc.constant({ type: 'image_url', image_url: { url: PIXEL } }),
  fc.constant({ type: 'file', file: { filename: 'a.pdf', file_data: PDF } }),
);
const user = fc
  .oneof(words, fc.array(part, { minLength: 1, maxLength: 3 }))
  .map((content) => [{ role: 'user', content }]);

const NAMES = ['weather', 'population'] as const;
const args = fc.dictionary(fc.constantFrom('city', 'a b', 'é'), fc.jsonValue({ maxDepth: 1 })).map((value) => {
  return JSON.stringify(value);
});
const round = fc
  .array(fc.record({ name: fc.constantFrom(...NAMES), args, result: words }), { minLength: 1, maxLength: 3 })
  .map((calls) => ({ calls, said: calls.length > 1 ? 'Let me see.' : null }));
const turn = fc.oneof(
  words.map((content) => () => [{ role: 'assistant', content }]),
  round.map(({ calls, said }) => (at: number) => [
    {
      role: 'assistant',
      content: said,
      tool_calls: calls.map(({ name, args }, index) => {
        return { id: `call_${at}_${index}`, type: 'function', function: { name, arguments: args } };
      }),
    },
    ...calls.map(({ result }, index) => ({ role: 'tool', tool_call_id: `call_${at}_${index}`, content: result })),
  ]),
);

const messages = fc
  .tuple(fc.option(words), user, fc.array(fc.tuple(turn, user), { maxLength: 3 }))
  .map(([system, first, rest]) => [
    ...(system === null ? [] : [{ role: 'system', content: system }]),
    ...first,
    ...rest.flatMap(([say, next], index) => [...say(index), ...next]),
  ]);

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer' } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const TOOLS = NAMES.map((name) => ({
  type: 'function',
  function: { name, description: `The ${name}`, parameters: SCHEMA },
}));
/** None of them is what a provider does anyway: that may be left out. */
const settings = fc.record(
  {
    max_tokens: fc.constantFrom(100, 4000),
    temperature: fc.constantFrom(0, 0.5, 0.9),
    top_p: fc.constantFrom(0.25, 0.9),
    top_k: fc.constantFrom(1, 40),
    stop: fc.constantFrom(['HALT'], ['a', 'b']),
    seed: fc.constant(7),
    parallel_tool_calls: fc.boolean(),
    tool_choice: fc.constantFrom<unknown>('none', 'required', { type: 'function', function: { name: 'weather' } }),
    response_format: fc.constant({
      type: 'json_schema',
      json_schema: { name: 'trip', strict: true, schema: SCHEMA },
    }),
  },
  { requiredKeys: ['max_tokens'] },
);

/** Always with tools: that is what sends a request to OpenAI's Responses. */
export const REQUEST: fc.Arbitrary<ChatRequest> = fc
  .tuple(messages, settings)
  .map(([said, more]) => ({ model: 'm', messages: said, tools: TOOLS, ...more }) as unknown as ChatRequest);
