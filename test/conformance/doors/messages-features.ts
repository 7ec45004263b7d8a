/** The Messages API's features. */
import { expect } from 'vitest';
import { type DoorFeature, type Told } from './feature.ts';
import { MESSAGES } from './messages.ts';
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
const tool = (name: string, more: object = {}) => ({ name, description: `The ${name}`, input_schema: CITY, ...more });

const HELLO = { messages: [user('Say hello')] };
const WEATHER = { tools: [tool('weather')], messages: [user('The weather in Oslo?')] };
const TWO = {
  tools: [tool('weather'), tool('population')],
  messages: [user('Both the weather and the population of Oslo?')],
};
const THINK = { messages: [user('Think about Oslo')] };
const SIGNED = /"signature":"\w|"thoughtSignature":"\w|"encrypted_content":"\w/;

/** As the SDK's own loop does it: the answer's blocks go back as they came. */
async function loop(visit: Visit, asked: { messages: object[] }): Promise<Told> {
  const first = await visit.ask(asked);
  const blocks = first.turns.flatMap(
    (turn) => (turn as { content: { type: string; id: string; name: string }[] }).content,
  );
  const results = blocks.flatMap(({ type, id, name }) =>
    type === 'tool_use' ? [{ type: 'tool_result', tool_use_id: id, content: `${name} is fine` }] : [],
  );
  return visit.ask({ ...asked, messages: [...asked.messages, ...first.turns, user(results)] });
}

function shown(name: string, block: object, sent: RegExp): DoorFeature {
  const ask = { messages: [user([{ type: 'text', text: 'What is this?' }, block])] };
  return attached(name, ask, { param: /^messages\.0\.content/, sent });
}

const TEXT: readonly DoorFeature[] = [
  {
    name: 'Text, `stop_reason: end_turn`, `usage`',
    ask: HELLO,
    check: (told) => {
      expect(told).toMatchObject({ text: expect.stringContaining('«Say hello»'), finish: 'end_turn' });
      expectUsage(told);
    },
  },
  setting('`system`', { ...HELLO, system: [{ type: 'text', text: 'Be brief.' }] }, { sent: /Be brief\./ }),
  setting(
    'A system message in mid-conversation',
    {
      messages: [
        user('Hi'),
        { role: 'assistant', content: 'Hello' },
        user('Go on'),
        { role: 'system', content: 'In rhyme.' },
      ],
    },
    { param: /^messages/, sent: /In rhyme\./ },
  ),
  {
    name: '`max_tokens`, `stop_reason: max_tokens`',
    ask: { messages: [user('Say hello [practice: words=300]')], max_tokens: 60 },
    check: ({ finish }) => expect(finish).toBe('max_tokens'),
    sent: /"max\w+":60\b/i,
  },
  {
    name: '`stop_sequences`',
    ask: { messages: [user('One HALT two')], stop_sequences: ['HALT'] },
    param: /^stop(_sequences)?$/,
    check: ({ text }) => expect(text).toMatch(/«One $/),
    sent: /\["HALT"\]/,
  },
  setting('`temperature`: 0.3', { ...HELLO, temperature: 0.3 }, { param: /^temperature$/, sent: /"temperature":0\.3/ }),
  setting('`top_k`: 20', { ...HELLO, top_k: 20 }, { param: /^top_k$/, sent: /"top_?k":20/i }),
  setting(
    '`metadata.user_id`',
    { ...HELLO, metadata: { user_id: 'u-123' } },
    { param: /^(user|metadata)/, sent: /u-123/ },
  ),
  setting(
    '`cache_control` on a block',
    { messages: [user([{ type: 'text', text: 'A prefix. '.repeat(500), cache_control: { type: 'ephemeral' } }])] },
    { param: /cache_control/, sent: /cache_control|cachePoint/ },
  ),
  setting(
    '`context_management`',
    { ...HELLO, context_management: { edits: [] } },
    { param: /^context_management$/, sent: /context_management/ },
  ),
];

const TOOLS: readonly DoorFeature[] = [
  {
    name: 'A tool call, `stop_reason: tool_use`',
    ask: WEATHER,
    check: (told) => {
      expectCalls(told, ['weather']);
      expect(told.finish).toBe('tool_use');
    },
  },
  {
    name: 'Parallel tool calls and their results',
    run: (visit) => loop(visit, TWO),
    check: ({ text }) => {
      expect(text).toContain('weather returned: «weather is fine»');
      expect(text).toContain('population returned: «population is fine»');
    },
  },
  {
    name: '`tool_choice: any`',
    ask: { ...WEATHER, tool_choice: { type: 'any' } },
    param: /^tool_choice/,
    check: (told) => expectCalls(told, ['weather']),
  },
  {
    name: '`tool_choice: tool`',
    ask: { ...TWO, tool_choice: { type: 'tool', name: 'population' } },
    param: /^tool_choice/,
    check: (told) => expectOnly(told, 'population'),
  },
  {
    name: '`tool_choice: none`',
    ask: { ...WEATHER, tool_choice: { type: 'none' } },
    param: /^tool_choice/,
    check: ({ calls }) => expect(calls).toEqual([]),
    sent: /"none"|"NONE"/,
  },
  {
    name: '`disable_parallel_tool_use`',
    ask: { ...TWO, tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    param: /^(parallel_tool_calls|tool_choice)/,
    check: ({ calls }) => expect(calls).toHaveLength(1),
    sent: /"disable_parallel_tool_use":true|"parallel_tool_calls":false/,
  },
  {
    name: '`strict` tools',
    ask: { ...WEATHER, tools: [tool('weather', { strict: true })] },
    param: /^tools/,
    check: (told) => expectCalls(told, ['weather']),
    sent: /"strict":true|"VALIDATED"/,
  },
  setting(
    'Web search',
    { messages: [user('News from Oslo?')], tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    { param: /^(web_search_options|tools)/, sent: /web_search|googleSearch/ },
  ),
];

const REST: readonly DoorFeature[] = [
  {
    name: '`output_config.format`',
    ask: { messages: [user('Plan a trip')], output_config: { format: { type: 'json_schema', schema: TRIP } } },
    param: /^(response_format|output_config)/,
    check: expectTrip,
    sent: /"json_schema"|"application\/json"/,
  },
  shown(
    'An image, base64',
    { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
    /iVBORw0KGgo/,
  ),
  shown(
    'An image by URL',
    { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
    /example\.com/,
  ),
  shown(
    'A PDF, base64',
    { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: PDF } },
    /JVBERi0xLjQ/,
  ),
  setting(
    'A search result to cite',
    {
      messages: [
        user([
          {
            type: 'search_result',
            source: 'https://a.example',
            title: 'Oslo',
            content: [{ type: 'text', text: 'Big.' }],
          },
          { type: 'text', text: 'How big?' },
        ]),
      ],
    },
    { param: /^messages\.0\.content\.0/, sent: /Big\./ },
  ),
  {
    name: '`thinking`, to be read',
    ask: { ...THINK, thinking: { type: 'adaptive', display: 'summarized' } },
    param: /^(reasoning|thinking)/,
    gives: ({ thoughts }) => thoughts !== '',
  },
  {
    name: '`thinking.budget_tokens`',
    ask: { ...THINK, thinking: { type: 'enabled', budget_tokens: 2000 } },
    param: /^(reasoning|thinking)/,
    gives: ({ thoughts }) => thoughts !== '',
  },
  {
    name: '`output_config.effort`: high',
    ask: { ...THINK, output_config: { effort: 'high' } },
    param: /^(reasoning_effort|output_config)/,
    sent: /"(?:effort|reasoning_effort)":"high"|"budget_tokens":|"thinkingBudget":|"thinkingLevel":"HIGH"/,
  },
  {
    name: 'Signed thinking comes back in a tool loop',
    run: (visit) =>
      loop(visit, { ...WEATHER, thinking: { type: 'adaptive', display: 'summarized' } } as typeof WEATHER),
    param: /^(reasoning|thinking)/,
    check: ({ text }) => expect(text).toContain('weather is fine'),
    gives: (_told, { lastSent }) => SIGNED.test(lastSent),
  },
  ...troubles(MESSAGES, { body: { ...HELLO, temperature: 9 }, param: /^temperature$/ }),
];

export const MESSAGES_FEATURES: readonly DoorFeature[] = [...TEXT, ...TOOLS, ...REST];
