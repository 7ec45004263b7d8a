import { describe, expect, it } from 'vitest';
import { bedrock } from '../../providers/bedrock/index.ts';
import { familyOf, type Family } from '../../providers/bedrock/model.ts';
import type { ChatMessage } from '../../src/core/chat.ts';
import { Secret } from '../../src/core/secret.ts';
import { makeCall } from '../support/call.ts';
import { event, eventStream, exception, frame, join } from './bedrock-events.ts';
import { collect, testProvider, type RequestRow } from './contract.ts';

const CLAUDE = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'us.amazon.nova-2-lite-v1:0';
const LLAMA = 'us.meta.llama3-3-70b-instruct-v1:0';
const MISTRAL = 'mistral.mistral-large-2407-v1:0';
const OSS = 'openai.gpt-oss-120b-1:0';
const ISSUER = `bedrock/${CLAUDE}`;
const EFFORTS = ['low', 'medium', 'high', 'xhigh', 'max'];

const hi = [{ role: 'user', content: [{ text: 'Hi' }] }];
const schema = { type: 'object', properties: { city: { type: 'string' } } };
const weather = {
  type: 'function',
  function: { name: 'weather', description: 'The weather', parameters: schema },
} as const;
const clock = { type: 'function', function: { name: 'clock', description: ' ' } } as const;
const weatherTool = { toolSpec: { name: 'weather', description: 'The weather', inputSchema: { json: schema } } };
const clockTool = { toolSpec: { name: 'clock', inputSchema: { json: { type: 'object', properties: {} } } } };
const closed = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};

const call = (id: string, city: string) => ({
  id,
  type: 'function' as const,
  function: { name: 'weather', arguments: JSON.stringify({ city }) },
});
const loop: ChatMessage[] = [
  { role: 'user', content: 'Weather in Oslo and Rome?' },
  { role: 'assistant', content: null, tool_calls: [call('tooluse_1', 'Oslo'), call('tooluse_2', 'Rome')] },
  { role: 'tool', tool_call_id: 'tooluse_2', content: 'sun' },
  { role: 'tool', tool_call_id: 'tooluse_1', content: 'rain' },
  { role: 'user', content: 'So?' },
];
const loopSent = (first = 'tooluse_1', second = 'tooluse_2') => [
  { role: 'user', content: [{ text: 'Weather in Oslo and Rome?' }] },
  {
    role: 'assistant',
    content: [
      { toolUse: { toolUseId: first, name: 'weather', input: { city: 'Oslo' } } },
      { toolUse: { toolUseId: second, name: 'weather', input: { city: 'Rome' } } },
    ],
  },
  {
    role: 'user',
    content: [
      { toolResult: { toolUseId: first, content: [{ text: 'rain' }] } },
      { toolResult: { toolUseId: second, content: [{ text: 'sun' }] } },
      { text: 'So?' },
    ],
  },
];
const emptyTool = { toolSpec: { name: 'weather', inputSchema: { json: { type: 'object', properties: {} } } } };

const marked = (text: string, ttl?: '1h') => ({
  type: 'text' as const,
  text,
  cache_control: { type: 'ephemeral' as const, ...(ttl && { ttl }) },
});
const point = { cachePoint: { type: 'default' } };
const longPoint = { cachePoint: { type: 'default', ttl: '1h' } };

const user = (...content: object[]): ChatMessage[] => [{ role: 'user', content: content as never }];
const file = (filename: string, data = 'data:application/pdf;base64,JVBERi0=') => ({
  type: 'file',
  file: { filename, file_data: data },
});
const image = (url: string) => ({ type: 'image_url', image_url: { url } });

const thinks = (text: string, signature?: string, format = 'anthropic-claude-v1') => ({
  type: 'reasoning.text' as const,
  format,
  text,
  ...(signature && { signature }),
});
const thought = (detail: object): ChatMessage[] => [
  { role: 'user', content: 'Hi' },
  { role: 'assistant', content: 'Hello', reasoning_details: [detail as never] },
  { role: 'user', content: 'So?' },
];
const spoken = (...first: object[]) => [
  ...hi,
  { role: 'assistant', content: [...first, { text: 'Hello' }] },
  { role: 'user', content: [{ text: 'So?' }] },
];

const BUDGET = { capabilities: { reasoning: 'budget', efforts: [] } } as const;
const ADAPTIVE = { capabilities: { reasoning: 'adaptive', efforts: EFFORTS } } as const;
const DISABLEABLE = { capabilities: { reasoning: 'disableable', efforts: EFFORTS } } as const;
const BETWEEN = { capabilities: { reasoning: 'between_tools', efforts: EFFORTS, forcedToolChoice: false } } as const;
const ALWAYS = { capabilities: { reasoning: 'always', efforts: EFFORTS, forcedToolChoice: false } } as const;
const summarized = { type: 'adaptive', display: 'summarized' };

interface EffortRow {
  fields?: Record<string, unknown>;
  maxTokens?: number;
  warns?: boolean;
}

/** One row of the reasoning table: the effort, and what the model is told beside Converse's own fields. */
function effortRows(
  title: string,
  options: RequestRow['options'] & object,
  rows: Record<string, EffortRow>,
): RequestRow[] {
  return Object.entries(rows).map(([effort, { fields, maxTokens = 16_384, warns = false }]) => ({
    name: `${title}: effort ${effort}`,
    request: { reasoning_effort: effort as 'low' },
    options,
    body: {
      messages: hi,
      ...(maxTokens > 0 && { inferenceConfig: { maxTokens } }),
      ...(fields && { additionalModelRequestFields: fields }),
    },
    warnings: warns ? [['reasoning_effort', 'changed']] : [],
  }));
}

const budget = (tokens: number) => ({
  fields: { thinking: { type: 'enabled', budget_tokens: tokens } },
  maxTokens: 16_384 + tokens,
});
const says = (effort: string) => ({ fields: { thinking: summarized, output_config: { effort } } });
const nova = (effort: string, warns = false) => ({
  fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: effort } },
  warns,
});

const reasoningRows: RequestRow[] = [
  ...effortRows('a budget model', BUDGET, {
    none: {},
    minimal: budget(1024),
    low: budget(2048),
    medium: budget(8192),
    high: budget(16_384),
    xhigh: budget(24_576),
    max: budget(32_000),
  }),
  ...effortRows(
    'Claude 4.8',
    { model: 'global.anthropic.claude-opus-4-8', ...ADAPTIVE },
    {
      none: {},
      minimal: says('low'),
      low: says('low'),
      high: says('high'),
      max: says('max'),
    },
  ),
  ...effortRows(
    'Claude 4.6',
    {
      model: 'anthropic.claude-sonnet-4-6',
      capabilities: { reasoning: 'adaptive', efforts: ['low', 'medium', 'high', 'max'] },
    },
    { xhigh: { fields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } }, warns: true } },
  ),
  ...effortRows(
    'Claude Opus 5',
    { model: 'us.anthropic.claude-opus-5', ...DISABLEABLE },
    {
      none: { fields: { thinking: { type: 'disabled' } } },
      medium: says('medium'),
    },
  ),
  ...effortRows(
    'Claude Sonnet 5.5',
    { model: 'us.anthropic.claude-sonnet-5-5', ...BETWEEN },
    {
      none: { fields: { thinking: { type: 'between_tools' }, output_config: { effort: 'low' } } },
      high: says('high'),
    },
  ),
  ...effortRows(
    'Claude Opus 5.5',
    { model: 'us.anthropic.claude-opus-5-5', ...ALWAYS },
    {
      none: { fields: { output_config: { effort: 'low' } }, warns: true },
      xhigh: says('xhigh'),
    },
  ),
  ...effortRows(
    'Nova 2',
    { model: NOVA, capabilities: { reasoning: 'effort', efforts: ['low', 'medium', 'high'] } },
    {
      none: {},
      minimal: nova('low', true),
      medium: nova('medium'),
      high: { ...nova('high'), maxTokens: 0 },
      max: { ...nova('high', true), maxTokens: 0 },
    },
  ),
  ...effortRows(
    'gpt-oss',
    { model: OSS, capabilities: { reasoning: 'effort', efforts: ['low', 'medium', 'high'] } },
    {
      none: { fields: { reasoning_effort: 'low' }, warns: true },
      high: { fields: { reasoning_effort: 'high' } },
    },
  ),
  ...effortRows(
    'a newer OpenAI model',
    { model: 'us.openai.gpt-5.6-sol', capabilities: { reasoning: 'effort', efforts: EFFORTS } },
    {
      xhigh: { fields: { reasoning: { effort: 'xhigh' } } },
    },
  ),
  {
    name: 'Nova 2 with a limit thinks less rather than without a limit',
    request: { reasoning_effort: 'high', max_completion_tokens: 500, temperature: 0.2 },
    options: { model: NOVA, capabilities: { reasoning: 'effort', efforts: ['low', 'medium', 'high'] } },
    body: {
      messages: hi,
      inferenceConfig: { maxTokens: 500, temperature: 0.2 },
      additionalModelRequestFields: nova('medium').fields,
    },
    warnings: [['reasoning_effort', 'changed']],
  },
  {
    name: 'Nova 2 takes no sampling at its highest effort',
    request: { reasoning_effort: 'high', temperature: 0.2, top_p: 0.5, top_k: 3 },
    options: { model: NOVA, capabilities: { reasoning: 'effort', efforts: ['low', 'medium', 'high'] } },
    body: { messages: hi, additionalModelRequestFields: nova('high').fields },
    warnings: [
      ['temperature', 'dropped'],
      ['top_p', 'dropped'],
      ['top_k', 'dropped'],
    ],
  },
  {
    name: 'a model that does not reason is not told to',
    request: { reasoning_effort: 'high' },
    options: { model: 'amazon.nova-micro-v1:0' },
    lacks: ['additionalModelRequestFields'],
    warnings: [['reasoning_effort', 'dropped']],
  },
  {
    name: "OpenRouter's token count is a budget",
    request: { reasoning: { max_tokens: 5000 }, max_completion_tokens: 100 },
    options: BUDGET,
    has: { inferenceConfig: { maxTokens: 5100 }, additionalModelRequestFields: { thinking: { budget_tokens: 5000 } } },
    warnings: [],
  },
  {
    name: "OpenRouter's token count is among those of an answer that has room for it",
    request: { reasoning: { max_tokens: 5000 }, max_tokens: 8000 },
    options: BUDGET,
    has: { inferenceConfig: { maxTokens: 8000 }, additionalModelRequestFields: { thinking: { budget_tokens: 5000 } } },
    warnings: [],
  },
  {
    name: "Anthropic's own thinking goes through",
    request: { thinking: { type: 'enabled', budget_tokens: 3000 }, max_tokens: 4000 },
    options: BUDGET,
    has: {
      inferenceConfig: { maxTokens: 4000 },
      additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 3000 } },
    },
  },
  {
    name: 'thinking stays off where the reasoning before the last call is gone',
    request: { messages: loop.slice(0, 4), tools: [weather], reasoning_effort: 'low' },
    options: BUDGET,
    lacks: ['additionalModelRequestFields'],
    warnings: [['reasoning_effort', 'dropped']],
  },
  {
    name: 'hidden reasoning is not summarized',
    request: { reasoning: { effort: 'high', exclude: true } },
    options: ADAPTIVE,
    has: { additionalModelRequestFields: { thinking: { type: 'adaptive', display: 'omitted' } } },
  },
  {
    name: 'an opaque profile is known as Claude by its style',
    request: { reasoning_effort: 'low' },
    options: { model: 'arn:aws:bedrock:us-east-1:1:application-inference-profile/x1', ...BUDGET },
    has: { additionalModelRequestFields: budget(2048).fields },
  },
];

const samplingRows: RequestRow[] = [
  { name: 'a limit is always sent', body: { messages: hi, inferenceConfig: { maxTokens: 16_384 } }, warnings: [] },
  {
    name: 'also that of a small model',
    options: { capabilities: { outputTokens: 4096 } },
    has: { inferenceConfig: { maxTokens: 4096 } },
  },
  {
    name: 'a limit above the model’s is clamped',
    request: { max_tokens: 1, max_completion_tokens: 100_000 },
    has: { inferenceConfig: { maxTokens: 64_000 } },
    warnings: [['max_completion_tokens', 'changed']],
  },
  {
    name: 'Claude takes temperature rather than both',
    request: { temperature: 1.7, top_p: 0.5, top_k: 9 },
    body: {
      messages: hi,
      inferenceConfig: { maxTokens: 16_384, temperature: 1 },
      additionalModelRequestFields: { top_k: 9 },
    },
    warnings: [
      ['temperature', 'changed'],
      ['top_p', 'dropped'],
    ],
  },
  {
    name: 'its default temperature leaves room for top_p',
    request: { temperature: 1, top_p: 0.5 },
    body: { messages: hi, inferenceConfig: { maxTokens: 16_384, topP: 0.5 } },
    warnings: [],
  },
  {
    name: 'Claude 3 takes both',
    request: { temperature: 0.1, top_p: 0.5 },
    options: { model: 'anthropic.claude-3-5-haiku-20241022-v1:0' },
    has: { inferenceConfig: { temperature: 0.1, topP: 0.5 } },
    warnings: [],
  },
  {
    name: 'newer Claudes take no sampling, and their defaults are not missed',
    request: { temperature: 1, top_p: 0.99, top_k: 4 },
    options: { capabilities: { sampling: 'none' } },
    body: { messages: hi, inferenceConfig: { maxTokens: 16_384 } },
    warnings: [['top_k', 'dropped']],
  },
  {
    name: 'Nova has top_k in a place of its own',
    request: { temperature: 0.3, top_p: 0.9, top_k: 20 },
    options: { model: NOVA },
    body: {
      messages: hi,
      inferenceConfig: { maxTokens: 16_384, temperature: 0.3, topP: 0.9 },
      additionalModelRequestFields: { inferenceConfig: { topK: 20 } },
    },
  },
  {
    name: 'Mistral has top_k',
    request: { top_k: 2 },
    options: { model: MISTRAL },
    has: { additionalModelRequestFields: { top_k: 2 } },
  },
  {
    name: 'Cohere calls it k',
    request: { top_k: 2 },
    options: { model: 'cohere.command-r-v1:0' },
    has: { additionalModelRequestFields: { k: 2 } },
  },
  {
    name: 'Llama has none',
    request: { top_k: 2 },
    options: { model: LLAMA },
    lacks: ['additionalModelRequestFields'],
    warnings: [['top_k', 'dropped']],
  },
  {
    name: 'stop sequences without the blank ones',
    request: { stop: ['END', ' \n'] },
    has: { inferenceConfig: { stopSequences: ['END'] } },
    warnings: [['stop', 'changed']],
    emulate: undefined,
  },
  {
    name: 'stop sequences are cut by the router where the model has none',
    request: { stop: 'END' },
    options: { model: 'us.openai.gpt-5.6-sol', capabilities: { stop: false } },
    body: { messages: hi, inferenceConfig: { maxTokens: 16_384 } },
    warnings: [['stop', 'emulated']],
    emulate: { stop: ['END'] },
  },
  {
    name: 'several answers are several calls',
    request: { n: 3 },
    emulate: { copies: 3 },
    warnings: [['n', 'emulated']],
  },
  {
    name: 'hints that it does not know are dropped and named',
    request: { seed: 1, verbosity: 'low', frequency_penalty: 0.5, presence_penalty: 0, store: true, logit_bias: {} },
    body: { messages: hi, inferenceConfig: { maxTokens: 16_384 } },
    warnings: [
      ['seed', 'dropped'],
      ['verbosity', 'dropped'],
      ['frequency_penalty', 'dropped'],
      ['store', 'dropped'],
    ],
  },
  {
    name: 'metadata in the characters that the log takes',
    request: { metadata: { team: 'a&b {"x"}', ключ: 'v' }, user: 'u-1', safety_identifier: 's-1' },
    has: { requestMetadata: { team: 'a_b __x__', ____: 'v', user: 's-1' } },
    warnings: [],
  },
  ...(['default', 'flex', 'priority'] as const).map((tier): RequestRow => ({
    name: `tier ${tier}`,
    request: { service_tier: tier },
    has: { serviceTier: { type: tier } },
    warnings: [],
  })),
  { name: 'tier scale', request: { service_tier: 'scale' }, has: { serviceTier: { type: 'reserved' } } },
  { name: 'tier auto', request: { service_tier: 'auto' }, lacks: ['serviceTier'], warnings: [] },
  {
    name: 'tier fast where the model has it',
    request: { service_tier: 'fast' as 'auto' },
    options: { model: 'us.amazon.nova-pro-v1:0' },
    has: { performanceConfig: { latency: 'optimized' } },
  },
  {
    name: 'tier fast elsewhere',
    request: { service_tier: 'fast' as 'auto' },
    lacks: ['performanceConfig'],
    warnings: [['service_tier', 'dropped']],
  },
  {
    name: 'native fields last',
    request: {
      top_k: 1,
      extra_body: {
        bedrock: {
          guardrailConfig: { guardrailIdentifier: 'g' },
          additionalModelRequestFields: { anthropic_beta: ['x'] },
        },
      },
    },
    has: {
      guardrailConfig: { guardrailIdentifier: 'g' },
      additionalModelRequestFields: { top_k: 1, anthropic_beta: ['x'] },
    },
  },
];

const messageRows: RequestRow[] = [
  {
    name: 'a stream has a path of its own',
    request: { stream: true, stream_options: { include_usage: true } },
    path: '/model/eu.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream',
    headers: { accept: 'application/vnd.amazon.eventstream', 'content-type': 'application/json' },
    body: { messages: hi, inferenceConfig: { maxTokens: 16_384 } },
    warnings: [],
  },
  {
    name: 'an ARN is one part of the path',
    options: { model: 'arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0' },
    path: '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Ainference-profile%2Fus.amazon.nova-pro-v1%3A0/converse',
  },
  {
    name: 'results in the order of their calls, before the user’s words',
    request: { messages: loop, tools: [weather] },
    has: { messages: loopSent(), toolConfig: { tools: [weatherTool] } },
    warnings: [],
  },
  {
    name: 'Mistral has ids of nine letters and digits, the same ones on every turn',
    request: { messages: loop, tools: [weather] },
    options: { model: MISTRAL },
    has: { messages: loopSent('hqUODvzSI', '7SGOdq7AH') },
  },
  {
    name: 'a result of nothing still says something, and an error says so',
    request: {
      messages: [
        ...loop.slice(0, 2),
        { role: 'tool', tool_call_id: 'tooluse_1', content: '' },
        { role: 'tool', tool_call_id: 'tooluse_2', content: 'x', is_error: true },
      ],
      tools: [weather],
    },
    has: {
      messages: [
        ...loopSent().slice(0, 2),
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 'tooluse_1', content: [{ text: '(no output)' }] } },
            { toolResult: { toolUseId: 'tooluse_2', content: [{ text: 'x' }], status: 'error' } },
          ],
        },
      ],
    },
    warnings: [],
  },
  {
    name: 'only Claude and Nova know of failed tools',
    request: {
      messages: [
        ...loop.slice(0, 2),
        { role: 'tool', tool_call_id: 'tooluse_1', content: 'x', is_error: true },
        { role: 'tool', tool_call_id: 'tooluse_2', content: 'x', is_error: true },
      ],
      tools: [weather],
    },
    options: { model: LLAMA },
    warnings: [['messages', 'dropped']],
  },
  {
    name: 'neighbours of one role are one turn, the empty ones none',
    request: {
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: '' },
        {
          role: 'user',
          content: [
            { type: 'text', text: ' ' },
            { type: 'text', text: 'b' },
          ],
        },
      ],
    },
    has: { messages: [{ role: 'user', content: [{ text: 'a' }, { text: 'b' }] }] },
  },
  {
    name: 'late system messages stay in place',
    request: {
      messages: [
        { role: 'system', content: 'A' },
        { role: 'user', content: 'Hi' },
        { role: 'system', content: 'B' },
      ],
    },
    has: {
      system: [{ text: 'A' }],
      messages: [{ role: 'user', content: [{ text: 'Hi' }, { text: '<system-reminder>\nB\n</system-reminder>' }] }],
    },
    warnings: [['messages.2', 'emulated']],
  },
  {
    name: 'late system messages as such where the model takes them',
    request: {
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'developer', content: 'B' },
      ],
    },
    options: { capabilities: { lateSystem: true } },
    has: { messages: [...hi, { role: 'system', content: [{ text: 'B' }] }] },
    warnings: [],
  },
  {
    name: 'the oldest models have no system prompt',
    request: {
      messages: [
        { role: 'system', content: 'A' },
        { role: 'user', content: 'Hi' },
      ],
    },
    options: { model: 'amazon.titan-text-express-v1' },
    body: {
      messages: [{ role: 'user', content: [{ text: 'A' }, { text: 'Hi' }] }],
      inferenceConfig: { maxTokens: 16_384 },
    },
    warnings: [['messages', 'emulated']],
  },
  {
    name: 'an image of the assistant moves to the user',
    request: {
      messages: [
        { role: 'user', content: 'Draw' },
        { role: 'assistant', content: [{ type: 'text', text: 'Here' }, image('data:image/png;base64,aQ==')] as never },
        { role: 'user', content: 'Now?' },
      ],
    },
    has: {
      messages: [
        { role: 'user', content: [{ text: 'Draw' }] },
        { role: 'assistant', content: [{ text: 'Here' }] },
        { role: 'user', content: [{ image: { format: 'png', source: { bytes: 'aQ==' } } }, { text: 'Now?' }] },
      ],
    },
    warnings: [['messages.1.content', 'changed']],
  },
  {
    name: 'media in their kinds, base64 as it is',
    request: {
      messages: user(
        image('data:image/jpg;base64,aQ=='),
        image('s3://b/k.webp'),
        { type: 'video_url', video_url: { url: 'data:video/quicktime;base64,dg==' } },
        { type: 'input_audio', input_audio: { data: 'YQ==', format: 'wav' } },
        file('s3-doc.pdf', 's3://b/report.docx'),
        file('s3-image', 's3://b/p.png'),
        { type: 'text', text: 'Look' },
      ),
    },
    has: {
      messages: [
        {
          role: 'user',
          content: [
            { image: { format: 'jpeg', source: { bytes: 'aQ==' } } },
            { image: { format: 'webp', source: { s3Location: { uri: 's3://b/k.webp' } } } },
            { video: { format: 'mov', source: { bytes: 'dg==' } } },
            { audio: { format: 'wav', source: { bytes: 'YQ==' } } },
            { document: { format: 'docx', name: 's3-doc', source: { s3Location: { uri: 's3://b/report.docx' } } } },
            { image: { format: 'png', source: { s3Location: { uri: 's3://b/p.png' } } } },
            { text: 'Look' },
          ],
        },
      ],
    },
    warnings: [],
  },
  {
    name: 'documents get a word and names that Converse takes, each once',
    request: {
      messages: user(
        file('Résumé_2026,  final.pdf'),
        file('Résumé_2026,  final.pdf'),
        file('table', 'data:text/csv;base64,YSxi'),
        file('notes.md', 'data:application/octet-stream;base64,YQ=='),
        file('报告.pdf'),
        file('data.json', 'data:application/json;base64,e30='),
      ),
    },
    has: {
      messages: [
        {
          role: 'user',
          content: [
            { document: { format: 'pdf', name: 'R sum 2026 final', source: { bytes: 'JVBERi0=' } } },
            { document: { format: 'pdf', name: 'R sum 2026 final (2)', source: { bytes: 'JVBERi0=' } } },
            { document: { format: 'csv', name: 'table', source: { bytes: 'YSxi' } } },
            { document: { format: 'md', name: 'notes', source: { bytes: 'YQ==' } } },
            { document: { format: 'pdf', name: 'document', source: { bytes: 'JVBERi0=' } } },
            { document: { format: 'txt', name: 'data', source: { bytes: 'e30=' } } },
            { text: 'See attached document.' },
          ],
        },
      ],
    },
  },
  {
    name: 'signed reasoning comes back as it was',
    request: { messages: thought(thinks('Hm. ', 'c2ln')) },
    has: { messages: spoken({ reasoningContent: { reasoningText: { text: 'Hm. ', signature: 'c2ln' } } }) },
  },
  {
    name: 'so does redacted reasoning',
    request: { messages: thought({ type: 'reasoning.encrypted', format: 'anthropic-claude-v1', data: 'cg==' }) },
    has: { messages: spoken({ reasoningContent: { redactedContent: 'cg==' } }) },
  },
  {
    name: 'Claude refuses reasoning without a signature',
    request: { messages: thought(thinks('Hm.')) },
    has: { messages: spoken() },
    warnings: [['messages', 'dropped']],
  },
  {
    name: 'another endpoint’s reasoning stays away',
    request: { messages: thought({ ...thinks('Hm.', 'c2ln'), issuer: 'anthropic/claude-sonnet-4-5' }) },
    has: { messages: spoken() },
  },
  {
    name: 'gpt-oss wants no signature',
    request: { messages: thought(thinks('Hm.', undefined, 'bedrock-v1')) },
    options: { model: OSS },
    has: { messages: spoken({ reasoningContent: { reasoningText: { text: 'Hm.' } } }) },
  },
  {
    name: 'DeepSeek wants no reasoning back',
    request: { messages: thought(thinks('Hm.', undefined, 'bedrock-v1')) },
    options: { model: 'us.deepseek.r1-v1:0' },
    has: { messages: spoken() },
  },
];

const cacheRows: RequestRow[] = [
  {
    name: 'marks are points behind what they mark',
    request: {
      messages: [
        { role: 'system', content: [marked('A', '1h')] },
        { role: 'user', content: [marked('Hi')] },
      ],
      tools: [{ ...weather, cache_control: { type: 'ephemeral', ttl: '1h' } } as never],
    },
    has: {
      system: [{ text: 'A' }, longPoint],
      messages: [{ role: 'user', content: [{ text: 'Hi' }, point] }],
      toolConfig: { tools: [weatherTool, longPoint] },
    },
    warnings: [],
  },
  {
    name: 'Nova takes them but for tools, and for five minutes',
    request: {
      messages: [
        { role: 'system', content: [marked('A', '1h')] },
        { role: 'user', content: 'Hi' },
      ],
      tools: [{ ...weather, cache_control: { type: 'ephemeral' } } as never],
    },
    options: { model: NOVA },
    has: { system: [{ text: 'A' }, point], toolConfig: { tools: [weatherTool] } },
  },
  {
    name: 'other families take none',
    request: { messages: user(marked('Hi')) },
    options: { model: LLAMA },
    has: { messages: hi },
    warnings: [],
  },
  {
    name: 'the last four count',
    request: { messages: user(...['a', 'b', 'c', 'd', 'e'].map((text) => marked(text))) },
    has: {
      messages: [
        {
          role: 'user',
          content: [{ text: 'a' }, ...['b', 'c', 'd', 'e'].flatMap((text) => [{ text }, point])],
        },
      ],
    },
    warnings: [['cache_control', 'dropped']],
  },
  {
    name: 'none outlives one before it',
    request: { messages: user(marked('a'), marked('b', '1h')) },
    has: { messages: [{ role: 'user', content: [{ text: 'a' }, point, { text: 'b' }, point] }] },
    warnings: [['cache_control', 'changed']],
  },
  {
    name: 'implicit caching sets points of its own',
    request: {
      messages: [
        { role: 'system', content: 'A' },
        { role: 'user', content: 'Hi' },
      ],
      prompt_cache_retention: '24h',
    },
    has: { system: [{ text: 'A' }, longPoint], messages: [{ role: 'user', content: [{ text: 'Hi' }, longPoint] }] },
    warnings: [],
  },
];

const toolRows: RequestRow[] = [
  {
    name: 'tools without a choice',
    request: { tools: [weather, clock], tool_choice: 'auto', parallel_tool_calls: true },
    has: { toolConfig: { tools: [weatherTool, clockTool] } },
    warnings: [],
  },
  {
    name: 'any tool must be called',
    request: { tools: [weather], tool_choice: 'required' },
    has: { toolConfig: { tools: [weatherTool], toolChoice: { any: {} } } },
  },
  {
    name: 'this tool must be called',
    request: { tools: [weather, clock], tool_choice: { type: 'function', function: { name: 'clock' } } },
    has: { toolConfig: { tools: [weatherTool, clockTool], toolChoice: { tool: { name: 'clock' } } } },
  },
  {
    name: 'Mistral must call any of one tool',
    request: { tools: [weather, clock], tool_choice: { type: 'function', function: { name: 'clock' } } },
    options: { model: MISTRAL },
    has: { toolConfig: { tools: [clockTool], toolChoice: { any: {} } } },
  },
  {
    name: 'a model that refuses force is asked',
    request: { tools: [weather], tool_choice: { type: 'function', function: { name: 'weather' } } },
    options: ALWAYS,
    body: {
      system: [{ text: 'You must answer by calling the tool `weather`. Do not answer in text alone.' }],
      messages: hi,
      inferenceConfig: { maxTokens: 16_384 },
      toolConfig: { tools: [weatherTool] },
      additionalModelRequestFields: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    },
    warnings: [['tool_choice', 'emulated']],
    emulate: { toolRequired: { name: 'weather' } },
  },
  {
    name: 'so is Claude while it thinks',
    request: { tools: [weather], tool_choice: 'required', reasoning_effort: 'low' },
    options: BUDGET,
    has: { toolConfig: { tools: [weatherTool] } },
    emulate: { toolRequired: {} },
  },
  {
    name: 'a subset of the tools',
    request: {
      tools: [weather, clock],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'clock' } }] },
      },
    },
    has: { toolConfig: { tools: [clockTool], toolChoice: { any: {} } } },
  },
  {
    name: 'no calls: tools stay away',
    request: { tools: [weather], tool_choice: 'none' },
    lacks: ['toolConfig', 'system'],
    warnings: [],
  },
  {
    name: 'no calls: tools stay where history speaks of them',
    request: { messages: loop, tools: [weather], tool_choice: 'none' },
    has: { toolConfig: { tools: [weatherTool] }, system: [{ text: 'Do not call any tool. Answer in text.' }] },
    warnings: [['tool_choice', 'emulated']],
  },
  {
    name: 'history speaks of tools that the request does not name',
    request: { messages: loop },
    has: { toolConfig: { tools: [emptyTool] }, system: [{ text: 'Do not call any tool. Answer in text.' }] },
    warnings: [],
  },
  {
    name: 'one call at a time is for Claude to say',
    request: { tools: [weather], parallel_tool_calls: false },
    has: {
      additionalModelRequestFields: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      toolConfig: { tools: [weatherTool] },
    },
    warnings: [],
  },
  {
    name: 'its choice then stands in one place',
    request: {
      tools: [weather],
      parallel_tool_calls: false,
      tool_choice: { type: 'function', function: { name: 'weather' } },
    },
    body: {
      messages: hi,
      inferenceConfig: { maxTokens: 16_384 },
      toolConfig: { tools: [weatherTool] },
      additionalModelRequestFields: { tool_choice: { type: 'tool', name: 'weather', disable_parallel_tool_use: true } },
    },
  },
  ...['anthropic.claude-sonnet-4-20250514-v1:0', LLAMA].map((model): RequestRow => ({
    name: `but not of ${model}`,
    request: { tools: [weather], parallel_tool_calls: false, tool_choice: 'required' },
    options: { model },
    body: {
      messages: hi,
      inferenceConfig: { maxTokens: 16_384 },
      toolConfig: { tools: [weatherTool], toolChoice: { any: {} } },
    },
    warnings: [['parallel_tool_calls', 'dropped']],
  })),
  {
    name: 'strict tools where the model takes them',
    request: { tools: [{ type: 'function', function: { name: 'w', parameters: closed, strict: true } }] },
    has: { toolConfig: { tools: [{ toolSpec: { name: 'w', inputSchema: { json: closed }, strict: true } }] } },
    warnings: [],
  },
  {
    name: 'strict tools where it does not',
    request: { tools: [{ type: 'function', function: { name: 'w', parameters: closed, strict: true } }] },
    options: { capabilities: { strictTools: false } },
    has: { toolConfig: { tools: [{ toolSpec: { name: 'w', inputSchema: { json: closed } } }] } },
    warnings: [['tools', 'dropped']],
  },
  {
    name: 'a custom tool takes an object with its text',
    request: { tools: [{ type: 'custom', custom: { name: 'sql', description: 'Runs' } }] },
    warnings: [['tools.0', 'emulated']],
    has: {
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'sql',
              description: 'Runs',
              inputSchema: {
                json: {
                  type: 'object',
                  properties: { input: { type: 'string' } },
                  required: ['input'],
                  additionalProperties: false,
                },
              },
            },
          },
        ],
      },
    },
  },
  {
    name: 'alternatives at the root of a tool become one object',
    request: {
      tools: [
        {
          type: 'function',
          function: {
            name: 'w',
            parameters: {
              anyOf: [{ type: 'object', properties: { a: {} }, required: ['a'] }, { $ref: '#/$defs/B' }],
              $defs: { B: { properties: { b: {} }, required: ['a', 'b'] } },
            },
          },
        },
      ],
    },
    has: {
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'w',
              inputSchema: {
                json: {
                  type: 'object',
                  properties: { a: {}, b: {} },
                  required: ['a'],
                  $defs: { B: { properties: { b: {} }, required: ['a', 'b'] } },
                },
              },
            },
          },
        ],
      },
    },
    warnings: [['tools', 'changed']],
  },
  {
    name: 'what allOf says at the root of a tool is kept or described',
    request: {
      tools: [
        {
          type: 'function',
          function: {
            name: 'w',
            parameters: {
              type: 'object',
              properties: { a: {} },
              allOf: [{ minProperties: 1 }, { not: { required: ['b'] } }, { not: { required: ['c'] } }],
            },
          },
        },
      ],
    },
    has: {
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'w',
              inputSchema: {
                json: {
                  type: 'object',
                  properties: { a: {} },
                  minProperties: 1,
                  not: { required: ['b'] },
                  description: '{allOf: [{"not":{"required":["c"]}}]}',
                },
              },
            },
          },
        ],
      },
    },
    warnings: [['tools', 'changed']],
  },
  {
    name: 'a name that no header can hold is still warned of',
    request: { tools: [{ type: 'function', function: { name: 'погода', parameters: closed, strict: true } }] },
    options: { capabilities: { strictTools: false } },
    warnings: [['tools', 'dropped']],
  },
];

const format = (name: string, schema: object, strict = true) => ({
  type: 'json_schema' as const,
  json_schema: { name, schema: schema as never, strict },
});
const textFormat = (name: string, schema: object) => ({
  textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: JSON.stringify(schema), name } } },
});

const formatRows: RequestRow[] = [
  {
    name: 'a schema as text',
    request: { response_format: format('place', closed) },
    has: {
      outputConfig: textFormat('place', {
        properties: closed.properties,
        type: 'object',
        required: ['city'],
        additionalProperties: false,
      }),
    },
    emulate: undefined,
    warnings: [],
  },
  {
    name: 'what the schema can only describe, the router checks',
    request: { response_format: format('five', { ...closed, properties: { city: { type: 'string', maxLength: 5 } } }) },
    emulate: { json: { schema: { ...closed, properties: { city: { type: 'string', maxLength: 5 } } } } },
    warnings: [['response_format', 'emulated']],
  },
  {
    name: 'a model without constrained decoding is asked',
    request: { response_format: format('place', closed) },
    options: { capabilities: { structuredOutput: false } },
    lacks: ['outputConfig'],
    emulate: { json: { schema: closed } },
    warnings: [['response_format', 'emulated']],
  },
  {
    name: 'any JSON object is asked for',
    request: { response_format: { type: 'json_object' } },
    has: { system: [{ text: 'Respond with one JSON object only: no prose before or after it, no code fence.' }] },
    emulate: { json: {} },
    warnings: [['response_format', 'emulated']],
  },
  {
    name: 'text is the default',
    request: { response_format: { type: 'text' } },
    lacks: ['outputConfig', 'system'],
    warnings: [],
  },
];

const usage = { inputTokens: 7, outputTokens: 5, totalTokens: 12 };
const ourUsage = {
  prompt_tokens: 7,
  completion_tokens: 5,
  total_tokens: 12,
  prompt_tokens_details: { cached_tokens: 0 },
};
const whole = (stopReason: string, ...content: object[]) => ({
  output: { message: { role: 'assistant', content } },
  stopReason,
  usage,
  metrics: { latencyMs: 9 },
});
const start = ['messageStart', { role: 'assistant', p: 'abc' }] as const;
const delta = (contentBlockIndex: number, delta: object) =>
  ['contentBlockDelta', { contentBlockIndex, delta, p: 'abcdef' }] as const;
const opens = (contentBlockIndex: number, start: object) =>
  ['contentBlockStart', { contentBlockIndex, start }] as const;
const closes = (contentBlockIndex: number) => ['contentBlockStop', { contentBlockIndex }] as const;
const ends = (stopReason: string, counts: object = usage) =>
  [
    ['messageStop', { stopReason }],
    ['metadata', { usage: counts, metrics: { latencyMs: 9 } }],
  ] as const;

const called = (id: string, name: string, input: string) => ({
  id,
  type: 'function',
  function: { name, arguments: input },
});
const origin = { format: 'anthropic-claude-v1', issuer: ISSUER };

testProvider({
  provider: bedrock,
  options: { dialect: 'bedrock', model: CLAUDE },
  requests: [...messageRows, ...samplingRows, ...reasoningRows, ...cacheRows, ...toolRows, ...formatRows],
  unsupported: [
    { name: 'https images', request: { messages: user(image('https://x.test/a.png')) }, param: 'messages.0.content.0' },
    {
      name: 'https documents',
      request: { messages: user(file('a.pdf', 'https://x.test/a.pdf')) },
      param: 'messages.0.content.0',
    },
    {
      name: 'ids of files',
      request: { messages: user({ type: 'file', file: { file_id: 'file-1' } }) },
      param: 'messages.0.content.0',
    },
    {
      name: 'vector images',
      request: { messages: user(image('data:image/svg+xml;base64,PHN2Zz4=')) },
      param: 'messages.0.content.0',
    },
    {
      name: 'archives',
      request: { messages: user(file('a.zip', 'data:application/zip;base64,UEs=')) },
      param: 'messages.0.content.0',
    },
    {
      name: 'audio for the deaf',
      request: { messages: user({ type: 'input_audio', input_audio: { data: 'YQ==', format: 'wav' } }) },
      options: { capabilities: { input: [] } },
      param: 'messages.0.content.0',
    },
    {
      name: 'images for the blind',
      request: { messages: user(image('data:image/png;base64,aQ==')) },
      options: { capabilities: { input: [] } },
      param: 'messages.0.content.0',
    },
    {
      name: 'PDF for those who cannot read it',
      request: { messages: user(file('a.pdf')) },
      options: { capabilities: { input: ['image'] } },
      param: 'messages.0.content.0',
    },
    {
      name: "a strict tool's schema, by its place",
      request: {
        tools: [
          weather,
          {
            type: 'function',
            function: { name: 's', strict: true, parameters: { type: 'object', properties: { a: { title: 'Any' } } } },
          },
        ],
      },
      param: 'tools.1.function.parameters.properties.a',
    },
    {
      name: 'tools for those without hands',
      request: { tools: [weather] },
      options: { capabilities: { tools: false } },
      param: 'tools',
    },
    {
      name: 'tools with a grammar',
      request: {
        tools: [
          {
            type: 'custom',
            custom: { name: 'g', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'x' } } },
          },
        ],
      },
      param: 'tools.0.custom.format',
    },
    { name: 'logprobs', request: { logprobs: true }, param: 'logprobs' },
    { name: 'logit_bias', request: { logit_bias: { '1': 5 } }, param: 'logit_bias' },
    { name: 'spoken answers', request: { modalities: ['text', 'audio'] }, param: 'modalities' },
    { name: 'web search', request: { web_search_options: {} }, param: 'web_search_options' },
    { name: 'no token at all', request: { max_tokens: 0 }, param: 'max_tokens' },
    {
      name: 'schemas that contain themselves',
      request: {
        response_format: format('tree', {
          type: 'object',
          properties: { next: { $ref: '#' } },
          required: ['next'],
          additionalProperties: false,
        }),
      },
      param: 'response_format.json_schema.schema',
    },
    {
      name: 'results without a call',
      request: {
        messages: [
          ...hi.map(() => ({ role: 'user' as const, content: 'Hi' })),
          { role: 'tool', tool_call_id: 'x', content: 'y' },
        ],
      },
      param: 'messages.1.tool_call_id',
      kind: 'invalid_request',
    },
  ],
  answers: [
    {
      name: 'text of several blocks',
      whole: whole('end_turn', { text: 'Grüße' }, { text: ' 🚀' }),
      stream: eventStream(
        start,
        delta(0, { text: 'Grü' }),
        delta(0, { text: '' }),
        delta(0, { text: 'ße' }),
        closes(0),
        delta(1, { text: ' 🚀' }),
        closes(1),
        ...ends('end_turn'),
      ),
      message: { content: 'Grüße 🚀' },
      finish: 'stop',
      native: 'end_turn',
      usage: ourUsage,
      model: CLAUDE,
    },
    {
      name: 'reasoning, signed and redacted',
      whole: whole(
        'end_turn',
        { reasoningContent: { reasoningText: { text: 'Hm. Ah.', signature: 'c2ln' } } },
        { reasoningContent: { redactedContent: 'cmVk' } },
        { text: 'Yes' },
      ),
      stream: eventStream(
        start,
        delta(0, { reasoningContent: { text: 'Hm.' } }),
        delta(0, { reasoningContent: { text: ' Ah.' } }),
        delta(0, { reasoningContent: { signature: 'c2ln' } }),
        closes(0),
        delta(1, { reasoningContent: { redactedContent: 'cmVk' } }),
        closes(1),
        delta(2, { text: 'Yes' }),
        closes(2),
        ...ends('end_turn'),
      ),
      message: {
        content: 'Yes',
        reasoning_content: 'Hm. Ah.',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm. Ah.', signature: 'c2ln', index: 0, ...origin },
          { type: 'reasoning.encrypted', data: 'cmVk', index: 1, ...origin },
        ],
      },
      finish: 'stop',
    },
    {
      name: 'reasoning that only must come back',
      request: { reasoning: { exclude: true } },
      whole: whole(
        'end_turn',
        { reasoningContent: { reasoningText: { text: '', signature: 'c2ln' } } },
        { text: 'Yes' },
      ),
      message: {
        content: 'Yes',
        reasoning_details: [{ type: 'reasoning.text', text: '', signature: 'c2ln', index: 0, ...origin }],
      },
      finish: 'stop',
    },
    {
      name: 'redacted reasoning in pieces',
      stream: eventStream(
        start,
        delta(0, { reasoningContent: { redactedContent: 'cg==' } }),
        delta(0, { reasoningContent: { redactedContent: 'ZWQ=' } }),
        closes(0),
        delta(1, { text: 'Yes' }),
        ...ends('end_turn'),
      ),
      message: {
        content: 'Yes',
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'cmVk', index: 0, ...origin }],
      },
      finish: 'stop',
    },
    {
      name: 'parallel calls, one of them without arguments',
      whole: whole(
        'tool_use',
        { text: 'I look.' },
        { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: { city: 'Oslo' }, type: 'tool_use' } },
        { toolUse: { toolUseId: 'tooluse_2', name: 'clock', input: {} } },
      ),
      stream: eventStream(
        start,
        delta(0, { text: 'I look.' }),
        closes(0),
        opens(1, { toolUse: { toolUseId: 'tooluse_1', name: 'weather', type: 'tool_use' } }),
        delta(1, { toolUse: { input: '' } }),
        delta(1, { toolUse: { input: '{"city":' } }),
        delta(1, { toolUse: { input: '"Oslo"}' } }),
        closes(1),
        opens(2, { toolUse: { toolUseId: 'tooluse_2', name: 'clock' } }),
        closes(2),
        ...ends('tool_use'),
      ),
      message: {
        content: 'I look.',
        tool_calls: [called('tooluse_1', 'weather', '{"city":"Oslo"}'), called('tooluse_2', 'clock', '{}')],
      },
      finish: 'tool_calls',
    },
    {
      name: 'a call under another word, without an id, with markup in its name',
      whole: whole('end_turn', { toolUse: { name: 'clock<|channel|>commentary', input: {} } }),
      stream: eventStream(
        start,
        opens(0, { toolUse: { name: 'clock<|channel|>commentary' } }),
        delta(0, { toolUse: { input: '{}' } }),
        closes(0),
        ...ends('end_turn'),
      ),
      message: { content: null, tool_calls: [called('call_000000000000000000000001', 'clock', '{}')] },
      finish: 'tool_calls',
    },
    {
      name: 'the text of a custom tool',
      request: { tools: [{ type: 'custom', custom: { name: 'sql' } }] },
      whole: whole('tool_use', { toolUse: { toolUseId: 't', name: 'sql', input: { input: 'SELECT "a"' } } }),
      stream: eventStream(
        start,
        opens(0, { toolUse: { toolUseId: 't', name: 'sql' } }),
        delta(0, { toolUse: { input: '{"input":"SEL' } }),
        delta(0, { toolUse: { input: 'ECT \\"a\\""}' } }),
        closes(0),
        ...ends('tool_use'),
      ),
      message: {
        content: null,
        tool_calls: [{ id: 't', type: 'custom', custom: { name: 'sql', input: 'SELECT "a"' } }],
      },
      finish: 'tool_calls',
    },
    {
      name: 'tools that ran at Amazon’s side are not the client’s',
      whole: whole(
        'end_turn',
        {
          toolUse: { toolUseId: 's', name: 'nova_code_interpreter', input: { snippet: '1' }, type: 'server_tool_use' },
        },
        { toolResult: { toolUseId: 's', content: [{ json: {} }] } },
        { text: 'One' },
      ),
      stream: eventStream(
        start,
        opens(0, { toolUse: { toolUseId: 's', name: 'nova_code_interpreter', type: 'server_tool_use' } }),
        delta(0, { toolUse: { input: '{"snippet":"1"}' } }),
        closes(0),
        opens(1, { toolResult: { toolUseId: 's', type: 'nova_code_interpreter_result', status: 'success' } }),
        delta(1, { toolResult: [{ json: { stdOut: '1' } }] }),
        closes(1),
        delta(2, { text: 'One' }),
        closes(2),
        ...ends('end_turn'),
      ),
      message: { content: 'One' },
      finish: 'stop',
    },
    {
      name: 'citations of the web, and documents’ in their own form',
      whole: whole(
        'end_turn',
        { text: 'See: ' },
        {
          citationsContent: {
            content: [{ text: 'rain' }],
            citations: [{ title: 'Yr', location: { web: { url: 'https://yr.test', domain: 'yr.test' } } }],
          },
        },
        {
          citationsContent: {
            content: [{ text: '.' }],
            citations: [{ title: 'doc', location: { documentChunk: { documentIndex: 0 } } }],
          },
        },
      ),
      stream: eventStream(
        start,
        delta(0, { text: 'See: ' }),
        closes(0),
        delta(1, { citation: { title: 'Yr', location: { web: { url: 'https://yr.test', domain: 'yr.test' } } } }),
        delta(1, { text: 'ra' }),
        delta(1, { text: 'in' }),
        closes(1),
        delta(2, { citation: { title: 'doc', location: { documentChunk: { documentIndex: 0 } } } }),
        delta(2, { text: '.' }),
        closes(2),
        ...ends('end_turn'),
      ),
      message: {
        citations: [{ title: 'doc', location: { documentChunk: { documentIndex: 0 } }, start_index: 9, end_index: 10 }],
        content: 'See: rain.',
        annotations: [
          { type: 'url_citation', url_citation: { url: 'https://yr.test', title: 'Yr', start_index: 5, end_index: 9 } },
        ],
      },
      finish: 'stop',
    },
    {
      name: 'an image',
      whole: whole('end_turn', { image: { format: 'png', source: { bytes: 'aQ==' } } }),
      stream: eventStream(
        start,
        opens(0, { image: { format: 'png' } }),
        delta(0, { image: { source: { bytes: 'aQ==' } } }),
        closes(0),
        ...ends('end_turn'),
      ),
      message: { content: '', images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aQ==' } }] },
      finish: 'stop',
    },
    {
      name: 'usage with what the cache read and wrote, and the tier',
      whole: {
        ...whole('max_tokens', { text: 'x' }),
        usage: {
          ...usage,
          cacheReadInputTokens: 100,
          cacheWriteInputTokens: 30,
          cacheDetails: [
            { ttl: '1h', inputTokens: 20 },
            { ttl: '5m', inputTokens: 10 },
          ],
          serverToolUsage: {},
        },
        serviceTier: { type: 'reserved' },
      },
      stream: eventStream(
        start,
        delta(0, { text: 'x' }),
        ['messageStop', { stopReason: 'max_tokens' }],
        [
          'metadata',
          {
            usage: {
              ...usage,
              cacheReadInputTokens: 100,
              cacheWriteInputTokens: 30,
              cacheDetails: [{ ttl: '1h', inputTokens: 20 }],
            },
            serviceTier: { type: 'reserved' },
          },
        ],
      ),
      message: { content: 'x' },
      finish: 'length',
      serviceTier: 'scale',
      usage: {
        prompt_tokens: 137,
        completion_tokens: 5,
        total_tokens: 142,
        prompt_tokens_details: { cached_tokens: 100, cache_write_tokens: 30 },
        cache_creation: { ephemeral_5m: 10, ephemeral_1h: 20 },
      },
    },
    {
      name: 'the model that a prompt router chose',
      whole: {
        ...whole('end_turn', { text: 'x' }),
        trace: { promptRouter: { invokedModelId: 'amazon.nova-pro-v1:0' } },
      },
      message: { content: 'x' },
      finish: 'stop',
      model: 'amazon.nova-pro-v1:0',
    },
    {
      name: 'events of the future say nothing',
      stream: eventStream(
        start,
        ['initial-response', {}],
        ['surprise', { a: 1 }],
        delta(0, { hologram: {} }),
        opens(1, { hologram: {} }),
        closes(1),
        delta(2, { text: 'x' }),
        ...ends('end_turn'),
      ),
      message: { content: 'x' },
      finish: 'stop',
    },
    {
      name: 'reasoning of other families',
      options: { model: OSS },
      whole: whole('end_turn', { reasoningContent: { reasoningText: { text: 'Hm.' } } }, { text: 'Yes' }),
      message: {
        content: 'Yes',
        reasoning_content: 'Hm.',
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm.', index: 0, format: 'bedrock-v1', issuer: `bedrock/${OSS}` },
        ],
      },
      finish: 'stop',
    },
  ],
  finishReasons: [
    {
      whole: (native) => whole(native, { text: 'x' }),
      stream: (native) => eventStream(start, delta(0, { text: 'x' }), ...ends(native)),
      words: {
        end_turn: 'stop',
        stop_sequence: 'stop',
        max_tokens: 'length',
        model_context_window_exceeded: 'length',
        tool_use: 'tool_calls',
        guardrail_intervened: 'content_filter',
        content_filtered: 'content_filter',
        malformed_model_output: { error: 'malformed' },
        malformed_tool_use: { error: 'malformed' },
        something_new: 'stop',
      },
    },
  ],
  broken: [
    {
      name: 'an operation that Bedrock does not know',
      whole: { Output: { __type: 'com.amazon.coral.service#UnknownOperationException' }, Version: '1.0' },
      kind: 'fault',
    },
    {
      name: 'a stream that ends without a stop',
      stream: eventStream(start, delta(0, { text: 'x' }), closes(0)),
      kind: 'truncated',
    },
    ...(
      [
        ['throttlingException', 'Too many tokens, please wait before trying again.', 'rate'],
        ['modelStreamErrorException', 'Model Stream Error', 'fault'],
        ['internalServerException', 'The system encountered an unexpected error', 'fault'],
        ['serviceUnavailableException', 'Bedrock is unable to process your request.', 'overload'],
        ['modelTimeoutException', 'Model has timed out', 'timeout'],
        ['validationException', 'Malformed input', 'caller'],
        ['validationException', 'Input is too long for requested model.', 'context'],
        ['somethingNewException', '', 'fault'],
      ] as const
    ).map(([type, message, kind]) => ({
      name: `${type} in a stream: ${message || 'nothing'}`,
      stream: join([eventStream(start, delta(0, { text: 'x' })), exception(type, message)]),
      kind,
    })),
    {
      name: 'an error of the transport in a stream',
      stream: frame(
        { ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': 'Lost the model' },
        '',
      ),
      kind: 'fault',
      message: /Lost the model/,
    },
    { name: 'an event that is no JSON', stream: event('contentBlockDelta', '{"cut'), kind: 'fault' },
    {
      name: 'an event with a wrong checksum',
      stream: damaged(event('messageStart', { role: 'assistant' })),
      kind: 'fault',
      message: /damaged/,
    },
    { name: 'an event of half a gigabyte', stream: Uint8Array.of(32, 0, 0, 0, 0), kind: 'fault' },
    { name: 'an event of nothing', stream: Uint8Array.of(0, 0, 0, 3), kind: 'fault' },
    { name: 'a page instead of a stream', stream: '<html><body>Bad gateway</body></html>', kind: 'fault' },
  ],
  errors: [
    {
      name: 'a wrong model id',
      status: 400,
      headers: amzn('ValidationException:http://internal.amazon.com/coral/com.amazon.bedrock/'),
      body: { message: 'The provided model identifier is invalid.' },
      kind: 'misconfigured',
    },
    {
      name: 'a model without on-demand throughput',
      status: 400,
      headers: amzn('ValidationException'),
      body: {
        message:
          'Invocation of model ID amazon.nova-lite-v1:0 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.',
      },
      kind: 'misconfigured',
    },
    {
      name: 'a malformed request',
      status: 400,
      body: {
        message:
          'The model returned the following errors: Malformed input request: #/messages/2/content/0: extraneous key [toolResult] is not permitted, please reformat your input and try again.',
      },
      kind: 'caller',
      clientStatus: 400,
      message: /extraneous key/,
    },
    {
      name: 'a schema that it does not take',
      status: 400,
      body: {
        message:
          "The model returned the following errors: output_config.format.schema: For 'integer' type, property 'multipleOf' is not supported",
      },
      kind: 'caller',
    },
    ...[
      'Input is too long for requested model.',
      'The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.',
      'The model returned the following errors: too many total text bytes: 10000002 > 9000000',
      'The model returned the following errors: prompt is too long: 903884 tokens > 200000 maximum',
      '400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9279 ',
      'Malformed input request: expected maxLength: 50000, actual: 52611, please reformat your input and try again.',
      'prompt tokens (400007) exceed model maximum (278528) for openai.gpt-5.5',
    ].map((message) => ({
      name: `too long: ${message}`,
      status: 400,
      headers: amzn('ValidationException'),
      body: { message },
      kind: 'context' as const,
      message: /prompt is too long/i,
    })),
    ...[
      'User messages cannot contain reasoning content. Please remove the reasoning content and try again.',
      'The model returned the following errors: messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified.',
      'The model returned the following errors: messages.1.content.0: Invalid `signature` in `thinking` block',
      "This model doesn't support the reasoningContent.reasoningText.signature field. Remove reasoningContent.reasoningText.signature and try again.",
    ].map((message) => ({
      name: `reasoning: ${message}`,
      status: 400,
      headers: amzn('ValidationException'),
      body: { message },
      kind: 'reasoning_rejected' as const,
    })),
    ...[
      "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
      'The model returned the following errors: `temperature` is deprecated for this model.',
      'The model returned the following errors: tool_choice: type "tool" and "any" are not supported for this model.',
    ].map((message) => ({
      name: `what this model lacks: ${message}`,
      status: 400,
      headers: amzn('ValidationException'),
      body: { message },
      kind: 'misconfigured' as const,
      clientStatus: 400,
      code: 'unsupported_parameter',
    })),
    {
      name: 'an account that is held back',
      status: 400,
      headers: amzn('ValidationException'),
      body: { message: 'Operation not allowed' },
      kind: 'credential',
    },
    {
      name: 'a prompt that Titan will not read',
      status: 400,
      headers: amzn('ValidationException'),
      body: { message: 'This request has been blocked by our content filters.' },
      kind: 'policy',
    },
    {
      name: 'a model that the account has not asked for',
      status: 403,
      headers: amzn('AccessDeniedException'),
      body: { message: "You don't have access to the model with the specified model ID." },
      kind: 'misconfigured',
    },
    {
      name: 'a name in the body, with its namespace',
      status: 400,
      body: { __type: 'com.amazon.coral.availability#ThrottlingException', message: 'Rate exceeded' },
      kind: 'rate',
    },
    {
      name: 'a name that is also a property of every object',
      status: 500,
      headers: amzn('constructor'),
      body: '',
      kind: 'fault',
    },
    {
      name: 'a quota, though it is a 400',
      status: 400,
      headers: amzn('ServiceQuotaExceededException'),
      body: { message: 'You have exceeded your quota.' },
      kind: 'exhausted',
    },
    {
      name: 'a conflict',
      status: 400,
      headers: amzn('ConflictException'),
      body: { message: 'In use' },
      kind: 'caller',
    },
    {
      name: 'a wrong key',
      status: 403,
      headers: amzn('UnrecognizedClientException:http://internal.amazon.com/coral/com.amazon.coral.service/'),
      body: { message: 'The security token included in the request is invalid.' },
      kind: 'credential',
    },
    {
      name: 'a 401, which a client would take for its own key',
      status: 401,
      headers: amzn('ValidationException'),
      body: { message: 'Who are you?' },
      kind: 'credential',
    },
    {
      name: 'a role without the right',
      status: 403,
      headers: amzn('AccessDeniedException'),
      body: { Message: 'User: arn:aws:iam::1:user/x is not authorized' },
      kind: 'credential',
    },
    {
      name: 'keys of yesterday',
      status: 403,
      body: {
        __type: 'com.amazon.coral.service#ExpiredTokenException',
        message: 'The security token included in the request is expired',
      },
      kind: 'credential',
    },
    {
      name: 'a wrong signature',
      status: 403,
      headers: amzn('InvalidSignatureException'),
      body: { message: 'The request signature we calculated does not match the signature you provided.' },
      kind: 'credential',
    },
    {
      name: 'our clock, which is no wrong key',
      status: 403,
      headers: amzn('InvalidSignatureException'),
      body: {
        message: 'Signature expired: 20261122T060000Z is now earlier than 20261122T062500Z (20261122T063000Z - 5 min.)',
      },
      kind: 'fault',
    },
    {
      name: 'our clock ahead',
      status: 403,
      headers: amzn('InvalidSignatureException'),
      body: { message: 'Signature not yet current: 20261122T070000Z is still later than 20261122T063500Z' },
      kind: 'fault',
    },
    {
      name: 'a subscription in the making',
      status: 403,
      headers: amzn('MPAgreementBeingCreatedException'),
      body: { message: 'Wait' },
      kind: 'credential',
    },
    {
      name: 'a missing model',
      status: 404,
      headers: amzn('ResourceNotFoundException'),
      body: { message: 'Could not resolve the foundation model from the provided model identifier.' },
      kind: 'misconfigured',
    },
    {
      name: 'a form not filled in',
      status: 404,
      headers: amzn('FTUFormNotFilledException'),
      body: { message: 'Model use case details have not been submitted' },
      kind: 'misconfigured',
    },
    {
      name: 'a slow model',
      status: 408,
      headers: amzn('ModelTimeoutException'),
      body: { message: 'Timed out' },
      kind: 'timeout',
    },
    {
      name: 'a large body',
      status: 413,
      body: { message: 'Request is too large' },
      kind: 'caller',
      clientStatus: 413,
      code: 'request_too_large',
    },
    {
      name: 'a model that fell over',
      status: 424,
      headers: amzn('ModelErrorException'),
      body: { message: 'x', originalStatusCode: 500 },
      kind: 'fault',
    },
    { name: 'a model that fell over, unnamed', status: 424, body: '', kind: 'fault' },
    {
      name: 'requests',
      status: 429,
      headers: amzn('ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/'),
      body: { message: 'Too many requests, please wait before trying again.' },
      kind: 'rate',
      retryAfterMs: undefined,
    },
    {
      name: 'tokens',
      status: 429,
      headers: amzn('ThrottlingException'),
      body: { message: 'Too many tokens, please wait before trying again.' },
      kind: 'rate',
    },
    {
      name: 'the day',
      status: 429,
      headers: amzn('ThrottlingException'),
      body: { message: 'Too many tokens per day, please wait before trying again.' },
      kind: 'exhausted',
    },
    {
      name: 'a model that wakes up',
      status: 429,
      headers: amzn('ModelNotReadyException'),
      body: { message: 'The model is not ready.' },
      kind: 'warming',
    },
    { name: 'a fault', status: 500, headers: amzn('InternalServerException'), body: { message: 'x' }, kind: 'fault' },
    {
      name: 'no capacity',
      status: 503,
      body: { message: 'Service capacity limit has been reached. Please try again later.' },
      kind: 'overload',
    },
    {
      name: 'unavailable',
      status: 503,
      headers: amzn('ServiceUnavailableException'),
      body: { message: 'x' },
      kind: 'overload',
    },
    {
      name: 'overloaded',
      status: 529,
      headers: { 'retry-after': '7' },
      body: { message: 'x' },
      kind: 'overload',
      retryAfterMs: 7000,
    },
  ],
  authorize: [
    {
      name: 'with a Bedrock key',
      endpoint: { credential: { kind: 'key', secret: new Secret('ABSK-test') } },
      headers: { authorization: 'Bearer ABSK-test' },
    },
    {
      name: 'with a token',
      endpoint: { credential: { kind: 'token', resolve: () => Promise.resolve(new Secret('t')) } },
      headers: { authorization: 'Bearer t' },
    },
    {
      name: 'with AWS keys',
      endpoint: {
        credential: {
          kind: 'aws',
          resolve: () => Promise.resolve({ accessKeyId: 'AKID', secretAccessKey: 's', sessionToken: 't' }),
        },
        settings: { region: 'eu-west-1' },
      },
      headers: {
        authorization:
          /^AWS4-HMAC-SHA256 Credential=AKID\/20261122\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
        'x-amz-security-token': 't',
      },
      lacksHeaders: ['host'],
    },
    { name: 'with nothing', endpoint: { credential: { kind: 'none' } }, headers: {}, lacksHeaders: ['authorization'] },
  ],
});

function amzn(type: string): Record<string, string> {
  return { 'x-amzn-errortype': type };
}

function damaged(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set([0], copy.length - 6);
  return copy;
}

describe('familyOf', () => {
  const rows: [modelId: string, family: Family][] = [
    [CLAUDE, 'claude'],
    ['anthropic.claude-opus-4-8', 'claude'],
    ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude'],
    ['arn:aws:bedrock:us-east-1:1:inference-profile/jp.anthropic.claude-sonnet-5', 'claude'],
    ['arn:aws:bedrock:us-east-1::foundation-model/meta.llama3-8b-instruct-v1:0', 'llama'],
    ['global.amazon.nova-2-lite-v1:0', 'nova2'],
    ['apac.amazon.nova-pro-v1:0', 'nova'],
    ['amazon.titan-text-lite-v1', 'titan'],
    [LLAMA, 'llama'],
    [MISTRAL, 'mistral'],
    ['us.deepseek.r1-v1:0', 'deepseek'],
    ['cohere.command-r-plus-v1:0', 'cohere'],
    [OSS, 'gpt-oss'],
    ['au.openai.gpt-5.6-sol', 'openai'],
    ['qwen.qwen3-32b-v1:0', 'other'],
    ['arn:aws:bedrock:us-east-1:1:application-inference-profile/openai.x', 'openai'],
    ['arn:aws:bedrock:us-east-1:1:application-inference-profile/abc123', 'other'],
    ['my-openai.model', 'other'],
    ['', 'other'],
  ];
  it.each(rows)('%s is %s', (modelId, family) => expect(familyOf(modelId)).toBe(family));
});

describe('addresses', () => {
  it.each([
    [{}, 'https://bedrock-runtime.us-east-1.amazonaws.com'],
    [{ region: 'eu-central-1' }, 'https://bedrock-runtime.eu-central-1.amazonaws.com'],
    [{ region: 'cn-north-1' }, 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
  ])('%j is %s', (settings, url) => expect(bedrock.baseUrl(settings)).toBe(url));

  it.each([
    ['https://bedrock-runtime.ap-south-1.amazonaws.com/model/x/converse', 'ap-south-1'],
    ['https://bedrock-runtime-fips.us-west-2.amazonaws.com/model/x/converse', 'us-west-2'],
    ['https://vpce-1.bedrock-runtime.eu-west-3.vpce.amazonaws.com/model/x/converse', 'eu-west-3'],
    ['http://127.0.0.1:8080/model/x/converse', 'us-east-1'],
  ])('%s is signed for %s', async (url, region) => {
    const { endpoint } = makeCall({});
    const credential = {
      kind: 'aws' as const,
      resolve: () => Promise.resolve({ accessKeyId: 'A', secretAccessKey: 's' }),
    };
    const signed = await bedrock.authorize({ url, headers: {}, body: '{}' }, { ...endpoint, credential }, 0);
    expect(signed.headers.authorization).toContain(`/19700101/${region}/bedrock/`);
  });
});

it('hides reasoning that the client does not want, but keeps what must come back', () => {
  const stream = eventStream(
    start,
    delta(0, { reasoningContent: { text: 'Hm.' } }),
    delta(0, { reasoningContent: { signature: 'c2ln' } }),
    closes(0),
    delta(1, { text: 'Yes' }),
    ...ends('end_turn'),
  );
  const call = makeCall({ stream: true, reasoning: { exclude: true } }, { dialect: 'bedrock', model: CLAUDE });
  const choice = collect((sink) => {
    const reader = bedrock.translate(call).openStream(sink);
    reader.push(stream);
    reader.end();
  }).choice(0);
  expect(choice.reasoningText).toBe('');
  expect(choice.reasoningDetails).toEqual([
    { type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', index: 0, ...origin },
  ]);
});

it('copies a frame of many chunks once', () => {
  const text = 'x'.repeat(4_000_000);
  const stream = eventStream(start, delta(0, { text }), ...ends('end_turn'));
  const choice = collect((sink) => {
    const reader = bedrock.translate(makeCall({ stream: true })).openStream(sink);
    for (let at = 0; at < stream.length; at += 1000) reader.push(stream.subarray(at, at + 1000));
    reader.end();
  }).choice(0);
  expect(choice.content.length).toBe(text.length);
});
