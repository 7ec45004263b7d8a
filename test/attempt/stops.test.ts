/** Stop sequences that the router looks for, in a stream of several answers. */
import { expect, it } from 'vitest';
import { compose } from '../../src/compose.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../src/platform/fetch-transport.ts';
import { SSE } from '../support/upstream.ts';

const YAML = `
providers: { openai: { baseUrl: "https://api.openai.com/v1", apiKey: sk-made-up-0123456789 } }
models: { m: { deployments: [{ provider: openai, model: gpt-4o }] } }`;
const nobody = () => Promise.reject(new Error('not needed'));

const frame = (index: number, delta: object, finish: string | null = null) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'gpt-4o', choices: [{ index, delta, finish_reason: finish }] })}\n\n`;

function said(): ReadableStream<Uint8Array> {
  const frames = [frame(0, { content: 'one END' }), frame(1, { content: 'two' }), frame(1, {}, 'stop')];
  const texts = [...frames, frame(0, {}, 'stop'), 'data: [DONE]\n\n'];
  return new ReadableStream({
    pull(controller) {
      const text = texts.shift();
      if (text === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(text));
    },
  });
}

it('an answer that meets its stop ends no other that has not begun', async () => {
  const { app } = compose(parseConfiguration(YAML, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport(() => Promise.resolve(new Response(said(), { headers: SSE }))),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    credentials: { awsChain: () => nobody, googleToken: () => nobody },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
    random: () => 0,
  });
  const asked = {
    model: 'm',
    messages: [{ role: 'user', content: 'Hi' }],
    n: 2,
    stream: true,
    stop: ['A', 'B', 'C', 'D', 'END'],
  };
  const init = { method: 'POST', body: JSON.stringify(asked), headers: { 'content-type': 'application/json' } };
  const response = await app.fetch(new Request('http://router.test/v1/chat/completions', init));
  expect(response.headers.get('x-signalbox-emulated')).toBe('stop;emulated');
  const text = await response.text();
  expect(text).toContain('"content":"one "');
  expect(text).toContain('"content":"two"');
});
