/** The official SDKs talk to the practice providers as they do to the real ones. */
import Anthropic from '@anthropic-ai/sdk';
import {
  BedrockRuntimeClient,
  ConverseCommand,
  type ConverseCommandInput,
  ConverseStreamCommand,
  type ConverseStreamOutput,
} from '@aws-sdk/client-bedrock-runtime';
import { FunctionCallingConfigMode, GoogleGenAI } from '@google/genai';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRACTICE_AWS, PRACTICE_KEY } from '../../src/practice/index.ts';
import { servePractice, type Served } from './serve.ts';

let served: Served;
beforeAll(async () => {
  served = await servePractice();
});
afterAll(() => served.close());

const WEATHER = {
  type: 'object' as const,
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city'],
  additionalProperties: false,
};
const ASKED = 'What is the weather in Paris?';
const HONEST = /^This is a practice answer .* no model was called and nothing was billed\. You said: «Hello»\.$/;

async function arrived<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const events: T[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

async function* nothing(): AsyncGenerator<never> {}

/** The SDK's own handler on Node speaks HTTP/2 only. */
const http1 = {
  async handle(asked: SmithyRequest) {
    const { protocol, hostname, port, path, method, headers, body } = asked;
    const { host: _host, ...sent } = headers;
    const response = await fetch(`${protocol}//${hostname}:${port}${path}`, {
      method,
      headers: sent,
      body: body ?? null,
    });
    const arriving = response.body && Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    return { response: { statusCode: response.status, headers: Object.fromEntries(response.headers), body: arriving } };
  },
};

interface SmithyRequest {
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  method: string;
  headers: Record<string, string>;
  body?: BodyInit;
}

async function refused(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => expect.fail('it was answered'),
    (cause: unknown) => cause,
  );
}

describe('@anthropic-ai/sdk', () => {
  const client = (apiKey = PRACTICE_KEY) =>
    new Anthropic({ baseURL: `${served.url}/anthropic`, apiKey, maxRetries: 0 });
  const request = (content: string) => ({
    model: 'claude-sonnet-5-5',
    max_tokens: 1000,
    messages: [{ role: 'user' as const, content }],
  });
  const tools = [{ name: 'get_weather', input_schema: WEATHER }];

  it('reads a whole text and its usage', async () => {
    const message = await client().messages.create(request('Hello'));
    expect(message.content).toEqual([{ type: 'text', text: expect.stringMatching(HONEST) }]);
    expect(message).toMatchObject({ stop_reason: 'end_turn', usage: { cache_read_input_tokens: 0 } });
    expect(message.usage.input_tokens).toBeGreaterThan(0);
    expect(message._request_id).toMatch(/^req_/);
  });

  it('reads the same from a stream', async () => {
    const whole = await client().messages.create(request('Hello'));
    const streamed = await client().messages.stream(request('Hello')).finalMessage();
    expect(streamed.content).toEqual(whole.content);
    expect(streamed.usage.output_tokens).toBe(whole.usage.output_tokens);
  });

  it('goes through a tool loop with thoughts, which come back unchanged', async () => {
    const thinking = { type: 'adaptive' as const, display: 'summarized' as const };
    const first = await client()
      .messages.stream({ ...request(ASKED), tools, thinking })
      .finalMessage();
    expect(first.content).toMatchObject([
      { type: 'thinking', thinking: expect.stringContaining('Practice thought') },
      { type: 'tool_use', name: 'get_weather', input: { city: 'Paris' } },
    ]);
    expect(first.stop_reason).toBe('tool_use');
    const call = first.content.find((block) => block.type === 'tool_use');
    const results = [{ type: 'tool_result' as const, tool_use_id: call?.id ?? '', content: '21 °C' }];
    const messages = [
      { role: 'user' as const, content: ASKED },
      { role: 'assistant' as const, content: first.content },
      { role: 'user' as const, content: results },
    ];
    const second = await client().messages.create({ ...request(ASKED), messages, tools, thinking });
    expect(second.content.at(-1)).toMatchObject({ text: expect.stringContaining('get_weather returned: «21 °C»') });
  });

  it.each([
    { name: 'a wrong key', key: 'wrong', text: 'Hello', error: Anthropic.AuthenticationError },
    { name: 'a rate limit', text: '[practice: status=429 retry-after=2]', error: Anthropic.RateLimitError },
    { name: 'an overload', text: '[practice: status=529]', error: Anthropic.InternalServerError },
    { name: 'an empty message', text: '', error: Anthropic.BadRequestError },
  ])('throws its own error for $name', async ({ key, text, error }) => {
    expect(await refused(client(key).messages.create(request(text)))).toBeInstanceOf(error);
  });

  it('sees how long to wait', async () => {
    const cause = await refused(client().messages.create(request('[practice: status=429 retry-after=2]')));
    expect((cause as InstanceType<typeof Anthropic.APIError>).headers?.get('retry-after')).toBe('2');
  });

  it('throws for an error in mid-stream', async () => {
    const stream = await client().messages.create({ ...request('[practice: error]'), stream: true });
    expect(await refused(arrived(stream))).toMatchObject({ type: 'overloaded_error' });
  });
});

describe('openai, chat completions', () => {
  const client = (apiKey = PRACTICE_KEY) => new OpenAI({ baseURL: `${served.url}/openai/v1`, apiKey, maxRetries: 0 });
  const request = (content: string) => ({ model: 'gpt-4.1', messages: [{ role: 'user' as const, content }] });
  const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: WEATHER } }];

  it('reads a whole text and its usage', async () => {
    const { choices, usage } = await client().chat.completions.create(request('Hello'));
    expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: expect.stringMatching(HONEST) } }]);
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  });

  it('reads the same from a stream, with usage at its end', async () => {
    const whole = await client().chat.completions.create(request('Hello'));
    const stream = client().chat.completions.stream({ ...request('Hello'), stream_options: { include_usage: true } });
    const streamed = await stream.finalChatCompletion();
    expect(streamed.choices[0]?.message.content).toBe(whole.choices[0]?.message.content);
    expect(streamed.usage).toEqual(whole.usage);
  });

  it('goes through a tool loop with two calls at once', async () => {
    const asked = { ...request('What is the weather in both Paris and Oslo?'), tools };
    const first = await client().chat.completions.stream(asked).finalChatCompletion();
    const message = first.choices[0]?.message;
    const calls = message?.tool_calls ?? [];
    expect(first.choices[0]?.finish_reason).toBe('tool_calls');
    const cities = calls.flatMap((call) => (call.type === 'function' ? [JSON.parse(call.function.arguments)] : []));
    expect(cities).toEqual([{ city: 'Paris' }, { city: 'Oslo' }]);
    const results = calls.map(({ id }, at) => ({ role: 'tool' as const, tool_call_id: id, content: `${at} °C` }));
    const history = { role: 'assistant' as const, content: null, tool_calls: calls };
    const second = await client().chat.completions.create({
      ...asked,
      messages: [...asked.messages, history, ...results],
    });
    expect(second.choices[0]?.message.content).toContain('get_weather returned: «1 °C»');
  });

  it('answers by a JSON schema', async () => {
    const format = { type: 'json_schema' as const, json_schema: { name: 'place', schema: WEATHER } };
    const { choices } = await client().chat.completions.create({ ...request('It is Oslo'), response_format: format });
    expect(JSON.parse(choices[0]?.message.content ?? '')).toEqual({ city: 'Oslo' });
  });

  it.each([
    { name: 'a wrong key', key: 'wrong', text: 'Hello', error: OpenAI.AuthenticationError },
    { name: 'a rate limit', text: '[practice: status=429]', error: OpenAI.RateLimitError },
    { name: 'a failure', text: '[practice: status=503]', error: OpenAI.InternalServerError },
  ])('throws its own error for $name', async ({ key, text, error }) => {
    expect(await refused(client(key).chat.completions.create(request(text)))).toBeInstanceOf(error);
  });

  it('throws for an error in mid-stream', async () => {
    const stream = await client().chat.completions.create({ ...request('[practice: error]'), stream: true });
    expect(await refused(arrived(stream))).toMatchObject({ code: 'server_is_overloaded' });
  });

  it('lists models', async () => {
    const models = await arrived(client().models.list());
    expect(models.map(({ id }) => id)).toContain('gpt-4.1');
    expect(await refused(client('wrong').models.list())).toBeInstanceOf(OpenAI.AuthenticationError);
  });
});

describe('openai, Responses', () => {
  const client = () => new OpenAI({ baseURL: `${served.url}/openai/v1`, apiKey: PRACTICE_KEY, maxRetries: 0 });
  const request = (input: string) => ({ model: 'gpt-6.1-sol', input, store: false });
  const tools = [{ type: 'function' as const, name: 'get_weather', parameters: WEATHER, strict: false }];

  it('reads a whole text and its usage', async () => {
    const response = await client().responses.create(request('Hello'));
    expect(response.output_text).toMatch(HONEST);
    expect(response).toMatchObject({
      status: 'completed',
      usage: { output_tokens_details: { reasoning_tokens: expect.any(Number) } },
    });
  });

  it('reads the same from a stream', async () => {
    const whole = await client().responses.create(request('Hello'));
    const streamed = await client().responses.stream(request('Hello')).finalResponse();
    expect(streamed.output_text).toBe(whole.output_text);
    expect(streamed.usage).toEqual(whole.usage);
  });

  it('numbers its events', async () => {
    const events = await arrived(await client().responses.create({ ...request('Hello'), stream: true }));
    expect(events.map(({ sequence_number: number }) => number)).toEqual(events.map((_, index) => index));
  });

  it('goes through a tool loop with encrypted reasoning, which comes back unchanged', async () => {
    const thoughtful = { include: ['reasoning.encrypted_content' as const], reasoning: { summary: 'auto' as const } };
    const asked = { ...request(ASKED), ...thoughtful, tools };
    const first = await client().responses.stream(asked).finalResponse();
    expect(first.output).toMatchObject([
      {
        type: 'reasoning',
        summary: [{ text: expect.stringContaining('Practice thought') }],
        encrypted_content: expect.any(String),
      },
      { type: 'function_call', name: 'get_weather', arguments: '{"city":"Paris"}' },
    ]);
    const [reasoning, call] = first.output;
    if (reasoning?.type !== 'reasoning' || call?.type !== 'function_call') throw new Error('no call came');
    const history = [
      { role: 'user' as const, content: ASKED },
      reasoning,
      { type: 'function_call' as const, call_id: call.call_id, name: call.name, arguments: call.arguments },
      { type: 'function_call_output' as const, call_id: call.call_id, output: '21 °C' },
    ];
    const second = await client().responses.create({ ...asked, input: history });
    expect(second.output_text).toContain('get_weather returned: «21 °C»');
    const altered = { ...reasoning, encrypted_content: `${reasoning.encrypted_content}A` };
    const forged = history.map((item) => (item === reasoning ? altered : item));
    expect(await refused(client().responses.create({ ...asked, input: forged }))).toMatchObject({
      code: 'invalid_encrypted_content',
    });
  });

  it('throws its own errors, also in mid-stream', async () => {
    expect(await refused(client().responses.create(request('[practice: status=429]')))).toBeInstanceOf(
      OpenAI.RateLimitError,
    );
    const stream = await client().responses.create({ ...request('[practice: error]'), stream: true });
    expect(await refused(arrived(stream))).toBeInstanceOf(OpenAI.APIError);
  });
});

describe('@google/genai', () => {
  const client = (apiKey = PRACTICE_KEY) =>
    new GoogleGenAI({ apiKey, httpOptions: { baseUrl: `${served.url}/gemini`, apiVersion: 'v1beta' } });
  const request = (contents: string) => ({ model: 'gemini-3.6-flash', contents });
  const tools = [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: WEATHER }] }];

  it('reads a whole text and its usage', async () => {
    const answer = await client().models.generateContent(request('Hello'));
    expect(answer.text).toMatch(HONEST);
    expect(answer.candidates?.[0]?.finishReason).toBe('STOP');
    const {
      promptTokenCount = 0,
      candidatesTokenCount = 0,
      thoughtsTokenCount = 0,
      totalTokenCount,
    } = answer.usageMetadata ?? {};
    expect(totalTokenCount).toBe(promptTokenCount + candidatesTokenCount + thoughtsTokenCount);
  });

  it('reads the same from a stream', async () => {
    const whole = await client().models.generateContent(request('Hello'));
    const chunks = await arrived(await client().models.generateContentStream(request('Hello')));
    expect(chunks.map(({ text }) => text ?? '').join('')).toBe(whole.text);
    expect(chunks.at(-1)?.usageMetadata).toEqual(whole.usageMetadata);
  });

  it('goes through a tool loop in a chat, signature included', async () => {
    const calling = { functionCallingConfig: { mode: FunctionCallingConfigMode.AUTO } };
    const chat = client().chats.create({ model: 'gemini-3.6-flash', config: { tools, toolConfig: calling } });
    const first = await chat.sendMessage({ message: ASKED });
    const [call] = first.functionCalls ?? [];
    expect(call).toMatchObject({ name: 'get_weather', args: { city: 'Paris' }, id: expect.any(String) });
    const result = { id: call?.id ?? '', name: 'get_weather', response: { output: '21 °C' } };
    const second = await chat.sendMessage({ message: [{ functionResponse: result }] });
    expect(second.text).toContain('get_weather returned: «21 °C»');
  });

  it('shows its thoughts to who asks for them', async () => {
    const config = { thinkingConfig: { includeThoughts: true } };
    const chunks = await arrived(await client().models.generateContentStream({ ...request('Hello'), config }));
    const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    expect(
      parts
        .filter(({ thought }) => thought)
        .map(({ text }) => text)
        .join(''),
    ).toContain('Practice thought');
    expect(parts.at(-1)?.thoughtSignature).toEqual(expect.any(String));
  });

  it.each([
    { name: 'a wrong key', key: 'wrong', text: 'Hello', status: 400 },
    { name: 'a rate limit', text: '[practice: status=429 retry-after=7]', status: 429 },
    { name: 'an overload', text: '[practice: status=503]', status: 503 },
  ])('throws its own error for $name', async ({ key, text, status }) => {
    expect(await refused(client(key).models.generateContent(request(text)))).toMatchObject({
      name: 'ApiError',
      status,
    });
  });

  it('throws for an error in mid-stream', async () => {
    const stream = await client().models.generateContentStream(request('[practice: error]'));
    expect(await refused(arrived(stream))).toMatchObject({ name: 'ApiError' });
  });
});

describe('@aws-sdk/client-bedrock-runtime', () => {
  const client = (secretAccessKey: string = PRACTICE_AWS.secretAccessKey) =>
    new BedrockRuntimeClient({
      endpoint: `${served.url}/bedrock`,
      region: PRACTICE_AWS.region,
      credentials: { accessKeyId: PRACTICE_AWS.accessKeyId, secretAccessKey },
      maxAttempts: 1,
      requestHandler: http1,
    });
  const request = (text: string): ConverseCommandInput => ({
    modelId: 'us.anthropic.claude-sonnet-4-6-v1:0',
    messages: [{ role: 'user', content: [{ text }] }],
    inferenceConfig: { maxTokens: 4000 },
  });
  const toolConfig = { tools: [{ toolSpec: { name: 'get_weather', inputSchema: { json: WEATHER } } }] };
  const streamed = async (input: ConverseCommandInput): Promise<ConverseStreamOutput[]> =>
    await arrived((await client().send(new ConverseStreamCommand(input))).stream ?? nothing());

  it('signs, and reads a whole text and its usage', async () => {
    const answer = await client().send(new ConverseCommand(request('Hello')));
    expect(answer.output?.message?.content).toEqual([{ text: expect.stringMatching(HONEST) }]);
    expect(answer).toMatchObject({ stopReason: 'end_turn', usage: { cacheReadInputTokens: 0 } });
  });

  it('reads the same from an event stream, usage last', async () => {
    const whole = await client().send(new ConverseCommand(request('Hello')));
    const events = await streamed(request('Hello'));
    const text = events.map(({ contentBlockDelta: delta }) => delta?.delta?.text ?? '').join('');
    expect(whole.output?.message?.content?.[0]?.text).toBe(text);
    expect(events.at(-1)?.metadata?.usage).toEqual(whole.usage);
  });

  it('goes through a tool loop with thoughts, which come back unchanged', async () => {
    const thinking = { additionalModelRequestFields: { thinking: { type: 'enabled', budget_tokens: 1024 } } };
    const asked = { ...request(ASKED), toolConfig, ...thinking };
    const first = await client().send(new ConverseCommand(asked));
    const content = first.output?.message?.content ?? [];
    expect(content).toMatchObject([
      { reasoningContent: { reasoningText: { signature: expect.any(String) } } },
      { toolUse: { name: 'get_weather', input: { city: 'Paris' } } },
    ]);
    const toolUseId = content[1]?.toolUse?.toolUseId;
    const messages: ConverseCommandInput['messages'] = [
      ...(asked.messages ?? []),
      { role: 'assistant', content },
      { role: 'user', content: [{ toolResult: { toolUseId, content: [{ text: '21 °C' }] } }] },
    ];
    const second = await client().send(new ConverseCommand({ ...asked, messages }));
    expect(second.output?.message?.content?.at(-1)?.text).toContain('get_weather returned: «21 °C»');
  });

  it('streams the same call', async () => {
    const events = await streamed({ ...request(ASKED), toolConfig });
    const input = events.map(({ contentBlockDelta: delta }) => delta?.delta?.toolUse?.input ?? '').join('');
    expect(JSON.parse(input)).toEqual({ city: 'Paris' });
    expect(events.find(({ messageStop }) => messageStop)?.messageStop?.stopReason).toBe('tool_use');
  });

  it.each([
    { name: 'a wrong secret', secret: 'wrong', text: 'Hello', error: 'InvalidSignatureException' },
    { name: 'a throttle', text: '[practice: status=429]', error: 'ThrottlingException' },
    { name: 'an overload', text: '[practice: status=503]', error: 'ServiceUnavailableException' },
    { name: 'a blank text', text: ' ', error: 'ValidationException' },
  ])('throws its own error for $name', async ({ secret, text, error }) => {
    expect(await refused(client(secret).send(new ConverseCommand(request(text))))).toMatchObject({ name: error });
  });

  it('throws for an exception in mid-stream', async () => {
    expect(await refused(streamed(request('[practice: error status=429]')))).toMatchObject({
      name: 'ThrottlingException',
    });
  });
});
