/** Google's paths: who may enter, which models there are, what is counted, and in whose words a refusal is said. */
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { practiceFetch } from '../../src/practice/index.ts';
import { practiceProviders } from '../../src/practice/providers.ts';
import { makeWorld, type Upstream } from '../doors/gemini/world.ts';

const KEY = 'key-one-0123456789';
const YAML = stringify({
  keys: [
    { name: 'one', key: KEY },
    { name: 'chatty', key: 'key-two-0123456789', doors: ['chat'] },
    { name: 'narrow', key: 'key-three-0123456789', models: ['gemini-2.5-flash'], routes: [] },
  ],
  providers: practiceProviders('http://practice.test'),
});
const CONTENTS = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] };
const GENERATE = '/v1beta/models/gemini-2.5-flash:generateContent';

const counting: Upstream = (request) =>
  request.url.endsWith(':countTokens')
    ? Promise.resolve(Response.json({ totalTokens: 7 }))
    : practiceFetch({ paceMs: 0 })(request);

const world = makeWorld(counting, YAML);
const get = (path: string, headers: Record<string, string> = { 'x-goog-api-key': KEY }) =>
  world.fetch(new Request(`http://router.test${path}`, { headers }));
const post = (path: string, body: unknown = CONTENTS, headers: Record<string, string> = { 'x-goog-api-key': KEY }) =>
  world.post(path, body, headers);

interface Refused {
  path?: string;
  body?: object;
  key?: string | undefined;
}

describe('a Google client', () => {
  it.each([
    ['by its own header', { 'x-goog-api-key': KEY }],
    ['by everybody’s', { authorization: `Bearer ${KEY}` }],
  ])('shows its key %s', async (_what, headers) => {
    const response = await post(GENERATE, CONTENTS, headers);
    expect(response.status).toBe(200);
    expect(response.headers.get('x-signalbox-deployment')).toBe('gemini/gemini-2.5-flash');
    expect(response.headers.get('x-request-id')).toMatch(/^req_/);
  });

  it.each<[string, Refused, number, string]>([
    ['without a key', { key: undefined }, 401, 'UNAUTHENTICATED'],
    ['with another’s', { key: 'key-none-0123456789' }, 401, 'UNAUTHENTICATED'],
    ['at a door that its key does not open', { key: 'key-two-0123456789' }, 403, 'PERMISSION_DENIED'],
    [
      'for a model that its key may not use',
      { key: 'key-three-0123456789', path: '/v1beta/models/claude-sonnet-5-5:generateContent' },
      403,
      'PERMISSION_DENIED',
    ],
    ['for a model that there is not', { path: '/v1beta/models/nobody:generateContent' }, 404, 'NOT_FOUND'],
    ['with a mistake', { body: {} }, 400, 'INVALID_ARGUMENT'],
    ['for another method', { path: '/v1beta/models/gemini-2.5-flash:predict' }, 404, 'NOT_FOUND'],
    ['at another path', { path: '/v1beta/cachedContents' }, 404, 'NOT_FOUND'],
    [
      'for a stream that is an array',
      { path: '/v1beta/models/gemini-2.5-flash:streamGenerateContent' },
      400,
      'INVALID_ARGUMENT',
    ],
    [
      'for what only Google serves, of another',
      { path: '/v1/models/claude-sonnet-5-5:generateContent', body: { ...CONTENTS, cachedContent: 'c' } },
      400,
      'INVALID_ARGUMENT',
    ],
  ])('is refused in Google’s words %s', async (_what, refused, code, status) => {
    const { path, body, key } = { path: GENERATE, body: CONTENTS, key: KEY, ...refused };
    const response = await post(path, body, key === undefined ? {} : { 'x-goog-api-key': key });
    expect(response.status).toBe(code);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toMatchObject({ error: { code, status, message: expect.any(String) } });
  });

  it('is told what is lost elsewhere, or refused for it', async () => {
    const path = '/v1beta/models/claude-sonnet-5-5:generateContent';
    const body = { ...CONTENTS, safetySettings: [{ category: 'a', threshold: 'b' }] };
    const response = await post(path, body);
    expect(response.headers.get('x-signalbox-dropped')).toBe('safetySettings');
    const strict = await post(path, body, { 'x-goog-api-key': KEY, 'x-signalbox-strict': 'true' });
    expect(strict.status).toBe(400);
    expect(JSON.stringify(await strict.json())).toContain('"field":"safetySettings"');
    const own = await post(GENERATE, body, { 'x-goog-api-key': KEY, 'x-signalbox-strict': 'true' });
    expect(own.status).toBe(200);
    expect(own.headers.get('x-signalbox-dropped')).toBeNull();
  });

  it('gets what only Google serves from Google, whatever a route would have chosen', async () => {
    const body = { ...CONTENTS, tools: [{ urlContext: {} }] };
    const response = await post('/v1beta/models/auto:generateContent', body);
    expect(response.headers.get('x-signalbox-provider')).toBe('gemini');
    expect(world.asked.at(-1)?.text).toBe(JSON.stringify(body));
  });

  it('streams events', async () => {
    const response = await post('/v1/models/claude-sonnet-5-5:streamGenerateContent?alt=sse');
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toMatch(/^data: \{"candidates":.*\r\n\r\n/);
  });
});

describe('the models', () => {
  it('are listed as Google lists them, to who may use them', async () => {
    const { models } = (await (await get('/v1beta/models?pageSize=1000')).json()) as { models: { name: string }[] };
    expect(models.find(({ name }) => name === 'models/gemini-2.5-flash')).toEqual({
      name: 'models/gemini-2.5-flash',
      displayName: 'gemini-2.5-flash',
      version: '',
      supportedGenerationMethods: ['generateContent', 'countTokens'],
      inputTokenLimit: expect.any(Number),
      outputTokenLimit: expect.any(Number),
      thinking: true,
    });
    expect(models.map(({ name }) => name)).toContain('models/auto');
    const narrow = await (await get('/v1beta/models', { 'x-goog-api-key': 'key-three-0123456789' })).json();
    expect(narrow).toMatchObject({ models: [{ name: 'models/gemini-2.5-flash' }] });
  });

  it('are found one by one, those with slashes too', async () => {
    expect(await (await get('/v1beta/models/auto')).json()).toMatchObject({ name: 'models/auto' });
    const direct = await get('/v1beta/models/bedrock/us.amazon.nova-pro-v1:0');
    expect(await direct.json()).toMatchObject({ name: 'models/bedrock/us.amazon.nova-pro-v1:0' });
    expect((await get('/v1beta/models/nobody')).status).toBe(404);
  });

  it('are OpenAI’s under /v1, unless Google’s client asks', async () => {
    const theirs = await (await get('/v1/models', { authorization: `Bearer ${KEY}` })).json();
    expect(theirs).toMatchObject({ object: 'list' });
    const ours = await (await get('/v1/models')).json();
    expect(ours).toMatchObject({ models: expect.any(Array) });
    expect(await (await get('/v1/models/auto')).json()).toMatchObject({ name: 'models/auto' });
    expect((await get('/v1/models/nobody')).status).toBe(404);
  });
});

describe('tokens', () => {
  it('are counted by who would answer', async () => {
    const response = await post('/v1beta/models/gemini-2.5-flash:countTokens');
    expect(await response.json()).toEqual({ totalTokens: 7 });
    expect(response.headers.get('x-signalbox-estimated')).toBeNull();
  });

  it('are guessed where nobody can be asked, and that is said', async () => {
    const response = await post('/v1beta/models/gpt-4.1:countTokens', { generateContentRequest: CONTENTS });
    expect(await response.json()).toEqual({ totalTokens: expect.any(Number) });
    expect(response.headers.get('x-signalbox-estimated')).toBe('true');
  });
});
