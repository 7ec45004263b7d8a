/** What a client meets when providers and clients misbehave: the same on Node and in workerd. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Running, startNode, startWorkerd } from '../support/servers.ts';
import { chatAnswer, chatFrame, claudeAnswer, SSE, startUpstream, type Upstream } from '../support/upstream.ts';

const CLIENT_KEY = 'client-key-0123456789';
const UPSTREAM_KEY = 'sk-upstream-abcdefghij';
const configuration = (a: string, b: string) => `
server: { keepAliveMs: 200, idleTimeoutMs: 3000, firstByteTimeoutMs: 6000, maxBodyBytes: 20000 }
keys: [{ name: tests, key: ${CLIENT_KEY} }]
providers:
  first: { dialect: openai, baseUrl: "${a}/v1", apiKey: ${UPSTREAM_KEY} }
  second: { dialect: openai, baseUrl: "${b}/v1", apiKey: ${UPSTREAM_KEY} }
  locked: { dialect: openai, baseUrl: "${a}/v1", apiKey: ${UPSTREAM_KEY} }
  claude: { dialect: anthropic, baseUrl: "${a}", apiKey: ${UPSTREAM_KEY} }
models:
  one: { deployments: [{ provider: first, model: m-1 }] }
  shut: { deployments: [{ provider: locked, model: m-3 }] }
  two: { deployments: [{ provider: first, model: m-2 }, { provider: second, model: m-2 }] }
  haiku: { deployments: [{ provider: claude, model: claude-haiku-4-5 }] }
`;
const RUNTIMES: [string, (yaml: string) => Promise<Running>][] = [
  ['Node', (yaml) => startNode(yaml)],
  ['workerd', (yaml) => startWorkerd(yaml)],
];

describe.each(RUNTIMES)('on %s', (_runtime, start) => {
  let first: Upstream;
  let second: Upstream;
  let running: Running;
  beforeAll(async () => {
    first = await startUpstream();
    second = await startUpstream();
    running = await start(configuration(first.url, second.url));
  });
  afterAll(async () => {
    await running.stop();
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
  });

  function post(body: object | string, init: { headers?: Record<string, string>; signal?: AbortSignal } = {}) {
    return fetch(`${running.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${CLIENT_KEY}`, 'content-type': 'application/json', ...init.headers },
      body: typeof body === 'string' ? body : JSON.stringify({ messages: [{ role: 'user', content: 'Hi' }], ...body }),
      ...(init.signal && { signal: init.signal }),
    });
  }
  const errorOf = async (response: Response) => ((await response.json()) as { error: Record<string, unknown> }).error;

  it('sends a stream on byte for byte, and nothing of what is not the provider’s business', async () => {
    const frames = [
      chatFrame({ role: 'assistant', content: '' }),
      chatFrame({ content: 'Zoë 👋' }),
      chatFrame({}, 'stop'),
      'data: [DONE]\n\n',
    ];
    first.respond((outgoing) =>
      outgoing.writeHead(200, { ...SSE, 'set-cookie': 'a=b', 'x-internal': 'yes' }).end(frames.join('')),
    );
    const headers = { cookie: 'c=d', origin: 'https://evil.test', 'x-forwarded-for': '1.2.3.4', 'x-api-key': 'mine' };
    const response = await post({ model: 'one', stream: true, unheard_of: { keep: [1] } }, { headers });
    expect(await response.text()).toBe(frames.join(''));
    expect(response.headers.get('set-cookie') ?? response.headers.get('x-internal')).toBeNull();
    expect(response.headers.get('content-type')).toContain('text/event-stream');

    const seen = first.received.at(-1);
    expect(seen?.path).toBe('/v1/chat/completions');
    expect(seen?.body).toMatchObject({
      model: 'm-1',
      unheard_of: { keep: [1] },
      stream_options: { include_usage: true },
    });
    expect(seen?.headers.authorization).toBe(`Bearer ${UPSTREAM_KEY}`);
    expect(seen?.headers).not.toHaveProperty('cookie');
    expect(seen?.headers).not.toHaveProperty('origin');
    expect(seen?.headers).not.toHaveProperty('x-forwarded-for');
    expect(seen?.headers).not.toHaveProperty('x-api-key');
  });

  it('keeps a silent stream alive with comments', async () => {
    first.respond((outgoing) => {
      outgoing.writeHead(200, SSE).write(chatFrame({ role: 'assistant', content: 'a' }));
      setTimeout(() => outgoing.end(`${chatFrame({}, 'stop')}data: [DONE]\n\n`), 1_500);
    });
    const text = await (await post({ model: 'one', stream: true })).text();
    expect(text.match(/^: keep-alive$/gm)?.length).toBeGreaterThanOrEqual(2);
    expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  it('opens a slow stream with a comment and still fails over behind it', async () => {
    first.respond((outgoing) => void setTimeout(() => outgoing.writeHead(503).end('{}'), 500));
    second.respond((outgoing) =>
      outgoing.writeHead(200, SSE).end(`${chatFrame({ content: 'saved' }, 'stop')}data: [DONE]\n\n`),
    );
    const response = await post({ model: 'two', stream: true });
    expect(response.status).toBe(200);
    const text = await response.text();
    expect(text.startsWith(': keep-alive\n\n')).toBe(true);
    expect(text).toContain('saved');
  });

  it('fails over on an error inside a 200 as long as nothing was said', async () => {
    first.respond((outgoing) =>
      outgoing
        .writeHead(200, SSE)
        .end(
          `${chatFrame({ role: 'assistant', content: '' })}data: {"error":{"message":"busy","type":"server_error","code":"overloaded"}}\n\n`,
        ),
    );
    second.respond((outgoing) =>
      outgoing.writeHead(200, SSE).end(`${chatFrame({ content: 'saved' }, 'stop')}data: [DONE]\n\n`),
    );
    const response = await post({ model: 'two', stream: true });
    expect(response.headers.get('x-signalbox-attempts')).toMatch(/^first\/m-2;\w+;\d+ms, second\/m-2;ok/);
    expect(await response.text()).toContain('saved');
  });

  it.each([
    ['HTML', '<html>down for maintenance</html>'],
    ['nothing', ''],
    ['half a JSON', chatAnswer('cut').slice(0, 80)],
  ])('fails over when a 200 holds %s', async (_what, body) => {
    first.respond((outgoing) => outgoing.writeHead(200, { 'content-type': 'application/json' }).end(body));
    second.respond((outgoing) =>
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(chatAnswer('saved')),
    );
    const response = await post({ model: 'two' });
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'saved' } }] });
  });

  it.each([
    ['ends without its end', 'upstream_stream_truncated', (outgoing: { end(): void }) => outgoing.end()],
    [
      'is torn',
      'upstream_stream_truncated',
      (outgoing: { destroy(): void }) => setTimeout(() => outgoing.destroy(), 50),
    ],
    ['stalls', 'upstream_stream_idle_timeout', () => {}],
  ])('ends with an error frame when the provider’s stream %s', async (_what, code, fault) => {
    first.respond((outgoing) => {
      outgoing.writeHead(200, SSE).write(chatFrame({ role: 'assistant', content: 'half' }));
      fault(outgoing);
    });
    const text = await (await post({ model: 'one', stream: true })).text();
    const last = text.trimEnd().split('\n\n').at(-1) ?? '';
    expect(JSON.parse(last.replace('data: ', ''))).toMatchObject({
      error: { code, origin: 'provider', type: 'server_error' },
    });
    expect(text).toContain('half');
    expect(text).not.toContain('[DONE]');
  });

  it('follows no redirect and tells nothing of where it led', async () => {
    first.respond((outgoing) => outgoing.writeHead(307, { location: `${second.url}/stolen` }).end());
    const before = second.received.length;
    const response = await post({ model: 'one' });
    expect(response.status).toBe(502);
    expect(JSON.stringify(await response.json())).not.toContain('stolen');
    expect(second.received.length).toBe(before);
  });

  it('never passes a provider’s 401 on as the client’s, nor its words about the key', async () => {
    first.respond((outgoing) =>
      outgoing
        .writeHead(401, { 'content-type': 'application/json' })
        .end(`{"error":{"message":"Incorrect API key provided: ${UPSTREAM_KEY}","code":"invalid_api_key"}}`),
    );
    const asked = first.received.length;
    for (let times = 0; times < 2; times++) {
      const response = await post({ model: 'shut' });
      expect(response.status).toBe(502);
      const error = await errorOf(response);
      expect(error).toMatchObject({ code: 'upstream_auth_error', origin: 'provider' });
      expect(JSON.stringify(error)).not.toMatch(/sk-upstream|Incorrect/);
    }
    expect(first.received.length).toBe(asked + 1);
  });

  it('gives a caller’s mistake back untouched after one call', async () => {
    first.respond((outgoing) =>
      outgoing
        .writeHead(400, { 'content-type': 'application/json' })
        .end('{"error":{"message":"bad seed","type":"invalid_request_error","param":"seed","code":"bad_seed"}}'),
    );
    const before = first.received.length + second.received.length;
    const response = await post({ model: 'one', seed: 5 });
    expect(response.status).toBe(400);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await errorOf(response)).toMatchObject({
      message: 'bad seed',
      param: 'seed',
      code: 'bad_seed',
      origin: 'provider',
    });
    expect(first.received.length + second.received.length).toBe(before + 1);
  });

  it('says what it dropped, and refuses instead when told to be strict', async () => {
    first.respond((outgoing) =>
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(claudeAnswer('ok')),
    );
    const body = { model: 'haiku', seed: 5, frequency_penalty: 0.5, max_tokens: 100 };
    const lenient = await post(body);
    expect(lenient.status).toBe(200);
    expect(lenient.headers.get('x-signalbox-dropped')).toMatch(/frequency_penalty.*seed|seed.*frequency_penalty/);
    const strict = await post(body, { headers: { 'x-signalbox-strict': 'true' } });
    expect(strict.status).toBe(400);
    expect(await errorOf(strict)).toMatchObject({ code: 'unsupported_parameter', origin: 'router' });
    const unclear = await post(body, { headers: { 'x-signalbox-strict': 'yes' } });
    expect(await errorOf(unclear)).toMatchObject({ code: 'invalid_request', param: 'x-signalbox-strict' });
  });

  it('gives several answers from a provider that gives one', async () => {
    let count = 0;
    first.respond((outgoing) =>
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(claudeAnswer(`answer ${++count}`)),
    );
    const answer = (await (await post({ model: 'haiku', n: 3, max_tokens: 100 })).json()) as {
      choices: { index: number; message: { content: string } }[];
      usage: object;
    };
    expect(answer.choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(answer.choices.map(({ message }) => message.content)).size).toBe(3);
    expect(answer.usage).toMatchObject({ prompt_tokens: 30, completion_tokens: 12, total_tokens: 42 });
  });

  it('asks for JSON once more when the first is none, and gives none at all rather than prose', async () => {
    const texts = ['Sure! Here you go.', '```json\n{"ok":true}\n```'];
    first.respond((outgoing) =>
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(claudeAnswer(texts.shift() ?? 'Still prose')),
    );
    const body = { model: 'haiku', response_format: { type: 'json_object' }, max_tokens: 100 };
    expect(await (await post(body)).json()).toMatchObject({
      choices: [{ message: { content: '{"ok":true}' } }],
      usage: { total_tokens: 28 },
    });
    const response = await post({ ...body, stream: true });
    const text = await response.text();
    expect(text).not.toContain('Still prose');
    expect(text).toContain('schema_validation_failed');
  });

  it.each([false, true])('asks again only for the choice of several that is no JSON (streamed: %s)', async (stream) => {
    const texts = ['{"ok":1}', 'Sure!', '{"ok":2}'];
    first.respond((outgoing) =>
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(claudeAnswer(texts.shift() ?? 'Too often')),
    );
    const body = { model: 'haiku', n: 2, response_format: { type: 'json_object' }, max_tokens: 100, stream };
    const said = await (await post(body)).text();
    expect(
      said
        .replaceAll('\\"', '"')
        .match(/\{"ok":\d\}/g)
        ?.toSorted(),
    ).toEqual(['{"ok":1}', '{"ok":2}']);
    const asked = first.received.slice(-3).map((each) => JSON.stringify(each.body).includes('Sure!'));
    expect(asked).toEqual([false, false, true]);
  });

  it.each([
    ['no key', { authorization: '' }, 401],
    ['a wrong key', { authorization: 'Bearer client-key-0123456788' }, 401],
    ['a key in the wrong form', { authorization: CLIENT_KEY }, 401],
  ])('refuses %s', async (_what, headers, status) => {
    const response = await post({ model: 'one' }, { headers });
    expect(response.status).toBe(status);
    expect(await errorOf(response)).toMatchObject({ origin: 'router', code: 'invalid_api_key' });
  });

  it('refuses what is too large, and still answers afterwards', async () => {
    const response = await post({ model: 'one', messages: [{ role: 'user', content: 'x'.repeat(30_000) }] });
    expect(response.status).toBe(413);
    expect(await errorOf(response)).toMatchObject({ code: 'request_too_large' });
    expect((await fetch(`${running.url}/livez`)).status).toBe(200);
  });

  it.each([true, false])('aborts the provider when the client leaves (streamed: %s)', async (stream) => {
    const arrived = Promise.withResolvers<{ closed: Promise<void> }>();
    first.respond((outgoing, request) => {
      if (stream) outgoing.writeHead(200, SSE).write(chatFrame({ role: 'assistant', content: 'a' }));
      arrived.resolve(request);
    });
    const body = JSON.stringify({ model: 'one', stream, messages: [{ role: 'user', content: 'Hi' }] });
    const { hostname, port } = new URL(running.url);
    const socket = connect(Number(port), hostname, () => {
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}\r\nauthorization: Bearer ${CLIENT_KEY}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
    });
    socket.on('error', () => {});
    if (stream) await new Promise((data) => socket.once('data', data));
    const { closed } = await arrived.promise;
    socket.resetAndDestroy();
    const inTime = Promise.race([closed.then(() => true), new Promise((late) => setTimeout(late, 2_500, false))]);
    expect(await inTime, 'before any time limit of the router could have closed it').toBe(true);
  });

  it('has printed no key in all of this', () => {
    expect(running.output()).not.toContain(UPSTREAM_KEY);
    expect(running.output()).not.toContain(CLIENT_KEY);
  });
});
