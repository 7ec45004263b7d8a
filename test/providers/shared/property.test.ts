/** Whatever a client sends, the shared helpers answer with turns that every provider takes, or refuse in our words. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toConversation } from '../../../providers/shared/conversation.ts';
import type { Block, Conversation, Turn } from '../../../providers/shared/conversation.ts';
import { compileSchema } from '../../../providers/shared/schema.ts';
import type { SchemaTarget } from '../../../providers/shared/schema.ts';
import { readTools } from '../../../providers/shared/tools.ts';
import type { ChatRequest } from '../../../src/core/chat.ts';
import type { Capabilities } from '../../../src/core/deployment.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import { makeCall } from '../../support/call.ts';

const FORMAT = 'anthropic-claude-v1';
const RUNS = { numRuns: 1000 };

const words = fc.constantFrom('', ' ', 'a', 'b \n', '<system-reminder>', '😀', '\ud800');
const id = fc.constantFrom('1', '2', '3', 'call:x', '1__thought__s', '');
const mark = fc.constantFrom(
  {},
  { cache_control: { type: 'ephemeral', ttl: '1h' } },
  { prompt_cache_breakpoint: { mode: 'explicit' } },
);
const junk = fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, fc.jsonValue({ maxDepth: 3 }));
const url = fc.constantFrom(
  'data:image/png;base64,AAAA',
  'data:audio/wav;base64,AA',
  'https://x.test/a',
  'data:',
  'file:///etc/passwd',
);

const part = fc.oneof(
  fc.record({ type: fc.constant('text'), text: words }).chain((text) => mark.map((extra) => ({ ...text, ...extra }))),
  fc.record({ type: fc.constant('refusal'), refusal: words }),
  fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url }) }),
  fc.record({ type: fc.constant('file'), file: fc.record({ file_data: url }) }),
  fc.record({ type: fc.constant('input_audio'), input_audio: fc.record({ data: words, format: fc.constant('wav') }) }),
);
const content = fc.oneof(
  { weight: 8, arbitrary: words },
  { weight: 4, arbitrary: fc.array(part, { maxLength: 3 }) },
  { weight: 1, arbitrary: junk },
);
const toolCall = fc.oneof(
  fc.record({
    id,
    type: fc.constant('function'),
    function: fc.record({
      name: fc.constantFrom('f', 'g'),
      arguments: fc.constantFrom('', '{}', '{"a":1}', '[1]', '{', 'null'),
    }),
  }),
  fc.record({ id, type: fc.constant('custom'), custom: fc.record({ name: fc.constant('sh'), input: words }) }),
);
const detail = fc.record({
  type: fc.constantFrom('reasoning.text', 'reasoning.encrypted'),
  format: fc.constantFrom(FORMAT, 'other'),
  text: words,
});
const assistant = fc.record(
  {
    role: fc.constant('assistant'),
    content,
    tool_calls: fc.oneof(
      { weight: 9, arbitrary: fc.uniqueArray(toolCall, { maxLength: 3, selector: (call) => call.id }) },
      junk,
    ),
    reasoning_details: fc.array(detail, { maxLength: 2 }),
    function_call: fc.record({ name: fc.constantFrom('f', 'g'), arguments: fc.constant('{}') }),
    refusal: words,
  },
  { requiredKeys: ['role'] },
);

/** An assistant message followed by what answers its calls, so that not everything is an error. */
const exchange = assistant.chain((spoken) => {
  const calls = Array.isArray(spoken.tool_calls) ? (spoken.tool_calls as { id?: unknown }[]) : [];
  const results = calls.map((call) => ({ role: 'tool', tool_call_id: call?.id, content: 'r' }));
  const legacy = spoken.function_call ? [{ role: 'function', name: spoken.function_call.name, content: 'r' }] : [];
  return fc
    .shuffledSubarray([...results, ...legacy], { minLength: results.length + legacy.length })
    .map((answers) => [spoken, ...answers]);
});
const single = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer', 'user'), content }),
  fc.record({ role: fc.constant('user'), content: fc.constantFrom('a', 'b') }),
  fc.record({ role: fc.constant('tool'), tool_call_id: id, content }),
  fc.record({ role: fc.constant('function'), name: fc.constantFrom('f', 'g'), content }),
  fc.record({ role: fc.constant('assistant'), content: fc.constantFrom('a', '', null) }),
);
const messages = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: exchange },
      { weight: 8, arbitrary: single.map((one) => [one]) },
      { weight: 1, arbitrary: junk.map((one) => [one]) },
    ),
    { maxLength: 8 },
  )
  .map((groups): unknown[] => groups.flat());
const capabilities = fc.record({ lateSystem: fc.boolean(), prefill: fc.boolean() });

describe('toConversation', () => {
  it('gives turns that alternate, begin with the user and hold nothing empty, or refuses in our words', () => {
    let understood = 0;
    fc.assert(
      fc.property(messages, capabilities, (list, able) => {
        const before = JSON.stringify(list);
        const conversation = attempt(list, able);
        expect(JSON.stringify(list)).toBe(before);
        if (conversation) understood++;
        expect(conversation ? faultsOf(conversation, able) : []).toEqual([]);
      }),
      RUNS,
    );
    expect(understood).toBeGreaterThan(RUNS.numRuns / 10); // Else the property says nothing.
  });

  it('survives content of any shape', () => {
    const anything = fc.array(
      fc.oneof(
        fc.jsonValue(),
        fc.record(
          {
            role: fc.constantFrom('user', 'assistant', 'tool', 'system', 'function'),
            content: fc.jsonValue(),
            tool_calls: fc.jsonValue(),
            tool_call_id: fc.jsonValue(),
            images: fc.jsonValue(),
            audio: fc.jsonValue(),
            reasoning_details: fc.jsonValue(),
            function_call: fc.jsonValue(),
            name: fc.jsonValue(),
          },
          { requiredKeys: ['role'] },
        ),
      ),
    );
    fc.assert(
      fc.property(fc.oneof(anything, fc.jsonValue()), capabilities, (list, able) => {
        expect(() => attempt(list, able)).not.toThrow();
      }),
      RUNS,
    );
  });

  const MANY = 50_000;
  const hostile: { name: string; list: unknown[] }[] = [
    { name: 'one long user', list: repeat(() => ({ role: 'user', content: 'a' })) },
    { name: 'talk to and fro', list: repeat((index) => ({ role: index % 2 ? 'assistant' : 'user', content: 'a' })) },
    {
      name: 'nothing said, often',
      list: repeat((index) => ({ role: index % 2 ? 'assistant' : 'user', content: index % 2 ? '' : 'a' })),
    },
    { name: 'late system messages', list: repeat((index) => ({ role: index % 2 ? 'system' : 'user', content: 'a' })) },
    {
      name: 'broken arguments',
      list: [
        { role: 'user', content: 'a' },
        {
          role: 'assistant',
          tool_calls: repeat((index) => ({ id: `c${index}`, function: { name: 'f', arguments: '{' } })),
        },
        ...repeat((index) => ({ role: 'tool', tool_call_id: `c${MANY - 1 - index}`, content: '' })),
      ],
    },
    {
      name: 'many parts',
      list: [{ role: 'user', content: repeat(() => ({ type: 'text', text: 'a', cache_control: {} })) }],
    },
    {
      name: 'many images of the assistant',
      list: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: repeat(() => ({ type: 'image_url', image_url: 'https://x.test/a' })) },
      ],
    },
    { name: 'many names', list: repeat((index) => ({ role: 'user', content: 'a', name: `n${index}` })) },
    {
      name: 'deep arguments',
      list: [
        { role: 'user', content: 'a' },
        { role: 'assistant', tool_calls: [{ id: '1', function: { name: 'f', arguments: '['.repeat(1_000_000) } }] },
        { role: 'tool', tool_call_id: '1', content: '' },
      ],
    },
    {
      name: 'a long data URL',
      list: [
        { role: 'user', content: [{ type: 'image_url', image_url: `data:image/png;base64,${'A'.repeat(4_000_000)}` }] },
      ],
    },
    {
      name: 'a data URL of parameters',
      list: [{ role: 'user', content: [{ type: 'image_url', image_url: `data:${';'.repeat(1_000_000)},A` }] }],
    },
    {
      name: 'whitespace',
      list: [
        { role: 'user', content: `${' '.repeat(1_000_000)}a` },
        { role: 'assistant', content: `a${' '.repeat(1_000_000)}b` },
      ],
    },
  ];
  it.each(hostile)('takes time in proportion: $name', ({ list }) => {
    const started = performance.now();
    const conversation = attempt(list, { lateSystem: true, prefill: true });
    expect(performance.now() - started).toBeLessThan(5000);
    expect(conversation?.warnings.length ?? 0).toBeLessThan(10);
  });

  function repeat<T>(make: (index: number) => T): T[] {
    return Array.from({ length: MANY }, (_, index) => make(index));
  }
});

describe('readTools', () => {
  it('survives fields of any shape', () => {
    const named = fc.record(
      {
        type: fc.constantFrom('function', 'custom', 'allowed_tools', 'x'),
        function: fc.jsonValue(),
        custom: fc.jsonValue(),
        allowed_tools: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const fields = fc.record(
      {
        tools: fc.oneof(fc.array(named), fc.jsonValue()),
        functions: fc.jsonValue(),
        tool_choice: fc.oneof(named, fc.jsonValue()),
        function_call: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fields, (some) => {
        expect(() => ours(() => readTools(some as unknown as ChatRequest))).not.toThrow();
      }),
      RUNS,
    );
  });
});

const keywords = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant({ type: 'string' }),
    fc.boolean(),
    tie('schema'),
  ),
  schema: fc.record(
    {
      type: fc.constantFrom('object', 'array', 'string', 'integer', ['string', 'null'], ['object', 'null'], ['array']),
      properties: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('node'), { maxKeys: 2 }),
      required: fc.subarray(['a', 'b', 'c']),
      additionalProperties: fc.oneof(fc.boolean(), tie('node')),
      items: fc.oneof(tie('node'), fc.array(tie('node'), { maxLength: 2 })),
      anyOf: fc.array(tie('node'), { maxLength: 2 }),
      oneOf: fc.array(tie('node'), { maxLength: 2 }),
      allOf: fc.array(tie('node'), { maxLength: 2 }),
      $ref: fc.constantFrom('#', '#/$defs/A', '#/$defs/B', '#/properties/a', '#/nowhere'),
      enum: fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 2 }),
      const: fc.jsonValue({ maxDepth: 1 }),
      minimum: fc.integer(),
      exclusiveMinimum: fc.oneof(fc.integer(), fc.boolean()),
      minItems: fc.nat(2),
      format: fc.constantFrom('uri', 'phone'),
      description: words,
      $defs: fc.record({ A: tie('node'), B: tie('node') }),
    },
    { requiredKeys: [] },
  ),
}));

describe('compileSchema', () => {
  it.each(['anthropic', 'gemini', 'bedrock'] as const)('gives a schema or refuses in our words (%s)', (target) => {
    const rooted = keywords.schema.map((schema) => ({ type: 'object', properties: {}, ...(schema as object) }));
    fc.assert(
      fc.property(fc.oneof(rooted, keywords.schema), (schema) => {
        const before = JSON.stringify(schema);
        const compiled = ours(() => compileSchema(schema as Record<string, unknown>, target, 'p'));
        expect(JSON.stringify(schema)).toBe(before);
        expect(compiled ? schemaFaults(compiled.schema, target) : []).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

/** Undefined where it was refused in our words; anything else that is thrown fails the test. */
function ours<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof GatewayError && (error.kind === 'unsupported' || error.kind === 'invalid_request'))
      return undefined;
    throw error;
  }
}

function attempt(list: unknown, able: Partial<Capabilities>): Conversation | undefined {
  const call = makeCall({ messages: list } as Partial<ChatRequest>, { capabilities: able });
  return ours(() => toConversation(call, { reasoningFormat: FORMAT }));
}

function faultsOf(conversation: Conversation, able: Partial<Capabilities>): string[] {
  const { turns } = conversation;
  return [...orderFaults(turns, able), ...blockFaults(conversation), ...toolFaults(turns)];
}

/** What is wrong with the order of the turns, in words. */
function orderFaults(turns: readonly Turn[], able: Partial<Capabilities>): string[] {
  const roles = turns.map((turn) => turn.role);
  const spoken = roles.filter((role) => role !== 'system');
  const late = roles.flatMap((role, index) => {
    if (role !== 'system') return [];
    const follows = roles[index - 1] === 'user';
    const precedes = roles[index + 1] === undefined || roles[index + 1] === 'assistant';
    return able.lateSystem && follows && precedes ? [] : ['system out of place'];
  });
  return [
    ...spoken.flatMap((role, index) => (role === (index % 2 ? 'assistant' : 'user') ? [] : ['no alternation'])),
    ...late,
    ...(able.prefill || spoken.at(-1) === 'user' ? [] : ['the assistant is last']),
  ];
}

function blockFaults({ system, turns }: Conversation): string[] {
  const blocks = [...system, ...turns.flatMap((turn) => turn.blocks)];
  const inner = blocks.flatMap((block) => (block.type === 'tool_result' ? block.content : [block]));
  const ranks = turns.map((turn) => turn.blocks.map(rank));
  return [
    ...inner.flatMap((block) => (block.type === 'text' && block.text.trim() === '' ? ['empty text'] : [])),
    ...ranks.flatMap((list) =>
      list.every((one, index) => one >= (list[index - 1] ?? 0)) ? [] : ['blocks out of order'],
    ),
    ...turns.flatMap((turn) => (turn.blocks.every((block) => block.type === 'reasoning') ? ['empty turn'] : [])),
  ];
}

/** Reasoning and results first, calls last. */
function rank(block: Block): number {
  if (block.type === 'reasoning' || block.type === 'tool_result') return 0;
  return block.type === 'tool_call' ? 2 : 1;
}

/** Every turn answers exactly the calls of the one before it. */
function toolFaults(turns: readonly Turn[]): string[] {
  const faults = turns.flatMap((turn, index) => {
    const results = turn.blocks.flatMap((block) => (block.type === 'tool_result' ? [block.id] : []));
    return results.join() === callsOf(turns[index - 1]).join() ? [] : ['results unlike calls'];
  });
  return callsOf(turns.at(-1)).length > 0 ? [...faults, 'calls at the end'] : faults;
}

function callsOf(turn: Turn | undefined): string[] {
  return (turn?.blocks ?? []).flatMap((block) => (block.type === 'tool_call' ? [block.id] : []));
}

/** What the target would refuse, at any depth; names of properties are no keywords. */
function schemaFaults(schema: Record<string, unknown>, target: SchemaTarget): string[] {
  const foreign = target === 'gemini' ? ['const'] : ['minimum', 'prefixItems'];
  const refused = ['allOf', 'oneOf', 'definitions', 'not', 'exclusiveMinimum', ...foreign];
  const inner = [
    schema['items'],
    schema['additionalProperties'],
    ...((schema['anyOf'] as unknown[] | undefined) ?? []),
  ];
  for (const named of [schema['properties'], schema['$defs']]) inner.push(...Object.values(named ?? {}));
  return [
    ...Object.keys(schema).filter((keyword) => refused.includes(keyword)),
    ...('$ref' in schema && Object.keys(schema).length > 1 ? ['something beside $ref'] : []),
    ...(target === 'gemini' ? [] : closedFaults(schema)),
    ...inner.flatMap((node) => (isObject(node) ? schemaFaults(node, target) : [])),
  ];
}

function closedFaults(schema: Record<string, unknown>): string[] {
  const { type } = schema;
  const hasType = ['type', 'anyOf', 'enum', 'const', '$ref'].some((keyword) => keyword in schema);
  return [
    ...(type === 'object' && schema['additionalProperties'] !== false ? ['open object'] : []),
    ...(Array.isArray(type) && type.includes('object') ? ['object among types'] : []),
    ...(hasType ? [] : ['no type']),
  ];
}

function isObject(node: unknown): node is Record<string, unknown> {
  return typeof node === 'object' && node !== null;
}
