/** Tools, in every way that OpenAI's clients call for them. */
import { expect } from 'vitest';
import type { ChatTool } from '../../src/core/chat.ts';
import type { Answer } from './answer.ts';
import { type Asked, type Feature, user } from './feature.ts';
import type { Talk } from './talk.ts';

export function tool(name: string, more: Record<string, unknown> = {}) {
  const parameters = {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  };
  return { type: 'function' as const, function: { name, description: `The ${name} of a city`, parameters, ...more } };
}

const WEATHER = { tools: [tool('weather')], messages: [user('The weather in Oslo?')] };
const TWO = {
  tools: [tool('weather'), tool('population')],
  messages: [user('Both the weather and the population of Oslo?')],
};
const CUSTOM = { type: 'custom' as const, custom: { name: 'run_python', description: 'Runs Python' } };
const LARK = { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } };

export const TOOLS: readonly Feature[] = [
  {
    name: 'A tool call, `finish_reason: tool_calls`',
    ask: WEATHER,
    check: (answer) => expectCalls(answer, ['weather']),
  },
  { name: 'Parallel tool calls', ask: TWO, check: (answer) => expectCalls(answer, ['weather', 'population']) },
  {
    name: 'Tool results and back',
    run: (talk) => toolLoop(talk, TWO),
    check: ({ choices: [first] }) => {
      expect(first?.text).toContain('weather returned: «weather is fine»');
      expect(first?.text).toContain('population returned: «population is fine»');
      expect(first?.finish).toBe('stop');
    },
  },
  {
    name: 'Tool calls in the history, no `tools` in the request',
    run: (talk) => toolLoop(talk, WEATHER, { tools: undefined }),
    check: ({ choices: [first] }) => expect(first?.text).toContain('weather is fine'),
  },
  {
    name: '`tool_choice: required`',
    ask: { ...WEATHER, tool_choice: 'required' },
    param: /^tool_choice$/,
    check: (answer) => expectCalls(answer, ['weather']),
    sent: /"type":"any"|"tool_choice":"required"|"ANY"|"any":\{/,
  },
  {
    name: '`tool_choice`: a named tool',
    ask: { ...TWO, tool_choice: { type: 'function', function: { name: 'population' } } },
    param: /^tool_choice$/,
    check: ({ choices: [first] }) =>
      expect(new Set(first?.calls.map(({ name }) => name))).toEqual(new Set(['population'])),
    sent: /"type":"tool"|"tool_choice":\{|"ANY"|"tool":\{/,
  },
  {
    name: '`tool_choice: allowed_tools`',
    ask: {
      ...TWO,
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'population' } }] },
      },
    },
    param: /^tool_choice/,
    check: ({ choices: [first] }) =>
      expect(new Set(first?.calls.map(({ name }) => name))).toEqual(new Set(['population'])),
    sent: /"allowed_tools"/,
  },
  {
    name: '`tool_choice: none`',
    ask: { ...WEATHER, tool_choice: 'none' },
    param: /^tool_choice$/,
    check: ({ choices: [first] }) => expect(first).toMatchObject({ calls: [], finish: 'stop' }),
    sent: /"none"|"NONE"/,
  },
  {
    name: '`parallel_tool_calls`: false',
    ask: { ...TWO, parallel_tool_calls: false },
    param: /^parallel_tool_calls$/,
    check: ({ choices: [first] }) => expect(first?.calls).toHaveLength(1),
    sent: /"disable_parallel_tool_use":true|"parallel_tool_calls":false/,
  },
  {
    name: '`strict` tools',
    ask: { ...WEATHER, tools: [tool('weather', { strict: true })] },
    param: /^tools|strict$/,
    check: (answer) => expectCalls(answer, ['weather']),
    sent: /"strict":true|"VALIDATED"/,
  },
  {
    name: 'Custom tools (free text)',
    ask: { tools: [CUSTOM], messages: [user('Run print(1) in Python')] },
    param: /^tools/,
    check: ({ choices: [first] }) => {
      expect(first?.calls).toMatchObject([
        { type: 'custom', name: 'run_python', input: expect.stringMatching(/^[^{]/) },
      ]);
      expect(first?.finish).toBe('tool_calls');
    },
    sent: /"type":"custom"/,
  },
  {
    name: 'Custom tools with a grammar',
    ask: {
      tools: [{ ...CUSTOM, custom: { ...CUSTOM.custom, format: LARK } } as ChatTool],
      messages: [user('Run it in Python')],
    },
    param: /^tools\.0\.custom\.format/,
    check: ({ choices: [first] }) => expect(first?.calls).toMatchObject([{ type: 'custom', name: 'run_python' }]),
    sent: /"lark"/,
  },
  {
    name: '`functions`, `function_call` (deprecated)',
    ask: { functions: [tool('weather').function], messages: [user('The weather in Oslo?')] },
    param: /^function/,
    check: ({ choices: [first] }) => {
      expect(first?.functionCall?.name).toBe('weather');
      expect(JSON.parse(first?.functionCall?.input ?? '')).toHaveProperty('city');
      expect(first?.finish).toBe('function_call');
    },
    sent: /"functions":/,
  },
  {
    name: '`web_search_options`',
    ask: { messages: [user('News from Oslo?')], web_search_options: {} },
    param: /^web_search_options/,
    sent: /web_search|googleSearch/,
  },
];

function expectCalls({ choices: [first] }: Answer, names: readonly string[]): void {
  expect(first?.calls.map(({ name, type }) => [name, type])).toEqual(names.map((name) => [name, 'function']));
  expect(new Set(first?.calls.map(({ id }) => id)).size).toBe(names.length);
  for (const { input } of first?.calls ?? []) expect(JSON.parse(input)).toHaveProperty('city');
  expect(first?.finish).toBe('tool_calls');
}

/** Calls tools and tells their results, as a client does that keeps nothing but OpenAI's own fields. */
export async function toolLoop(
  talk: Talk,
  asked: Asked,
  then: Partial<Record<keyof Asked, unknown>> = {},
): Promise<Answer> {
  const {
    choices: [first],
  } = await talk.ask(asked);
  const calls = first?.calls ?? [];
  return talk.ask({
    ...asked,
    ...then,
    messages: [
      ...(asked.messages ?? []),
      {
        role: 'assistant',
        content: first?.text || null,
        tool_calls: calls.map(({ id, name, input }) => ({
          id,
          type: 'function',
          function: { name, arguments: input },
        })),
      },
      ...calls.map(({ id, name }) => ({ role: 'tool' as const, tool_call_id: id, content: `${name} is fine` })),
    ],
  });
}
