import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { compose } from '../../src/compose.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../src/platform/fetch-transport.ts';
import { chatAnswer } from '../support/upstream.ts';

const YAML = `
providers: { a: { dialect: openai, baseUrl: http://a.test } }
models: { m: { deployments: [{ provider: a, model: one }] } }
reliability: { firstTokenMs: 10 }`;

it('a whole answer that nobody waits for long enough opens no circuit, though a stream would have begun by then', async () => {
  const unused = () => () => Promise.reject(new Error('not needed'));
  const { app, gateway } = compose(parseConfiguration(YAML, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport(async ({ signal }: Request) => {
      await sleep(300, undefined, { signal });
      return new Response(chatAnswer('yes'));
    }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
    clock: { now: Date.now },
    random: () => 0,
  });
  const ask = async (headers: Record<string, string>): Promise<number> => {
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], reasoning_effort: 'none' };
    const asked = { method: 'POST', body: JSON.stringify(request), headers };
    return (await app.fetch(new Request('http://router.test/v1/chat/completions', asked))).status;
  };
  const type = { 'content-type': 'application/json' };
  expect(await ask(type)).toBe(200);
  const hasty = Array.from({ length: 6 }, () => ask({ ...type, 'x-signalbox-deadline-ms': '150' }));
  expect(await Promise.all(hasty)).toEqual([504, 504, 504, 504, 504, 504]);
  expect(Array.from(gateway.dispatcher.targets, ({ fuse }) => fuse.state)).toEqual(['closed']);
});
