import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { compose } from '../../src/compose.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../src/platform/fetch-transport.ts';
import { chatAnswer, claudeAnswer } from '../support/upstream.ts';

const YAML = `
providers: { a: { dialect: openai, baseUrl: http://a.test } }
models: { m: { deployments: [{ provider: a, model: one }] } }
reliability: { firstTokenMs: 10 }`;

const UNUSED = () => () => Promise.reject(new Error('not needed'));
const JSON_TYPE = { 'content-type': 'application/json' };

function served(yaml: string, answer: (request: Request) => Promise<Response>) {
  return compose(parseConfiguration(yaml, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport(answer),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    credentials: { awsChain: UNUSED, googleToken: UNUSED },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
    clock: { now: Date.now },
    random: () => 0,
  });
}

it('a whole answer that nobody waits for long enough opens no circuit, though a stream would have begun by then', async () => {
  const { app, gateway } = served(YAML, async ({ signal }) => {
    await sleep(300, undefined, { signal });
    return new Response(chatAnswer('yes'));
  });
  const ask = async (headers: Record<string, string>): Promise<number> => {
    const request = { model: 'm', messages: [{ role: 'user', content: 'Hi' }], reasoning_effort: 'none' };
    const asked = { method: 'POST', body: JSON.stringify(request), headers };
    return (await app.fetch(new Request('http://router.test/v1/chat/completions', asked))).status;
  };
  expect(await ask(JSON_TYPE)).toBe(200);
  const hasty = Array.from({ length: 6 }, () => ask({ ...JSON_TYPE, 'x-signalbox-deadline-ms': '150' }));
  expect(await Promise.all(hasty)).toEqual([504, 504, 504, 504, 504, 504]);
  expect(Array.from(gateway.dispatcher.targets, ({ fuse }) => fuse.state)).toEqual(['closed']);
});

it('a stream that is gathered whole is timed as a whole answer', async () => {
  const yaml = `
providers: { a: { dialect: anthropic, baseUrl: http://a.test } }
models: { m: { deployments: [{ provider: a, model: claude-haiku-4-5 }] } }
reliability: { firstTokenMs: 10 }`;
  const { app, gateway } = served(yaml, async ({ signal }) => {
    await sleep(300, undefined, { signal });
    return new Response(claudeAnswer('{}'));
  });
  const ask = async (headers: Record<string, string>): Promise<number> => {
    const said = {
      model: 'm',
      messages: [{ role: 'user', content: 'Hi, JSON' }],
      stream: true,
      reasoning_effort: 'none',
    };
    const asked = {
      method: 'POST',
      body: JSON.stringify({ ...said, response_format: { type: 'json_object' } }),
      headers,
    };
    const response = await app.fetch(new Request('http://router.test/v1/chat/completions', asked));
    await response.text();
    return response.status;
  };
  expect(await ask(JSON_TYPE)).toBe(200);
  const hasty = Array.from({ length: 6 }, () => ask({ ...JSON_TYPE, 'x-signalbox-deadline-ms': '150' }));
  expect(await Promise.all(hasty)).toEqual([504, 504, 504, 504, 504, 504]);
  const [target] = gateway.dispatcher.targets;
  expect(target?.fuse.state).toBe('closed');
  expect(target?.durations.whole.isKnown).toBe(true);
  expect(target?.durations.first.isKnown).toBe(false);
});
