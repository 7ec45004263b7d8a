/** Chat requests that OpenAI's newer models take only through the Responses API, and the way back. */
import { describe, expect, it } from 'vitest';
import { openai } from '../../providers/openai/index.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Provider } from '../../src/core/provider.ts';
import { makeCall, type CallOptions } from '../support/call.ts';
import { sse, testProvider, type AnswerRow, type RequestRow } from './contract.ts';

const AT = 'https://api.openai.com/v1';
const translate: Provider['translate'] = (call) =>
  openai.translate({ ...call, endpoint: { ...call.endpoint, baseUrl: AT } });

const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];
const GPT6: CallOptions = {
  model: 'gpt-6.1-sol',
  capabilities: { toolsNeedResponses: true, sampling: 'none', stop: false, reasoning: 'effort', efforts: EFFORTS },
};
const SAMPLING_FREE: CallOptions = { capabilities: { sampling: 'free' } };

const TOOL = { type: 'function' as const, function: { name: 'f', description: 'd', parameters: { type: 'object' } } };
const FLAT = { type: 'function', name: 'f', description: 'd', parameters: { type: 'object' }, strict: false };
const tools = [TOOL];
const INCLUDE = ['reasoning.encrypted_content'];
const asked = {
  model: 'gpt-6.1-sol',
  input: [{ role: 'user', content: 'Hi' }],
  tools: [FLAT],
  include: INCLUDE,
  store: false,
};
const ISSUER = 'responses/gpt-6.1-sol';

type Messages = ChatRequest['messages'];

/** A row about the history alone. */
function history(name: string, messages: unknown[], input: unknown[], rest: Partial<RequestRow> = {}): RequestRow {
  return { name, request: { tools, messages: messages as Messages }, body: { ...asked, input }, warnings: [], ...rest };
}

const reasoning = (fields: Record<string, unknown>) => ({
  format: 'openai-responses-v1',
  id: 'rs_1',
  index: 0,
  ...fields,
});
const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } };
const called = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a": 1}' };

const histories: RequestRow[] = [
  history(
    'instructions, wherever they stand, as the developer',
    [
      { role: 'system', content: 'a' },
      { role: 'user', content: 'b' },
      { role: 'developer', content: [{ type: 'text', text: 'c', cache_control: { type: 'ephemeral' } }] },
    ],
    [
      { role: 'developer', content: 'a' },
      { role: 'user', content: 'b' },
      { role: 'developer', content: [{ type: 'input_text', text: 'c' }] },
    ],
  ),
  history(
    'parts of every kind',
    [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
          { type: 'image_url', image_url: { url: 'https://x/a.png', detail: 'low' } },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,AA', filename: 'a.pdf' } },
          { type: 'file', file: { file_data: 'https://x/a.pdf', filename: 'a.pdf' } },
          { type: 'file', file: { file_data: 'data:application/pdf;base64,AA' } },
          { type: 'file', file: { file_id: 'file-1' } },
        ],
      },
    ],
    [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit', ttl: '30m' } },
          { type: 'input_image', image_url: 'https://x/a.png', detail: 'low' },
          { type: 'input_image', image_url: 'data:image/png;base64,AA', detail: 'auto' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,AA', filename: 'a.pdf' },
          { type: 'input_file', file_url: 'https://x/a.pdf' },
          { type: 'input_file', file_data: 'data:application/pdf;base64,AA', filename: 'file.pdf' },
          { type: 'input_file', file_id: 'file-1' },
        ],
      },
    ],
  ),
  history(
    'what the assistant said',
    [
      { role: 'assistant', content: 'a' },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'b' },
          { type: 'refusal', refusal: 'c' },
        ],
      },
      { role: 'assistant', content: null, refusal: 'd' },
      { role: 'assistant', content: '' },
    ],
    [
      { role: 'assistant', content: 'a' },
      {
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'b' },
          { type: 'refusal', refusal: 'c' },
        ],
      },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'd' }] },
    ],
  ),
  history(
    'a call without its type, by what it holds',
    [
      {
        role: 'assistant',
        tool_calls: [
          { id: 'c1', function: call.function },
          { id: 'c2', custom: { name: 'g', input: 'raw' } },
        ],
      },
    ],
    [called, { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'raw' }],
  ),
  history(
    'calls and what came of them, to the letter',
    [
      {
        role: 'assistant',
        content: 'Wait',
        tool_calls: [call, { id: 'c2', type: 'custom', custom: { name: 'g', input: 'raw' } }],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'one' },
      {
        role: 'tool',
        tool_call_id: 'c2',
        content: [
          { type: 'text', text: 'two' },
          { type: 'image_url', image_url: { url: 'data:,x' } },
        ],
      },
      { role: 'assistant', tool_calls: [{ ...call, id: 'c3', function: { name: 'f', arguments: '' } }] },
      { role: 'tool', tool_call_id: 'c3', content: '' },
    ],
    [
      { role: 'assistant', content: 'Wait' },
      called,
      { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'raw' },
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
      {
        type: 'custom_tool_call_output',
        call_id: 'c2',
        output: [
          { type: 'input_text', text: 'two' },
          { type: 'input_image', image_url: 'data:,x', detail: 'auto' },
        ],
      },
      { type: 'function_call', call_id: 'c3', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c3', output: '' },
    ],
  ),
  history(
    'old function calls, each with its result',
    [
      { role: 'assistant', function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: 'one' },
      { role: 'assistant', function_call: { name: 'f', arguments: '{}' } },
      { role: 'function', name: 'f', content: null },
    ],
    [
      { type: 'function_call', call_id: 'call_fn_1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_fn_1', output: 'one' },
      { type: 'function_call', call_id: 'call_fn_2', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_fn_2', output: '' },
    ],
  ),
  history(
    'reasoning before the call that it led to',
    [
      {
        role: 'assistant',
        content: null,
        tool_calls: [call],
        reasoning_content: 'Hm.',
        reasoning_details: [
          reasoning({ type: 'reasoning.summary', summary: 'Hm.', issuer: ISSUER }),
          reasoning({ type: 'reasoning.summary', summary: 'So.', issuer: ISSUER }),
          reasoning({ type: 'reasoning.encrypted', data: 'x', issuer: ISSUER }),
          reasoning({ type: 'reasoning.encrypted', data: 'y', id: 'rs_2', index: 1 }),
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'one' },
    ],
    [
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [
          { type: 'summary_text', text: 'Hm.' },
          { type: 'summary_text', text: 'So.' },
        ],
        encrypted_content: 'x',
      },
      { type: 'reasoning', id: 'rs_2', summary: [], encrypted_content: 'y' },
      called,
      { type: 'function_call_output', call_id: 'c1', output: 'one' },
    ],
  ),
  history(
    "no reasoning of another's, none that is not encrypted, none alone",
    [
      {
        role: 'assistant',
        content: 'a',
        reasoning_details: [
          reasoning({ type: 'reasoning.encrypted', data: 'x', issuer: 'other/gpt-6.1-sol' }),
          reasoning({ type: 'reasoning.encrypted', data: 'x', format: 'google-gemini-v1' }),
          reasoning({ type: 'reasoning.summary', summary: 'Hm.' }),
        ],
      },
      { role: 'assistant', content: '', reasoning_details: [reasoning({ type: 'reasoning.encrypted', data: 'x' })] },
    ],
    [{ role: 'assistant', content: 'a' }],
  ),
  history(
    'no reasoning after OpenAI refused it',
    [{ role: 'assistant', content: 'a', reasoning_details: [reasoning({ type: 'reasoning.encrypted', data: 'x' })] }],
    [{ role: 'assistant', content: 'a' }],
    { options: { omitReasoning: true } },
  ),
  history(
    'no names, and no word that a tool failed',
    [
      { role: 'user', name: 'Ann', content: 'a' },
      { role: 'user', name: 'Bob', content: 'b' },
      { role: 'assistant', tool_calls: [call] },
      { role: 'tool', tool_call_id: 'c1', content: 'c', is_error: true },
    ],
    [
      { role: 'user', content: 'a' },
      { role: 'user', content: 'b' },
      called,
      { type: 'function_call_output', call_id: 'c1', output: 'c' },
    ],
    {
      warnings: [
        ['messages.0.name', 'dropped'],
        ['messages.3.is_error', 'dropped'],
      ],
    },
  ),
];

const choices: RequestRow[] = (
  [
    ['auto', 'auto'],
    ['none', 'none'],
    ['required', 'required'],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'function', name: 'f' },
    ],
    [
      { type: 'custom', custom: { name: 'f' } },
      { type: 'custom', name: 'f' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
    ],
  ] as const
).map(([choice, said]) => ({
  name: `the choice ${JSON.stringify(choice)}`,
  request: { tools, tool_choice: choice as unknown as NonNullable<ChatRequest['tool_choice']> },
  body: { ...asked, tool_choice: said },
}));

const requests: RequestRow[] = [
  {
    name: 'tools',
    request: { tools },
    body: asked,
    path: '/responses',
    headers: { 'content-type': 'application/json' },
    warnings: [],
    emulate: undefined,
  },
  {
    name: 'a version where Azure wants one',
    request: { tools },
    options: { settings: { apiVersion: 'v' } },
    path: '/responses?api-version=v',
  },
  {
    name: 'tools of every kind',
    request: {
      tools: [
        { type: 'function', function: { name: 'f', strict: true, parameters: { type: 'object' } } },
        { type: 'function', function: { name: 'g' } },
        { type: 'custom', custom: { name: 'h', description: 'd' } },
        {
          type: 'custom',
          custom: { name: 'i', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } } },
        },
        { type: 'custom', custom: { name: 'j', format: { type: 'text' } } },
      ],
    },
    body: {
      ...asked,
      tools: [
        { type: 'function', name: 'f', parameters: { type: 'object' }, strict: true },
        { type: 'function', name: 'g', parameters: null, strict: false },
        { type: 'custom', name: 'h', description: 'd' },
        { type: 'custom', name: 'i', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
        { type: 'custom', name: 'j', format: { type: 'text' } },
      ],
    },
  },
  {
    name: 'old functions',
    request: {
      functions: [{ name: 'f', description: 'd', parameters: { type: 'object' } }],
      function_call: { name: 'f' },
    },
    body: { ...asked, tool_choice: { type: 'function', name: 'f' } },
  },
  {
    name: 'web search',
    request: {
      web_search_options: {
        search_context_size: 'low',
        user_location: { type: 'approximate', approximate: { city: 'Bonn' } },
      },
    },
    body: {
      ...asked,
      tools: [{ type: 'web_search', search_context_size: 'low', user_location: { type: 'approximate', city: 'Bonn' } }],
    },
  },
  {
    name: 'the greatest effort',
    request: { reasoning_effort: 'max' },
    has: { reasoning: { effort: 'max' } },
    lacks: ['tools'],
    warnings: [],
    path: '/responses',
  },
  { name: 'a lesser effort in chat', request: { reasoning_effort: 'xhigh' }, path: '/chat/completions' },
  { name: 'no tools in chat', request: { tools: [] }, path: '/chat/completions' },
  {
    name: 'tools of a model that reasons in chat, too, there',
    request: { tools },
    options: { capabilities: { toolsNeedResponses: false } },
    path: '/chat/completions',
  },
  ...choices,
  ...histories,
  {
    name: 'everything that is called the same',
    request: {
      tools,
      metadata: { a: 'b' },
      safety_identifier: 's',
      user: 'u',
      prompt_cache_key: 'k',
      prompt_cache_retention: '24h',
      prompt_cache_options: { mode: 'explicit' },
      service_tier: 'flex',
      parallel_tool_calls: false,
      moderation: { model: 'm' },
      store: true,
    },
    body: {
      ...asked,
      metadata: { a: 'b' },
      safety_identifier: 's',
      user: 'u',
      prompt_cache_key: 'k',
      prompt_cache_retention: '24h',
      prompt_cache_options: { mode: 'explicit' },
      service_tier: 'flex',
      parallel_tool_calls: false,
      moderation: { model: 'm' },
      store: true,
    },
    warnings: [],
  },
  {
    name: 'sampling and log probabilities, where the model takes them',
    request: { tools, temperature: 0.5, top_p: 0.9, logprobs: true, top_logprobs: 3 },
    options: SAMPLING_FREE,
    body: {
      ...asked,
      temperature: 0.5,
      top_p: 0.9,
      top_logprobs: 3,
      include: [...INCLUDE, 'message.output_text.logprobs'],
    },
  },
  {
    name: 'no sampling, where it does not',
    request: { tools, temperature: 0.5, top_p: 1, seed: 1, frequency_penalty: 1, presence_penalty: 0, top_k: 3 },
    body: asked,
    warnings: [
      ['temperature', 'dropped'],
      ['seed', 'dropped'],
      ['frequency_penalty', 'dropped'],
      ['top_k', 'dropped'],
    ],
  },
  { name: 'a limit', request: { tools, max_completion_tokens: 100 }, has: { max_output_tokens: 100 }, warnings: [] },
  {
    name: 'a limit that is too low for the API',
    request: { tools, max_tokens: 5 },
    has: { max_output_tokens: 16 },
    warnings: [['max_tokens', 'changed']],
  },
  {
    name: 'an effort',
    request: { tools, reasoning_effort: 'low' },
    has: { reasoning: { effort: 'low' } },
    warnings: [],
  },
  {
    name: 'an effort that the model does not have',
    request: { tools, reasoning_effort: 'none' },
    body: { ...asked, reasoning: { effort: 'low' } },
    warnings: [['reasoning_effort', 'changed']],
  },
  {
    name: 'reasoning that is to be seen',
    request: { tools, reasoning: { effort: 'high' } },
    body: { ...asked, reasoning: { effort: 'high', summary: 'auto' } },
  },
  {
    name: 'reasoning that is not',
    request: { tools, reasoning: { effort: 'high', exclude: true } },
    body: { ...asked, reasoning: { effort: 'high' } },
  },
  {
    name: 'a schema and a verbosity',
    request: {
      tools,
      verbosity: 'low',
      response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
    },
    body: {
      ...asked,
      text: { verbosity: 'low', format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true } },
    },
  },
  {
    name: 'any JSON',
    request: { tools, response_format: { type: 'json_object' } },
    body: { ...asked, text: { format: { type: 'json_object' } } },
  },
  { name: 'plain text', request: { tools, response_format: { type: 'text' } }, body: asked },
  {
    name: 'a stream',
    request: { tools, stream: true, stream_options: { include_usage: true } },
    body: { ...asked, stream: true },
  },
  {
    name: 'a stream as the client wants it padded',
    request: { tools, stream: true, stream_options: { include_obfuscation: false } },
    body: { ...asked, stream: true, stream_options: { include_obfuscation: false } },
  },
  {
    name: 'what the router has to do',
    request: { tools, stop: 'END', n: 3 },
    body: asked,
    emulate: { stop: ['END'], copies: 3 },
    warnings: [
      ['stop', 'emulated'],
      ['n', 'emulated'],
    ],
  },
  {
    name: 'native fields last',
    request: {
      tools,
      extra_body: { openai: { reasoning: { mode: 'pro' }, truncation: 'auto', model: 'other' } },
      reasoning_effort: 'low',
    },
    body: { ...asked, reasoning: { effort: 'low', mode: 'pro' }, truncation: 'auto' },
  },
];

const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  model: 'gpt-6.1-sol-2026-10-01',
  status: 'completed',
  error: null,
  incomplete_details: null,
  service_tier: 'default',
  usage: {
    input_tokens: 20,
    input_tokens_details: { cached_tokens: 5, cache_write_tokens: 2 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 3 },
    total_tokens: 27,
  },
};
const USAGE = {
  prompt_tokens: 20,
  completion_tokens: 7,
  total_tokens: 27,
  prompt_tokens_details: { cached_tokens: 5, cache_write_tokens: 2 },
  completion_tokens_details: { reasoning_tokens: 3 },
};

type Item = Record<string, unknown> & { type: string };

const message = (...content: Record<string, unknown>[]): Item => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content,
});
const said = (text: string, rest: Record<string, unknown> = {}) => ({
  type: 'output_text',
  text,
  annotations: [],
  ...rest,
});
const thought = (summary: string[], encrypted: string | null, id = 'rs_1'): Item => ({
  type: 'reasoning',
  id,
  summary: summary.map((text) => ({ type: 'summary_text', text })),
  encrypted_content: encrypted,
});
const functionCall = (id: string, args: string): Item => ({
  type: 'function_call',
  id: `fc_${id}`,
  call_id: id,
  name: 'f',
  arguments: args,
});

function whole(output: Item[], rest: Record<string, unknown> = {}) {
  return { ...RESPONSE, output, ...rest };
}

/** The same answer as OpenAI streams it: each delta in two halves, each item repeated, then everything. */
function streamed(output: Item[], rest: Record<string, unknown> = {}): string {
  const status = (rest.status as string | undefined) ?? 'completed';
  return sse(
    named({ type: 'response.created', response: { ...RESPONSE, status: 'in_progress', output: [], usage: null } }),
    ...output.flatMap((item, index) => [
      named({ type: 'response.output_item.added', output_index: index, item: { ...item, ...EMPTY[item.type] } }),
      ...deltas(item, index).map(named),
      named({ type: 'response.output_item.done', output_index: index, item }),
    ]),
    named({ type: `response.${status}`, response: whole(output, rest) }),
  );
}

const named = (event: { type: string } & Record<string, unknown>): [string, unknown] => [event.type, event];

const EMPTY: Record<string, Record<string, unknown>> = {
  message: { content: [] },
  reasoning: { summary: [], encrypted_content: 'early' },
  function_call: { arguments: '' },
  custom_tool_call: { input: '' },
};

function deltas(item: Item, index: number): ({ type: string } & Record<string, unknown>)[] {
  const halves = (type: string, text: string, place: Record<string, unknown> = {}) => {
    const middle = Math.floor(text.length / 2);
    return [text.slice(0, middle), text.slice(middle)].map((delta) => ({ type, output_index: index, ...place, delta }));
  };
  const parts = (item.content ?? item.summary ?? []) as { type: string; text: string; refusal: string }[];
  switch (item.type) {
    case 'function_call':
      return halves('response.function_call_arguments.delta', item.arguments as string);
    case 'custom_tool_call':
      return halves('response.custom_tool_call_input.delta', item.input as string);
    default:
      return parts.flatMap(({ type, text, refusal }, position) => {
        if (type === 'summary_text')
          return halves('response.reasoning_summary_text.delta', text, { summary_index: position });
        if (type === 'refusal') return halves('response.refusal.delta', refusal, { content_index: position });
        return halves('response.output_text.delta', text, { content_index: position, logprobs: [] });
      });
  }
}

/** An answer row, whole and streamed. */
function hears(
  name: string,
  output: Item[],
  row: Omit<AnswerRow, 'name'>,
  rest: Record<string, unknown> = {},
): AnswerRow {
  return { name, request: { tools }, whole: whole(output, rest), stream: streamed(output, rest), ...row };
}

const cited = { type: 'url_citation', url: 'u', title: 't', start_index: 0, end_index: 2 };

const answers: AnswerRow[] = [
  hears('text, and who wrote it', [message(said('Grüße 🚢'))], {
    message: { content: 'Grüße 🚢' },
    finish: 'stop',
    native: 'completed',
    usage: USAGE,
    model: 'gpt-6.1-sol-2026-10-01',
    upstreamId: 'resp_1',
    serviceTier: 'default',
  }),
  hears('a refusal', [message({ type: 'refusal', refusal: 'No.' })], {
    message: { content: null, refusal: 'No.' },
    finish: 'stop',
  }),
  hears(
    'calls in their order, with the reasoning that must come back',
    [
      thought(['Hm.', 'So.'], 'x'),
      message(said('Wait')),
      functionCall('c1', '{"a":1}'),
      { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'raw' },
      functionCall('c3', ''),
    ],
    {
      message: {
        content: 'Wait',
        reasoning_content: 'Hm.\n\nSo.',
        reasoning_details: [
          reasoning({ type: 'reasoning.summary', summary: 'Hm.', issuer: ISSUER }),
          reasoning({ type: 'reasoning.summary', summary: 'So.', issuer: ISSUER }),
          reasoning({ type: 'reasoning.encrypted', data: 'x', issuer: ISSUER }),
        ],
        tool_calls: [
          { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          { id: 'c2', type: 'custom', custom: { name: 'g', input: 'raw' } },
          { id: 'c3', type: 'function', function: { name: 'f', arguments: '{}' } },
        ],
      },
      finish: 'tool_calls',
      native: 'completed',
    },
  ),
  hears('encrypted reasoning that the client does not want to see', [thought(['Hm.'], 'x'), message(said('a'))], {
    request: { tools, reasoning: { exclude: true } },
    message: {
      content: 'a',
      reasoning_details: [
        reasoning({ type: 'reasoning.summary', summary: 'Hm.', issuer: ISSUER }),
        reasoning({ type: 'reasoning.encrypted', data: 'x', issuer: ISSUER }),
      ],
    },
    finish: 'stop',
  }),
  hears(
    'citations, counted from the beginning of the whole text',
    [
      { type: 'web_search_call', id: 'ws_1', status: 'completed' },
      message(said('ab', { annotations: [cited] }), said('cd', { annotations: [cited, { type: 'file_citation' }] })),
    ],
    {
      message: {
        content: 'abcd',
        annotations: [
          { type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 2 } },
          { type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 2, end_index: 4 } },
        ],
      },
      finish: 'stop',
    },
  ),
  hears(
    'an answer that was cut',
    [message(said('ab')), functionCall('c1', '{"a"')],
    {
      message: {
        content: 'ab',
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a"' } }],
      },
      finish: 'length',
      native: 'max_output_tokens',
    },
    { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  ),
  {
    name: 'a stream that only tells everything at its end',
    request: { tools },
    stream: sse(
      named({
        type: 'response.completed',
        response: whole([thought([], 'x'), message(said('ab')), functionCall('c1', '{}')]),
      }),
    ),
    message: {
      content: 'ab',
      reasoning_details: [reasoning({ type: 'reasoning.encrypted', data: 'x', issuer: ISSUER })],
      tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
    },
    finish: 'tool_calls',
  },
];

const finishReasons = [
  {
    whole: (reason: string) => whole([message(said('a'))], { status: 'incomplete', incomplete_details: { reason } }),
    stream: (reason: string) =>
      streamed([message(said('a'))], { status: 'incomplete', incomplete_details: { reason } }),
    words: { max_output_tokens: 'length', content_filter: 'content_filter', unheard_of: 'stop' } as const,
  },
];

const failed = (error: Record<string, unknown>) => whole([], { status: 'failed', error });
const inStream = (event: { type: string } & Record<string, unknown>) =>
  sse(named({ type: 'response.created', response: RESPONSE }), named(event));

testProvider({
  provider: { ...openai, name: 'responses', translate },
  options: GPT6,
  requests,
  unsupported: [
    ...['function', 'custom'].map((type) => ({
      name: `a ${type} call that holds nothing`,
      request: { tools, messages: [{ role: 'assistant', tool_calls: [{ id: 'c1', type }] }] as unknown as Messages },
      param: 'messages.0.tool_calls.0',
    })),
    { name: 'logprobs of a model that reasons', request: { tools, logprobs: true }, param: 'logprobs' },
    { name: 'a bias', request: { tools, logit_bias: { 1: 1 } }, options: SAMPLING_FREE, param: 'logit_bias' },
    {
      name: 'a JSON schema that is not there',
      request: { tools, response_format: { type: 'json_schema' } as never },
      param: 'response_format.json_schema',
      kind: 'invalid_request',
    },
    { name: 'audio', request: { tools, modalities: ['text', 'audio'] }, param: 'modalities' },
    {
      name: 'audio of the user',
      request: {
        tools,
        messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: { data: '', format: 'wav' } }] }],
      },
      param: 'messages.0.content.0',
    },
    {
      name: 'audio of the assistant',
      request: { tools, messages: [{ role: 'assistant', audio: { id: 'a' } }] },
      param: 'messages.0.audio',
    },
    {
      name: 'a tool of the server',
      request: { tools: [{ type: 'code_interpreter' }] as never },
      param: 'tools.0.type',
    },
    { name: 'no tokens at all', request: { tools, max_tokens: 0 }, param: 'max_tokens' },
  ],
  answers,
  finishReasons: [],
  broken: [
    {
      name: 'a failed response',
      request: { tools },
      whole: failed({ code: 'server_error', message: 'Oops' }),
      kind: 'fault',
      message: /^Oops$/,
    },
    {
      name: 'a response over the limit',
      request: { tools },
      whole: failed({ code: 'rate_limit_exceeded', message: 'Slow' }),
      kind: 'rate',
    },
    {
      name: 'a picture that is none',
      request: { tools },
      whole: failed({ code: 'invalid_image', message: 'No' }),
      kind: 'caller',
    },
    {
      name: 'a response that is not ready',
      request: { tools },
      whole: whole([], { status: 'in_progress' }),
      kind: 'fault',
    },
    { name: 'a chat answer', request: { tools }, whole: { id: 'x', choices: [] }, kind: 'fault' },
    {
      name: 'an error behind a 200',
      request: { tools },
      whole: { error: { message: 'Money', code: 'insufficient_quota' } },
      kind: 'exhausted',
    },
    {
      name: 'a failure in the stream',
      request: { tools },
      stream: inStream({ type: 'response.failed', response: failed({ code: 'server_error', message: 'Oops' }) }),
      kind: 'fault',
    },
    {
      name: 'an error in the stream',
      request: { tools },
      stream: inStream({ type: 'error', code: 'slow_down', message: 'Slow', param: null }),
      kind: 'ramp',
    },
    {
      name: 'an error in the stream, nested',
      request: { tools },
      stream: inStream({ type: 'error', error: { code: 'invalid_prompt', message: 'No' } }),
      kind: 'policy',
    },
  ],
  errors: [],
});

/** Ends are told without a word of the request, so it has tools from the start. */
testProvider({
  provider: {
    ...openai,
    name: 'responses ends',
    translate: (call) => translate({ ...call, request: { ...call.request, tools } }),
  },
  options: GPT6,
  requests: [],
  unsupported: [],
  answers: [],
  finishReasons,
  broken: [],
  errors: [],
});

describe('log probabilities', () => {
  const token = { token: 'a', logprob: -0.5, bytes: [97], top_logprobs: [] };
  const body = JSON.stringify(whole([message(said('a', { logprobs: [token] }))]));
  const toldTo = (request: Partial<ChatRequest>) => {
    const told: unknown[] = [];
    const ignore = () => 0;
    const choice = { text: ignore, logprobs: (it: unknown) => told.push(it), finish: ignore };
    const exchange = translate(
      makeCall({ tools, ...request }, { ...GPT6, capabilities: { ...GPT6.capabilities, sampling: 'free' } }),
    );
    exchange.readAnswer(body, { start: ignore, usage: ignore, choice: () => choice } as never);
    return told;
  };

  it('are told to who asked', () => expect(toldTo({ logprobs: true })).toEqual([{ content: [token], refusal: null }]));
  it('are told to nobody else', () => expect(toldTo({})).toEqual([]));
});
