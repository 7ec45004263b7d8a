/** Answers that are nearly right: real shapes with one place replaced by anything. */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import fc from 'fast-check';

const USAGE = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, prompt_tokens_details: { cached_tokens: 0 } };
const CHUNK = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm' };

/** A short answer of each dialect, as the events of its stream. */
const STREAMS: Record<string, object[]> = {
  anthropic: [
    { type: 'message_start', message: { id: 'msg_1', model: 'm', usage: { input_tokens: 1, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'thinking', thinking: '', signature: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'Hm' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'signature_delta', signature: 'c2ln' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hi' } },
    {
      type: 'content_block_delta',
      index: 1,
      delta: {
        type: 'citations_delta',
        citation: { type: 'web_search_result_location', url: 'https://a.example', title: 'A', cited_text: 'Hi' },
      },
    },
    { type: 'content_block_stop', index: 1 },
    { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} } },
    { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
    { type: 'content_block_stop', index: 2 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
    { type: 'message_stop' },
  ],
  openai: [
    { ...CHUNK, choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }] },
    {
      ...CHUNK,
      choices: [
        {
          index: 0,
          delta: { tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
          logprobs: { content: [{ token: 'a', logprob: 0, bytes: [97], top_logprobs: [] }] },
        },
      ],
    },
    { ...CHUNK, choices: [{ index: 0, delta: { reasoning_details: [{ type: 'reasoning.text', text: 'Hm' }] } }] },
    { ...CHUNK, choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    { ...CHUNK, choices: [], usage: USAGE },
  ],
  gemini: [
    { candidates: [{ content: { role: 'model', parts: [{ text: 'Hm', thought: true }] } }], modelVersion: 'm' },
    {
      candidates: [
        {
          content: {
            parts: [{ text: 'Hi' }, { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'c2ln' }],
          },
          groundingMetadata: {
            groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
            groundingSupports: [{ segment: { endIndex: 2 }, groundingChunkIndices: [0] }],
          },
          logprobsResult: {
            chosenCandidates: [{ token: 'a', logProbability: 0 }],
            topCandidates: [{ candidates: [] }],
          },
        },
      ],
    },
    {
      candidates: [{ finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
      promptFeedback: {},
    },
  ],
  bedrock: [
    { messageStart: { role: 'assistant' } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Hm' } } } },
    { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'c2ln' } } } },
    { contentBlockStop: { contentBlockIndex: 0 } },
    { contentBlockDelta: { contentBlockIndex: 1, delta: { text: 'Hi' } } },
    { contentBlockStop: { contentBlockIndex: 1 } },
    { contentBlockStart: { contentBlockIndex: 2, start: { toolUse: { toolUseId: 't', name: 'f' } } } },
    { contentBlockDelta: { contentBlockIndex: 2, delta: { toolUse: { input: '{"a":1}' } } } },
    { contentBlockStop: { contentBlockIndex: 2 } },
    { messageStop: { stopReason: 'tool_use' } },
    { metadata: { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 }, metrics: { latencyMs: 1 } } },
  ],
  responses: [
    { type: 'response.created', response: { id: 'resp_1', model: 'm', status: 'in_progress', output: [] } },
    { type: 'response.output_item.added', output_index: 0, item: { type: 'message', role: 'assistant', content: [] } },
    { type: 'response.output_text.delta', output_index: 0, content_index: 0, delta: 'Hi', logprobs: [] },
    {
      type: 'response.output_item.added',
      output_index: 1,
      item: { type: 'function_call', call_id: 'c', name: 'f', arguments: '' },
    },
    { type: 'response.function_call_arguments.delta', output_index: 1, delta: '{}' },
    {
      type: 'response.output_item.done',
      output_index: 2,
      item: {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ type: 'summary_text', text: 'Hm' }],
        encrypted_content: 'ZW5j',
      },
    },
    {
      type: 'response.completed',
      response: { id: 'resp_1', model: 'm', status: 'completed', usage: { input_tokens: 1, output_tokens: 1 } },
    },
  ],
};

/** The same short answers whole. */
const WHOLE: Record<string, object> = {
  anthropic: {
    id: 'msg_1',
    model: 'm',
    content: [
      { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
      { type: 'text', text: 'Hi', citations: [{ type: 'web_search_result_location', url: 'https://a.example' }] },
      { type: 'tool_use', id: 'toolu_1', name: 'f', input: { a: 1 } },
    ],
    stop_reason: 'tool_use',
    usage: { input_tokens: 1, output_tokens: 1, cache_read_input_tokens: 1 },
  },
  openai: {
    ...CHUNK,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: 'Hi',
          refusal: null,
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
          annotations: [{ type: 'url_citation', url_citation: { url: 'u', title: 't', start_index: 0, end_index: 1 } }],
        },
        logprobs: { content: [{ token: 'a', logprob: 0, bytes: null, top_logprobs: [] }], refusal: null },
        finish_reason: 'tool_calls',
      },
    ],
    usage: USAGE,
  },
  gemini: STREAMS['gemini']?.reduce((whole, part) => ({ ...whole, ...part })) ?? {},
  bedrock: {
    output: {
      message: {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'Hm', signature: 'c2ln' } } },
          { text: 'Hi' },
          { toolUse: { toolUseId: 't', name: 'f', input: {} } },
          { citationsContent: { content: [{ text: 'Hi' }], citations: [] } },
        ],
      },
    },
    stopReason: 'tool_use',
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2, cacheReadInputTokens: 1 },
  },
  responses: {
    id: 'resp_1',
    model: 'm',
    status: 'completed',
    output: [
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'ZW5j' },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hi', annotations: [] }] },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
    ],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  },
};

export function mangledEvents(dialect: string): fc.Arbitrary<unknown[]> {
  return mangled(STREAMS[dialect] ?? []).map((events) => (Array.isArray(events) ? events : [events]));
}

/** Events as that dialect's bytes. */
export function writeEvents(dialect: string, events: unknown[]): Uint8Array {
  return dialect === 'bedrock' ? writeAws(events) : writeSse(events);
}

export function mangledAnswer(dialect: string): fc.Arbitrary<string> {
  return mangled(WHOLE[dialect] ?? {}).map((answer) => JSON.stringify(answer) ?? '');
}

/** One place, at any depth, holds any JSON or is gone. */
function mangled(sample: object): fc.Arbitrary<unknown> {
  const replacement = fc.oneof(fc.jsonValue({ maxDepth: 1 }), fc.constant(undefined));
  return fc
    .tuple(fc.constantFrom(...pathsOf(sample)), replacement)
    .map(([path, value]) => replace(sample, path, value));
}

function pathsOf(value: unknown, path: string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function replace(value: unknown, [key, ...rest]: string[], replacement: unknown): unknown {
  if (key === undefined) return replacement;
  if (Array.isArray(value)) return value.with(Number(key), replace(value[Number(key)], rest, replacement));
  const fields = value as Record<string, unknown>;
  return { ...fields, [key]: replace(fields[key], rest, replacement) };
}

function writeSse(events: unknown[]): Uint8Array {
  return new TextEncoder().encode(events.map((event) => `data: ${JSON.stringify(event) ?? ''}\n\n`).join(''));
}

const CODEC = new EventStreamCodec(
  (bytes) => new TextDecoder().decode(typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes),
  (text) => new TextEncoder().encode(text),
);

/** Intact frames around mangled payloads; the member's name is the event's type. */
function writeAws(events: unknown[]): Uint8Array {
  const frames = events.map((event) => {
    const [type = 'unknown', payload] = Object.entries(event ?? {})[0] ?? [];
    return CODEC.encode({
      headers: {
        ':message-type': { type: 'string', value: 'event' },
        ':event-type': { type: 'string', value: type },
        ':content-type': { type: 'string', value: 'application/json' },
      },
      body: new TextEncoder().encode(JSON.stringify(payload) ?? ''),
    });
  });
  return new Uint8Array(Buffer.concat(frames));
}
