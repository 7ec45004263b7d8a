/** The messages door as HTTP: what passes, what is lost, how it refuses, counts and lists. */
import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { openHouse } from './house.ts';

const KEY = 'sb-messages-door-0123456789';
const MODEL = 'anthropic/claude-haiku-4-5';
const HI = [{ role: 'user' as const, content: 'Hi' }];
const ASK = { model: MODEL, max_tokens: 100, messages: HI };
const SOON = { reliability: { maxCalls: 1, queue: { maxWaitMs: 1 } } };

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-haiku-4-5',
  content: [{ type: 'text', text: 'Hello', unheard_of: 1 }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 4, cache_read_input_tokens: 2 },
};
const json = (body: unknown, status = 200, headers = {}) => Response.json(body, { status, headers });

const raised = (call: PromiseLike<unknown>) =>
  Promise.resolve(call).then(
    () => new Error('it was answered'),
    (cause: unknown) => cause,
  );

describe('same wire on both sides', () => {
  const events = [
    { type: 'message_start', message: { ...MESSAGE, content: [], stop_reason: null } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'ping' },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Zoë 👋' } },
    { type: 'unheard_of', more: [1] },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 4 } },
    { type: 'message_stop' },
  ].map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);

  it('the request and the answer pass untouched', async () => {
    const answer = JSON.stringify(MESSAGE, null, 2);
    const { post, sent } = openHouse({ upstream: () => new Response(answer, { headers: { 'request-id': 'req_up' } }) });
    const text = `{ "model": "${MODEL}", "max_tokens": 1e2,\n "messages": [{"role":"user","content":"Hi"}], "unheard_of": {"keep":[1]} }`;
    const response = await post('/v1/messages?beta=true', text, {
      'anthropic-beta': 'claude-code-20250219,evil-2025-01-01',
    });
    expect(await response.text()).toBe(answer);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatchObject({ path: '/anthropic/v1/messages', body: text.replace(MODEL, 'claude-haiku-4-5') });
    expect(sent[0]?.headers.get('anthropic-beta')).toBe('claude-code-20250219');
    expect(sent[0]?.headers.get('anthropic-version')).toBe('2023-06-01');
    expect(response.headers.get('x-signalbox-dropped')).toBeNull();
    expect(response.headers.get('x-upstream-id')).toBe('req_up');
    expect(Number(response.headers.get('x-signalbox-cost-usd'))).toBeGreaterThan(0);
  });

  it('and so does a stream', async () => {
    const { post } = openHouse({
      upstream: () => new Response(events.join(''), { headers: { 'content-type': 'text/event-stream' } }),
    });
    const response = await post('/v1/messages', { ...ASK, stream: true });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe(events.join(''));
  });

  it('a stream that breaks off ends with an error of Anthropic’s form', async () => {
    const { post } = openHouse({
      upstream: () => new Response(events.slice(0, 4).join(''), { headers: { 'content-type': 'text/event-stream' } }),
    });
    const text = await (await post('/v1/messages', { ...ASK, stream: true })).text();
    expect(text.startsWith(events.slice(0, 4).join(''))).toBe(true);
    expect(text).toMatch(/event: error\ndata: \{"type":"error","error":\{"type":"api_error",.*\n\n$/);
  });
});

describe('another wire', () => {
  const foreign = { ...ASK, model: 'openai/gpt-4.1', context_management: { edits: [] } };

  it('says what it cannot hold', async () => {
    const response = await openHouse().post('/v1/messages', foreign);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-signalbox-dropped')).toBe('context_management');
  });

  it('refuses instead, when told to be strict', async () => {
    const response = await openHouse().post('/v1/messages', foreign, { 'x-signalbox-strict': 'true' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: {
        type: 'invalid_request_error',
        details: { param: 'context_management', error_code: 'unsupported_parameter' },
      },
    });
  });

  it('refuses what only Anthropic has, by its name', async () => {
    const tools = [{ type: 'bash_20250124', name: 'bash' }];
    const response = await openHouse().post('/v1/messages', { ...foreign, tools });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { details: { param: 'tools.0.type' } } });
  });

  it('is left out where another can serve it', async () => {
    const models = {
      both: {
        deployments: [
          { provider: 'openai', model: 'gpt-4.1' },
          { provider: 'anthropic', model: 'claude-haiku-4-5' },
        ],
      },
    };
    const { post, sent } = openHouse({
      more: { models },
      upstream: ({ path }) => (path.startsWith('/anthropic') ? json(MESSAGE) : undefined),
    });
    const tools = [{ type: 'bash_20250124', name: 'bash' }];
    const response = await post('/v1/messages', { ...ASK, model: 'both', tools });
    expect(response.headers.get('x-signalbox-deployment')).toBe('anthropic/claude-haiku-4-5');
    expect(sent.map(({ path }) => path)).toEqual(['/anthropic/v1/messages']);
  });
});

describe('errors, as the SDK raises them', () => {
  const ofUpstream = (status: number, type: string, message: string) => () =>
    json({ type: 'error', error: { type, message }, request_id: 'req_1' }, status);

  it.each([
    [
      'a wrong key',
      { more: { keys: [{ name: 'a', key: KEY }] }, apiKey: 'wrong' },
      ASK,
      Anthropic.AuthenticationError,
      'authentication_error',
    ],
    [
      'a door that the key may not use',
      { more: { keys: [{ name: 'a', key: KEY, doors: ['chat'] }] }, apiKey: KEY },
      ASK,
      Anthropic.PermissionDeniedError,
      'permission_error',
    ],
    ['no such model', {}, { ...ASK, model: 'nobody' }, Anthropic.NotFoundError, 'not_found_error'],
    ['a mistake', {}, { ...ASK, max_tokens: -1 }, Anthropic.BadRequestError, 'invalid_request_error'],
    [
      'too large',
      { more: { server: { maxBodyBytes: 2_000 } } },
      { ...ASK, messages: [{ role: 'user', content: 'x'.repeat(3_000) }] },
      Anthropic.APIError,
      'request_too_large',
    ],
    [
      'a throttle',
      { more: SOON, upstream: ofUpstream(429, 'rate_limit_error', 'Slow down') },
      ASK,
      Anthropic.RateLimitError,
      'rate_limit_error',
    ],
    [
      'an overload',
      { more: SOON, upstream: ofUpstream(529, 'overloaded_error', 'Overloaded') },
      ASK,
      Anthropic.InternalServerError,
      'overloaded_error',
    ],
    [
      'a fault',
      { more: SOON, upstream: ofUpstream(500, 'api_error', 'Oops') },
      ASK,
      Anthropic.InternalServerError,
      'api_error',
    ],
    [
      'an upstream’s own 400',
      { upstream: ofUpstream(400, 'invalid_request_error', 'messages: bad') },
      ASK,
      Anthropic.BadRequestError,
      'invalid_request_error',
    ],
  ] as const)('%s', async (...[, options, ask, kind, type]) => {
    const { client } = openHouse(options as Parameters<typeof openHouse>[0]);
    const cause = await raised(client.messages.create(ask as Anthropic.MessageCreateParamsNonStreaming));
    expect(cause).toBeInstanceOf(kind);
    expect(cause).toMatchObject({ type });
  });

  it('a prompt that is too long says so in the words that agents look for', async () => {
    const upstream = () => json({ error: { message: 'Too many tokens', code: 'context_length_exceeded' } }, 400);
    const { client } = openHouse({ upstream });
    const cause = await raised(client.messages.create({ ...ASK, model: 'openai/gpt-4.1' }));
    expect(cause).toMatchObject({ status: 400, apiMessage: expect.stringMatching(/^prompt is too long: /) });
  });

  it('a path that is not there', async () => {
    const response = await openHouse().post('/v1/messages/batches/x/nothing', {});
    expect(response.status).toBe(404);
  });
});

describe('counting tokens', () => {
  const COUNT = { model: MODEL, messages: HI };

  it('asks the provider in the client’s words', async () => {
    const { post, sent } = openHouse({ upstream: () => json({ input_tokens: 42 }) });
    const response = await post('/v1/messages/count_tokens', COUNT);
    expect(await response.json()).toEqual({ input_tokens: 42 });
    expect(response.headers.get('x-signalbox-estimated')).toBeNull();
    expect(response.headers.get('x-signalbox-deployment')).toBe('anthropic/claude-haiku-4-5');
    expect(sent).toMatchObject([
      { path: '/anthropic/v1/messages/count_tokens', body: JSON.stringify({ ...COUNT, model: 'claude-haiku-4-5' }) },
    ]);
  });

  it.each([
    ['the provider refuses', MODEL, () => json({ input_tokens: 42 }, 500)],
    ['the provider answers with something else', MODEL, () => json({ tokens: 1 })],
    ['the provider is not there', MODEL, () => Promise.reject(new Error('down'))],
    ['the provider cannot be asked', 'openai/gpt-4.1', () => undefined],
  ])('estimates, and says so, where %s', async (_, model, upstream) => {
    const { post } = openHouse({ upstream });
    const response = await post('/v1/messages/count_tokens', { ...COUNT, model });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-signalbox-estimated')).toBe('true');
    expect(((await response.json()) as { input_tokens: number }).input_tokens).toBeGreaterThan(0);
  });

  it('counts a prompt that is too long: that is what clients count for', async () => {
    const { post } = openHouse({ upstream: () => json({ input_tokens: 281_257 }) });
    const long = [{ role: 'user', content: 'hello '.repeat(250_000) }];
    const response = await post('/v1/messages/count_tokens', { ...COUNT, messages: long });
    expect(await response.json()).toEqual({ input_tokens: 281_257 });
  });

  it('counts what practice would answer', async () => {
    const { client } = openHouse();
    const counted = await client.messages.countTokens(COUNT);
    const { usage } = await client.messages.create({ ...COUNT, max_tokens: 100 });
    expect(counted.input_tokens).toBe(usage.input_tokens);
  });

  it.each([
    ['no such model', { ...COUNT, model: 'nobody' }, 404, 'not_found_error'],
    ['no messages', { model: MODEL, messages: [] }, 400, 'invalid_request_error'],
  ])('refuses %s', async (_, body, status, type) => {
    const response = await openHouse().post('/v1/messages/count_tokens', body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type } });
  });
});

describe('listing models', () => {
  it('pages as the SDK turns pages', async () => {
    const { client } = openHouse();
    const ids: string[] = [];
    for await (const { id, type } of client.models.list({ limit: 3 })) {
      expect(type).toBe('model');
      ids.push(id);
    }
    const first = await client.models.list({ limit: 1000 });
    expect(ids).toEqual(first.data.map(({ id }) => id));
    expect(ids).toContain('auto');
    expect(ids.length).toBeGreaterThan(6);
    const before = await client.models.list({ limit: 2, before_id: ids[5] ?? '' });
    expect(before.data.map(({ id }) => id)).toEqual(ids.slice(3, 5));
    expect(before.has_more).toBe(true);
  });

  it('tells of one', async () => {
    const { client } = openHouse();
    expect(await client.models.retrieve(MODEL)).toMatchObject({
      id: MODEL,
      type: 'model',
      max_tokens: expect.any(Number),
    });
    expect(await raised(client.models.retrieve('nobody'))).toMatchObject({ status: 404, type: 'not_found_error' });
  });

  it('tells everybody else in OpenAI’s words', async () => {
    expect(await (await openHouse().get('/v1/models')).json()).toMatchObject({ object: 'list' });
    expect(await (await openHouse().get('/v1/models/auto')).json()).toMatchObject({ id: 'auto', object: 'model' });
  });
});
