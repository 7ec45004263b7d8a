/** The official SDK is the judge: what it sends for the same wish, we send and sign; what it reads from a stream, we read. */
import {
  BedrockRuntimeClient,
  type BedrockRuntimeClientConfig,
  ConverseCommand,
  ConverseStreamCommand,
  type ConverseCommandInput,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bedrock } from '../../providers/bedrock/index.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { AwsKeys, Endpoint } from '../../src/core/deployment.ts';
import { makeCall, type CallOptions } from '../support/call.ts';
import { eventStream } from './bedrock-events.ts';
import { collect } from './contract.ts';

const NOW = Date.UTC(2026, 10, 22, 6, 30);
const KEYS: AwsKeys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
const SESSION: AwsKeys = { ...KEYS, sessionToken: 'session/token==' };
const PROFILE = 'arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/a1b2c3d4';

interface Sent {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  headers: Record<string, string>;
  body: Uint8Array | string;
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** The SDK with a wire that only remembers what was sent, and answers with these bytes. */
function sdk(answer: { type: string; bytes: Uint8Array }, keys: AwsKeys, endpoint?: string) {
  const sent: Sent[] = [];
  const config = {
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { ...keys },
    ...(endpoint && { endpoint }),
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: (request: Sent) => {
        sent.push(request);
        const headers = { 'content-type': answer.type };
        return Promise.resolve({ response: { statusCode: 200, headers, body: Readable.from([answer.bytes]) } });
      },
    },
  };
  const client = new BedrockRuntimeClient(config as unknown as BedrockRuntimeClientConfig);
  return { client, sent };
}

const WHOLE = {
  type: 'application/json',
  bytes: new TextEncoder().encode('{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn"}'),
};

async function sentBySdk(input: ConverseCommandInput, keys = KEYS, endpoint?: string): Promise<Sent> {
  const { client, sent } = sdk(WHOLE, keys, endpoint);
  await client.send(new ConverseCommand(input));
  const [request] = sent;
  if (!request) throw new Error('the SDK sent nothing');
  return request;
}

const CLAUDE = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';
const schema = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const pdf = Buffer.from('%PDF-1.7 report');
const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3]);

const marked = (text: string, ttl: '5m' | '1h') => ({
  type: 'text' as const,
  text,
  cache_control: { type: 'ephemeral', ttl },
});

interface Wish {
  name: string;
  request: Partial<ChatRequest>;
  options?: CallOptions;
  input: ConverseCommandInput;
}

const wishes: Wish[] = [
  {
    name: 'a conversation with a system prompt and cache points',
    request: {
      messages: [
        {
          role: 'system',
          content: [marked('Be kind', '1h')],
        },
        { role: 'user', content: 'Grüß Gott – 東京 🚀' },
        { role: 'assistant', content: 'Hello' },
        { role: 'user', content: [marked('Who?', '5m')] },
      ],
      max_completion_tokens: 100,
      temperature: 0.5,
      stop: ['END'],
      user: 'opaque',
      service_tier: 'flex',
    },
    input: {
      modelId: CLAUDE,
      system: [{ text: 'Be kind' }, { cachePoint: { type: 'default', ttl: '1h' } }],
      messages: [
        { role: 'user', content: [{ text: 'Grüß Gott – 東京 🚀' }] },
        { role: 'assistant', content: [{ text: 'Hello' }] },
        { role: 'user', content: [{ text: 'Who?' }, { cachePoint: { type: 'default' } }] },
      ],
      inferenceConfig: { maxTokens: 100, temperature: 0.5, stopSequences: ['END'] },
      requestMetadata: { user: 'opaque' },
      serviceTier: { type: 'flex' },
    },
  },
  {
    name: 'a tool loop with thinking, strict tools and a forced call',
    request: {
      messages: [
        { role: 'user', content: 'Weather?' },
        {
          role: 'assistant',
          content: 'I look.',
          reasoning_details: [
            { type: 'reasoning.text', format: 'anthropic-claude-v1', text: 'Hm.', signature: 'c2ln' },
            { type: 'reasoning.encrypted', format: 'anthropic-claude-v1', data: 'cmVkYWN0ZWQ=' },
          ],
          tool_calls: [
            { id: 'tooluse_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Oslo"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'tooluse_1', content: 'Error', is_error: true },
      ],
      tools: [
        { type: 'function', function: { name: 'weather', description: 'Looks', parameters: schema, strict: true } },
      ],
      tool_choice: { type: 'function', function: { name: 'weather' } },
      max_tokens: 500,
      top_k: 5,
    },
    input: {
      modelId: CLAUDE,
      messages: [
        { role: 'user', content: [{ text: 'Weather?' }] },
        {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'Hm.', signature: 'c2ln' } } },
            { reasoningContent: { redactedContent: Buffer.from('redacted') } },
            { text: 'I look.' },
            { toolUse: { toolUseId: 'tooluse_1', name: 'weather', input: { city: 'Oslo' } } },
          ],
        },
        {
          role: 'user',
          content: [{ toolResult: { toolUseId: 'tooluse_1', content: [{ text: 'Error' }], status: 'error' } }],
        },
      ],
      toolConfig: {
        tools: [{ toolSpec: { name: 'weather', description: 'Looks', inputSchema: { json: schema }, strict: true } }],
        toolChoice: { tool: { name: 'weather' } },
      },
      inferenceConfig: { maxTokens: 500 },
      additionalModelRequestFields: { top_k: 5 },
    },
  },
  {
    name: 'images, a document and structured output',
    request: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: `data:image/png;base64,${png.toString('base64')}` } },
            { type: 'image_url', image_url: { url: 's3://bucket/photo.jpg' } },
            {
              type: 'file',
              file: { filename: 'Q3 résumé.pdf', file_data: `data:application/pdf;base64,${pdf.toString('base64')}` },
            },
          ],
        },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'place', schema, strict: true } },
      max_tokens: 10,
    },
    input: {
      modelId: CLAUDE,
      messages: [
        {
          role: 'user',
          content: [
            { image: { format: 'png', source: { bytes: png } } },
            { image: { format: 'jpeg', source: { s3Location: { uri: 's3://bucket/photo.jpg' } } } },
            { document: { format: 'pdf', name: 'Q3 r sum', source: { bytes: pdf } } },
            { text: 'See attached document.' },
          ],
        },
      ],
      inferenceConfig: { maxTokens: 10 },
      outputConfig: {
        textFormat: {
          type: 'json_schema',
          structure: { jsonSchema: { name: 'place', schema: JSON.stringify(schema) } },
        },
      },
    },
  },
];

/** JSON inside JSON as well: the order of a schema's keys says nothing. */
function opened(body: string): unknown {
  return JSON.parse(body, (key, value: unknown) =>
    key === 'schema' && typeof value === 'string' ? JSON.parse(value) : value,
  );
}

function textOf(body: Sent['body']): string {
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : body;
}

describe('what we send', () => {
  it.each(wishes)('is what the SDK sends: $name', async ({ request, options, input }) => {
    const theirs = await sentBySdk(input);
    const ours = bedrock.translate(makeCall(request, { dialect: 'bedrock', model: CLAUDE, ...options }));
    expect(opened(ours.body)).toEqual(opened(textOf(theirs.body)));
    expect(ours.path).toBe(theirs.path);
    expect(theirs.headers['content-type']).toBe(ours.headers['content-type']);
  });

  it.each([CLAUDE, PROFILE, 'amazon.titan-text-express-v1', 'meta.llama3-3-70b-instruct-v1:0:128k'])(
    'goes where the SDK sends it: %s',
    async (modelId) => {
      const theirs = await sentBySdk({ modelId, messages: [] });
      const ours = bedrock.translate(makeCall({}, { model: modelId }));
      expect(bedrock.baseUrl({ region: 'eu-west-1' })).toBe(`https://${theirs.hostname}`);
      expect(ours.path).toBe(theirs.path);
    },
  );
});

/** The same bytes and headers, signed by us. */
async function signedByUs(theirs: Sent, keys: AwsKeys, settings: Endpoint['settings']) {
  const {
    authorization: _,
    'x-amz-date': __,
    'x-amz-security-token': ___,
    'x-amz-content-sha256': ____,
    host: _____,
    ...headers
  } = theirs.headers;
  const { endpoint } = makeCall({}, { dialect: 'bedrock', settings });
  const port = theirs.port === undefined ? '' : `:${theirs.port}`;
  const url = `${theirs.protocol}//${theirs.hostname}${port}${theirs.path}`;
  const body = textOf(theirs.body);
  const credential = { kind: 'aws' as const, resolve: () => Promise.resolve(keys) };
  return bedrock.authorize({ url, headers, body }, { ...endpoint, credential }, NOW);
}

const signings = [
  { name: 'a model id with a colon', modelId: CLAUDE, keys: KEYS },
  { name: 'an ARN with slashes', modelId: PROFILE, keys: KEYS },
  { name: 'temporary keys', modelId: CLAUDE, keys: SESSION },
  { name: 'a body long enough for the native hash', modelId: CLAUDE, keys: KEYS, text: 'längere Wörter '.repeat(5000) },
  {
    name: 'a configured region and an address with a port',
    modelId: CLAUDE,
    keys: KEYS,
    endpoint: 'http://127.0.0.1:8443',
  },
];

describe('our signature', () => {
  it.each(signings)('is the one of the SDK: $name', async ({ modelId, keys, text = 'Hi', endpoint }) => {
    const theirs = await sentBySdk({ modelId, messages: [{ role: 'user', content: [{ text }] }] }, keys, endpoint);
    const ours = await signedByUs(theirs, keys, endpoint ? { region: 'eu-west-1' } : {});
    expect(ours.headers.authorization).toBe(theirs.headers.authorization);
    expect(ours.headers['x-amz-date']).toBe('20261122T063000Z');
    expect(ours.headers['x-amz-content-sha256']).toBe(theirs.headers['x-amz-content-sha256']);
    expect(ours.headers['x-amz-security-token']).toBe(keys.sessionToken);
    expect(ours.headers).not.toHaveProperty('host');
  });

  it('is another one for another day', async () => {
    const theirs = await sentBySdk({ modelId: CLAUDE, messages: [] });
    const { endpoint } = makeCall({}, { dialect: 'bedrock' });
    const credential = { kind: 'aws' as const, resolve: () => Promise.resolve(KEYS) };
    const request = { url: `https://${theirs.hostname}${theirs.path}`, headers: {}, body: '{}' };
    const signed = await bedrock.authorize(request, { ...endpoint, credential }, NOW + 86_400_000);
    expect(signed.headers.authorization).toContain('/20261123/eu-west-1/bedrock/aws4_request');
  });
});

describe('a stream', () => {
  const bytes = eventStream(
    ['messageStart', { role: 'assistant' }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { text: 'Ich überlege' } } }],
    ['contentBlockDelta', { contentBlockIndex: 0, delta: { reasoningContent: { signature: 'c2ln' } } }],
    ['contentBlockStop', { contentBlockIndex: 0 }],
    ['contentBlockDelta', { contentBlockIndex: 1, delta: { text: 'Grüße 🚀' }, p: 'abcd' }],
    ['contentBlockStop', { contentBlockIndex: 1 }],
    ['contentBlockStart', { contentBlockIndex: 2, start: { toolUse: { toolUseId: 'tooluse_1', name: 'weather' } } }],
    ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '{"city":' } } }],
    ['contentBlockDelta', { contentBlockIndex: 2, delta: { toolUse: { input: '"Oslo"}' } } }],
    ['contentBlockStop', { contentBlockIndex: 2 }],
    ['messageStop', { stopReason: 'tool_use' }],
    ['metadata', { usage: { inputTokens: 7, outputTokens: 5, totalTokens: 12 }, metrics: { latencyMs: 9 } }],
  );

  it('says to the SDK what it says to us', async () => {
    const { client, sent } = sdk({ type: 'application/vnd.amazon.eventstream', bytes }, KEYS);
    const { stream } = await client.send(new ConverseStreamCommand({ modelId: CLAUDE, messages: [] }));
    const events: ConverseStreamOutput[] = [];
    for await (const event of stream ?? []) events.push(event);
    const deltas = events.map(({ contentBlockDelta }) => contentBlockDelta?.delta);
    const exchange = bedrock.translate(makeCall({ stream: true }, { dialect: 'bedrock', model: CLAUDE }));
    const ours = collect((sink) => {
      const reader = exchange.openStream(sink);
      reader.push(bytes);
      reader.end();
    });
    const choice = ours.choice(0);
    expect(exchange.path).toBe(sent[0]?.path);
    expect(choice.content).toBe(deltas.map((delta) => delta?.text ?? '').join(''));
    expect(choice.reasoningText).toBe(deltas.map((delta) => delta?.reasoningContent?.text ?? '').join(''));
    expect(choice.toolCalls[0]?.arguments).toBe(deltas.map((delta) => delta?.toolUse?.input ?? '').join(''));
    expect(choice.native).toBe(events.find(({ messageStop }) => messageStop)?.messageStop?.stopReason);
    expect(ours.facts.usage?.total_tokens).toBe(events.at(-1)?.metadata?.usage?.totalTokens);
  });
});
