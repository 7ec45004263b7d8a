/** `POST /v1/feedback` and `POST /v1/route`: behind the same door as every other request. */
import { describe, expect, it } from 'vitest';
import { compose } from '../../src/compose.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import type { Explanation } from '../../src/gateway/explain.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../src/platform/fetch-transport.ts';

const YAML = `
keys: [{ name: one, key: key-one-0123456789, maxCostUsd: 0.25 }, { name: two, key: key-two-0123456789 }]
providers: { a: { dialect: openai, baseUrl: http://a.test } }
models: { haiku: { deployments: [{ provider: a, model: small, price: { input: 1, output: 2 } }] } }
`;

function serve() {
  const lines: { message: string; fields: object }[] = [];
  const unused = () => () => Promise.reject(new Error('not needed'));
  const { app } = compose(parseConfiguration(YAML, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport(() => Promise.reject(new Error('nobody is called'))),
    log: { info: (fields, message) => void lines.push({ message, fields }), warn: () => {}, error: () => {} },
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
  });
  const post = (path: string, body: string, key?: string, headers: Record<string, string> = {}) =>
    app.fetch(
      new Request(`http://router.test${path}`, {
        method: 'POST',
        body,
        headers: { ...headers, ...(key && { authorization: `Bearer ${key}` }) },
      }),
    );
  return { post, lines };
}

const ONE = 'key-one-0123456789';

describe('feedback', () => {
  it.each([
    ['a score', { score: 0.25 }, { score: 0.25, judge: undefined }],
    ['a thumb up', { thumb: 'up' }, { score: 1, judge: undefined }],
    ['a thumb down, and whose', { thumb: 'down', judge: 'gpt-6' }, { score: 0, judge: 'gpt-6' }],
  ])('takes %s, and writes it into the log under the name of its key', async (_what, body, fields) => {
    const { post, lines } = serve();
    const response = await post('/v1/feedback', JSON.stringify({ id: 'req_1', ...body }), ONE);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(lines).toEqual([{ message: 'feedback', fields: { requestId: 'req_1', key: 'one', ...fields } }]);
  });

  it.each([
    ['neither score nor thumb', '{"id":"r"}', 'score'],
    ['both', '{"id":"r","score":1,"thumb":"up"}', 'score'],
    ['a score above 1', '{"id":"r","score":2}', 'score'],
    ['another thumb', '{"id":"r","thumb":"sideways"}', 'thumb'],
    ['no id', '{"score":1}', 'id'],
    ['an id that is none', '{"id":"a b\\n","score":1}', 'id'],
    ['a judge with much to say', `{"id":"r","score":1,"judge":"${'x'.repeat(201)}"}`, 'judge'],
    ['a list', '[]', null],
    ['no JSON', '{', null],
  ])('refuses %s, and names the field', async (_what, body, param) => {
    const { post, lines } = serve();
    const response = await post('/v1/feedback', body, ONE);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_request', param } });
    expect(lines).toEqual([]);
  });

  it('refuses more than anybody has to say', async () => {
    const { post } = serve();
    expect((await post('/v1/feedback', `{"id":"${'x'.repeat(20_000)}"}`, ONE)).status).toBe(413);
  });
});

describe('an explanation over HTTP', () => {
  const CHAT = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }] };

  it("is of the caller's own request: its key and headers count", async () => {
    const { post } = serve();
    const response = await post('/v1/route', JSON.stringify(CHAT), ONE, { 'x-signalbox-tier': 'haiku' });
    expect(response.status).toBe(200);
    const told = (await response.json()) as Explanation;
    expect(told).toMatchObject({
      tier: 'haiku',
      ceilings: { maxCostUsd: 0.25 },
      facts: { pin: 'haiku' },
      candidates: [{ deployment: 'a/small' }],
    });
    expect(told.session.id).toMatch(/^one:/);
  });

  it('is given of a request that would be refused', async () => {
    const { post } = serve();
    const response = await post('/v1/route', JSON.stringify({ ...CHAT, model: 'gone' }), ONE);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ refusal: { status: 404, code: 'model_not_found' } });
  });

  it('is not given of what is no chat request', async () => {
    const { post } = serve();
    expect((await post('/v1/route', '{"model":"auto"}', ONE)).status).toBe(400);
  });
});

it.each(['/v1/feedback', '/v1/route'])('%s needs a key', async (path) => {
  const { post } = serve();
  expect((await post(path, '{}')).status).toBe(401);
  expect((await post(path, '{}', 'key-three-0123456789')).status).toBe(401);
});
