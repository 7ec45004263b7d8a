/** Two names for one model of one account that takes one call at a time; one of them has limits of its own. */
import { expect, it } from 'vitest';
import { compose } from '../../src/compose.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import { Departure } from '../../src/core/departure.ts';
import { fakeTransport } from '../../bench/storm/fake-transport.ts';
import type { Reply } from '../../bench/storm/reply.ts';
import { stormyHttp, type Ticket } from '../../bench/storm/stormy-http.ts';
import { VirtualClock } from '../../bench/storm/virtual-clock.ts';
import { chatAnswer } from '../support/upstream.ts';

const YAML = `
providers: { a: { dialect: openai, baseUrl: "http://a.invalid", apiKey: key-of-a-provider, limits: { concurrency: 1 } } }
models:
  limited: { deployments: [{ provider: a, model: qwen3, limits: { requestsPerDay: 5000 } }] }
  free: { deployments: [{ provider: a, model: qwen3 }] }
reliability: { queue: { maxWaitMs: 120000 } }
`;
const TAKES_MS = 10_000;
const body = new TextEncoder().encode(chatAnswer('Well.'));
const reply: Reply = {
  status: 200,
  headers: {},
  headMs: TAKES_MS,
  chunks: [{ atMs: TAKES_MS, bytes: body }],
  endMs: TAKES_MS,
  ending: 'clean',
};
const unasked = () => Promise.reject(new Error('There are no such credentials here'));

/** Who was asked for in which second, and who was answered in which. */
async function play(asked: readonly (readonly [atSeconds: number, model: string])[]): Promise<string[]> {
  const clock = new VirtualClock(Date.UTC(2026, 0, 5, 12));
  const answered: string[] = [];
  const { app } = compose(parseConfiguration(YAML, 'shared.yaml', {}), {
    http: stormyHttp,
    transport: fakeTransport(clock, new Map([['http://a.invalid', { visit: () => ({ reply, end: () => {} }) }]])),
    clock,
    timers: clock,
    random: () => 0,
    log: { info: () => {}, warn: () => {}, error: () => {} },
    credentials: { awsChain: () => unasked, googleToken: () => unasked },
    environment: {},
    source: 'shared.yaml',
    practice: false,
    isReady: () => true,
  });
  for (const [atSeconds, model] of asked) {
    clock.after(atSeconds * 1_000, () => {
      const whenDone = () => void answered.push(`${model} ${Math.floor(clock.elapsedMs / 1_000)}`);
      const text = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] });
      const ticket: Ticket = { headers: {}, body: text, client: new Departure(), status: 0, text: '', whenDone };
      void app.fetch(new Request('http://router.invalid/v1/chat/completions', { method: 'POST' }), ticket);
    });
  }
  await clock.run();
  return answered;
}

/** By then it is known how long a call takes. */
const BEFORE = [0, 20, 40, 60, 80].map((at) => [at, 'free'] as const);

it('what one gives back the other has at once', async () => {
  const answered = await play([...BEFORE, [100, 'free'], [109, 'limited'], [118, 'free']]);
  expect(answered.slice(BEFORE.length)).toEqual(['free 110', 'limited 120', 'free 130']);
});

it('who waits for one is not passed by all that wait for the other', async () => {
  const answered = await play([...BEFORE, [100, 'free'], [101, 'free'], [102, 'limited'], [103, 'free']]);
  expect(answered.slice(BEFORE.length)).toEqual(['free 110', 'free 120', 'limited 130', 'free 140']);
});
