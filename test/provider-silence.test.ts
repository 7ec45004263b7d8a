/** A provider that shows that it is alive, and nothing else. */
import { expect, it } from 'vitest';
import { compose } from '../src/compose.ts';
import { parseConfiguration } from '../src/config/parse.ts';
import { fetchHttp } from '../src/platform/fetch-http.ts';
import { fetchTransport } from '../src/platform/fetch-transport.ts';
import { chatFrame, SSE } from './support/upstream.ts';

const YAML = `
providers:
  a: { dialect: openai, baseUrl: http://a.test }
  b: { dialect: anthropic, baseUrl: http://b.test }
models:
  a: { deployments: [{ provider: a, model: one }] }
  b: { deployments: [{ provider: b, model: two }], timeouts: { idleMs: 120000 } }
`;
const event = (data: { type: string }) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const CLAUDE = [
  { type: 'message_start', message: { id: 'm', role: 'assistant', model: 'two', content: [], usage: {} } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
].map(event);
const BEFORE = 30;
const MOST = 200;

/** First signs of life, then words, then signs of life only, one in 50 s. */
function serve(sign: string, words: string) {
  const startedAt = Date.now();
  const clock = { ahead: 0, now: () => startedAt + clock.ahead };
  const outcomes: unknown[] = [];
  const upstream = { signs: 0, isCancelled: false };
  const body = () =>
    new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          if (++upstream.signs > BEFORE) clock.ahead += 50_000;
          if (upstream.signs === MOST) return controller.close();
          controller.enqueue(new TextEncoder().encode(upstream.signs === BEFORE ? words : sign));
        },
      },
      { highWaterMark: 0 },
    );
  const unused = () => () => Promise.reject(new Error('not needed'));
  const { app } = compose(parseConfiguration(YAML, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport(({ signal }: Request) => {
      signal.addEventListener('abort', () => (upstream.isCancelled = true));
      return Promise.resolve(new Response(body(), { headers: SSE }));
    }),
    log: {
      info: (line) => void outcomes.push((line as { outcome?: string }).outcome),
      warn: () => {},
      error: () => {},
    },
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
    clock,
  });
  const ask = async (model: string) => {
    const asked = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hi' }] });
    const request = { method: 'POST', body: asked, headers: { 'content-type': 'application/json' } };
    const response = await app.fetch(new Request('http://router.test/v1/chat/completions', request));
    return response.text();
  };
  return { ask, outcomes, upstream };
}

it.each([
  { model: 'a', sign: ': PROCESSING\n\n', words: chatFrame({ content: 'Hello' }), idleMs: 60_000 },
  { model: 'b', sign: event({ type: 'ping' }), words: CLAUDE.join(''), idleMs: 120_000 },
])('$model is patient with it before the first word, and for ten idle times behind it', async (row) => {
  const { model, sign, words, idleMs } = row;
  const { ask, outcomes, upstream } = serve(sign, words);
  const answer = await ask(model);
  expect(answer).toContain('Hello');
  expect(answer).toContain('upstream_stream_idle_timeout');
  expect(outcomes).toEqual(['stalled']);
  expect(upstream.isCancelled).toBe(true);
  expect(upstream.signs - BEFORE).toBe((10 * idleMs) / 50_000 + 1); // The first begins it.
});
