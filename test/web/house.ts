/** The router with its admin listener and its page, over real HTTP, on practice providers and a ledger in memory. */
import { createAdaptorServer } from '@hono/node-server';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPageApp } from '../../src/admin/page/app.ts';
import { compose, type RoutingDocuments } from '../../src/compose.ts';
import { adminOf } from '../../src/compose/admin.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import type { Routing } from '../../src/config/routing.ts';
import { machineTimers } from '../../src/platform/machine-timers.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../src/platform/fetch-transport.ts';
import { hashKey, KEY_CHECK } from '../../src/platform/key-hash.ts';
import { createBookStore } from '../../src/platform/keys/store.ts';
import { sqliteDatabase } from '../../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../../src/platform/ledger/store.ts';
import { rulesEditorOf } from '../../src/server/rules-editor.ts';
import { readRouting } from '../../src/server/rules-files.ts';
import { followRouting } from '../../src/server/watch.ts';
import { practiceFetch } from '../../src/practice/app.ts';
import { practiceProviders } from '../../src/practice/providers.ts';

export const TOKEN = 'the-operators-token-0123456789';
export const CLIENT_KEY = 'a-clients-key-0123456789';
export const BATCH_KEY = 'batch-clients-key-0123456';
export const LAB_KEY = 'lab-clients-key-012345678';

const YAML = `
keys:
  - { name: shop, key: ${CLIENT_KEY}, tenant: acme, budgets: "$0.20/day, $2/month", tags: [web] }
  - { name: batch, key: ${BATCH_KEY}, tenant: acme, limits: "600 requests/minute, 4 at once", priority: background }
  - { name: lab, key: ${LAB_KEY}, tenant: research }
tenants:
  acme: { budgets: "$5/month" }
  research: {}
models:
  claude-sonnet-5:
    deployments: [{ provider: anthropic, model: claude-sonnet-5, limits: { requestsPerMinute: 400 } }]
  gpt-5.5:
    deployments: [{ provider: openai, model: gpt-5.5 }, { provider: gemini, model: gemini-3.5-flash }]
  house-model:
    deployments: [{ provider: openai, model: gpt-of-the-house }] # Nobody knows its price.
routing:
  rules: # The house's own.
    rules:
      - { name: batch is cheap, when: { key: batch }, do: { atMost: sonnet } }
log: { level: silent }
`;

export interface House {
  /** Of the page. */
  url: string;
  ask: (body: object, options?: { key?: string; headers?: Record<string, string> }) => Promise<Response>;
  admin: (path: string, body?: object) => Promise<unknown>;
  /** Everything that was asked is in the ledger. */
  settle: () => Promise<void>;
  /** Its configuration, as it stands in the file. */
  written: () => string;
  /** Somebody edits it by hand. */
  write: (text: string) => void;
  /** Nobody is at home any more, and is again. */
  leave: () => void;
  comeBack: () => void;
  close: () => Promise<void>;
}

export async function openHouse(yaml = YAML): Promise<House> {
  const parsed = parseConfiguration(yaml, 'signalbox.yaml', {});
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-page-'));
  const file = join(folder, 'signalbox.yaml');
  writeFileSync(file, yaml);
  const configuration = { ...parsed, providers: practiceProviders('http://practice.invalid') };
  const clock = { now: () => Date.now() };
  const database = sqliteDatabase(':memory:');
  const log = { info() {}, warn() {}, error() {} };
  const composed = compose(configuration, {
    http: fetchHttp,
    transport: fetchTransport(practiceFetch({})),
    log,
    credentials: {
      awsChain: () => () => Promise.reject(new Error('not here')),
      googleToken: () => () => Promise.reject(new Error('not here')),
    },
    environment: {},
    source: 'signalbox.yaml',
    practice: true,
    routing: documentsOf(configuration.routing),
    isReady: () => true,
    stores: { ledger: createLedgerStore(database, clock), keys: createBookStore(database, clock) },
  });
  const { directory, writer } = composed.accounting;
  await directory.begin();
  const environment = {};
  const source = 'signalbox.yaml';
  const routing = () => parseConfiguration(readFileSync(file, 'utf8'), source, environment).routing;
  const following = followRouting({
    loaded: { file, source, routing },
    composed,
    log,
    began: readRouting(routing(), { file, source }),
  });
  const editor = rulesEditorOf(composed, { file, source, environment }, following);
  const about = { version: '0.1.0', source: 'signalbox.yaml', startedAtMs: clock.now(), practice: true };
  const api = adminOf(composed, configuration, {
    token: TOKEN,
    about,
    log,
    timers: machineTimers,
    editor,
    isLive: true,
  });
  const app = createPageApp({
    admin: (request, env, context) => api.fetch(request, env, context),
    router: (request, env, context) => composed.app.fetch(request, env, context),
    lock: { hash: hashKey(TOKEN), check: KEY_CHECK },
    sources: { directory },
  });
  let isAway = false;
  const server = createAdaptorServer({
    fetch: (request, env) => (isAway ? new Response('a proxy says no', { status: 502 }) : app.fetch(request, env)),
    overrideGlobalObjects: false,
  }) as Server;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    ask: async (body, { key = CLIENT_KEY, headers = {} } = {}) =>
      composed.app.fetch(
        new Request('http://router.invalid/v1/chat/completions', {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
          body: JSON.stringify(body),
        }),
      ),
    admin: async (path, body) => {
      const more = body && { method: 'POST', body: JSON.stringify(body) };
      return (await fetch(url + path, { headers: { authorization: `Bearer ${TOKEN}` }, ...more })).json();
    },
    settle: async () => void (await writer?.flush(10_000)),
    written: () => readFileSync(file, 'utf8'),
    write: (text) => writeFileSync(file, text),
    leave: () => {
      isAway = true;
      following.stop();
      server.closeAllConnections();
    },
    comeBack: () => void (isAway = false),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await database.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function documentsOf({ rules }: Routing): RoutingDocuments {
  return { rules };
}

const ASKS = [
  'Say hello [practice: fast]',
  'Prove that the square root of two is irrational, step by step [practice: fast]',
  'Refactor this function to be pure: function f(a){ x = a; return x + 1 } [practice: fast words=120]',
  'Translate "good morning" into Japanese [practice: fast]',
  'Design a queue that survives a crash of any of its three nodes [practice: fast words=200]',
];

/** What goes wrong at providers, and with clients: each of it once a round. */
const TROUBLES = [
  { model: 'gpt-5.5', text: 'Hello [practice: openai status=529] [practice: fast]' },
  { model: 'house-model', text: 'Hello [practice: openai status=429 retry-after=1] [practice: fast]' },
  { model: 'gpt-5.5', text: 'Hello [practice: openai html] [practice: fast]' },
  { model: 'gpt-5.5', text: 'Hello [practice: openai slow=300] [practice: fast]' },
  { model: 'claude-sonnet-5', text: 'Hello [practice: cut at=3] [practice: fast words=40]', stream: true },
  { model: 'claude-sonnet-5', text: 'Hello [practice: status=400]' },
  { model: 'claude-sonnet-5', text: 'Hello [practice: refuse] [practice: fast]' },
  { model: 'house-model', text: 'Hello [practice: fast]' },
  { model: 'no-such-model', text: 'Hello' },
];

/**
 * A storm at the office: keys and models, streams and whole answers at the same time, and amid them providers that
 * throttle, fail, break off, are slow or decline, a mistake, a model without a price.
 */
export async function fill(house: House, rounds = 6): Promise<void> {
  const keys = [CLIENT_KEY, BATCH_KEY, LAB_KEY];
  const models = ['auto', 'claude-sonnet-5', 'gpt-5.5'];
  const send = async (model: string, text: string, { key = CLIENT_KEY, stream = false } = {}) => {
    const messages = [{ role: 'user', content: text }];
    await (await house.ask({ model, messages, stream }, { key })).text();
  };
  for (let round = 0; round < rounds; round += 1) {
    const usual = ASKS.map((text, index) => {
      const key = keys[(round + index) % keys.length] ?? CLIENT_KEY;
      return send(models[(round * 2 + index) % models.length] ?? 'auto', text, { key, stream: index % 2 === 0 });
    });
    const { model, text, stream = false } = TROUBLES[round % TROUBLES.length] ?? { model: '', text: '' };
    await Promise.all([...usual, send(model, text, { stream })]);
  }
  for (const { model, text, stream = false } of TROUBLES.slice(rounds)) await send(model, text, { stream });
  await house.settle();
}
