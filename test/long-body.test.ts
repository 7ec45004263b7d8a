/** A long body waits for its answer as bytes: nothing of it is lost on its way, nor on a second one. */
import { expect, it } from 'vitest';
import { compose } from '../src/compose.ts';
import { parseConfiguration } from '../src/config/parse.ts';
import { inBytes, LONG_TEXT } from '../src/core/wire.ts';
import type { OutgoingRequest } from '../src/core/provider.ts';
import { fetchHttp } from '../src/platform/fetch-http.ts';
import { fetchTransport } from '../src/platform/fetch-transport.ts';
import { chatAnswer, claudeAnswer } from './support/upstream.ts';

const YAML = `
providers:
  a: { dialect: openai, baseUrl: http://a.test }
  b: { dialect: openai, baseUrl: http://b.test }
  c: { dialect: anthropic, baseUrl: http://c.test }
models:
  passed: { deployments: [{ provider: a, model: one }, { provider: b, model: two }] }
  said: { deployments: [{ provider: a, model: one }, { provider: c, model: claude-opus-4-8 }] }`;
const down = () => Response.json({ error: { message: 'down' } }, { status: 500 });
const LONG = `é 日本 𝄞 \\u0041\\/ ${'x'.repeat(LONG_TEXT)}`;

interface Sent {
  outgoing: Pick<OutgoingRequest, 'body' | 'bytes'>;
  text: string;
}

/** What each provider gets, the first of whom fails. */
async function sentFor(text: string): Promise<Sent[]> {
  const sent: Sent[] = [];
  const send = fetchTransport(async (request: Request) => {
    Object.assign(sent.at(-1) ?? {}, { text: await request.text() });
    const { hostname } = new URL(request.url);
    if (hostname === 'a.test') return down();
    return new Response(hostname === 'c.test' ? claudeAnswer('Hi') : chatAnswer('Hi'));
  });
  const unused = () => () => Promise.reject(new Error('not needed'));
  const { app } = compose(parseConfiguration(YAML, 'test.yaml', {}), {
    http: { ...fetchHttp, readText: async (c) => ({ text: await c.req.text(), bytes: inBytes(text) }) },
    transport: {
      send(request, options) {
        sent.push({ outgoing: { body: request.body, bytes: request.bytes }, text: '' });
        return send.send(request, options);
      },
    },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
    clock: { now: () => Date.now() },
    random: () => 0,
  });
  const headers = { 'content-type': 'application/json' };
  const asked = new Request('http://router.test/v1/chat/completions', { method: 'POST', body: text, headers });
  const answer = await app.fetch(asked);
  expect([answer.status, await answer.text()]).toEqual([200, expect.anything()]);
  return sent;
}

const bodyOf = (model: string, more = '') =>
  `{"model":"${model}","messages":[{"role":"user","content":"${LONG}"}],"max_tokens":100${more}}`;

it('passes to the letter, to the first provider and to the one behind it', async () => {
  const sent = await sentFor(bodyOf('passed', ',"zzz":1.0e0, "aaa" : "\\u00e9"'));
  const expected = (model: string) => bodyOf(model, ',"zzz":1.0e0, "aaa" : "\\u00e9"');
  expect(sent.map(({ text }) => text)).toEqual([expected('one'), expected('two')]);
});

it('is translated from the same words where the first provider has failed', async () => {
  const [, second] = await sentFor(bodyOf('said'));
  expect(JSON.parse(second?.text ?? '')).toMatchObject({
    messages: [{ role: 'user', content: [{ type: 'text', text: JSON.parse(`"${LONG}"`) as string }] }],
  });
});

it.each(['passed', 'said'])('is no text any more when it is sent (%s)', async (model) => {
  for (const { outgoing } of await sentFor(bodyOf(model))) {
    expect(outgoing.body).toBe('');
    expect(outgoing.bytes?.length).toBeGreaterThan(0);
  }
});
