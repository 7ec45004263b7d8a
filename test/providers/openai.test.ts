import { describe, expect, it } from 'vitest';
import { openai } from '../../providers/openai/index.ts';
import { Secret } from '../../src/core/secret.ts';
import { inBytes, longOriginal } from '../../src/core/wire.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Provider } from '../../src/core/provider.ts';
import { chatOriginal, makeCall, type CallOptions } from '../support/call.ts';
import { sse, testProvider, type AnswerRow, type ErrorRow, type RequestRow } from './contract.ts';

/** The same provider, with every call going to this address. */
function at(baseUrl: string, name: string): Provider {
  const translate: Provider['translate'] = (call) =>
    openai.translate({ ...call, endpoint: { ...call.endpoint, baseUrl } });
  return { ...openai, name, translate };
}

const OPENAI = 'https://api.openai.com/v1';
const REASONING: CallOptions['capabilities'] = {
  sampling: 'without_reasoning',
  stop: false,
  reasoning: 'effort',
  efforts: ['none', 'low', 'medium', 'high', 'xhigh'],
};

const messages: ChatRequest['messages'] = [{ role: 'user', content: 'Hi' }];
const base = { model: 'test-model', messages };
const HEAD = { id: 'chatcmpl-9', created: 1, model: 'gpt-4o-2024-08-06' };
const USAGE = {
  prompt_tokens: 9,
  completion_tokens: 3,
  total_tokens: 12,
  prompt_tokens_details: { cached_tokens: 4 },
  completion_tokens_details: { reasoning_tokens: 1 },
};

function whole(message: Record<string, unknown>, finish: string | null = 'stop', rest: Record<string, unknown> = {}) {
  const choice = { index: 0, message: { role: 'assistant', ...message }, finish_reason: finish, ...rest };
  return { ...HEAD, object: 'chat.completion', choices: [choice], usage: USAGE };
}

function chunk(delta: Record<string, unknown>, finish: string | null = null, rest: Record<string, unknown> = {}) {
  return { ...HEAD, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish, ...rest }] };
}

const ROLE = chunk({ role: 'assistant', content: '' });
const COUNT = { ...HEAD, object: 'chat.completion.chunk', choices: [], usage: USAGE };

function streamed(...chunks: Record<string, unknown>[]): string {
  return sse(ROLE, ...chunks, COUNT, '[DONE]');
}

const call = (id: string, name: string, args: string) => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});

/** Any server: the request is the client's own but for the model and the count. */
const untouched: RequestRow[] = [
  {
    name: 'a model by its own name',
    body: { ...base },
    path: '/chat/completions',
    headers: { 'content-type': 'application/json' },
    warnings: [],
    emulate: undefined,
  },
  {
    name: 'a stream always with its count',
    request: { stream: true },
    has: { stream_options: { include_usage: true } },
  },
  {
    name: 'a stream whose count the client wants, too',
    request: { stream: true, stream_options: { include_usage: true } },
    body: { ...base, stream: true, stream_options: { include_usage: true } },
  },
  {
    name: 'a stream whose count the client does not want',
    request: { stream: true, stream_options: { include_usage: false, include_obfuscation: false } },
    body: { ...base, stream: true, stream_options: { include_usage: true, include_obfuscation: false } },
  },
  {
    name: 'a stream with no options, spelled out',
    request: { stream: true, stream_options: null },
    body: { ...base, stream: true, stream_options: { include_usage: true } },
  },
];

const compatible: RequestRow[] = [
  ...untouched,
  {
    name: "what only that server knows, and what the catalog says its model can't",
    request: {
      top_k: 5,
      max_tokens: 10,
      temperature: 0.5,
      stop: ['END'],
      reasoning_effort: 'max',
      reasoning: { effort: 'low' },
      guided_json: {},
      extra_body: { openai: { seed: 1 } },
    } as Partial<ChatRequest>,
    options: { capabilities: REASONING },
    body: {
      ...base,
      top_k: 5,
      max_tokens: 10,
      temperature: 0.5,
      stop: ['END'],
      reasoning_effort: 'max',
      reasoning: { effort: 'low' },
      guided_json: {},
      extra_body: { openai: { seed: 1 } },
    },
    warnings: [],
    emulate: undefined,
  },
  {
    name: 'tools in chat, whatever the catalog says of Responses',
    request: { tools: [{ type: 'function', function: { name: 'f' } }] },
    options: { capabilities: { toolsNeedResponses: true } },
    path: '/chat/completions',
    has: { tools: [{ type: 'function', function: { name: 'f' } }] },
  },
  {
    name: 'as many stop sequences as the client has',
    request: { stop: ['1', '2', '3', '4', '5', '6'] },
    has: { stop: ['1', '2', '3', '4', '5', '6'] },
    warnings: [],
    emulate: undefined,
  },
  {
    name: 'reasoning of earlier turns as it came',
    request: { messages: [...messages, { role: 'assistant', content: 'a', reasoning_content: 'b' }] },
    has: { messages: [...messages, { role: 'assistant', content: 'a', reasoning_content: 'b' }] },
  },
  {
    name: 'no reasoning of earlier turns after the server refused it',
    request: {
      messages: [
        ...messages,
        {
          role: 'assistant',
          content: 'a',
          reasoning_content: 'b',
          reasoning_details: [{ type: 'reasoning.text', format: 'x' }],
        },
      ],
    },
    options: { omitReasoning: true },
    has: { messages: [...messages, { role: 'assistant', content: 'a' }] },
  },
];

const fitted: RequestRow[] = [
  ...untouched,
  {
    name: 'fields that are new to us',
    request: { brand_new: { a: 1 } } as Partial<ChatRequest>,
    has: { brand_new: { a: 1 } },
    warnings: [],
  },
  {
    name: 'everything that a model without reasoning takes',
    request: {
      max_tokens: 10,
      temperature: 0.5,
      stop: 'END',
      n: 2,
      seed: 1,
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { 1: 2 },
    },
    body: {
      ...base,
      max_tokens: 10,
      temperature: 0.5,
      stop: 'END',
      n: 2,
      seed: 1,
      logprobs: true,
      top_logprobs: 2,
      logit_bias: { 1: 2 },
    },
    warnings: [],
    emulate: undefined,
  },
  {
    name: 'max_tokens by its newer name to a model that reasons',
    request: { max_tokens: 10 },
    options: { capabilities: REASONING },
    body: { ...base, max_completion_tokens: 10 },
    warnings: [],
  },
  {
    name: 'the newer of two limits',
    request: { max_tokens: 10, max_completion_tokens: 20 },
    options: { capabilities: REASONING },
    body: { ...base, max_completion_tokens: 20 },
  },
  {
    name: 'no sampling to a model that reasons',
    request: { temperature: 0.5, top_p: 0.9, frequency_penalty: 1, presence_penalty: 1 },
    options: { capabilities: REASONING },
    body: base,
    warnings: [
      ['temperature', 'dropped'],
      ['top_p', 'dropped'],
      ['frequency_penalty', 'dropped'],
      ['presence_penalty', 'dropped'],
    ],
  },
  {
    name: 'no sampling that changes nothing, without a word',
    request: {
      temperature: 1,
      top_p: 1,
      frequency_penalty: 0,
      presence_penalty: 0,
      logprobs: false,
      logit_bias: {},
      prediction: { type: 'content', content: 'a' },
    },
    options: { capabilities: { ...REASONING, sampling: 'none' } },
    body: base,
    warnings: [],
  },
  {
    name: 'sampling to a model whose reasoning is off, but no penalties',
    request: { temperature: 0.5, logprobs: true, frequency_penalty: 1, reasoning_effort: 'none' },
    options: { capabilities: REASONING },
    body: { ...base, temperature: 0.5, logprobs: true, reasoning_effort: 'none' },
    warnings: [['frequency_penalty', 'dropped']],
  },
  {
    name: 'no sampling to a model whose reasoning cannot be off',
    request: { temperature: 0.5, reasoning_effort: 'none' },
    options: { capabilities: { ...REASONING, sampling: 'none', efforts: ['low', 'high'] } },
    body: { ...base, reasoning_effort: 'low' },
    warnings: [
      ['reasoning_effort', 'changed'],
      ['temperature', 'dropped'],
    ],
  },
  {
    name: 'as many stop sequences as it takes, the others left to the router',
    request: { stop: ['1', '2', '3', '4', '5', '6'] },
    options: { capabilities: { stop: true } },
    has: { stop: ['1', '2', '3', '4'] },
    warnings: [['stop', 'emulated']],
    emulate: { stop: ['5', '6'] },
  },
  {
    name: 'all stop sequences that it takes',
    request: { stop: ['1', '2', '3', '4'] },
    options: { capabilities: { stop: true } },
    has: { stop: ['1', '2', '3', '4'] },
    warnings: [],
    emulate: undefined,
  },
  {
    name: 'stop sequences left to the router',
    request: { stop: ['END', 'FIN'] },
    options: { capabilities: REASONING },
    body: base,
    warnings: [['stop', 'emulated']],
    emulate: { stop: ['END', 'FIN'] },
  },
  {
    name: 'no empty list of stop sequences',
    request: { stop: [] },
    options: { capabilities: REASONING },
    body: base,
    emulate: undefined,
  },
  ...(['low', 'xhigh'] as const).map((effort): RequestRow => ({
    name: `effort ${effort} as it is`,
    request: { reasoning_effort: effort },
    options: { capabilities: REASONING },
    body: { ...base, reasoning_effort: effort },
    warnings: [],
  })),
  ...(
    [
      ['minimal', 'low'],
      ['max', 'xhigh'],
    ] as const
  ).map(([wanted, sent]): RequestRow => ({
    name: `effort ${wanted} as ${sent}`,
    request: { reasoning_effort: wanted },
    options: { capabilities: REASONING },
    body: { ...base, reasoning_effort: sent },
    warnings: [['reasoning_effort', 'changed']],
  })),
  {
    name: "OpenRouter's words for reasoning",
    request: { reasoning: { effort: 'high', max_tokens: 1000, exclude: true } },
    options: { capabilities: REASONING },
    body: { ...base, reasoning_effort: 'high' },
    warnings: [['reasoning.max_tokens', 'dropped']],
  },
  {
    name: 'reasoning switched off',
    request: { reasoning: { enabled: false } },
    options: { capabilities: REASONING },
    body: { ...base, reasoning_effort: 'none' },
    warnings: [],
  },
  {
    name: 'no effort to a model that does not reason',
    request: { reasoning_effort: 'high' },
    body: base,
    warnings: [['reasoning_effort', 'dropped']],
  },
  { name: 'no lack of effort either', request: { reasoning_effort: 'none' }, body: base, warnings: [] },
  {
    name: "no words of other providers' requests",
    request: {
      top_k: 5,
      thinking: { type: 'enabled' },
      extra_body: { anthropic: { a: 1 } },
      min_p: 0.1,
    } as Partial<ChatRequest>,
    body: base,
    warnings: [
      ['top_k', 'dropped'],
      ['thinking', 'dropped'],
      ['min_p', 'dropped'],
    ],
  },
  {
    name: 'native fields last, but never another model',
    request: { extra_body: { openai: { seed: 7, model: 'other', prediction: { type: 'content' } } } },
    body: { ...base, seed: 7, prediction: { type: 'content' } },
    warnings: [],
  },
  {
    name: 'metadata only to keep with a stored answer',
    request: { metadata: { a: 'b' } },
    body: base,
    warnings: [],
  },
  {
    name: 'metadata of a stored answer',
    request: { metadata: { a: 'b' }, store: true },
    has: { metadata: { a: 'b' }, store: true },
  },
  {
    name: "no message fields of other providers' clients",
    request: {
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }] },
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'b',
          reasoning_details: [{ type: 'reasoning.text', format: 'x', text: 'b' }],
          tool_calls: [
            {
              ...call('1', 'f', '{}'),
              extra_content: { google: { thought_signature: 'x' } },
              cache_control: { type: 'ephemeral' },
            },
          ],
        },
        { role: 'tool', tool_call_id: '1', content: 'c', is_error: true },
      ] as ChatRequest['messages'],
    },
    has: {
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'a' }] },
        { role: 'assistant', content: null, tool_calls: [call('1', 'f', '{}')] },
        { role: 'tool', tool_call_id: '1', content: 'c' },
      ],
    },
    warnings: [['messages.2.is_error', 'dropped']],
  },
  {
    name: 'a name for a file that has none',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', file: { file_data: 'data:application/pdf;base64,AA' } },
            { type: 'file', file: { file_data: 'data:text/csv;base64,AA', filename: '' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,AA', filename: 'mine.pdf' } },
            { type: 'file', file: { file_id: 'file-1' } },
          ],
        },
      ],
    },
    body: {
      ...base,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', file: { file_data: 'data:application/pdf;base64,AA', filename: 'file.pdf' } },
            { type: 'file', file: { file_data: 'data:text/csv;base64,AA', filename: 'file.csv' } },
            { type: 'file', file: { file_data: 'data:application/pdf;base64,AA', filename: 'mine.pdf' } },
            { type: 'file', file: { file_id: 'file-1' } },
          ],
        },
      ],
    },
    warnings: [],
  },
  {
    name: 'no marks for the cache on tools and calls',
    request: {
      messages: [
        ...messages,
        { role: 'assistant', tool_calls: [{ ...call('1', 'f', '{}'), cache_control: { type: 'ephemeral' } }] },
      ],
      tools: [
        { type: 'function', function: { name: 'f' }, cache_control: { type: 'ephemeral' } },
        { type: 'function', function: { name: 'g', cache_control: { type: 'ephemeral' } } },
      ],
    } as unknown as Partial<ChatRequest>,
    body: {
      ...base,
      messages: [...messages, { role: 'assistant', tool_calls: [call('1', 'f', '{}')] }],
      tools: [
        { type: 'function', function: { name: 'f' } },
        { type: 'function', function: { name: 'g' } },
      ],
    },
    warnings: [],
  },
  {
    name: "tool results' pictures in the user's name, after all results",
    request: {
      messages: [
        { role: 'assistant', tool_calls: [call('1', 'f', '{}'), call('2', 'g', '{}')] },
        {
          role: 'tool',
          tool_call_id: '1',
          content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }],
        },
        { role: 'tool', tool_call_id: '2', content: [{ type: 'text', text: 'two' }] },
        { role: 'user', content: 'Well?' },
      ] as unknown as ChatRequest['messages'],
    },
    has: {
      messages: [
        { role: 'assistant', tool_calls: [call('1', 'f', '{}'), call('2', 'g', '{}')] },
        { role: 'tool', tool_call_id: '1', content: '(see the next user message)' },
        { role: 'tool', tool_call_id: '2', content: [{ type: 'text', text: 'two' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: '(returned by tool call 1)' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
          ],
        },
        { role: 'user', content: 'Well?' },
      ],
    },
  },
  {
    name: "OpenAI's own cache marks",
    request: {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } }] },
      ],
    },
    has: {
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', prompt_cache_breakpoint: { mode: 'explicit' } }] },
      ],
    },
  },
  {
    name: 'a version where Azure wants one',
    options: { settings: { apiVersion: '2026-01-01' } },
    path: '/chat/completions?api-version=2026-01-01',
  },
];

const LONG_ID = 'toolu_' + 'x'.repeat(60);

const answers: AnswerRow[] = [
  {
    name: 'text, and who wrote it',
    whole: { ...whole({ content: 'Grüße 🚢', refusal: null, annotations: [] }), service_tier: 'default' },
    stream: streamed(
      { ...chunk({ content: 'Grüße' }), service_tier: 'default' },
      chunk({ content: ' 🚢' }),
      chunk({}, 'stop'),
    ),
    message: { content: 'Grüße 🚢' },
    finish: 'stop',
    native: 'stop',
    usage: USAGE,
    model: 'gpt-4o-2024-08-06',
    upstreamId: 'chatcmpl-9',
  },
  {
    name: 'a refusal',
    whole: whole({ content: null, refusal: 'No.' }),
    stream: streamed(chunk({ refusal: 'N' }), chunk({ refusal: 'o.' }), chunk({}, 'stop')),
    message: { content: null, refusal: 'No.' },
    finish: 'stop',
  },
  {
    name: "reasoning in DeepSeek's and vLLM's field",
    whole: whole({ content: 'a', reasoning_content: 'Hm.' }),
    stream: streamed(
      chunk({ reasoning_content: 'H' }),
      chunk({ reasoning_content: 'm.' }),
      chunk({ content: 'a' }),
      chunk({}, 'stop'),
    ),
    message: { content: 'a', reasoning_content: 'Hm.' },
    finish: 'stop',
  },
  {
    name: "reasoning in Groq's and OpenRouter's field, with details",
    whole: whole({
      content: 'a',
      reasoning: 'Hm.',
      reasoning_details: [
        { type: 'reasoning.text', text: 'Hm.', signature: 's', format: 'anthropic-claude-v1', index: 0 },
        { type: 'reasoning.encrypted', data: 'x', format: 'anthropic-claude-v1', index: 1 },
      ],
    }),
    stream: streamed(
      chunk({
        reasoning: 'H',
        reasoning_details: [{ type: 'reasoning.text', text: 'H', format: 'anthropic-claude-v1', index: 0 }],
      }),
      chunk({
        reasoning: 'm.',
        reasoning_details: [{ type: 'reasoning.text', text: 'm.', format: 'anthropic-claude-v1', index: 0 }],
      }),
      chunk({
        reasoning_details: [{ type: 'reasoning.text', signature: 's', format: 'anthropic-claude-v1', index: 0 }],
      }),
      chunk({
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'x', format: 'anthropic-claude-v1', index: 1 }],
      }),
      chunk({ content: 'a' }),
      chunk({}, 'stop'),
    ),
    message: {
      content: 'a',
      reasoning_content: 'Hm.',
      reasoning_details: [
        {
          type: 'reasoning.text',
          text: 'Hm.',
          signature: 's',
          format: 'anthropic-claude-v1',
          index: 0,
          issuer: 'compatible/test-model',
        },
        {
          type: 'reasoning.encrypted',
          data: 'x',
          format: 'anthropic-claude-v1',
          index: 1,
          issuer: 'compatible/test-model',
        },
      ],
    },
    finish: 'stop',
  },
  {
    name: 'no reasoning for who does not want to see it',
    request: { reasoning: { exclude: true } },
    whole: whole({
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
        { type: 'text', text: 'a' },
      ],
      reasoning_content: 'Hm.',
    }),
    stream: streamed(chunk({ reasoning_content: 'Hm.' }), chunk({ content: 'a' }), chunk({}, 'stop')),
    message: { content: 'a' },
    finish: 'stop',
  },
  {
    name: "Mistral's content in parts",
    whole: whole({
      content: [
        { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
        { type: 'text', text: 'a' },
      ],
    }),
    stream: streamed(
      chunk({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }),
      chunk({ content: 'a' }),
      chunk({}, 'stop'),
    ),
    message: { content: 'a', reasoning_content: 'Hm.' },
    finish: 'stop',
  },
  {
    name: 'tool calls side by side',
    whole: whole({ content: null, tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'g', '{}')] }, 'tool_calls'),
    stream: streamed(
      chunk({ tool_calls: [{ index: 0, ...call('a', 'f', '') }] }),
      chunk({ tool_calls: [{ index: 1, ...call('b', 'g', '') }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{"x"' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
      chunk({}, 'tool_calls'),
    ),
    message: { content: null, tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'g', '{}')] },
    finish: 'tool_calls',
  },
  {
    name: 'tool calls whose end is called stop, without numbers, the name after the arguments',
    whole: whole({ content: null, tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'g', '{}')] }),
    stream: streamed(
      chunk({ tool_calls: [{ id: 'a', function: { arguments: '{"x"' } }] }),
      chunk({ tool_calls: [{ function: { name: 'f', arguments: ':1}' } }] }),
      chunk({ tool_calls: [call('b', 'g', '{}')] }),
      chunk({}, 'stop'),
    ),
    message: { content: null, tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'g', '{}')] },
    finish: 'tool_calls',
    native: 'stop',
  },
  {
    name: 'tool calls side by side that share one index',
    whole: whole({ content: null, tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'f', '{}')] }, 'tool_calls'),
    stream: streamed(
      chunk({ tool_calls: [{ index: 0, ...call('a', 'f', '{"x":1}') }] }),
      chunk({ tool_calls: [{ index: 0, ...call('b', 'f', '') }] }),
      chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
      chunk({}, 'tool_calls'),
    ),
    message: { content: null, tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'f', '{}')] },
    finish: 'tool_calls',
  },
  {
    name: 'tool calls that share one index and are gone back to by their ids',
    stream: streamed(
      chunk({ tool_calls: [{ index: 0, ...call('a', 'f', '{"x"') }] }),
      chunk({ tool_calls: [{ index: 0, ...call('b', 'g', '{}') }] }),
      chunk({ tool_calls: [{ index: 0, ...call('a', 'f', ':1}') }] }),
      chunk({}, 'tool_calls'),
    ),
    message: { content: null, tool_calls: [call('a', 'f', '{"x":1}'), call('b', 'g', '{}')] },
    finish: 'tool_calls',
  },
  {
    name: 'tool calls that share one index and have empty ids',
    stream: streamed(
      chunk({ tool_calls: [{ index: 0, ...call('', 'f', '{"x":1}') }] }),
      chunk({ tool_calls: [{ index: 0, ...call('', 'f', '') }] }),
      chunk({ tool_calls: [{ index: 0, ...call('', 'f', '{}') }] }),
      chunk({}, 'tool_calls'),
    ),
    message: {
      content: null,
      tool_calls: [
        call(`call_${'1'.padStart(24, '0')}`, 'f', '{"x":1}'),
        call(`call_${'2'.padStart(24, '0')}`, 'f', '{}'),
      ],
    },
    finish: 'tool_calls',
  },
  ...(['index', 'no index'] as const).map((by): AnswerRow => {
    const at = by === 'index' ? { index: 0 } : {};
    return {
      name: `one tool call whose every delta has its id and name, with ${by}`,
      stream: streamed(
        chunk({ tool_calls: [{ ...at, ...call('a', 'f', '{"x"') }] }),
        chunk({ tool_calls: [{ ...at, ...call('a', 'f', ':1}') }] }),
        chunk({ tool_calls: [{ ...at, ...call('a', 'f', '') }] }),
        chunk({}, 'tool_calls'),
      ),
      message: { content: null, tool_calls: [call('a', 'f', '{"x":1}')] },
      finish: 'tool_calls',
    };
  }),
  ...(['index', 'no index'] as const).flatMap((by): AnswerRow[] => {
    const at = by === 'index' ? { index: 0 } : {};
    const bare = (id: string, more: string) => ({ ...at, id, type: 'function', function: { arguments: more } });
    const one = { message: { content: null, tool_calls: [call('a', 'f', '{"x":{}}')] }, finish: 'tool_calls' } as const;
    return [
      {
        name: `one tool call whose every delta has its name and a new id, with ${by}`,
        stream: streamed(
          chunk({ tool_calls: [{ ...at, ...call('a', 'f', '') }] }),
          chunk({ tool_calls: [{ ...at, ...call('b', 'f', '{"x":{}') }] }),
          chunk({ tool_calls: [{ ...at, ...call('c', 'f', '}') }] }),
          chunk({ tool_calls: [{ ...at, ...call('d', 'f', '') }] }),
          chunk({}, 'tool_calls'),
        ),
        ...one,
      },
      {
        name: `one tool call with a new id in every delta, its name in the first, with ${by}`,
        stream: streamed(
          chunk({ tool_calls: [{ ...at, ...call('a', 'f', '') }] }),
          chunk({ tool_calls: [bare('b', '{"x"')] }),
          chunk({ tool_calls: [bare('c', ':{}}')] }),
          chunk({}, 'tool_calls'),
        ),
        ...one,
      },
    ];
  }),
  {
    name: 'tool calls that share one index, have no ids, and are named before their arguments come',
    stream: streamed(
      ...['f', 'f', 'g'].flatMap((name) => [
        chunk({ tool_calls: [{ index: 0, function: { name, arguments: '' } }] }),
        chunk({ tool_calls: [{ index: 0, function: { arguments: '{}' } }] }),
      ]),
      chunk({}, 'tool_calls'),
    ),
    message: {
      content: null,
      tool_calls: ['f', 'f', 'g'].map((name, at) => call(`call_${String(at + 1).padStart(24, '0')}`, name, '{}')),
    },
    finish: 'tool_calls',
  },
  {
    name: 'one tool call without an id whose every delta has its name',
    stream: streamed(
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '{"x"' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: ':1}' } }] }),
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] }),
      chunk({}, 'tool_calls'),
    ),
    message: { content: null, tool_calls: [call(`call_${'1'.padStart(24, '0')}`, 'f', '{"x":1}')] },
    finish: 'tool_calls',
  },
  {
    name: 'a tool call without an id, its arguments an object',
    whole: whole({ content: null, tool_calls: [{ function: { name: 'f', arguments: { x: 1 } } }] }, 'tool_calls'),
    message: { content: null, tool_calls: [call(`call_${'1'.padStart(24, '0')}`, 'f', '{"x":1}')] },
    finish: 'tool_calls',
  },
  {
    name: 'a call of a custom tool',
    whole: whole(
      { content: null, tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'f', input: 'raw' } }] },
      'tool_calls',
    ),
    stream: streamed(
      chunk({ tool_calls: [{ index: 0, id: 'a', type: 'custom', custom: { name: 'f', input: '' } }] }),
      chunk({ tool_calls: [{ index: 0, custom: { input: 'raw' } }] }),
      chunk({}, 'tool_calls'),
    ),
    message: { content: null, tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'f', input: 'raw' } }] },
    finish: 'tool_calls',
  },
  {
    name: "a call with Gemini's signature",
    whole: whole(
      {
        content: null,
        tool_calls: [{ ...call('a', 'f', '{}'), extra_content: { google: { thought_signature: 's' } } }],
      },
      'tool_calls',
    ),
    message: {
      content: null,
      tool_calls: [{ ...call('a', 'f', '{}'), extra_content: { google: { thought_signature: 's' } } }],
    },
    finish: 'tool_calls',
  },
  {
    name: 'an old function call',
    whole: whole({ content: null, function_call: { name: 'f', arguments: '{"x":1}' } }, 'function_call'),
    stream: streamed(
      chunk({ function_call: { name: 'f', arguments: '' } }),
      chunk({ function_call: { arguments: '{"x":1}' } }),
      chunk({}, 'function_call'),
    ),
    message: { content: null, tool_calls: [call(`call_${'1'.padStart(24, '0')}`, 'f', '{"x":1}')] },
    finish: 'tool_calls',
    native: 'function_call',
  },
  {
    name: 'citations and pictures',
    whole: whole({
      content: 'a',
      annotations: [{ type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 1 } }],
      images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }],
    }),
    stream: streamed(
      chunk({ content: 'a' }),
      chunk({
        annotations: [{ type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 1 } }],
      }),
      chunk({ images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] }),
      chunk({}, 'stop'),
    ),
    message: {
      content: 'a',
      annotations: [{ type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 1 } }],
      images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }],
    },
    finish: 'stop',
  },
  {
    name: 'several choices',
    request: { n: 2 },
    whole: {
      ...whole({ content: 'a' }),
      choices: [1, 0].map((index) => ({
        index,
        message: { role: 'assistant', content: `c${index}` },
        finish_reason: 'stop',
      })),
    },
    stream: streamed(
      chunk({ content: 'c0' }, 'stop'),
      chunk({ content: 'c1' }, null, { index: 1 }),
      chunk({}, 'stop', { index: 1 }),
    ),
    message: { content: 'c0' },
    finish: 'stop',
    choices: 2,
  },
  {
    name: 'a whole answer that forgets its end',
    whole: whole({ content: 'a' }, null),
    message: { content: 'a' },
    finish: 'stop',
  },
  {
    name: "an answer after Azure's chunk about the prompt, with an empty delta after the end",
    stream: sse(
      { ...HEAD, model: '', choices: [], prompt_filter_results: [] },
      ROLE,
      chunk({ content: 'a' }),
      chunk({}, 'content_filter'),
      { ...chunk({ content: '' }), usage: USAGE },
      '[DONE]',
    ),
    message: { content: 'a' },
    finish: 'content_filter',
    usage: USAGE,
    model: 'gpt-4o-2024-08-06',
  },
];

const errors: ErrorRow[] = [
  {
    name: 'a wrong parameter, in the words of OpenAI',
    status: 400,
    body: {
      error: {
        message: "Unsupported value: 'temperature'",
        type: 'invalid_request_error',
        param: 'temperature',
        code: 'unsupported_value',
      },
    },
    kind: 'caller',
    clientStatus: 400,
    code: 'unsupported_value',
    param: 'temperature',
    message: /^Unsupported value: 'temperature'$/,
  },
  {
    name: 'a wrong parameter without a code',
    status: 422,
    body: { error: { message: 'No', type: 'invalid_request_error', param: null, code: null } },
    kind: 'caller',
    clientStatus: 422,
    code: 'invalid_request',
  },
  { name: 'a conflict', status: 409, body: { error: { message: 'Lock' } }, kind: 'caller', clientStatus: 409 },
  {
    name: 'too many bytes',
    status: 413,
    body: '<html>413</html>',
    kind: 'caller',
    clientStatus: 413,
    code: 'request_too_large',
  },
  {
    name: 'too many tokens, by its code',
    status: 400,
    body: {
      error: { message: 'Too long', type: 'invalid_request_error', param: 'messages', code: 'context_length_exceeded' },
    },
    kind: 'context',
    code: 'context_length_exceeded',
    param: 'messages',
  },
  ...[
    "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
    "This model's maximum prompt length is 131072 but the request contains 140000 tokens.",
    'the request exceeds the available context size, try increasing it',
    'The prompt is too long: 5000, model maximum context length: 4095',
    'Please reduce the length of the messages or completion.',
  ].map((message): ErrorRow => ({
    name: `too many tokens: ${message}`,
    status: 400,
    body: { error: { message, type: 'invalid_request_error', param: null, code: 'invalid_request_error' } },
    kind: 'context',
    code: 'context_length_exceeded',
  })),
  {
    name: 'more tokens than a minute has, which no waiting helps',
    status: 429,
    body: {
      error: {
        message: 'Request too large for gpt-5 in organization org-1 on tokens per min (TPM): Limit 1, Requested 2.',
        type: 'tokens',
        param: null,
        code: 'rate_limit_exceeded',
      },
    },
    kind: 'misconfigured',
    clientStatus: 429,
    code: 'rate_limit_exceeded',
  },
  {
    name: "Azure's filter",
    status: 400,
    body: {
      error: {
        message: 'Filtered',
        type: null,
        param: 'prompt',
        code: 'content_filter',
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    },
    kind: 'policy',
    code: 'content_filter',
    param: 'prompt',
  },
  {
    name: 'a flagged prompt',
    status: 400,
    body: { error: { message: 'Flagged', code: 'invalid_prompt' } },
    kind: 'policy',
  },
  {
    name: 'reasoning that another key wrote',
    status: 400,
    body: {
      error: {
        message: 'The encrypted content could not be verified.',
        type: 'invalid_request_error',
        code: 'invalid_encrypted_content',
      },
    },
    kind: 'reasoning_rejected',
  },
  {
    name: 'reasoning without what it led to',
    status: 400,
    body: {
      error: {
        message: "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
        type: 'invalid_request_error',
      },
    },
    kind: 'reasoning_rejected',
  },
  {
    name: 'a wrong key',
    status: 401,
    body: { error: { message: 'Incorrect API key provided: sk-1', code: 'invalid_api_key' } },
    kind: 'credential',
  },
  {
    name: "a wrong key of xAI's",
    status: 400,
    body: { code: 'Client specified an invalid argument', error: 'Incorrect API key provided.' },
    kind: 'credential',
  },
  {
    name: "a wrong key of Mistral's",
    status: 401,
    body: { detail: 'Unauthorized' },
    kind: 'credential',
    message: /Unauthorized/,
  },
  {
    name: "a wrong key of Azure's, its code a number",
    status: 401,
    body: { error: { code: '401', message: 'Access denied' } },
    kind: 'credential',
  },
  {
    name: 'a country that is not served',
    status: 403,
    body: { error: { message: 'Country', code: 'unsupported_country_region_territory' } },
    kind: 'credential',
  },
  {
    name: 'no money at DeepSeek',
    status: 402,
    body: { error: { message: 'Insufficient Balance' } },
    kind: 'exhausted',
  },
  {
    name: 'no credits at xAI',
    status: 403,
    body: { error: 'Your team has used all available credits or reached its monthly spending limit.' },
    kind: 'exhausted',
  },
  {
    name: 'an unknown model',
    status: 404,
    body: { error: { message: 'No such model', code: 'model_not_found' } },
    kind: 'misconfigured',
    code: 'model_not_found',
  },
  {
    name: "vLLM's unknown model",
    status: 404,
    body: { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', param: null, code: 404 },
    kind: 'misconfigured',
  },
  {
    name: 'an unknown model behind a 400, as the Responses API says it',
    status: 400,
    body: { error: { message: 'No', code: 'model_not_found' } },
    kind: 'misconfigured',
  },
  ...[
    'insufficient_quota',
    'credit_balance_exhausted',
    'project_spend_limit_exceeded',
    'billing_hard_limit_reached',
  ].map((code): ErrorRow => ({
    name: `${code}`,
    status: 429,
    body: { error: { message: 'Money', type: code, code } },
    kind: 'exhausted',
  })),
  {
    name: 'a spent quota that only its type tells',
    status: 429,
    body: { error: { message: 'Money', type: 'insufficient_quota', code: null } },
    kind: 'exhausted',
  },
  {
    name: 'a rate limit with a time',
    status: 429,
    headers: { 'retry-after': '3', 'retry-after-ms': '2870' },
    body: { error: { message: 'Rate limit reached', type: 'tokens', code: 'rate_limit_exceeded' } },
    kind: 'rate',
    retryAfterMs: 2870,
  },
  {
    name: 'a rate limit with a time only where the limit stands',
    status: 429,
    headers: {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0.5s',
      'x-ratelimit-remaining-tokens': '100',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    body: { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } },
    kind: 'rate',
    retryAfterMs: 60_500,
  },
  {
    name: "Azure's negative figures, which mean nothing",
    status: 429,
    headers: { 'x-ratelimit-remaining-tokens': '-1', 'x-ratelimit-reset-tokens': '0' },
    body: { error: { message: 'Rate limit', code: '429' } },
    kind: 'rate',
    retryAfterMs: undefined,
  },
  { name: 'a limit without a word', status: 429, body: '', kind: 'rate', retryAfterMs: undefined },
  {
    name: 'growth that is too fast',
    status: 429,
    body: { error: { message: 'Slow down', type: 'rate_limit_error', code: 'slow_down' } },
    kind: 'ramp',
  },
  {
    name: 'growth that is too fast, in its older form',
    status: 503,
    body: { error: { message: 'Slow down', code: 'slow_down' } },
    kind: 'ramp',
  },
  {
    name: 'high demand at Azure',
    status: 429,
    body: { error: { message: 'The system is currently experiencing high demand', code: 'too_many_requests' } },
    kind: 'overload',
  },
  {
    name: "Mistral's full tier",
    status: 429,
    body: { object: 'error', message: 'Capacity', type: 'service_tier_capacity_exceeded', param: null, code: '3505' },
    kind: 'overload',
  },
  { name: "Groq's full tier", status: 498, body: { error: { message: 'Flex tier' } }, kind: 'overload' },
  {
    name: 'overload',
    status: 503,
    body: { error: { message: 'Overloaded', type: 'service_unavailable_error', code: 'server_is_overloaded' } },
    kind: 'overload',
  },
  {
    name: "an edge's text",
    status: 503,
    body: 'upstream connect error or disconnect/reset before headers',
    kind: 'overload',
    message: /^upstream connect error/,
  },
  {
    name: 'a failure',
    status: 500,
    body: { error: { message: 'Oops', type: 'server_error', code: 'server_error' } },
    kind: 'fault',
  },
  {
    name: "a gateway's page",
    status: 502,
    body: '<html><body>502 Bad Gateway</body></html>',
    kind: 'fault',
    message: /^The provider answered with status 502$/,
  },
  ...[520, 521, 522, 523, 525, 526].map((status): ErrorRow => ({
    name: `Cloudflare's ${status}`,
    status,
    body: '<!DOCTYPE html>',
    kind: 'fault',
  })),
  ...[408, 504, 524].map((status): ErrorRow => ({
    name: `a wait that was too long: ${status}`,
    status,
    body: 'upstream request timeout',
    kind: 'timeout',
  })),
  {
    name: 'a list',
    status: 429,
    body: [{ error: { message: 'Quota', code: 429, status: 'RESOURCE_EXHAUSTED' } }],
    kind: 'rate',
    message: /^Quota$/,
  },
  { name: 'a string', status: 400, body: '"just this"', kind: 'caller', message: /^just this$/ },
  {
    name: 'plain text',
    status: 422,
    body: 'Failed to deserialize the JSON body\n at line 1',
    kind: 'caller',
    clientStatus: 422,
    message: /^Failed to deserialize the JSON body at line 1$/,
  },
  {
    name: "FastAPI's list",
    status: 422,
    body: { detail: [{ type: 'missing', loc: ['body', 'messages', 0], msg: 'Field required' }] },
    kind: 'caller',
    param: 'messages.0',
    message: /^Field required$/,
  },
  {
    name: "Mistral's list",
    status: 422,
    body: {
      object: 'error',
      message: { detail: [{ loc: ['body', 'top_k'], msg: 'Extra inputs are not permitted' }] },
      type: 'invalid_request_error',
    },
    kind: 'caller',
    param: 'top_k',
    message: /^Extra inputs/,
  },
  {
    name: 'a code out of the language',
    status: 400,
    body: { error: { message: 'No', code: 'constructor' } },
    kind: 'caller',
    code: 'constructor',
  },
];

const finishReasons = [
  {
    whole: (native: string) => whole({ content: 'a' }, native),
    stream: (native: string) => streamed(chunk({ content: 'a' }), chunk({}, native)),
    words: {
      stop: 'stop',
      length: 'length',
      content_filter: 'content_filter',
      tool_calls: 'tool_calls',
      function_call: 'tool_calls',
      model_length: 'length',
      eos_token: 'stop',
      unheard_of: 'stop',
    } as const,
  },
];

const broken = [
  {
    name: 'an error behind a 200',
    whole: { error: { message: 'Overloaded', code: 502 } },
    kind: 'fault' as const,
    message: /^Overloaded$/,
  },
  { name: 'no choices', whole: { ...HEAD, choices: [] }, kind: 'fault' as const },
  {
    name: 'a failed choice behind a 200',
    whole: { ...HEAD, choices: [{ index: 0, error: { message: 'Busy', code: 429 } }] },
    kind: 'rate' as const,
  },
  {
    name: 'a call without a name',
    stream: streamed(chunk({ tool_calls: [{ index: 0, id: 'a' }] }), chunk({}, 'tool_calls')),
    kind: 'malformed' as const,
  },
  { name: 'no end', stream: sse(ROLE, chunk({ content: 'a' }), '[DONE]'), kind: 'truncated' as const },
  {
    name: 'one of two ends',
    stream: sse(chunk({ content: 'a' }, 'stop'), chunk({ content: 'b' }, null, { index: 1 }), '[DONE]'),
    kind: 'truncated' as const,
  },
  ...['insufficient_system_resource', 'error', 'abort'].map((word) => ({
    name: `the end ${word}`,
    whole: whole({ content: 'a' }, word),
    stream: streamed(chunk({ content: 'a' }), chunk({}, word)),
    kind: 'truncated' as const,
  })),
  { name: 'a page in the stream', stream: 'data: <html>\n\n', kind: 'fault' as const },
  {
    name: "OpenAI's error in the stream",
    stream: sse(ROLE, { error: { message: 'Oops', type: 'server_error' } }),
    kind: 'fault' as const,
  },
  {
    name: 'a rate limit in the stream',
    stream: sse(ROLE, { error: { message: 'Slow', type: 'rate_limit_error' } }),
    kind: 'rate' as const,
  },
  {
    name: "vLLM's error in the stream, its status a number",
    stream: sse({ object: 'error', message: 'Bad', code: 400 }),
    kind: 'caller' as const,
  },
  {
    name: "Groq's failed call in the stream",
    stream: sse(ROLE, [
      'error',
      {
        error: { message: 'No tool called', type: 'invalid_request_error', code: 'tool_use_failed', status_code: 400 },
      },
    ]),
    kind: 'malformed' as const,
  },
];

const authorize = [
  {
    name: 'a bearer token',
    endpoint: { credential: { kind: 'key' as const, secret: new Secret('sk-1') } },
    headers: { authorization: 'Bearer sk-1' },
  },
  {
    name: "Azure's own header",
    endpoint: { credential: { kind: 'key' as const, secret: new Secret('sk-1') }, settings: { keyHeader: 'api-key' } },
    headers: { 'api-key': 'sk-1' },
    lacksHeaders: ['authorization'],
  },
  {
    name: 'a token that has to be fetched',
    endpoint: { credential: { kind: 'token' as const, resolve: async () => new Secret('entra') } },
    headers: { authorization: 'Bearer entra' },
  },
  {
    name: 'nothing',
    endpoint: { credential: { kind: 'none' as const } },
    headers: {},
    lacksHeaders: ['authorization'],
  },
];

testProvider({
  provider: at('http://127.0.0.1:8000/v1', 'compatible'),
  requests: compatible,
  unsupported: [],
  answers,
  finishReasons,
  broken,
  errors,
  authorize,
});

testProvider({
  provider: at(OPENAI, 'openai'),
  requests: fitted,
  unsupported: [
    {
      name: 'logprobs of a model that reasons',
      request: { logprobs: true },
      options: { capabilities: REASONING },
      param: 'logprobs',
    },
    {
      name: 'a bias of a model that reasons',
      request: { logit_bias: { 1: 1 } },
      options: { capabilities: REASONING },
      param: 'logit_bias',
    },
    {
      name: 'a file by its address',
      request: {
        messages: [{ role: 'user', content: [{ type: 'file', file: { file_data: 'https://example.com/a.pdf' } }] }],
      },
      param: 'messages.0.content.0.file.file_data',
    },
    {
      name: 'a video',
      request: {
        messages: [
          { role: 'user', content: [{ type: 'video_url', video_url: { url: 'https://x' } }] },
        ] as unknown as ChatRequest['messages'],
      },
      param: 'messages.0.content.0',
    },
    {
      name: 'an effort that nobody knows',
      request: { reasoning_effort: 'colossal' as 'low' },
      param: 'reasoning_effort',
      options: { capabilities: REASONING },
    },
  ],
  answers: [],
  finishReasons: [],
  broken: [],
  errors: [],
});

describe('relaying', () => {
  const relays = (request: Partial<ChatRequest>, options: CallOptions = {}, baseUrl = OPENAI) =>
    at(baseUrl, 'openai').translate(makeCall(request, options)).relay;

  it.each([
    { name: 'a plain request', relayed: true },
    { name: 'a request that had to be fitted', request: { max_tokens: 5, temperature: 2 }, relayed: true },
    { name: 'stop sequences that we look for', request: { stop: 'END' }, relayed: false },
    {
      name: 'hidden reasoning, where OpenAI hides it anyway',
      request: { reasoning: { exclude: true } },
      relayed: true,
    },
    {
      name: 'hidden reasoning of another server',
      request: { reasoning: { exclude: true } },
      baseUrl: 'https://api.deepseek.com',
      relayed: false,
    },
  ])('$name: $relayed', ({ request = {}, baseUrl, relayed }) => {
    expect(relays(request, { capabilities: REASONING }, baseUrl)).toBe(relayed ? 'chat' : undefined);
  });

  it.each([
    { baseUrl: 'https://api.openai.com/v1', isOpenAi: true },
    { baseUrl: 'https://eu.api.openai.com/v1', isOpenAi: true },
    { baseUrl: 'https://mine.openai.azure.com/openai/v1', isOpenAi: true },
    { baseUrl: 'https://api.openai.com.evil.com/v1', isOpenAi: false },
    { baseUrl: 'https://evil.com/api.openai.com/v1', isOpenAi: false },
    { baseUrl: 'https://notapi.openai.com.de/v1', isOpenAi: false },
    { baseUrl: 'http://localhost:8000/v1', isOpenAi: false },
  ])('$baseUrl is OpenAI: $isOpenAi', ({ baseUrl, isOpenAi }) => {
    const { body } = at(baseUrl, 'openai').translate(makeCall({ top_k: 5 }));
    expect('top_k' in (JSON.parse(body) as object)).toBe(!isOpenAi);
  });
});

describe("the client's own text", () => {
  const send = (original: string, model = 'gpt-4o') => {
    const request = JSON.parse(original) as ChatRequest;
    return at(OPENAI, 'openai').translate({ ...makeCall({}, { model }), request, original: chatOriginal(original) })
      .body;
  };

  it.each([
    {
      name: 'keeps its spaces and its order',
      original: '{ "messages" : [],\n "model" :\t"alias" , "n": 1.0 }',
      sent: '{ "messages" : [],\n "model" :\t"gpt-4o" , "n": 1.0 }',
    },
    {
      name: 'is not touched for a model by its own name',
      original: '{"model" : "gpt-4o","messages":[],"seed":1e2}',
      sent: '{"model" : "gpt-4o","messages":[],"seed":1e2}',
    },
    {
      name: 'gets the count in front',
      original: ' {"model":"alias","stream":true,"messages":[]}',
      sent: '{"stream_options":{"include_usage":true},"model":"gpt-4o","stream":true,"messages":[]}',
    },
    {
      name: 'may talk of models',
      original: '{"model":"alias","messages":[{"role":"user","content":"my \\"model\\": \\"alias\\""}],"a":1.0}',
      sent: '{"model":"gpt-4o","messages":[{"role":"user","content":"my \\"model\\": \\"alias\\""}],"a":1.0}',
    },
    {
      name: 'may name a model that needs escaping',
      original: '{"model":"a\\"b","messages":[],"a":1.0}',
      sent: '{"model":"gpt-4o","messages":[],"a":1.0}',
    },
  ])('$name', ({ original, sent }) => expect(send(original)).toBe(sent));

  it.each([
    { name: 'two keys of one name', original: '{"model":"first","model":"alias","messages":[],"a":1.0}' },
    {
      name: 'a key inside another object',
      original: '{"metadata":{"model":"x"},"store":true,"model":"alias","messages":[],"a":1.0}',
    },
    { name: 'an escaped key', original: '{"model":"first","\\u006dodel":"alias","messages":[],"a":1.0}' },
    { name: 'an escaped key alone', original: '{"mod\\u0065l":"alias","messages":[],"a":1.0}' },
    { name: 'a name in other letters', original: '{"model":"al\\u0069as","messages":[],"a":1.0}' },
  ])('is written anew for $name', ({ original }) => {
    const expected = { ...(JSON.parse(original) as object), model: 'gpt-4o' };
    expect(send(original)).toBe(JSON.stringify(expected));
  });

  it.each([
    { name: 'by another name', original: '{"model":"alias","messages":[],"b":"\\u00e9 é \\/"}', own: 2, pieces: 3 },
    { name: 'behind other letters', original: '{"messages":[],"a":"日本 𝄞","model" : "alias"}', own: 2, pieces: 3 },
    { name: 'by its own name', original: '{"model":"gpt-4o","messages":[],"a":"日本"}', own: 1, pieces: 1 },
    { name: 'streamed', original: ' {"messages":[],"a":"é","stream":true,"model":"alias"}', own: 2, pieces: 4 },
  ])('goes as the very bytes where they are there, $name', ({ original, own, pieces }) => {
    const bytes = inBytes(original);
    const call = { ...makeCall({}, { model: 'gpt-4o' }), request: JSON.parse(original) as ChatRequest };
    const long = longOriginal(chatOriginal(original), bytes);
    const sent = at(OPENAI, 'openai').translate({ ...call, original: long });
    expect(sent.body).toBe('');
    expect(sent.bytes).toHaveLength(pieces);
    expect(Buffer.concat(sent.bytes ?? []).toString()).toBe(send(original));
    expect(sent.bytes?.filter(({ buffer }) => buffer === bytes.buffer)).toHaveLength(own); // Not copied.
  });

  it('is written anew where it is not there', () => {
    expect(at(OPENAI, 'openai').translate({ ...makeCall({ n: 1 }), original: undefined }).body).toContain('"n":1');
  });
});

it('makes ids that are too long for OpenAI short, the same ones on both sides', () => {
  const history: ChatRequest['messages'] = [
    { role: 'assistant', tool_calls: [call(LONG_ID, 'f', '{}') as never] },
    { role: 'tool', tool_call_id: LONG_ID, content: 'a' },
  ];
  const { body } = at(OPENAI, 'openai').translate(makeCall({ messages: history }));
  const [asked, told] = (JSON.parse(body) as { messages: { tool_calls: { id: string }[]; tool_call_id: string }[] })
    .messages;
  expect(asked?.tool_calls[0]?.id).toMatch(/^call_\w{24}$/);
  expect(told?.tool_call_id).toBe(asked?.tool_calls[0]?.id);
});

describe('what another door has translated, to a strict server', () => {
  const cache_control = { type: 'ephemeral' };
  const mine = { type: 'reasoning.text', text: 'b', issuer: 'test/other-model' };
  const tool = { type: 'function', function: { name: 'f' } };
  const request = {
    reasoning: { exclude: true },
    reasoning_effort: 'low',
    prompt_cache_options: { mode: 'implicit' },
    tools: [{ ...tool, cache_control }],
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'a', cache_control }] },
      {
        role: 'assistant',
        reasoning_content: 'b',
        reasoning_details: [mine, { ...mine, issuer: 'elsewhere/m' }],
        tool_calls: [{ ...call('1', 'f', '{}'), cache_control }],
      },
      { role: 'tool', tool_call_id: '1', content: 'c', is_error: true, cache_control },
    ],
  } as unknown as Partial<ChatRequest>;

  it('is in words that every server knows', () => {
    const { body, warnings } = openai.translate({ ...makeCall(request), original: undefined, wire: 'messages' });
    expect(JSON.parse(body as string)).toEqual({
      model: 'test-model',
      reasoning_effort: 'low',
      tools: [tool],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a' }] },
        { role: 'assistant', reasoning_content: 'b', reasoning_details: [mine], tool_calls: [call('1', 'f', '{}')] },
        { role: 'tool', tool_call_id: '1', content: 'c' },
      ],
    });
    expect(warnings).toEqual([{ param: 'messages.2.is_error', action: 'dropped' }]);
  });

  it("has tool results' pictures in the user's name: servers take text alone from a tool", () => {
    const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } };
    const messages = [
      { role: 'assistant', tool_calls: [call('1', 'f', '{}')] },
      {
        role: 'tool',
        tool_call_id: '1',
        content: [
          { type: 'text', text: 'c' },
          { ...picture, cache_control },
        ],
      },
    ] as unknown as ChatRequest['messages'];
    const { body } = openai.translate({ ...makeCall({ messages }), original: undefined, wire: 'messages' });
    expect(JSON.parse(body as string)).toEqual({
      model: 'test-model',
      messages: [
        messages[0],
        { role: 'tool', tool_call_id: '1', content: [{ type: 'text', text: 'c' }] },
        { role: 'user', content: [{ type: 'text', text: '(returned by tool call 1)' }, picture] },
      ],
    });
  });

  it.each([
    ['a strict server', {}],
    ['OpenAI', { baseUrl: OPENAI }],
  ])('has no turn that was only thought at %s', (_, at) => {
    const user = { role: 'user' as const, content: 'a' };
    const thought = { role: 'assistant' as const, content: null, reasoning_content: 'b' };
    const asked = makeCall({ messages: [user, thought, user, { role: 'assistant', content: '' }, user] });
    const endpoint = { ...asked.endpoint, ...at };
    const { body } = openai.translate({ ...asked, endpoint, original: undefined, wire: 'messages' });
    expect(JSON.parse(body as string)).toEqual({ model: 'test-model', messages: [user, user, user] });
  });

  it('tells what it cannot say of thinking', () => {
    const lost = (fields: Partial<ChatRequest>) =>
      openai.translate({ ...makeCall(fields), original: undefined, wire: 'messages' }).warnings;
    expect(lost({ reasoning: { enabled: true } })).toEqual([{ param: 'reasoning', action: 'dropped' }]);
    expect(lost({ reasoning: { enabled: true }, reasoning_effort: 'high' })).toEqual([]);
    expect(lost({ reasoning: { max_tokens: 2000 }, reasoning_effort: 'low' })).toEqual([
      { param: 'reasoning.max_tokens', action: 'dropped' },
    ]);
  });

  it('has one measure of reasoning for OpenRouter, which knows marks for the cache', () => {
    const said = (fields: Partial<ChatRequest>) => {
      const call = makeCall({ ...request, ...fields });
      const endpoint = { ...call.endpoint, baseUrl: 'https://openrouter.ai/api/v1' };
      const { body } = openai.translate({ ...call, endpoint, original: undefined, wire: 'messages' });
      return JSON.parse(body as string) as ChatRequest;
    };
    const { messages, tools, ...rest } = said({});
    expect(rest).toEqual({ model: 'test-model', reasoning: { exclude: true, effort: 'low' } });
    expect([messages[0], messages[2], tools]).toEqual([
      request.messages?.[0],
      { role: 'tool', tool_call_id: '1', content: 'c', cache_control },
      request.tools,
    ]);
    const { reasoning, reasoning_effort } = said({ reasoning: { max_tokens: 2000 } });
    expect({ reasoning, reasoning_effort }).toEqual({ reasoning: { max_tokens: 2000 }, reasoning_effort: undefined });
  });

  it("is the chat client's own, also where its text cannot be passed on", () => {
    const { body } = openai.translate({ ...makeCall(request), original: undefined, wire: 'chat' });
    expect(JSON.parse(body as string)).toEqual({ ...makeCall(request).request, model: 'test-model' });
  });
});
