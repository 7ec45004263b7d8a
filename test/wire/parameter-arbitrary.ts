/** Everything of a request but its messages, as far as the HTTP door lets it in. */
import fc from 'fast-check';

export const TOOL_NAMES = ['get_weather', 'search-web', '7up', 'noop'];

const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 1 }, days: { type: 'integer', minimum: 1, maximum: 7 } },
  required: ['city'],
  additionalProperties: false,
};
const NESTED = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $defs: { leaf: { oneOf: [{ type: 'string', format: 'date' }, { type: 'null' }] } },
  type: 'object',
  properties: {
    leaf: { $ref: '#/$defs/leaf' },
    kind: { const: 'a' },
    many: { type: 'array', items: { type: 'number' } },
  },
};

const tool = fc
  .record(
    {
      name: fc.constantFrom(...TOOL_NAMES),
      description: fc.constantFrom('', 'Does it.'),
      parameters: fc.constantFrom(WEATHER, NESTED, {}, { type: 'object', properties: {} }),
      strict: fc.boolean(),
    },
    { requiredKeys: ['name'] },
  )
  .map((definition) => ({ type: 'function' as const, function: definition }));
const tools = fc.uniqueArray(tool, { minLength: 1, maxLength: 4, selector: (item) => item.function.name });

const withTools = tools.chain((list) => {
  const named = fc.constantFrom(...list).map(({ function: { name } }) => ({ type: 'function', function: { name } }));
  const allowed = fc.tuple(named, fc.constantFrom('auto', 'required')).map(([only, mode]) => ({
    type: 'allowed_tools',
    allowed_tools: { mode, tools: [only] },
  }));
  return fc.record(
    {
      tools: fc.constant(list),
      tool_choice: fc.oneof(fc.constantFrom('auto', 'none', 'required'), named, allowed),
      parallel_tool_calls: fc.boolean(),
    },
    { requiredKeys: ['tools'] },
  );
});

const responseFormat = fc.constantFrom(
  { type: 'text' },
  { type: 'json_object' },
  { type: 'json_schema', json_schema: { name: 'weather', schema: WEATHER, strict: true } },
  { type: 'json_schema', json_schema: { name: 'nested', schema: NESTED } },
);

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

const SAMPLING = {
  temperature: number(0, 2),
  top_p: number(0, 1),
  top_k: fc.integer({ min: 0, max: 500 }),
  max_tokens: fc.integer({ min: 0, max: 1_000_000 }),
  max_completion_tokens: fc.integer({ min: 0, max: 200_000 }),
  frequency_penalty: number(-2, 2),
  presence_penalty: number(-2, 2),
  stop: fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.array(fc.string({ maxLength: 4 }), { maxLength: 4 }),
    fc.constant(null),
  ),
  n: fc.constantFrom(1, 2, 3, null),
  seed: fc.oneof(fc.maxSafeInteger(), fc.constant(null)),
  logprobs: fc.boolean(),
  top_logprobs: fc.integer({ min: 0, max: 20 }),
  logit_bias: fc.constantFrom({}, { '50256': -100 }),
};

const OTHERS = {
  stream: fc.boolean(),
  stream_options: fc.constantFrom({ include_usage: true }, { include_usage: false }, null),
  response_format: responseFormat,
  reasoning_effort: fc.constantFrom('none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', null),
  reasoning: fc.constantFrom({ effort: 'high' }, { max_tokens: 2_000 }, { exclude: true }, { enabled: false }),
  service_tier: fc.constantFrom('auto', 'default', 'flex', 'priority', 'scale', 'fast'),
  user: fc.constantFrom('u-1', 'someone@example.com'),
  metadata: fc.constantFrom({}, { team: 'blue 🟦' }),
  verbosity: fc.constantFrom('low', 'medium', 'high'),
  store: fc.boolean(),
  prompt_cache_key: fc.constant('k'),
  something_new: fc.jsonValue({ maxDepth: 1 }),
};

/** Few of them at once, or nearly every request would be refused for one or the other. */
export const PARAMETERS: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(some(SAMPLING), some(OTHERS), fc.option(withTools, { nil: {} }))
  .map(([first, second, third]) => ({ ...first, ...second, ...third }));

function some(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> {
  const names = fc.subarray(Object.keys(fields), { maxLength: 3 });
  return names.chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, fields[name] ?? fc.nat()]))));
}
