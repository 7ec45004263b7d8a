import { expect, it } from 'vitest';
import { anthropic } from '../../providers/anthropic/index.ts';
import { safeToolCallId } from '../../providers/shared/ids.ts';
import type { ChatMessage, ChatRequest } from '../../src/core/chat.ts';
import { Secret } from '../../src/core/secret.ts';
import { makeCall } from '../support/call.ts';
import { sse, testProvider, type RequestRow } from './contract.ts';

const ISSUER = 'anthropic/claude-test';
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];

const BUDGET = { capabilities: { reasoning: 'budget', efforts: [] } } as const;
const ADAPTIVE = { capabilities: { reasoning: 'adaptive', efforts: EFFORTS, sampling: 'none' } } as const;
const DISABLEABLE = { capabilities: { reasoning: 'disableable', efforts: EFFORTS, sampling: 'none' } } as const;
const BETWEEN = { capabilities: { reasoning: 'between_tools', efforts: EFFORTS, forcedToolChoice: false } } as const;
const ALWAYS = { capabilities: { reasoning: 'always', efforts: EFFORTS, forcedToolChoice: false } } as const;

const hi = [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }];
const weather = {
  type: 'function',
  function: {
    name: 'weather',
    description: 'The weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } } },
  },
} as const;
const clock = { type: 'function', function: { name: 'clock' } } as const;
const weatherTool = {
  name: 'weather',
  description: 'The weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } } },
};
const clockTool = { name: 'clock', input_schema: { type: 'object', properties: {} } };

const call = (id: string, city: string) => ({
  id,
  type: 'function' as const,
  function: { name: 'weather', arguments: JSON.stringify({ city }) },
});
const loop: ChatMessage[] = [
  { role: 'user', content: 'Weather in Oslo?' },
  { role: 'assistant', content: null, tool_calls: [call('toolu_1', 'Oslo')] },
  { role: 'tool', tool_call_id: 'toolu_1', content: 'rain' },
];

/** One row of §1.7: the effort, and what Claude is told. */
function effortRows(
  title: string,
  options: RequestRow['options'] & object,
  rows: Record<string, { fields?: Record<string, unknown>; lacks?: string[]; warns?: boolean }>,
): RequestRow[] {
  return Object.entries(rows).map(([effort, { fields = {}, lacks = [], warns = false }]) => ({
    name: `${title}: effort ${effort}`,
    request: { reasoning_effort: effort as 'low' },
    options,
    fields,
    lacks,
    warnings: warns ? [['reasoning_effort', 'changed']] : [],
  }));
}

const summarized = { type: 'adaptive', display: 'summarized' };
const says = (effort: string) => ({ fields: { thinking: summarized, output_config: { effort } } });
const thinks = (tokens: number) => ({
  fields: { thinking: { type: 'enabled', budget_tokens: tokens }, max_tokens: 16_384 + tokens },
  lacks: ['output_config'],
});

const reasoningRows: RequestRow[] = [
  ...effortRows('always thinking (Opus 5.5, Fable)', ALWAYS, {
    none: { fields: { output_config: { effort: 'low' } }, lacks: ['thinking'], warns: true },
    minimal: says('low'),
    low: says('low'),
    medium: says('medium'),
    high: says('high'),
    xhigh: says('xhigh'),
    max: says('max'),
  }),
  ...effortRows('thinking between tools (Sonnet 5.5)', BETWEEN, {
    none: { fields: { thinking: { type: 'between_tools' }, output_config: { effort: 'low' } } },
    low: says('low'),
    xhigh: says('xhigh'),
    max: says('max'),
  }),
  ...effortRows('thinking that can be switched off (Haiku 5.5, Opus 5)', DISABLEABLE, {
    none: { fields: { thinking: { type: 'disabled' } }, lacks: ['output_config'] },
    minimal: says('low'),
    high: says('high'),
    max: says('max'),
  }),
  ...effortRows('thinking only when asked (Opus 4.7, 4.8)', ADAPTIVE, {
    none: { lacks: ['thinking', 'output_config'] },
    minimal: says('low'),
    medium: says('medium'),
    max: says('max'),
  }),
  ...effortRows(
    'a list of efforts without xhigh (Opus 4.6)',
    { capabilities: { reasoning: 'adaptive', efforts: ['low', 'medium', 'high', 'max'] } },
    { xhigh: { ...says('high'), warns: true }, max: says('max') },
  ),
  ...effortRows('thinking by budget (Haiku 4.5)', BUDGET, {
    none: { lacks: ['thinking', 'output_config'] },
    minimal: thinks(1024),
    low: thinks(2048),
    medium: thinks(8192),
    high: thinks(16_384),
    xhigh: thinks(24_576),
    max: thinks(32_000),
  }),
  {
    name: 'thinking by budget with an effort beside it (Opus 4.5)',
    request: { reasoning_effort: 'xhigh' },
    options: { capabilities: { reasoning: 'budget', efforts: ['low', 'medium', 'high'] } },
    fields: { thinking: { type: 'enabled', budget_tokens: 24_576 }, output_config: { effort: 'high' } },
  },
  {
    name: 'without a wish about reasoning, nothing about thinking',
    options: ALWAYS,
    lacks: ['thinking', 'output_config'],
    warnings: [],
  },
  {
    name: 'a model that does not reason ignores effort, and says so',
    request: { reasoning_effort: 'high', thinking: { type: 'enabled', budget_tokens: 2000 } },
    lacks: ['thinking', 'output_config'],
    warnings: [
      ['reasoning_effort', 'dropped'],
      ['thinking', 'dropped'],
    ],
  },
  {
    name: 'effort none at a model that does not reason changes nothing',
    request: { reasoning_effort: 'none' },
    warnings: [],
  },
  {
    name: 'the budget is added to max_tokens, up to the model limit',
    request: { reasoning_effort: 'high', max_completion_tokens: 60_000 },
    options: BUDGET,
    fields: { max_tokens: 64_000, thinking: { type: 'enabled', budget_tokens: 16_384 } },
  },
  {
    name: 'a small model keeps half of its tokens for the answer',
    request: { reasoning_effort: 'high', max_tokens: 4096 },
    options: { capabilities: { ...BUDGET.capabilities, outputTokens: 4096 } },
    fields: { max_tokens: 4096, thinking: { type: 'enabled', budget_tokens: 2048 } },
  },
  {
    name: 'a model with too few tokens to think does not',
    request: { reasoning_effort: 'low' },
    options: { capabilities: { ...BUDGET.capabilities, outputTokens: 1500 } },
    lacks: ['thinking'],
    warnings: [['reasoning_effort', 'dropped']],
  },
  {
    name: 'reasoning.max_tokens is the budget, at least 1024',
    request: { reasoning: { max_tokens: 500 } },
    options: BUDGET,
    fields: { thinking: { type: 'enabled', budget_tokens: 1024 } },
    warnings: [['reasoning.max_tokens', 'changed']],
  },
  {
    name: 'reasoning.max_tokens is among the tokens of an answer that has room for it',
    request: { reasoning: { max_tokens: 2000 }, max_tokens: 5000 },
    options: BUDGET,
    fields: { max_tokens: 5000, thinking: { type: 'enabled', budget_tokens: 2000 } },
  },
  {
    name: 'reasoning.max_tokens becomes an effort where there is no budget',
    request: { reasoning: { max_tokens: 9000 } },
    options: ADAPTIVE,
    fields: { thinking: summarized, output_config: { effort: 'medium' } },
  },
  {
    name: 'reasoning.enabled alone means medium',
    request: { reasoning: { enabled: true } },
    options: ADAPTIVE,
    fields: { thinking: summarized, output_config: { effort: 'medium' } },
  },
  {
    name: 'reasoning.exclude asks for no summary where thinking must be switched on',
    request: { reasoning_effort: 'low', reasoning: { exclude: true } },
    options: ADAPTIVE,
    fields: { thinking: { type: 'adaptive', display: 'omitted' } },
  },
  {
    name: 'reasoning.exclude says nothing of thinking where it is on anyway',
    request: { reasoning_effort: 'low', reasoning: { exclude: true } },
    options: ALWAYS,
    fields: { output_config: { effort: 'low' } },
    lacks: ['thinking'],
  },
  {
    name: "Anthropic's own `thinking` goes through untouched, and its budget is added to our default",
    request: { thinking: { type: 'enabled', budget_tokens: 20_000 } },
    options: BUDGET,
    fields: { thinking: { type: 'enabled', budget_tokens: 20_000 }, max_tokens: 36_384 },
  },
  {
    name: "Anthropic's own `thinking` beside an effort",
    request: { thinking: { type: 'adaptive' }, reasoning_effort: 'high', max_tokens: 5000 },
    options: ADAPTIVE,
    fields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' }, max_tokens: 5000 },
  },
  {
    name: 'thinking that was lost in the middle of a tool loop is switched off (4.5)',
    request: { messages: loop, tools: [weather], reasoning_effort: 'low' },
    options: BUDGET,
    lacks: ['thinking'],
    warnings: [['reasoning_effort', 'dropped']],
  },
  {
    name: 'a tool loop with its thinking goes on thinking, first block first',
    request: {
      messages: loop.map((message) =>
        message.role === 'assistant'
          ? {
              ...message,
              reasoning_details: [
                { type: 'reasoning.text', text: 'hm', signature: 'sig', format: 'anthropic-claude-v1', issuer: ISSUER },
                { type: 'reasoning.encrypted', data: 'opaque', format: 'anthropic-claude-v1', issuer: ISSUER },
                {
                  type: 'reasoning.text',
                  text: 'foreign',
                  signature: 'x',
                  format: 'anthropic-claude-v1',
                  issuer: 'b/c',
                },
              ],
            }
          : message,
      ),
      tools: [weather],
      reasoning_effort: 'low',
    },
    options: BUDGET,
    fields: {
      thinking: { type: 'enabled', budget_tokens: 2048 },
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Weather in Oslo?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature: 'sig' },
            { type: 'redacted_thinking', data: 'opaque' },
            { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } },
          ],
        },
        {
          role: 'user',
          content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [{ type: 'text', text: 'rain' }] }],
        },
      ],
    },
    warnings: [],
  },
  {
    name: 'reasoning without a signature cannot be replayed',
    request: {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: 'Yes?',
          reasoning_details: [{ type: 'reasoning.text', text: 'hm', format: 'anthropic-claude-v1' }],
        },
        { role: 'user', content: 'Go on' },
      ],
    },
    options: ALWAYS,
    fields: {
      messages: [
        ...hi,
        { role: 'assistant', content: [{ type: 'text', text: 'Yes?' }] },
        { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
      ],
    },
    warnings: [['reasoning_details', 'dropped']],
  },
  {
    name: 'omitReasoning leaves earlier reasoning out',
    request: {
      messages: [
        { role: 'user', content: 'Hi' },
        {
          role: 'assistant',
          content: 'Yes?',
          reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 's', format: 'anthropic-claude-v1' }],
        },
        { role: 'user', content: 'Go on' },
      ],
    },
    options: { omitReasoning: true },
    fields: {
      messages: [
        ...hi,
        { role: 'assistant', content: [{ type: 'text', text: 'Yes?' }] },
        { role: 'user', content: [{ type: 'text', text: 'Go on' }] },
      ],
    },
  },
];

const toolRows: RequestRow[] = [
  {
    name: 'tools without a choice',
    request: { tools: [weather, clock] },
    fields: { tools: [weatherTool, clockTool] },
    lacks: ['tool_choice'],
    warnings: [],
  },
  {
    name: 'tool_choice auto',
    request: { tools: [clock], tool_choice: 'auto' },
    fields: { tool_choice: { type: 'auto' } },
  },
  {
    name: 'tool_choice none keeps the tools, for the cache',
    request: { tools: [clock], tool_choice: 'none' },
    fields: { tools: [clockTool], tool_choice: { type: 'none' } },
  },
  {
    name: 'tool_choice required',
    request: { tools: [clock], tool_choice: 'required', parallel_tool_calls: true },
    fields: { tool_choice: { type: 'any' } },
    emulate: undefined,
  },
  {
    name: 'a named function',
    request: { tools: [clock, weather], tool_choice: { type: 'function', function: { name: 'clock' } } },
    fields: { tool_choice: { type: 'tool', name: 'clock' } },
  },
  {
    name: 'parallel_tool_calls false needs a tool_choice to stand in',
    request: { tools: [clock], parallel_tool_calls: false },
    fields: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  },
  {
    name: 'parallel_tool_calls false beside a forced choice',
    request: { tools: [clock], tool_choice: 'required', parallel_tool_calls: false },
    fields: { tool_choice: { type: 'any', disable_parallel_tool_use: true } },
  },
  {
    name: 'allowed_tools sends only those',
    request: {
      tools: [clock, weather],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'clock' } }] },
      },
    },
    fields: { tools: [clockTool], tool_choice: { type: 'any' } },
  },
  {
    name: 'a forced choice at a model that refuses it is asked for and checked',
    request: { tools: [clock], tool_choice: 'required' },
    options: ALWAYS,
    fields: {
      tool_choice: { type: 'auto' },
      system: [{ type: 'text', text: 'You must answer by calling one of the tools. Do not answer in text alone.' }],
    },
    emulate: { toolRequired: {} },
    warnings: [['tool_choice', 'emulated']],
  },
  {
    name: 'a forced choice together with thinking is asked for and checked',
    request: {
      tools: [clock],
      tool_choice: { type: 'function', function: { name: 'clock' } },
      reasoning_effort: 'low',
    },
    options: BUDGET,
    fields: {
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      thinking: { type: 'enabled', budget_tokens: 2048 },
    },
    emulate: { toolRequired: { name: 'clock' } },
    warnings: [['tool_choice', 'emulated']],
  },
  {
    name: 'a forced choice stays native where thinking is on by default, and thinking goes unmentioned',
    request: { tools: [clock], tool_choice: 'required', reasoning_effort: 'low' },
    options: DISABLEABLE,
    fields: { tool_choice: { type: 'any' }, output_config: { effort: 'low' } },
    lacks: ['thinking'],
    emulate: undefined,
  },
  {
    name: 'strict tools are held to a schema that the API can hold',
    request: {
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            strict: true,
            parameters: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
          },
        },
      ],
    },
    fields: {
      tools: [
        {
          name: 'f',
          strict: true,
          input_schema: {
            type: 'object',
            properties: { n: { type: 'integer' } },
            required: ['n'],
            additionalProperties: false,
          },
        },
      ],
    },
  },
  {
    name: 'strict is dropped where the model does not know it',
    request: {
      tools: [
        { type: 'function', function: { name: 'f', strict: true, parameters: { type: 'object', properties: {} } } },
      ],
    },
    options: { capabilities: { strictTools: false } },
    fields: { tools: [{ name: 'f', input_schema: { type: 'object', properties: {} } }] },
    warnings: [['tools', 'dropped']],
  },
  {
    name: 'a schema that is a reference at its root is looked up',
    request: {
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            parameters: { $ref: '#/$defs/A', $defs: { A: { type: 'object', properties: { a: { type: 'string' } } } } },
          },
        },
      ],
    },
    fields: {
      tools: [
        {
          name: 'f',
          input_schema: {
            type: 'object',
            properties: { a: { type: 'string' } },
            $defs: { A: { type: 'object', properties: { a: { type: 'string' } } } },
          },
        },
      ],
    },
    warnings: [],
  },
  {
    name: "alternatives at a schema's root become one object that allows each",
    request: {
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            parameters: {
              anyOf: [
                { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string' } }, required: ['a', 'b'] },
                { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
              ],
            },
          },
        },
      ],
    },
    fields: {
      tools: [
        {
          name: 'f',
          input_schema: {
            type: 'object',
            properties: { a: { type: 'string' }, b: { type: 'string' } },
            required: ['a'],
          },
        },
      ],
    },
    warnings: [['tools', 'changed']],
  },
  {
    name: "what allOf says at a schema's root is kept or described",
    request: {
      tools: [
        {
          type: 'function',
          function: {
            name: 'f',
            parameters: {
              type: 'object',
              properties: { a: { type: 'string' } },
              allOf: [{ minProperties: 1 }, { not: { required: ['b'] } }, { not: { required: ['c'] } }],
            },
          },
        },
      ],
    },
    fields: {
      tools: [
        {
          name: 'f',
          input_schema: {
            type: 'object',
            properties: { a: { type: 'string' } },
            minProperties: 1,
            not: { required: ['b'] },
            description: '{allOf: [{"not":{"required":["c"]}}]}',
          },
        },
      ],
    },
    warnings: [['tools', 'changed']],
  },
  {
    name: 'a custom tool takes one string',
    request: { tools: [{ type: 'custom', custom: { name: 'shell', description: 'Runs' } }] },
    warnings: [['tools.0', 'emulated']],
    fields: {
      tools: [
        {
          name: 'shell',
          description: 'Runs',
          input_schema: {
            type: 'object',
            properties: { input: { type: 'string' } },
            required: ['input'],
            additionalProperties: false,
          },
        },
      ],
    },
  },
  {
    name: "Anthropic's own tools pass through beside ours",
    request: { tools: [clock, { type: 'web_search_20250305', name: 'web_search', max_uses: 2 } as never] },
    fields: { tools: [clockTool, { type: 'web_search_20250305', name: 'web_search', max_uses: 2 }] },
  },
  {
    name: 'web_search_options become the server tool',
    request: {
      web_search_options: {
        search_context_size: 'low',
        user_location: { type: 'approximate', approximate: { city: 'Oslo', country: 'NO' } },
      },
    },
    fields: {
      tools: [
        {
          type: 'web_search_20260318',
          name: 'web_search',
          user_location: { type: 'approximate', city: 'Oslo', country: 'NO' },
        },
      ],
    },
    warnings: [['web_search_options.search_context_size', 'dropped']],
  },
  {
    name: 'a history with calls but without tools defines them, and lets none be called',
    request: { messages: [...loop, { role: 'assistant', content: 'Rain.' }, { role: 'user', content: 'Thanks' }] },
    fields: {
      tools: [{ name: 'weather', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'none' },
    },
  },
  {
    name: 'the old functions are tools',
    request: { functions: [{ name: 'clock' }], function_call: { name: 'clock' } },
    fields: { tools: [clockTool], tool_choice: { type: 'tool', name: 'clock' } },
  },
];

const schema = { type: 'object', properties: { age: { type: 'integer', minimum: 0 } }, required: ['age'] };
const exact = {
  type: 'object',
  properties: { age: { type: 'integer' } },
  required: ['age'],
  additionalProperties: false,
};
const asSchema = (shape: Record<string, unknown>, strict: boolean): Partial<ChatRequest> => ({
  response_format: { type: 'json_schema', json_schema: { name: 'person', strict, schema: shape } },
});

const formatRows: RequestRow[] = [
  {
    name: 'a JSON schema natively',
    request: asSchema(exact, true),
    fields: { output_config: { format: { type: 'json_schema', schema: exact } } },
    lacks: ['system'],
    emulate: undefined,
    warnings: [],
  },
  {
    name: 'an effort and a format share output_config',
    request: { ...asSchema(exact, true), reasoning_effort: 'low' },
    options: ALWAYS,
    fields: { output_config: { effort: 'low', format: { type: 'json_schema', schema: exact } } },
  },
  {
    name: 'what a strict schema demands beyond the API is checked by the router',
    request: asSchema({ ...schema, additionalProperties: false }, true),
    emulate: { json: { schema: { ...schema, additionalProperties: false } } },
    warnings: [['response_format', 'emulated']],
  },
  {
    name: 'what a lenient schema demands beyond the API is only described',
    request: asSchema({ ...schema, additionalProperties: false }, false),
    emulate: undefined,
    warnings: [['response_format', 'changed']],
  },
  {
    name: 'json_object is asked for and checked',
    request: { response_format: { type: 'json_object' } },
    fields: {
      system: [
        { type: 'text', text: 'Respond with one JSON object only: no prose before or after it, no code fence.' },
      ],
    },
    lacks: ['output_config'],
    emulate: { json: {} },
    warnings: [['response_format', 'emulated']],
  },
  {
    name: 'a JSON schema at a model without structured output is asked for and checked',
    request: asSchema(schema, true),
    options: { capabilities: { structuredOutput: false } },
    lacks: ['output_config'],
    emulate: { json: { schema } },
    warnings: [['response_format', 'emulated']],
  },
  {
    name: 'a JSON schema together with tools, where the model has no both',
    request: { ...asSchema(exact, true), tools: [clock] },
    options: { capabilities: { structuredOutputWithTools: false } },
    lacks: ['output_config'],
    emulate: { json: { schema: exact } },
  },
];

const samplingRows: RequestRow[] = [
  {
    name: 'sampling at a model that takes it',
    request: { temperature: 0.2, top_k: 40 },
    fields: { temperature: 0.2, top_k: 40 },
    warnings: [],
  },
  { name: 'top_p alone', request: { top_p: 0.995 }, fields: { top_p: 0.995 }, warnings: [] },
  {
    name: 'temperature 1 is the default and gives way to top_p',
    request: { temperature: 1, top_p: 0.5 },
    fields: { top_p: 0.5 },
    lacks: ['temperature'],
    warnings: [],
  },
  {
    name: 'top_p is dropped beside a temperature',
    request: { temperature: 0.5, top_p: 0.9 },
    fields: { temperature: 0.5 },
    lacks: ['top_p'],
    warnings: [['top_p', 'dropped']],
  },
  { name: 'temperature 0 is said', request: { temperature: 0 }, fields: { temperature: 0 } },
  {
    name: 'temperature above 1 is clamped',
    request: { temperature: 1.7 },
    fields: { temperature: 1 },
    warnings: [['temperature', 'changed']],
  },
  {
    name: 'newer models take no sampling',
    request: { temperature: 1.7, top_p: 0.9, top_k: 5 },
    options: ADAPTIVE,
    lacks: ['temperature', 'top_p', 'top_k'],
    warnings: [
      ['temperature', 'dropped'],
      ['top_k', 'dropped'],
      ['top_p', 'dropped'],
    ],
  },
  {
    name: 'their defaults are not even mentioned to newer models',
    request: { temperature: 1, top_p: 0.99 },
    options: ADAPTIVE,
    lacks: ['temperature', 'top_p'],
    warnings: [],
  },
  {
    name: 'thinking takes no sampling',
    request: { temperature: 0.2, reasoning_effort: 'low' },
    options: BUDGET,
    lacks: ['temperature'],
    warnings: [['temperature', 'dropped']],
  },
];

const limitRows: RequestRow[] = [
  {
    name: 'a bare request, whole',
    body: { model: 'claude-test', max_tokens: 16_384, messages: hi },
    path: '/v1/messages',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    lacksHeaders: ['anthropic-beta', 'x-api-key', 'authorization'],
    emulate: undefined,
    warnings: [],
  },
  {
    name: 'a stream may use all the tokens that the model has',
    request: { stream: true },
    fields: { stream: true, max_tokens: 64_000 },
  },
  {
    name: 'a model with fewer tokens than our default',
    options: { capabilities: { outputTokens: 8192 } },
    fields: { max_tokens: 8192 },
  },
  {
    name: 'max_completion_tokens wins over max_tokens',
    request: { max_tokens: 5, max_completion_tokens: 9 },
    fields: { max_tokens: 9 },
  },
  {
    name: 'more than the model has is clamped',
    request: { max_tokens: 100_000 },
    fields: { max_tokens: 64_000 },
    warnings: [['max_tokens', 'changed']],
  },
  {
    name: 'the API version of the model',
    options: { capabilities: { apiVersion: '2026-10-21' } },
    headers: { 'anthropic-version': '2026-10-21' },
  },
  { name: 'stop as a string', request: { stop: 'END' }, fields: { stop_sequences: ['END'] }, warnings: [] },
  {
    name: 'blank stop sequences are left out',
    request: { stop: ['END', '\n'] },
    fields: { stop_sequences: ['END'] },
    warnings: [['stop', 'changed']],
  },
  {
    name: 'n is asked for n times',
    request: { n: 3 },
    emulate: { copies: 3 },
    warnings: [['n', 'emulated']],
  },
  { name: 'n of 1 is nothing', request: { n: 1 }, emulate: undefined, warnings: [] },
];

const fieldRows: RequestRow[] = [
  {
    name: 'safety_identifier wins over user',
    request: { safety_identifier: 's', user: 'u', metadata: { a: 'b' } },
    fields: { metadata: { user_id: 's' } },
    warnings: [],
  },
  { name: 'user', request: { user: 'u' }, fields: { metadata: { user_id: 'u' } } },
  { name: 'service_tier auto', request: { service_tier: 'auto' }, fields: { service_tier: 'auto' }, warnings: [] },
  {
    name: 'service_tier default',
    request: { service_tier: 'default' },
    fields: { service_tier: 'standard_only' },
    warnings: [],
  },
  {
    name: 'service_tier priority',
    request: { service_tier: 'priority' },
    fields: { service_tier: 'auto' },
    warnings: [['service_tier', 'changed']],
  },
  {
    name: 'service_tier flex',
    request: { service_tier: 'flex' },
    lacks: ['service_tier'],
    warnings: [['service_tier', 'dropped']],
  },
  {
    name: 'hints that Claude has no field for are dropped with a warning',
    request: {
      seed: 1,
      verbosity: 'low',
      frequency_penalty: 0.5,
      presence_penalty: -1,
      store: true,
      min_p: 0.1,
      moderation: { model: 'm' },
    } as Partial<ChatRequest>,
    body: { model: 'claude-test', max_tokens: 16_384, messages: hi },
    warnings: [
      ['frequency_penalty', 'dropped'],
      ['min_p', 'dropped'],
      ['moderation', 'dropped'],
      ['presence_penalty', 'dropped'],
      ['seed', 'dropped'],
      ['store', 'dropped'],
      ['verbosity', 'dropped'],
    ],
  },
  {
    name: 'what has no effect is left out without a word',
    request: {
      frequency_penalty: 0,
      presence_penalty: 0,
      store: false,
      logprobs: false,
      logit_bias: {},
      modalities: ['text'],
      response_format: { type: 'text' },
      stream_options: { include_usage: true },
      prompt_cache_key: 'k',
      prediction: { type: 'content', content: 'x' },
      seed: null,
    },
    body: { model: 'claude-test', max_tokens: 16_384, messages: hi },
    warnings: [],
  },
  {
    name: "Claude's own fields come last and win",
    request: {
      max_tokens: 5,
      extra_body: { anthropic: { max_tokens: 7, container: 'c', model: 'other' }, google: { x: 1 } },
    },
    body: { model: 'claude-test', max_tokens: 7, container: 'c', messages: hi },
    warnings: [],
  },
  {
    name: 'controls of bound thinking bring their beta header',
    request: {
      thinking: {
        type: 'adaptive',
        block_binding: { prefix_mismatch_behavior: 'drop_block' },
      } as ChatRequest['thinking'] & object,
    },
    options: ADAPTIVE,
    headers: { 'anthropic-beta': 'thinking-binding-controls-2026-08-01' },
  },
  {
    name: 'fast mode brings its beta header',
    request: { extra_body: { anthropic: { speed: 'fast' } } },
    fields: { speed: 'fast' },
    headers: { 'anthropic-beta': 'fast-mode-2026-02-01' },
  },
];

const marked = (text: string, ttl?: '1h') => ({
  type: 'text' as const,
  text,
  cache_control: { type: 'ephemeral' as const, ...(ttl && { ttl }) },
});
const mark = { cache_control: { type: 'ephemeral' } };

const cacheRows: RequestRow[] = [
  {
    name: 'cache marks stay on their blocks',
    request: {
      messages: [
        { role: 'system', content: [marked('Be kind', '1h')] },
        { role: 'user', content: [marked('Hi'), { type: 'text', text: 'there' }] },
      ],
    },
    fields: {
      system: [{ type: 'text', text: 'Be kind', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hi', ...mark },
            { type: 'text', text: 'there' },
          ],
        },
      ],
    },
    warnings: [],
  },
  {
    name: "OpenAI's breakpoints of half an hour last an hour",
    request: {
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'Hi', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } }],
        },
      ],
    },
    fields: {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
      ],
    },
  },
  {
    name: 'of five marks the last four are kept',
    request: {
      messages: [
        { role: 'system', content: [marked('a'), marked('b')] },
        { role: 'user', content: [marked('c'), marked('d'), marked('e')] },
      ],
    },
    fields: {
      system: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b', ...mark },
      ],
      messages: [
        {
          role: 'user',
          content: ['c', 'd', 'e'].map((text) => ({ type: 'text', text, ...mark })),
        },
      ],
    },
    warnings: [['cache_control', 'dropped']],
  },
  {
    name: "marks on the client's own server tools count, and its request stays as it was",
    request: {
      tools: [{ type: 'web_search_20250305', name: 'web_search', ...mark } as never],
      messages: [{ role: 'user', content: [marked('a'), marked('b'), marked('c'), marked('d')] }],
    },
    fields: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
    warnings: [['cache_control', 'dropped']],
  },
  {
    name: 'automatic caching takes one of the four places',
    request: {
      prompt_cache_retention: '24h',
      messages: [{ role: 'user', content: [marked('a', '1h'), marked('b'), marked('c'), marked('d')] }],
    },
    fields: {
      cache_control: { type: 'ephemeral' },
      messages: [
        {
          role: 'user',
          content: [{ type: 'text', text: 'a' }, ...['b', 'c', 'd'].map((text) => ({ type: 'text', text, ...mark }))],
        },
      ],
    },
    warnings: [
      ['cache_control', 'changed'],
      ['cache_control', 'dropped'],
    ],
  },
  {
    name: 'a longer life after a shorter one is shortened',
    request: { messages: [{ role: 'user', content: [marked('a'), marked('b', '1h')] }] },
    fields: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a', ...mark },
            { type: 'text', text: 'b', ...mark },
          ],
        },
      ],
    },
    warnings: [['cache_control', 'changed']],
  },
  {
    name: 'prompt_cache_retention 24h caches by itself for an hour',
    request: { prompt_cache_retention: '24h' },
    fields: { cache_control: { type: 'ephemeral', ttl: '1h' } },
  },
  {
    name: 'prompt_cache_retention in_memory caches by itself for five minutes',
    request: { prompt_cache_retention: 'in_memory' },
    fields: { cache_control: { type: 'ephemeral' } },
  },
  {
    name: 'implicit caching',
    request: { prompt_cache_options: { mode: 'implicit' } },
    fields: { cache_control: { type: 'ephemeral' } },
  },
  {
    name: 'explicit caching leaves it to the marks',
    request: { prompt_cache_options: { mode: 'explicit' }, prompt_cache_retention: '24h' },
    lacks: ['cache_control'],
  },
];

const pdf = 'data:application/pdf;base64,JVBERi0=';
const png = 'data:image/png;base64,iVBORw0KGgo=';

const contentRows: RequestRow[] = [
  {
    name: 'images and documents in their Claude forms',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: png } },
            { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: pdf } },
            { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,aMOp' } },
            { type: 'file', file: { file_data: 'https://x.test/a.pdf' } },
            { type: 'file', file: { file_data: png } },
          ],
        },
      ],
    },
    fields: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
            { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
              title: 'a.pdf',
            },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'hé' }, title: 'a.txt' },
            { type: 'document', source: { type: 'url', url: 'https://x.test/a.pdf' } },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
          ],
        },
      ],
    },
    warnings: [],
  },
  {
    name: "a file of Anthropic's own brings its beta header under the old version",
    request: { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file_011C' } }] }] },
    fields: {
      messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'file', file_id: 'file_011C' } }] }],
    },
    headers: { 'anthropic-beta': 'files-api-2025-04-14' },
  },
  {
    name: 'files need no beta header under the new version',
    request: { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file_011C' } }] }] },
    options: { capabilities: { apiVersion: '2026-10-21' } },
    lacksHeaders: ['anthropic-beta'],
  },
  {
    name: 'low detail cannot be asked for',
    request: { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: png, detail: 'low' } }] }] },
    warnings: [['messages.0.content.0.image_url.detail', 'dropped']],
  },
  {
    name: 'parallel results come in one turn, in the order of their calls, before the user speaks',
    request: {
      tools: [weather],
      messages: [
        { role: 'user', content: 'Weather?' },
        { role: 'assistant', content: '', tool_calls: [call('a.1', 'Oslo'), call('toolu_2', 'Bergen')] },
        { role: 'tool', tool_call_id: 'toolu_2', content: 'sun' },
        { role: 'tool', tool_call_id: 'a.1', content: [{ type: 'text', text: 'no such city' }], is_error: true },
        { role: 'user', content: 'Well?' },
      ],
    },
    fields: {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
        {
          role: 'assistant',
          content: [
            { type: 'tool_use', id: safeToolCallId('a.1'), name: 'weather', input: { city: 'Oslo' } },
            { type: 'tool_use', id: 'toolu_2', name: 'weather', input: { city: 'Bergen' } },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: safeToolCallId('a.1'),
              content: [{ type: 'text', text: 'no such city' }],
              is_error: true,
            },
            { type: 'tool_result', tool_use_id: 'toolu_2', content: [{ type: 'text', text: 'sun' }] },
            { type: 'text', text: 'Well?' },
          ],
        },
      ],
    },
  },
  {
    name: 'late system messages where the model takes them',
    request: {
      messages: [
        { role: 'system', content: 'A' },
        { role: 'developer', content: 'B' },
        { role: 'user', content: 'Hi' },
        { role: 'system', content: 'C' },
      ],
    },
    options: { capabilities: { lateSystem: true } },
    fields: {
      system: [
        { type: 'text', text: 'A' },
        { type: 'text', text: 'B' },
      ],
      messages: [...hi, { role: 'system', content: [{ type: 'text', text: 'C' }] }],
    },
    warnings: [],
  },
  {
    name: 'late system messages elsewhere are reminders in place',
    request: {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'system', content: 'C' },
      ],
    },
    fields: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Hi' },
            { type: 'text', text: '<system-reminder>\nC\n</system-reminder>' },
          ],
        },
      ],
    },
    warnings: [['messages.1', 'emulated']],
  },
  {
    name: 'a prefill where the model continues it',
    request: {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Well, ' },
      ],
      reasoning_effort: 'low',
    },
    options: { capabilities: { ...BUDGET.capabilities, prefill: true } },
    fields: { messages: [...hi, { role: 'assistant', content: [{ type: 'text', text: 'Well,' }] }] },
    lacks: ['thinking'],
    warnings: [['reasoning_effort', 'dropped']],
  },
];

const start = {
  type: 'message_start',
  message: {
    id: 'msg_01',
    type: 'message',
    role: 'assistant',
    model: 'claude-test-1',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: 10,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 1,
      service_tier: 'standard',
    },
  },
};
const usage = {
  prompt_tokens: 10,
  completion_tokens: 7,
  total_tokens: 17,
  prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
};

/** Events as Anthropic writes them: the name stands twice. */
function events(...list: ({ type: string } & Record<string, unknown>)[]): string {
  return sse(...list.map((event): [string, unknown] => [event.type, event]));
}

function stream(
  blocks: string,
  end: Record<string, unknown> = { stop_reason: 'end_turn' },
  counted: Record<string, unknown> = { output_tokens: 7 },
): string {
  const stop = events(
    { type: 'message_delta', delta: { stop_sequence: null, ...end }, usage: counted },
    { type: 'message_stop' },
  );
  return events(start, { type: 'ping' }) + blocks + stop;
}

function block(
  index: number,
  open: { type: string } & Record<string, unknown>,
  ...deltas: Record<string, unknown>[]
): string {
  return events(
    { type: 'content_block_start', index, content_block: open },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  );
}

const textBlock = (index: number, ...texts: string[]) =>
  block(index, { type: 'text', text: '' }, ...texts.map((text) => ({ type: 'text_delta', text })));

function whole(content: unknown[], rest: Record<string, unknown> = {}) {
  return {
    ...start.message,
    content,
    stop_reason: 'end_turn',
    usage: { ...start.message.usage, output_tokens: 7 },
    ...rest,
  };
}

const citation = {
  type: 'web_search_result_location',
  cited_text: 'x',
  url: 'https://x.test',
  title: 'X',
  encrypted_index: 'e',
};
const origin = { format: 'anthropic-claude-v1', issuer: ISSUER };

testProvider({
  provider: anthropic,
  options: { model: 'claude-test' },
  requests: [
    ...limitRows,
    ...samplingRows,
    ...fieldRows,
    ...cacheRows,
    ...contentRows,
    ...toolRows,
    ...formatRows,
    ...reasoningRows,
  ],
  unsupported: [
    { name: 'logprobs', request: { logprobs: true }, param: 'logprobs' },
    { name: 'top_logprobs', request: { top_logprobs: 2 }, param: 'top_logprobs' },
    { name: 'logit_bias', request: { logit_bias: { 5: 1 } }, param: 'logit_bias' },
    { name: 'audio answers', request: { modalities: ['text', 'audio'] }, param: 'modalities' },
    { name: 'an audio voice', request: { audio: { format: 'mp3', voice: 'alloy' } }, param: 'audio' },
    {
      name: 'moderation that blocks',
      request: { moderation: { model: 'm', policy: { output: { mode: 'block' } } } },
      param: 'moderation',
    },
    { name: 'no tokens', request: { max_completion_tokens: 0 }, param: 'max_completion_tokens' },
    {
      name: 'a grammar',
      request: {
        tools: [
          {
            type: 'custom',
            custom: { name: 'g', format: { type: 'grammar', grammar: { definition: 'x', syntax: 'lark' } } },
          },
        ],
      },
      param: 'tools.0.custom.format',
    },
    {
      name: "a strict tool's schema, by its place among all tools",
      request: {
        tools: [
          { type: 'web_search_20250305', name: 'web_search' } as never,
          clock,
          {
            type: 'function',
            function: { name: 's', strict: true, parameters: { type: 'object', properties: { a: { title: 'Any' } } } },
          },
        ],
      },
      param: 'tools.2.function.parameters.properties.a',
    },
    {
      name: "a strict function's schema, in the old form",
      request: {
        functions: [{ name: 's', strict: true, parameters: { type: 'object', properties: { a: {} } } } as never],
      },
      param: 'functions.0.parameters.properties.a',
    },
    {
      name: 'tools at a model without',
      request: { tools: [clock] },
      options: { capabilities: { tools: false } },
      param: 'tools',
    },
    {
      name: 'audio input',
      request: {
        messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }] }],
      },
      param: 'messages.0.content.0',
    },
    {
      name: 'an image type that Claude does not know',
      request: {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/svg+xml;base64,AAAA' } }] },
        ],
      },
      param: 'messages.0.content.0',
    },
    {
      name: 'a file of OpenAI',
      request: { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-abc' } }] }] },
      param: 'messages.0.content.0',
    },
    {
      name: 'a file that is neither text nor PDF',
      request: {
        messages: [
          {
            role: 'user',
            content: [{ type: 'file', file: { filename: 'a.zip', file_data: 'data:application/zip;base64,AAAA' } }],
          },
        ],
      },
      param: 'messages.0.content.0',
    },
    {
      name: 'images at a model without',
      request: { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: png } }] }] },
      options: { capabilities: { input: [] } },
      param: 'messages.0.content.0',
    },
    {
      name: 'PDFs at a model without',
      request: { messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: pdf } }] }] },
      options: { capabilities: { input: ['image'] } },
      param: 'messages.0.content.0',
    },
  ],
  answers: [
    {
      name: 'text in several blocks, joined without a separator',
      whole: whole([
        { type: 'text', text: 'Grüße ' },
        { type: 'text', text: 'and 👋' },
      ]),
      stream: stream(textBlock(0, 'Grü', 'ße ', '') + textBlock(1, 'and ', '👋')),
      message: { content: 'Grüße and 👋' },
      finish: 'stop',
      native: 'end_turn',
      usage,
      model: 'claude-test-1',
      upstreamId: 'msg_01',
      serviceTier: 'default',
    },
    {
      name: 'parallel tool calls, numbered among themselves, and one without arguments',
      whole: whole(
        [
          { type: 'text', text: 'Let me see.' },
          { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } },
          { type: 'tool_use', id: 'toolu_2', name: 'clock', input: {} },
        ],
        { stop_reason: 'tool_use' },
      ),
      stream: stream(
        textBlock(0, 'Let me see.') +
          block(
            1,
            { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
            { type: 'input_json_delta', partial_json: '' },
            { type: 'input_json_delta', partial_json: '{"city":' },
            { type: 'input_json_delta', partial_json: '"Oslo"}' },
          ) +
          block(
            2,
            { type: 'tool_use', id: 'toolu_2', name: 'clock', input: {} },
            { type: 'input_json_delta', partial_json: '' },
          ),
        { stop_reason: 'tool_use' },
      ),
      message: {
        content: 'Let me see.',
        tool_calls: [
          { id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
          { id: 'toolu_2', type: 'function', function: { name: 'clock', arguments: '{}' } },
        ],
      },
      finish: 'tool_calls',
      native: 'tool_use',
    },
    {
      name: 'a call whose arguments stand in its start event (programmatic calls)',
      stream: stream(block(0, { type: 'tool_use', id: 'toolu_1', name: 'roll', input: { player: 'one' } }), {
        stop_reason: 'tool_use',
      }),
      message: {
        content: null,
        tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'roll', arguments: '{"player":"one"}' } }],
      },
      finish: 'tool_calls',
    },
    {
      name: 'a custom tool called by other words, as they came',
      request: { tools: [{ type: 'custom', custom: { name: 'shell' } }] },
      whole: whole([{ type: 'tool_use', id: 'toolu_1', name: 'shell', input: { text: 'foo' } }], {
        stop_reason: 'tool_use',
      }),
      stream: stream(
        block(
          0,
          { type: 'tool_use', id: 'toolu_1', name: 'shell', input: {} },
          { type: 'input_json_delta', partial_json: '{"text":"foo"}' },
        ),
        { stop_reason: 'tool_use' },
      ),
      message: {
        content: null,
        tool_calls: [{ id: 'toolu_1', type: 'custom', custom: { name: 'shell', input: '{"text":"foo"}' } }],
      },
      finish: 'tool_calls',
    },
    {
      name: 'a custom tool, unwrapped to its text',
      request: { tools: [{ type: 'custom', custom: { name: 'shell' } }] },
      whole: whole([{ type: 'tool_use', id: 'toolu_1', name: 'shell', input: { input: 'ls "a"\n' } }], {
        stop_reason: 'tool_use',
      }),
      stream: stream(
        block(
          0,
          { type: 'tool_use', id: 'toolu_1', name: 'shell', input: {} },
          { type: 'input_json_delta', partial_json: '{"input": "ls \\"a' },
          { type: 'input_json_delta', partial_json: '\\"\\n"}' },
        ),
        { stop_reason: 'tool_use' },
      ),
      message: {
        content: null,
        tool_calls: [{ id: 'toolu_1', type: 'custom', custom: { name: 'shell', input: 'ls "a"\n' } }],
      },
      finish: 'tool_calls',
    },
    {
      name: 'thinking, kept whole with its signature and in order',
      whole: whole([
        { type: 'thinking', thinking: 'Hm, yes.', signature: 'c2ln' },
        { type: 'redacted_thinking', data: 'b3BhcXVl' },
        { type: 'text', text: 'Yes.' },
      ]),
      stream: stream(
        block(
          0,
          { type: 'thinking', thinking: '', signature: '' },
          { type: 'thinking_delta', thinking: 'Hm, ' },
          { type: 'thinking_delta', thinking: 'yes.' },
          { type: 'signature_delta', signature: 'c2ln' },
        ) +
          block(1, { type: 'redacted_thinking', data: 'b3BhcXVl' }) +
          textBlock(2, 'Yes.'),
      ),
      message: {
        content: 'Yes.',
        reasoning_content: 'Hm, yes.',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm, yes.', signature: 'c2ln', index: 0, ...origin },
          { type: 'reasoning.encrypted', data: 'b3BhcXVl', index: 1, ...origin },
        ],
      },
      finish: 'stop',
    },
    {
      name: 'thinking that kept its text to itself still must come back',
      whole: whole([
        { type: 'thinking', thinking: '', signature: 'c2ln' },
        { type: 'text', text: 'Yes.' },
      ]),
      stream: stream(
        block(0, { type: 'thinking', thinking: '', signature: '' }, { type: 'signature_delta', signature: 'c2ln' }) +
          textBlock(1, 'Yes.'),
      ),
      message: {
        content: 'Yes.',
        reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'c2ln', index: 0, ...origin }],
      },
      finish: 'stop',
    },
    {
      name: 'hidden reasoning: no text, but the block to send back',
      request: { reasoning: { exclude: true } },
      whole: whole([
        { type: 'thinking', thinking: 'Hm.', signature: 'c2ln' },
        { type: 'text', text: 'Yes.' },
      ]),
      stream: stream(
        block(
          0,
          { type: 'thinking', thinking: '', signature: '' },
          { type: 'thinking_delta', thinking: 'Hm.' },
          { type: 'signature_delta', signature: 'c2ln' },
        ) + textBlock(1, 'Yes.'),
      ),
      message: {
        content: 'Yes.',
        reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', index: 0, ...origin }],
      },
      finish: 'stop',
    },
    {
      name: 'a web search: its blocks are no tool calls, its citations are annotations',
      whole: whole([
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
        { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
        { type: 'text', text: '👋 So: ' },
        { type: 'text', text: 'it rains', citations: [citation, { type: 'char_location', cited_text: 'y' }] },
      ]),
      stream: stream(
        block(
          0,
          { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} },
          { type: 'input_json_delta', partial_json: '{"query":"x"}' },
        ) +
          block(1, { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }) +
          textBlock(2, '👋 So: ') +
          block(
            3,
            { citations: [], type: 'text', text: '' },
            { type: 'citations_delta', citation },
            { type: 'citations_delta', citation: { type: 'char_location', cited_text: 'y' } },
            { type: 'text_delta', text: 'it rains' },
          ),
        undefined,
        { output_tokens: 7, server_tool_use: { web_search_requests: 1, web_fetch_requests: 0 } },
      ),
      message: {
        content: '👋 So: it rains',
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://x.test', title: 'X', start_index: 7, end_index: 15 } },
        ],
        citations: [{ type: 'char_location', cited_text: 'y', start_index: 7, end_index: 15 }],
      },
      finish: 'stop',
    },
    {
      name: 'a refusal in its own words; what was written before is no answer',
      whole: whole([{ type: 'text', text: 'Sure, fir' }], {
        stop_reason: 'refusal',
        stop_details: { type: 'refusal', category: 'bio', explanation: 'Not this.' },
      }),
      message: { content: null, refusal: 'Not this.' },
      finish: 'content_filter',
      native: 'refusal',
    },
    {
      name: 'a refusal without words, at once',
      whole: whole([], { stop_reason: 'refusal', stop_details: null }),
      stream: stream('', { stop_reason: 'refusal', stop_details: null }),
      message: { content: null, refusal: 'The model declined to answer.' },
      finish: 'content_filter',
    },
    {
      name: 'usage with everything in it: cache, thinking, server tools; the last count wins',
      whole: whole([{ type: 'text', text: 'Ok' }], {
        usage: {
          input_tokens: 10,
          cache_creation_input_tokens: 30,
          cache_read_input_tokens: 500,
          cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
          output_tokens: 9,
          output_tokens_details: { thinking_tokens: 4 },
          server_tool_use: { web_search_requests: 2, web_fetch_requests: 0 },
          speed: 'fast',
          service_tier: 'standard',
        },
      }),
      stream:
        events({
          ...start,
          message: {
            ...start.message,
            usage: {
              input_tokens: 3,
              cache_creation_input_tokens: 30,
              cache_read_input_tokens: 500,
              cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
              output_tokens: 1,
              speed: 'fast',
            },
          },
        }) +
        textBlock(0, 'Ok') +
        events(
          {
            type: 'message_delta',
            delta: { stop_reason: 'end_turn', stop_sequence: null },
            usage: {
              input_tokens: 10,
              cache_creation_input_tokens: null,
              output_tokens: 9,
              output_tokens_details: { thinking_tokens: 4 },
              server_tool_use: { web_search_requests: 2 },
            },
          },
          { type: 'message_stop' },
        ),
      message: { content: 'Ok' },
      finish: 'stop',
      usage: {
        prompt_tokens: 540,
        completion_tokens: 9,
        total_tokens: 549,
        prompt_tokens_details: { cached_tokens: 500, cache_write_tokens: 30 },
        completion_tokens_details: { reasoning_tokens: 4 },
        cache_creation: { ephemeral_5m: 20, ephemeral_1h: 10 },
        server_tool_use: { web_search_requests: 2 },
      } as never,
      serviceTier: 'priority',
    },
    {
      name: 'events without names, in CRLF, with padding and unknown kinds',
      stream: [
        start,
        { type: 'something_new', payload: 1 },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Ok' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'new_delta', x: 1 } },
        { type: 'content_block_stop', index: 0 },
        { type: 'content_block_start', index: 1, content_block: { type: 'new_block' } },
        { type: 'content_block_stop', index: 1 },
        { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 7 } },
        { type: 'message_stop' },
      ]
        .map((event) => `: keep-alive\r\ndata:${JSON.stringify(event)}      \r\n\r\n`)
        .join(''),
      message: { content: 'Ok' },
      finish: 'stop',
      usage,
    },
    {
      name: 'a call cut off by max_tokens says length, not tool_calls',
      stream: stream(
        block(
          0,
          { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} },
          { type: 'input_json_delta', partial_json: '{"ci' },
        ),
        { stop_reason: 'max_tokens' },
      ),
      message: {
        content: null,
        tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{"ci' } }],
      },
      finish: 'length',
    },
    {
      name: 'a custom call cut off by max_tokens gives what came',
      request: { tools: [{ type: 'custom', custom: { name: 'shell' } }] },
      stream: stream(
        block(
          0,
          { type: 'tool_use', id: 'toolu_1', name: 'shell', input: {} },
          { type: 'input_json_delta', partial_json: '{"input":"l' },
        ),
        { stop_reason: 'max_tokens' },
      ),
      message: {
        content: null,
        tool_calls: [{ id: 'toolu_1', type: 'custom', custom: { name: 'shell', input: '{"input":"l' } }],
      },
      finish: 'length',
    },
    {
      name: 'a call that was made counts whatever the reason says',
      whole: whole([{ type: 'tool_use', id: 'toolu_1', name: 'clock', input: {} }]),
      message: {
        content: null,
        tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'clock', arguments: '{}' } }],
      },
      finish: 'tool_calls',
      native: 'end_turn',
    },
  ],
  finishReasons: [
    {
      whole: (stop_reason) => whole([{ type: 'text', text: 'Ok' }], { stop_reason }),
      stream: (stop_reason) => stream(textBlock(0, 'Ok'), { stop_reason }),
      words: {
        end_turn: 'stop',
        stop_sequence: 'stop',
        tool_use: 'stop', // Without a call there is none to make.
        max_tokens: 'length',
        model_context_window_exceeded: 'length',
        pause_turn: 'stop',
        refusal: 'content_filter',
        compaction: 'stop',
        something_new: 'stop',
      },
    },
  ],
  broken: [
    {
      name: 'an error under status 200',
      whole: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
      kind: 'overload',
    },
    { name: 'a message whose content is no list', whole: { type: 'message', content: 'Hi' }, kind: 'fault' },
    { name: 'a message with a block that is none', whole: whole([null]), kind: 'fault' },
    ...(
      [
        ['overloaded_error', 'overload'],
        ['api_error', 'fault'],
        ['rate_limit_error', 'rate'],
        ['timeout_error', 'timeout'],
        ['invalid_request_error', 'caller'],
        ['something_new', 'fault'],
      ] as const
    ).map(([type, kind]) => ({
      name: `an ${type} in the stream`,
      stream: events(start) + textBlock(0, 'Half an') + events({ type: 'error', error: { type, message: 'Sorry' } }),
      kind,
      message: /^Sorry$/,
    })),
    { name: 'an error event without content', stream: 'event: error\ndata: {"type":"error"}\n\n', kind: 'fault' },
    { name: 'a stream of something else', stream: 'data: [1,\n\n', kind: 'fault' },
    { name: 'an event that is no object', stream: 'data: null\n\n', kind: 'fault' },
    { name: 'a page instead of a stream', stream: '<html><body>Sorry</body></html>', kind: 'truncated' },
    { name: 'a stream that ends between blocks', stream: events(start) + textBlock(0, 'Half an'), kind: 'truncated' },
    {
      name: 'a stream that ends after the reason',
      stream: stream(textBlock(0, 'Ok')).replace(/event: message_stop[^]*$/, ''),
      kind: 'truncated',
    },
  ],
  errors: [
    {
      name: 'a bad request, in its own words',
      status: 400,
      headers: { 'x-should-retry': 'false' },
      body: said('invalid_request_error', 'messages.0: all messages must have non-empty content'),
      kind: 'caller',
      clientStatus: 400,
      message: /non-empty content/,
    },
    {
      name: 'an image that cannot be fetched',
      status: 400,
      body: said('invalid_request_error', 'Unable to download the file. Please verify the URL and try again.'),
      kind: 'caller',
    },
    {
      name: 'a code of the caller',
      status: 400,
      body: said('invalid_request_error', 'Image too large', 'image_dimensions_too_large'),
      kind: 'caller',
    },
    {
      name: 'a prompt that is too long, in the words that clients look for',
      status: 400,
      body: said('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum'),
      kind: 'context',
      code: 'context_length_exceeded',
      message: /prompt is too long/,
    },
    {
      name: 'prompt and max_tokens together too long',
      status: 400,
      body: said(
        'invalid_request_error',
        'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      ),
      kind: 'context',
    },
    {
      name: 'the spend limit of the organisation, until it ends',
      status: 400,
      headers: { date: 'Sun, 29 Nov 2026 00:00:00 GMT' },
      body: said(
        'invalid_request_error',
        'You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC.',
      ),
      kind: 'exhausted',
      retryAfterMs: 2 * 24 * 3600 * 1000,
    },
    {
      name: 'the spend limit of the workspace',
      status: 400,
      body: said('invalid_request_error', 'You have reached your specified workspace API usage limits.'),
      kind: 'exhausted',
      retryAfterMs: undefined,
    },
    {
      name: 'low credit',
      status: 400,
      body: said('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      kind: 'exhausted',
    },
    {
      name: 'a signature that is not its own',
      status: 400,
      body: said('invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block'),
      kind: 'reasoning_rejected',
    },
    {
      name: 'thinking that was changed',
      status: 400,
      body: said(
        'invalid_request_error',
        'messages.3.content.1: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.',
      ),
      kind: 'reasoning_rejected',
    },
    {
      name: 'thinking that is missing',
      status: 400,
      body: said(
        'invalid_request_error',
        'When `thinking` is enabled, a final `assistant` message must start with a thinking block',
      ),
      kind: 'reasoning_rejected',
    },
    {
      name: 'a feature that this model lacks',
      status: 400,
      body: said('invalid_request_error', "role 'system' is not supported on this model"),
      kind: 'misconfigured',
      clientStatus: 400,
      code: 'unsupported_parameter',
    },
    {
      name: 'an organisation on hold',
      status: 400,
      body: said('invalid_request_error', 'On hold', 'organization_on_hold'),
      kind: 'credential',
    },
    {
      name: 'a customer key that is disabled',
      status: 400,
      body: said('invalid_request_error', 'Disabled', 'cmek_key_disabled'),
      kind: 'credential',
    },
    {
      name: 'a bad key, without its message',
      status: 401,
      body: said('authentication_error', 'invalid x-api-key sk-ant-1'),
      kind: 'credential',
      message: /^The provider refused the gateway's credential$/,
    },
    { name: 'billing', status: 402, body: said('billing_error', 'Pay'), kind: 'exhausted' },
    {
      name: 'the spend limit of a linked organisation',
      status: 402,
      body: said('billing_error', 'Limit', 'linked_organization_spend_limit_reached'),
      kind: 'exhausted',
    },
    { name: 'a forbidden feature', status: 403, body: said('permission_error', 'No'), kind: 'credential' },
    {
      name: 'an unknown model',
      status: 404,
      body: said('not_found_error', 'model: there-is-no-such-model'),
      kind: 'misconfigured',
      clientStatus: 404,
      code: 'model_not_found',
    },
    {
      name: 'an unknown thread',
      status: 404,
      body: said('not_found_error', 'thread', 'thread_not_found'),
      kind: 'caller',
    },
    { name: 'a conflict', status: 409, body: said('conflict_error', 'Conflict'), kind: 'caller', clientStatus: 409 },
    {
      name: 'a request that is too large',
      status: 413,
      body: said('request_too_large', 'Request exceeds the maximum size'),
      kind: 'caller',
      clientStatus: 413,
      code: 'request_too_large',
    },
    {
      name: 'a request that is too large, answered at the edge',
      status: 413,
      body: '<html>413</html>',
      kind: 'caller',
      clientStatus: 413,
      code: 'request_too_large',
    },
    {
      name: 'the rate limit',
      status: 429,
      headers: { 'retry-after': '65', 'x-should-retry': 'true' },
      body: said('rate_limit_error', 'This request would exceed the rate limit for your organization'),
      kind: 'rate',
      retryAfterMs: 65_000,
    },
    {
      name: 'too many connections at once',
      status: 429,
      headers: { 'x-should-retry': 'true' },
      body: said('rate_limit_error', 'Number of concurrent connections has exceeded your rate limit.'),
      kind: 'rate',
      retryAfterMs: undefined,
    },
    {
      name: 'a request larger than the whole rate limit: waiting is pointless',
      status: 429,
      headers: { 'x-should-retry': 'false' },
      body: said(
        'rate_limit_error',
        'This request would exceed the rate limit for your organization of 10,000 input tokens per minute.',
      ),
      kind: 'misconfigured',
      clientStatus: 429,
      code: 'rate_limit_exceeded',
    },
    {
      name: 'an enforced spend limit',
      status: 429,
      body: said('rate_limit_error', 'Limit', 'enforced_spend_limit_reached'),
      kind: 'exhausted',
      retryAfterMs: undefined,
    },
    {
      name: 'a contract spend limit',
      status: 429,
      body: said('rate_limit_error', 'Limit', 'contract_spend_limit_reached'),
      kind: 'exhausted',
    },
    {
      name: 'growth that was too fast',
      status: 429,
      headers: { 'retry-after': '10' },
      body: said('rate_limit_error', 'Slow', 'ramp_limit_exceeded'),
      kind: 'ramp',
      retryAfterMs: 10_000,
    },
    {
      name: 'growth that was too fast, by its sentence',
      status: 429,
      body: said('rate_limit_error', 'please stay within the acceleration limit'),
      kind: 'ramp',
    },
    {
      name: 'an unknown code is its type',
      status: 429,
      headers: { 'retry-after': '3' },
      body: said('rate_limit_error', 'New', 'something_new'),
      kind: 'rate',
      retryAfterMs: 3000,
    },
    {
      name: 'a fault',
      status: 500,
      headers: { 'x-should-retry': 'false' },
      body: said('api_error', 'Internal server error'),
      kind: 'fault',
    },
    {
      name: 'a load balancer in plain text',
      status: 503,
      body: 'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
      kind: 'fault',
    },
    {
      name: 'a customer key service that is away',
      status: 503,
      body: said('api_error', 'Retry in a few minutes', 'cmek_context_unavailable'),
      kind: 'fault',
      retryAfterMs: 60_000,
    },
    { name: 'a timeout', status: 504, body: said('timeout_error', 'Timeout'), kind: 'timeout' },
    {
      name: 'overload',
      status: 529,
      headers: { 'x-should-retry': 'true' },
      body: said('overloaded_error', 'Overloaded'),
      kind: 'overload',
    },
    { name: 'overload without a body', status: 529, body: '', kind: 'overload' },
    {
      name: 'compaction that is away',
      status: 529,
      body: said('overloaded_error', 'Away', 'compaction_unavailable'),
      kind: 'overload',
    },
  ],
  authorize: [
    {
      name: 'an API key',
      endpoint: {},
      headers: { 'x-api-key': 'sk-test-0123456789' },
      lacksHeaders: ['authorization'],
    },
    {
      name: 'an API key as a bearer',
      endpoint: { settings: { keyHeader: 'Authorization' } },
      headers: { authorization: 'Bearer sk-test-0123456789' },
      lacksHeaders: ['x-api-key'],
    },
    {
      name: 'a token',
      endpoint: { credential: { kind: 'token', resolve: () => Promise.resolve(new Secret('t')) } },
      headers: { authorization: 'Bearer t' },
    },
    {
      name: 'nothing',
      endpoint: { credential: { kind: 'none' } },
      headers: {},
      lacksHeaders: ['x-api-key', 'authorization'],
    },
  ],
});

function said(type: string, message: string, code?: string) {
  return {
    type: 'error',
    error: { type, message, ...(code && { details: { error_code: code } }) },
    request_id: 'req_1',
  };
}

it.each([
  ['https://api.anthropic.com', '/v1/messages'],
  ['https://proxy.test/anthropic/v1', '/messages'],
])('names the version once behind %s', (baseUrl, path) => {
  const call = makeCall({});
  expect(anthropic.translate({ ...call, endpoint: { ...call.endpoint, baseUrl } }).path).toBe(path);
});

it('lives at its public address', () => expect(anthropic.baseUrl({})).toBe('https://api.anthropic.com'));
