/** The Worker with a D1 of its own, in workerd: every request leaves its row, and a new isolate knows what was spent. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, chat, tell } from '../../chaos/client.ts';
import { startProviders, type Providers } from '../../chaos/providers.ts';
import { refuses, resets, streams, well } from '../../chaos/scripts.ts';
import { WIRES } from '../../chaos/wires.ts';
import { onWorkerd } from '../../e2e/house.ts';
import type { Running } from '../../support/servers.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-d1-'));
const SECRETS = { app: 'sk-worker-app-0123456789', small: 'sk-worker-small-0123456789' };

let providers: Providers;
let running: Running;
/** Of those that are stopped. */
let output = '';

const provider = (name: string) =>
  `  ${name}: { dialect: openai, baseUrl: "${providers.url}/${name}/v1", apiKey: key-of-nobody }`;
const model = (name: string) =>
  `  ${name}: { maxCalls: 1, deployments: [{ provider: ${name}, model: m, price: { input: 100, output: 100 } }] }`;
const MODELS = ['well', 'broken', 'torn'];

async function start(): Promise<void> {
  const yaml = `
log: { level: error }
providers:
${MODELS.map(provider).join('\n')}
models:
${MODELS.map(model).join('\n')}
keys:
  - { name: app, key: ${SECRETS.app}, tags: [edge] }
  - { name: small, key: ${SECRETS.small}, limits: 3 requests/month }
`;
  running = await onWorkerd(yaml, folder);
}

async function stop(): Promise<void> {
  await running.stop();
  output += running.output();
}

const asking = (key: keyof typeof SECRETS, name: string, more: object = {}) =>
  ask(running.url, chat(name, { max_tokens: 20, ...more }), { headers: { authorization: `Bearer ${SECRETS[key]}` } });

/** What stands in D1's own file. */
function rows(): string[] {
  const place = join(folder, 'state', 'v3', 'd1', 'miniflare-D1DatabaseObject');
  const file = readdirSync(place).find((name) => name.endsWith('.sqlite') && !name.startsWith('metadata'));
  using database = new DatabaseSync(join(place, file ?? ''), { readOnly: true });
  const text = `select key || ' ' || asked || ' ' || outcome || ' ' || calls || ' ' || tags as row from requests order by at_ms`;
  return database
    .prepare(text)
    .all()
    .map((each) => String(each['row']));
}

beforeAll(async () => {
  providers = await startProviders();
  providers.plays('/well', WIRES.openai, well('yes'));
  providers.plays('/broken', WIRES.openai, refuses(500, 'server_error'));
  providers.plays(
    '/torn',
    WIRES.openai,
    streams(({ wire }) => wire.open + wire.words('on and'), resets),
  );
  await start();
});
afterAll(async () => {
  await stop();
  await providers[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const WRITTEN = [
  'app well ok 1 ["edge"]',
  'app well ok 1 ["edge"]',
  'app broken fault 1 ["edge"]',
  'app torn truncated 1 ["edge"]',
  'app none model_not_found 0 ["edge"]',
  'small well ok 1 []',
  'small well ok 1 []',
];

it('every request leaves its row, whatever became of it', async () => {
  expect(tell(await asking('app', 'well'))).toBe('200 "yes" stop');
  expect(tell(await asking('app', 'well', { stream: true }))).toBe('200 "yes" stop');
  expect(tell(await asking('app', 'broken'))).toMatch(/^502/);
  expect(tell(await asking('app', 'torn', { stream: true }))).toMatch(/then upstream_stream_truncated/);
  expect((await asking('app', 'none')).status).toBe(404);
  const first = await asking('small', 'well');
  expect(first.headers['x-ratelimit-remaining-requests']).toBe('2');
  expect((await asking('small', 'well')).status).toBe(200);
  await expect.poll(rows, { timeout: 5_000 }).toEqual(WRITTEN);
});

it('a new isolate knows what was spent', async () => {
  await stop();
  await start();
  const left = () => asking('small', 'well').then(({ status }) => status);
  expect(await left()).toBe(200);
  await expect.poll(left, { timeout: 5_000 }).toBe(429);
  const served = () => rows().filter((row) => row === 'small well ok 1 []').length;
  await expect.poll(served, { timeout: 5_000 }).toBe(3);
  expect(output + running.output()).not.toMatch(/could not be|fails|Uncaught/);
});
