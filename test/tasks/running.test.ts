/** Tasks through the whole house: choosing, failing over, keys, limits, budgets, books. */
import type { ServerResponse } from 'node:http';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type House, idle, startHouse } from '../books/running/house.ts';
import { type Received, SSE, startUpstream, type Upstream } from '../support/upstream.ts';

const secretOf = (name: string) => `sk-${name}-0123456789`;
const KEYS: Record<string, string> = {
  anna: 'tenant: red',
  ben: 'tenant: blue',
  chatter: 'doors: [chat]',
  embedder: 'doors: [embeddings]',
  narrow: 'models: [speech]',
  slow: 'limits: { requestsPerMinute: 1 }',
  poor: 'budgets: $0.000001/day',
};

let upstream: Upstream;
let house: House;
/** Which of the providers fail, and how. */
let sick: Record<string, (outgoing: ServerResponse) => void> = {};
let well: (outgoing: ServerResponse, request: Received) => void;

const json = (outgoing: ServerResponse, status: number, body: unknown, headers = {}) =>
  outgoing.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
const vectors = (outgoing: ServerResponse, embedding: unknown = [0.5, 0.25]) =>
  json(outgoing, 200, {
    object: 'list',
    data: [{ object: 'embedding', index: 0, embedding }],
    model: 'text-embedding-3-small',
    usage: { prompt_tokens: 1_000, total_tokens: 1_000 },
  });

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.respond((outgoing, request) => {
    const [, provider = ''] = request.path.split('/');
    const trouble = sick[provider];
    if (trouble) trouble(outgoing);
    else well(outgoing, request);
  });
  const provider = (name: string) =>
    `${name}: { dialect: openai, baseUrl: "${upstream.url}/${name}/v1", apiKey: key-of-${name} }`;
  const at = (name: string, model: string, rest = '') => `{ provider: ${name}, model: ${model}${rest} }`;
  const small = ', price: { input: 0.02, output: 0 }, capabilities: { tasks: [embeddings] }';
  house = await startHouse(`
log: { level: error }
directModels: false
providers: { ${provider('a')}, ${provider('b')} }
models:
  vectors: { deployments: [${at('a', 'text-embedding-3-small', small)}, ${at('b', 'text-embedding-3-small', small)}] }
  speech: { deployments: [${at('a', 'tts-1', ', price: { input: 0, output: 0, perMillionCharacters: 15 }')}] }
  unpriced: { deployments: [${at('b', 'bge-m3')}] }
  talk: { deployments: [${at('a', 'gpt-4.1')}] }
tenants: { red: { budgets: $10/day }, blue: {} }
keys:
${Object.entries(KEYS)
  .map(([name, rest]) => `  - { name: ${name}, key: ${secretOf(name)}, ${rest} }`)
  .join('\n')}
`);
});
beforeEach(() => {
  sick = {};
  well = (outgoing) => void vectors(outgoing);
  upstream.received.length = 0;
});
afterAll(async () => {
  await house[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
});

const clientOf = (key: string, headers: Record<string, string> = {}) =>
  new OpenAI({ baseURL: `${house.url}/v1`, apiKey: secretOf(key), maxRetries: 0, defaultHeaders: headers });
const embed = (key: string, options: Partial<OpenAI.EmbeddingCreateParams> = {}, headers = {}) =>
  clientOf(key, headers).embeddings.create({ model: 'vectors', input: 'a text', encoding_format: 'float', ...options });

describe('failing over', () => {
  it('goes from a dead provider to the next, and the books have both', async () => {
    sick = { a: (outgoing) => void json(outgoing, 500, { error: { message: 'dead' } }) };
    const { response } = await embed('anna').withResponse();
    expect(response.headers.get('x-signalbox-provider')).toBe('b');
    expect(response.headers.get('x-signalbox-attempts')).toMatch(/^a\/text-embedding-3-small;fault;\d+ms, b\/.*;ok;/);
    const story = (await house.stories('anna')).at(-1);
    expect(story?.attempts.map(({ provider, outcome }) => [provider, outcome])).toEqual([
      ['a', 'fault'],
      ['b', 'ok'],
    ]);
    expect(story?.request).toMatchObject({ asked: 'vectors', outcome: 'ok', fallback: true, fresh: 1_000, output: 0 });
  });

  it('counts as what it is, also where nobody may be asked', async () => {
    await embed('anna');
    await expect(clientOf('narrow').embeddings.create({ model: 'vectors', input: 'x' })).rejects.toMatchObject({
      status: 403,
    });
    await house.stories('anna');
    const text = house.accounting.metrics.text({});
    expect(text).toMatch(
      /gen_ai_server_request_duration_seconds_count\{gen_ai_operation_name="embeddings".*error_type=""/,
    );
    expect(text).toMatch(
      /gen_ai_server_request_duration_seconds_count\{gen_ai_operation_name="embeddings".*"forbidden"/,
    );
    expect(text).not.toContain('gen_ai_operation_name="chat"');
  });

  it('stops at what is the caller’s fault, and tells it', async () => {
    sick = {
      a: (outgoing) => void json(outgoing, 400, { error: { message: 'too many dimensions', param: 'dimensions' } }),
    };
    await expect(embed('anna')).rejects.toMatchObject({ status: 400, param: 'dimensions' });
    expect(upstream.received).toHaveLength(1);
  });

  it('an answer that is none is the provider’s fault', async () => {
    well = (outgoing, { path }) =>
      void (path.startsWith('/a/') ? json(outgoing, 200, { data: [] }) : vectors(outgoing));
    const { response } = await embed('anna').withResponse();
    expect(response.headers.get('x-signalbox-provider')).toBe('b');
  });
});

describe('the words on the wire', () => {
  it('are the client’s own, but for the model’s name; fields that nobody knows pass', async () => {
    await embed('anna', { dimensions: 2, future: { x: 1 } } as object);
    expect(upstream.received[0]?.body).toEqual({
      model: 'text-embedding-3-small',
      input: 'a text',
      encoding_format: 'float',
      dimensions: 2,
      future: { x: 1 },
    });
    expect(upstream.received[0]?.headers.authorization).toBe('Bearer key-of-a');
  });

  it('base64 is made where a server sends numbers all the same', async () => {
    const { data } = await clientOf('anna').embeddings.create({ model: 'vectors', input: 'x' });
    expect(data[0]?.embedding).toEqual([0.5, 0.25]);
  });

  it('numbers are made where a server sends base64 all the same', async () => {
    const base64 = Buffer.from(Float32Array.from([0.5, 0.25]).buffer).toString('base64');
    well = (outgoing) => void vectors(outgoing, base64);
    expect((await embed('anna')).data[0]?.embedding).toEqual([0.5, 0.25]);
  });
});

describe('keys, limits and budgets', () => {
  it.each([
    ['a key for conversations makes no vectors', 'chatter', () => embed('chatter'), 403],
    ['a key for other models neither', 'narrow', () => embed('narrow'), 403],
    [
      'a key for vectors does not converse',
      'embedder',
      () =>
        clientOf('embedder').chat.completions.create({ model: 'talk', messages: [{ role: 'user', content: 'Hi' }] }),
      403,
    ],
    ['a model that nobody has is not found', 'anna', () => embed('anna', { model: 'nothing' }), 404],
    ['a model that converses is refused', 'anna', () => embed('anna', { model: 'talk' }), 400],
    ['what costs more than its budget is refused', 'poor', () => embed('poor', { input: 'x'.repeat(1_000) }), 429],
    [
      'what costs more than its ceiling is refused',
      'anna',
      () => embed('anna', { input: 'x'.repeat(10_000) }, { 'x-signalbox-max-cost-usd': '0.000001' }),
      400,
    ],
  ])('%s', async (_, _key, asking, status) => {
    await expect(asking()).rejects.toMatchObject({ status });
    expect(upstream.received).toEqual([]);
    await idle(house);
  });

  it('a key for vectors makes them', async () => {
    expect((await embed('embedder')).data).toHaveLength(1);
  });

  it('counts against the limit of its key', async () => {
    await embed('slow');
    await expect(embed('slow')).rejects.toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  });

  it('is settled once, by what the provider has counted, on its own tenant alone', async () => {
    const spent = () => house.readings('red').find(({ isBudget }) => isBudget)?.used ?? 0;
    const before = spent();
    const { response } = await embed('anna').withResponse();
    await embed('ben');
    await idle(house);
    expect(Number(response.headers.get('x-signalbox-cost-usd'))).toBeCloseTo(0.00002, 9);
    expect(spent() - before).toBeCloseTo(0.00002, 9);
    expect((await house.stories('ben')).map(({ request }) => request.tenant)).toEqual(['blue']);
  });

  it('a model without a price is loud', async () => {
    const { response } = await embed('ben', { model: 'unpriced' }).withResponse();
    expect(response.headers.get('x-signalbox-price')).toBe('unknown');
    expect((await house.stories('ben')).at(-1)?.request).toMatchObject({ costUsd: null, fresh: 1_000 });
  });
});

describe('speech', () => {
  const speak = () => clientOf('anna').audio.speech.create({ model: 'speech', voice: 'alloy', input: 'x'.repeat(100) });
  const last = async () => (await house.stories('anna')).at(-1)?.request;

  it('passes as it comes, and is paid by the character when it is over', async () => {
    const sent: (() => void)[] = [];
    well = (outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'audio/mpeg' }).write(Buffer.from([0, 255, 128]));
      sent.push(() => outgoing.end(Buffer.from([13, 10, 1])));
    };
    const response = await speak();
    expect(response.headers.get('x-signalbox-expected-cost-usd')).toBe('0.0015');
    const reader = response.body?.getReader();
    expect(await reader?.read()).toEqual({ done: false, value: Uint8Array.from([0, 255, 128]) });
    sent[0]?.();
    expect(await reader?.read()).toEqual({ done: false, value: Uint8Array.from([13, 10, 1]) });
    expect(await reader?.read()).toEqual({ done: true, value: undefined });
    await idle(house);
    expect(await last()).toMatchObject({ outcome: 'ok', stream: true, costUsd: 0.0015, asked: 'speech' });
  });

  it('that breaks off breaks the client’s connection too', async () => {
    well = (outgoing) => {
      outgoing.writeHead(200, { 'content-type': 'audio/mpeg' }).write(Buffer.from([1, 2, 3]));
      setTimeout(() => outgoing.socket?.destroy(), 20);
    };
    await expect((await speak()).arrayBuffer()).rejects.toThrow(/terminated|aborted|closed/);
    await idle(house);
    expect(await last()).toMatchObject({ outcome: 'truncated' });
  });

  it('that nobody hears any more is not paid for longer', async () => {
    well = (outgoing) => void outgoing.writeHead(200, { 'content-type': 'audio/mpeg' }).write(Buffer.from([1, 2, 3]));
    const response = await speak();
    await response.body?.cancel();
    await upstream.received[0]?.closed;
    await idle(house);
    expect(await last()).toMatchObject({ outcome: 'client_gone' });
  });

  it('is refused in OpenAI’s words before it begins', async () => {
    sick = { a: (outgoing) => void json(outgoing, 400, { error: { message: 'no such voice', param: 'voice' } }) };
    await expect(speak()).rejects.toMatchObject({ status: 400, param: 'voice' });
  });

  it('in events is counted by them, and who hangs up behind the last one has not left', async () => {
    const usage = { input_tokens: 4, output_tokens: 40, total_tokens: 44 };
    well = (outgoing) => {
      outgoing.writeHead(200, SSE).write('data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n');
      outgoing.write(`data: ${JSON.stringify({ type: 'speech.audio.done', usage })}\n\n`);
    };
    const body = { model: 'speech', voice: 'alloy', input: 'x'.repeat(100), stream_format: 'sse' as const };
    const reader = (await clientOf('anna').audio.speech.create(body)).body?.getReader();
    let text = '';
    while (!text.includes('speech.audio.done')) text += new TextDecoder().decode((await reader?.read())?.value);
    await reader?.cancel();
    await idle(house);
    expect(await last()).toMatchObject({ outcome: 'ok', fresh: 4, output: 40, costUsd: 0.0015 });
  });

  it('in events tells of an error as every SDK raises it', async () => {
    well = (outgoing) => {
      outgoing.writeHead(200, SSE).write('data: {"type":"speech.audio.delta","audio":"AAAA"}\n\n');
      setTimeout(() => outgoing.end('data: {"error":{"message":"broken","type":"server_error"}}\n\n'), 20);
    };
    const body = { model: 'speech', voice: 'alloy', input: 'x', stream_format: 'sse' as const };
    const text = await (await clientOf('anna').audio.speech.create(body)).text();
    expect(text).toContain('speech.audio.delta');
    expect(text.match(/"error"/g)).toHaveLength(1);
    await idle(house);
    expect((await last())?.outcome).not.toBe('ok');
  });
});
