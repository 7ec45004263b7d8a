/** The Responses API's features. */
import { expect } from 'vitest';
import type { DoorFeature, Told } from './feature.ts';
import { RESPONSES } from './responses.ts';
import {
  attached,
  CITY,
  expectCalls,
  expectOnly,
  expectTrip,
  expectUsage,
  PDF,
  PIXEL,
  setting,
  TRIP,
} from './samples.ts';
import { troubles } from './troubles.ts';
import type { Visit } from './visit.ts';

const user = (content: unknown) => ({ role: 'user', content });
const tool = (name: string) => ({ type: 'function', name, description: `The ${name}`, parameters: CITY });

const HELLO = { input: 'Say hello' };
const WEATHER = { tools: [tool('weather')], input: [user('The weather in Oslo?')] };
const TWO = {
  tools: [tool('weather'), tool('population')],
  input: [user('Both the weather and the population of Oslo?')],
};
const CUSTOM = { type: 'custom', name: 'run_python', description: 'Runs Python' };
const LARK = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' };
const THINK = { input: 'Think about Oslo' };
const SIGNED = /"signature":"\w|"thoughtSignature":"\w|"encrypted_content":"\w/;

/** As a client does that keeps the conversation itself. */
async function loop(visit: Visit, asked: { input: object[] }): Promise<Told> {
  const { turns } = await visit.ask(asked);
  const results = (turns as { type: string; call_id: string; name: string }[]).flatMap(({ type, call_id, name }) =>
    type === 'function_call' ? [{ type: 'function_call_output', call_id, output: `${name} is fine` }] : [],
  );
  return visit.ask({ ...asked, input: [...asked.input, ...turns, ...results] });
}

function shown(name: string, part: object, sent: RegExp): DoorFeature {
  const ask = { input: [user([{ type: 'input_text', text: 'What is this?' }, part])] };
  return attached(name, ask, { param: /^(messages|input)/, sent });
}

const TEXT: readonly DoorFeature[] = [
  {
    name: 'Text, `status: completed`, `usage`',
    ask: HELLO,
    check: (told) => {
      expect(told).toMatchObject({ text: expect.stringContaining('«Say hello»'), finish: 'completed' });
      expectUsage(told);
    },
  },
  setting(
    '`instructions`, a developer message',
    { instructions: 'Be brief.', input: [{ role: 'developer', content: 'Be kind.' }, user('Hi')] },
    { param: /^(messages|input)/, sent: /Be brief\..*Be kind\./s },
  ),
  {
    name: '`previous_response_id`',
    run: async (visit) => {
      const { id } = await visit.ask({ input: 'My name is Ada.' });
      return visit.ask({ input: 'Say hello', previous_response_id: id });
    },
    check: ({ text }, { lastSent }) => {
      expect(text).toContain('«Say hello»');
      expect(lastSent).toContain('Ada');
    },
  },
  {
    name: '`max_output_tokens`, `status: incomplete`',
    ask: { input: 'Say hello [practice: words=300]', max_output_tokens: 60 },
    check: ({ finish }) => expect(finish).toBe('max_output_tokens'),
    sent: /"max\w+":60\b/i,
  },
  setting('`temperature`: 0.3', { ...HELLO, temperature: 0.3 }, { param: /^temperature$/, sent: /"temperature":0\.3/ }),
  setting(
    '`text.verbosity`: low',
    { ...HELLO, text: { verbosity: 'low' } },
    { param: /verbosity$/, sent: /"verbosity":"low"/ },
  ),
  setting('`service_tier`: flex', { ...HELLO, service_tier: 'flex' }, { param: /^service_tier$/, sent: /"flex"/ }),
  setting(
    '`safety_identifier`',
    { ...HELLO, safety_identifier: 'u-123' },
    { param: /^safety_identifier$/, sent: /u-123/ },
  ),
  setting('`truncation`: auto', { ...HELLO, truncation: 'auto' }, { param: /^truncation$/, sent: /"truncation"/ }),
];

const TOOLS: readonly DoorFeature[] = [
  { name: 'A function call', ask: WEATHER, check: (told) => expectCalls(told, ['weather']) },
  {
    name: 'Parallel function calls and their outputs',
    run: (visit) => loop(visit, TWO),
    check: ({ text }) => {
      expect(text).toContain('weather returned: «weather is fine»');
      expect(text).toContain('population returned: «population is fine»');
    },
  },
  {
    name: '`tool_choice: required`',
    ask: { ...WEATHER, tool_choice: 'required' },
    param: /^tool_choice/,
    check: (told) => expectCalls(told, ['weather']),
  },
  {
    name: '`tool_choice`: a named function',
    ask: { ...TWO, tool_choice: { type: 'function', name: 'population' } },
    param: /^tool_choice/,
    check: (told) => expectOnly(told, 'population'),
  },
  {
    name: '`tool_choice: allowed_tools`',
    ask: {
      ...TWO,
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'population' }] },
    },
    param: /^tool_choice/,
    check: (told) => expectOnly(told, 'population'),
    sent: /"allowed_tools"/,
  },
  {
    name: '`parallel_tool_calls`: false',
    ask: { ...TWO, parallel_tool_calls: false },
    param: /^parallel_tool_calls$/,
    check: ({ calls }) => expect(calls).toHaveLength(1),
    sent: /"disable_parallel_tool_use":true|"parallel_tool_calls":false/,
  },
  {
    name: 'A custom tool (free text)',
    ask: { tools: [CUSTOM], input: 'Run print(1) in Python' },
    param: /^tools/,
    check: ({ calls }) => expect(calls).toMatchObject([{ name: 'run_python', input: expect.stringMatching(/^[^{]/) }]),
  },
  {
    name: 'A custom tool with a grammar',
    ask: { tools: [{ ...CUSTOM, format: LARK }], input: 'Run it in Python' },
    param: /^tools\.0/,
    check: ({ calls }) => expect(calls).toMatchObject([{ name: 'run_python' }]),
  },
  setting(
    '`web_search`',
    { input: 'News from Oslo?', tools: [{ type: 'web_search' }] },
    { param: /^(web_search_options|tools)/, sent: /web_search|googleSearch/ },
  ),
];

const REST: readonly DoorFeature[] = [
  {
    name: '`text.format: json_object`',
    ask: { input: 'Plan a trip, as JSON', text: { format: { type: 'json_object' } } },
    param: /^(text|response_format)/,
    check: ({ text }) => expect(JSON.parse(text)).toBeTypeOf('object'),
    sent: /"json_object"|"application\/json"/,
  },
  {
    name: '`text.format: json_schema`',
    ask: { input: 'Plan a trip', text: { format: { type: 'json_schema', name: 'trip', strict: true, schema: TRIP } } },
    param: /^(text|response_format)/,
    check: expectTrip,
    sent: /"json_schema"|"application\/json"/,
  },
  shown('An image as `data:` URL', { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` }, /iVBORw0KGgo/),
  shown('An image as https URL', { type: 'input_image', image_url: 'https://example.com/a.png' }, /example\.com/),
  shown(
    'A PDF',
    { type: 'input_file', filename: 'a.pdf', file_data: `data:application/pdf;base64,${PDF}` },
    /JVBERi0xLjQ/,
  ),
  {
    name: '`reasoning.effort`: high',
    ask: { ...THINK, reasoning: { effort: 'high' } },
    param: /^(reasoning_effort|reasoning\.effort)$/,
    sent: /"(?:effort|reasoning_effort)":"high"|"budget_tokens":|"thinkingBudget":|"thinkingLevel":"HIGH"/,
  },
  {
    name: '`reasoning.summary`',
    ask: { ...THINK, reasoning: { effort: 'medium', summary: 'auto' } },
    param: /^reasoning/,
    gives: ({ thoughts }) => thoughts !== '',
  },
  {
    name: 'Encrypted reasoning comes back in a tool loop',
    run: (visit) =>
      loop(visit, {
        ...WEATHER,
        store: false,
        reasoning: { effort: 'medium' },
        include: ['reasoning.encrypted_content'],
      } as typeof WEATHER),
    param: /^reasoning/,
    check: ({ text }) => expect(text).toContain('weather is fine'),
    gives: (_told, { lastSent }) => SIGNED.test(lastSent),
  },
  ...troubles(RESPONSES, { body: { ...HELLO, temperature: 9 }, param: /^temperature$/ }),
];

export const RESPONSES_FEATURES: readonly DoorFeature[] = [...TEXT, ...TOOLS, ...REST];
