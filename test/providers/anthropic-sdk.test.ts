/** The official SDK is the judge: what it sends for the same wish, we send; what it reads from a stream, we read. */
import Anthropic from '@anthropic-ai/sdk';
import type { MessageCreateParamsNonStreaming } from '@anthropic-ai/sdk/resources/messages';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { anthropic } from '../../providers/anthropic/index.ts';
import { AnswerCollector } from '../../src/answers/collector.ts';
import type { ChatRequest, ContentPart } from '../../src/core/chat.ts';
import { makeCall, type CallOptions } from '../support/call.ts';
import { sse } from './contract.ts';

const seen: { path: string; headers: IncomingMessage['headers']; body: unknown }[] = [];
let answer: { type: string; text: string };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
    seen.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(200, { 'content-type': answer.type }).end(answer.text);
  });
});

beforeAll(() => new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening)));
afterAll(() => new Promise((closed) => void server.close(closed)));

function client(): Anthropic {
  const { port } = server.address() as AddressInfo;
  return new Anthropic({ apiKey: 'sk-test-0123456789', baseURL: `http://127.0.0.1:${port}`, maxRetries: 0 });
}

const text = (text: string) => ({ type: 'text' as const, text });
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] };

const systemPart = { ...text('Be kind'), cache_control: { type: 'ephemeral', ttl: '1h' } } satisfies ContentPart;

interface Wish {
  name: string;
  request: Partial<ChatRequest>;
  options?: CallOptions;
  params: MessageCreateParamsNonStreaming;
}

const wishes: Wish[] = [
  {
    name: 'a conversation with a system prompt and a cache mark',
    request: {
      messages: [
        {
          role: 'system',
          content: [systemPart],
        },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: 'Who are you?' },
      ],
      max_completion_tokens: 100,
      stop: ['END'],
      user: 'opaque',
    },
    params: {
      model: 'claude-opus-5-5',
      max_tokens: 100,
      system: [{ ...text('Be kind'), cache_control: { type: 'ephemeral', ttl: '1h' } }],
      stop_sequences: ['END'],
      metadata: { user_id: 'opaque' },
      messages: [
        { role: 'user', content: [text('Hi')] },
        { role: 'assistant', content: [text('Hello')] },
        { role: 'user', content: [text('Who are you?')] },
      ],
    },
  },
  {
    name: 'a tool loop with thinking and effort',
    request: {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'toolu_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
          ],
          reasoning_details: [{ type: 'reasoning.text', text: 'Hm', signature: 'c2ln', format: 'anthropic-claude-v1' }],
        },
        { role: 'tool', tool_call_id: 'toolu_1', content: 'rain' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', description: 'Looks', parameters } }],
      reasoning_effort: 'high',
      parallel_tool_calls: false,
    },
    options: { capabilities: { reasoning: 'always', efforts: ['low', 'high'], forcedToolChoice: false } },
    params: {
      model: 'claude-opus-5-5',
      max_tokens: 16_384,
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high' },
      tools: [{ name: 'weather', description: 'Looks', input_schema: parameters }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      messages: [
        { role: 'user', content: [text('Weather?')] },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm', signature: 'c2ln' },
            { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Oslo' } },
          ],
        },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: [text('rain')] }] },
      ],
    },
  },
  {
    name: 'an image, a document and a schema',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
            { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
            { type: 'text', text: 'Who?' },
          ],
        },
      ],
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'who', strict: true, schema: { ...parameters, additionalProperties: false } },
      },
      service_tier: 'default',
    },
    params: {
      model: 'claude-opus-5-5',
      max_tokens: 16_384,
      service_tier: 'standard_only',
      output_config: { format: { type: 'json_schema', schema: { ...parameters, additionalProperties: false } } },
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
            {
              type: 'document',
              title: 'a.pdf',
              source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
            },
            text('Who?'),
          ],
        },
      ],
    },
  },
  {
    name: 'a web search',
    request: { web_search_options: { user_location: { type: 'approximate', approximate: { country: 'NO' } } } },
    params: {
      model: 'claude-opus-5-5',
      max_tokens: 16_384,
      tools: [
        { type: 'web_search_20260318', name: 'web_search', user_location: { type: 'approximate', country: 'NO' } },
      ],
      messages: [{ role: 'user', content: [text('Hi')] }],
    },
  },
];

it.each(wishes)('sends what the SDK sends: $name', async ({ request, options, params }) => {
  answer = { type: 'application/json', text: JSON.stringify(message('end_turn')) };
  await client().messages.create(params, { headers: { 'anthropic-version': '2026-10-21' } });
  const sent = seen.at(-1);
  const { capabilities, ...rest } = options ?? {};
  const exchange = anthropic.translate(
    makeCall(request, {
      ...rest,
      dialect: 'anthropic',
      model: 'claude-opus-5-5',
      capabilities: { ...capabilities, apiVersion: '2026-10-21' },
    }),
  );
  expect(JSON.parse(exchange.body)).toEqual(sent?.body);
  expect(exchange.path).toBe(sent?.path);
  for (const name of ['anthropic-version', 'content-type']) expect(exchange.headers[name]).toBe(sent?.headers[name]);
});

function message(stop_reason: string | null) {
  const usage = { input_tokens: 10, output_tokens: 1 };
  return { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-5-5', content: [], stop_reason, usage };
}

const delta = (index: number, delta: Record<string, unknown>): [string, unknown] => [
  'content_block_delta',
  { type: 'content_block_delta', index, delta },
];
const open = (index: number, content_block: Record<string, unknown>): [string, unknown] => [
  'content_block_start',
  { type: 'content_block_start', index, content_block },
];
const close = (index: number): [string, unknown] => ['content_block_stop', { type: 'content_block_stop', index }];

it('reads from a stream what the SDK reads from it', async () => {
  const stream = sse(
    ['message_start', { type: 'message_start', message: message(null) }],
    open(0, { type: 'thinking', thinking: '', signature: '' }),
    delta(0, { type: 'thinking_delta', thinking: 'Hm, ' }),
    delta(0, { type: 'thinking_delta', thinking: 'so.' }),
    delta(0, { type: 'signature_delta', signature: 'c2ln' }),
    close(0),
    ['ping', { type: 'ping' }],
    open(1, { type: 'text', text: '' }),
    delta(1, { type: 'text_delta', text: 'Grüße' }),
    delta(1, { type: 'text_delta', text: ' 👋' }),
    close(1),
    open(2, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }),
    delta(2, { type: 'input_json_delta', partial_json: '{"city":"Os' }),
    delta(2, { type: 'input_json_delta', partial_json: 'lo"}' }),
    close(2),
    [
      'message_delta',
      { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage: { output_tokens: 9 } },
    ],
    ['message_stop', { type: 'message_stop' }],
  );
  answer = { type: 'text/event-stream', text: stream };
  const params = { model: 'claude-opus-5-5', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hi' }] };
  const theirs = await client().messages.stream(params).finalMessage();
  const ours = new AnswerCollector();
  const reader = anthropic.translate(makeCall({ stream: true })).openStream(ours);
  reader.push(new TextEncoder().encode(stream));
  reader.end();
  const choice = ours.choice(0);
  const [thinking, said, call] = theirs.content;
  expect(thinking).toMatchObject({ thinking: choice.reasoningText, signature: choice.reasoningDetails[0]?.signature });
  expect(said).toMatchObject({ text: choice.content });
  expect(call).toMatchObject({ id: choice.toolCalls[0]?.id, input: JSON.parse(choice.toolCalls[0]?.arguments ?? '') });
  expect(theirs.stop_reason).toBe(choice.native);
  expect(ours.facts.usage).toMatchObject({
    prompt_tokens: theirs.usage.input_tokens,
    completion_tokens: theirs.usage.output_tokens,
  });
});
