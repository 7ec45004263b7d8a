/** The official SDK is the judge: what it asks of us, we ask of OpenAI; what it would ask of Responses, we ask. */
import OpenAI from 'openai';
import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions';
import type { ResponseCreateParams } from 'openai/resources/responses/responses';
import { describe, expect, it } from 'vitest';
import { openai } from '../../providers/openai/index.ts';
import { toResponses } from '../../providers/openai/responses-request.ts';
import { ChatRelay } from '../../src/answers/relay.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Call } from '../../src/core/provider.ts';
import { chatOriginal, makeCall, type CallOptions } from '../support/call.ts';

interface Sent {
  path: string;
  body: string;
  headers: Headers;
}

/** What the SDK puts on the wire; the answer is what we say it is. */
async function sentBySdk(ask: (client: OpenAI) => Promise<unknown>, answer = '{}'): Promise<Sent> {
  const sent: Sent[] = [];
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    sent.push({
      path: new URL(url as string).pathname,
      body: init?.body as string,
      headers: new Headers(init?.headers),
    });
    return new Response(answer, { headers: { 'content-type': 'application/json' } });
  };
  await ask(new OpenAI({ apiKey: 'sk-test-0123456789', baseURL: 'https://api.openai.com/v1', maxRetries: 0, fetch }));
  const [first] = sent;
  if (!first) throw new Error('nothing was sent');
  return first;
}

function callOf(original: string, options: CallOptions): Call {
  const call = makeCall({}, { dialect: 'openai', ...options });
  const endpoint = { ...call.endpoint, baseUrl: 'https://api.openai.com/v1' };
  return { ...call, endpoint, original: chatOriginal(original), request: JSON.parse(original) as ChatRequest };
}

const TOOL = { type: 'function' as const, function: { name: 'f', parameters: { type: 'object' }, strict: true } };

const wishes: { name: string; params: ChatCompletionCreateParams }[] = [
  { name: 'a question', params: { model: 'fast', messages: [{ role: 'user', content: 'Grüße 🚢' }] } },
  {
    name: 'everything at once',
    params: {
      model: 'fast',
      messages: [
        { role: 'system', content: 'a "model"' },
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA', detail: 'low' } }],
        },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: '1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: '1', content: 'b' },
      ],
      tools: [TOOL],
      tool_choice: 'required',
      temperature: 0.1,
      n: 2,
      seed: 7,
      logit_bias: { 50256: -100 },
      response_format: { type: 'json_object' },
      prediction: { type: 'content', content: 'c' },
      service_tier: 'flex',
    },
  },
  { name: 'a stream', params: { model: 'fast', stream: true, messages: [{ role: 'user', content: 'Hi' }] } },
  {
    name: 'a stream that is counted',
    params: {
      model: 'fast',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: 'Hi' }],
    },
  },
];

describe('a relayed request', () => {
  it.each(wishes)("is the SDK's own but for the model and the count: $name", async ({ params }) => {
    const { body: original, path } = await sentBySdk((client) => client.chat.completions.create(params));
    const exchange = openai.translate(callOf(original, { model: 'gpt-4o' }));
    expect(exchange.relay).toBe('chat');
    expect(`/v1${exchange.path}`).toBe(path);
    const counted = params.stream ? { stream_options: { include_usage: true } } : {};
    expect(JSON.parse(exchange.body)).toEqual({ ...(JSON.parse(original) as object), ...counted, model: 'gpt-4o' });
    const rest = exchange.body.slice(exchange.body.indexOf('"messages"'));
    expect(original).toContain(rest.slice(0, rest.lastIndexOf(']') + 1)); // To the letter.
  });

  it('is authorized as the SDK does it', async () => {
    const { headers, body } = await sentBySdk((client) => client.chat.completions.create(wishes[0]?.params as never));
    const { endpoint } = callOf(body, {});
    const { headers: ours } = await openai.authorize({ url: '', headers: {}, body }, endpoint, 0);
    expect(ours).toEqual({ authorization: headers.get('authorization') });
  });
});

describe('a relayed stream', () => {
  const chunk = (fields: object) =>
    `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', ...fields })}\n\n`;
  const delta = (said: object, finish: string | null = null) =>
    chunk({ choices: [{ index: 0, delta: said, finish_reason: finish }] });
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  const upstream = [
    delta({ role: 'assistant', content: '' }),
    delta({ tool_calls: [{ index: 0, id: '1', type: 'function', function: { name: 'f', arguments: '' } }] }),
    delta({ tool_calls: [{ index: 0, function: { arguments: '{"é":"漢"}' } }] }),
    delta({}, 'tool_calls'),
    chunk({ choices: [], usage }),
    'data: [DONE]\n\n',
  ].join('');

  it.each([true, false])('is read by the SDK as it came, cut anywhere; counted: %s', async (includeUsage) => {
    const bytes = new TextEncoder().encode(upstream);
    for (let at = 1; at < bytes.length; at += 7) {
      const relay = new ChatRelay({ includeUsage });
      const passed = [
        relay.push(bytes.subarray(0, at)),
        relay.push(bytes.subarray(at)),
        new TextEncoder().encode(relay.end()),
      ];
      const fetch = async () =>
        new Response(new Blob(passed as BlobPart[]), { headers: { 'content-type': 'text/event-stream' } });
      const client = new OpenAI({ apiKey: 'sk-test-0123456789', fetch });
      const stream = client.chat.completions.stream({ model: 'm', messages: [], stream: true });
      const answer = await stream.finalChatCompletion();
      expect(answer.choices[0]?.finish_reason).toBe('tool_calls');
      expect(answer.choices[0]?.message.tool_calls).toMatchObject([
        { id: '1', function: { name: 'f', arguments: '{"é":"漢"}' } },
      ]);
      expect(answer.usage).toEqual(includeUsage ? usage : undefined);
    }
  });
});

describe('a request through Responses', () => {
  const options: CallOptions = {
    model: 'gpt-6.1-sol',
    capabilities: {
      toolsNeedResponses: true,
      sampling: 'none',
      stop: false,
      reasoning: 'effort',
      efforts: ['low', 'high'],
    },
  };
  const params: ResponseCreateParams = {
    model: 'gpt-6.1-sol',
    input: [
      { role: 'developer', content: 'Be brief' },
      { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }], encrypted_content: 'x' },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c1', output: 'a' },
      { role: 'assistant', content: 'b' },
    ],
    tools: [{ type: 'function', name: 'f', parameters: { type: 'object' }, strict: true }],
    tool_choice: { type: 'function', name: 'f' },
    parallel_tool_calls: true,
    reasoning: { effort: 'high', summary: 'auto' },
    text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true }, verbosity: 'low' },
    max_output_tokens: 100,
    include: ['reasoning.encrypted_content'],
    store: false,
    stream: true,
  };
  const request: Partial<ChatRequest> = {
    messages: [
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: [{ type: 'text', text: 'Hi' }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        reasoning_details: [
          { type: 'reasoning.summary', summary: 'Hm.', format: 'openai-responses-v1', index: 0 },
          { type: 'reasoning.encrypted', data: 'x', id: 'rs_1', format: 'openai-responses-v1', index: 0 },
        ],
      },
      { role: 'tool', tool_call_id: 'c1', content: 'a' },
      { role: 'assistant', content: 'b' },
    ],
    tools: [TOOL],
    tool_choice: { type: 'function', function: { name: 'f' } },
    parallel_tool_calls: true,
    reasoning: { effort: 'high' },
    response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' }, strict: true } },
    verbosity: 'low',
    max_tokens: 100,
    stream: true,
  };

  it('is what the SDK would send', async () => {
    const { body, path } = await sentBySdk((client) => client.responses.create(params));
    const exchange = openai.translate(callOf(JSON.stringify({ model: 'fast', ...request }), options));
    expect(`/v1${exchange.path}`).toBe(path);
    expect(JSON.parse(exchange.body)).toEqual(JSON.parse(body));
  });

  it('has the type that the SDK asks for', async () => {
    const ours: ResponseCreateParams = toResponses(callOf(JSON.stringify({ model: 'fast', ...request }), options)).body;
    const { body } = await sentBySdk((client) => client.responses.create(ours));
    expect(JSON.parse(body)).toEqual(params);
  });
});
