/**
 * How long the ledger's questions take over many requests: node bench/ledger-queries.ts [REQUESTS] [sqlite|postgres]
 * A month of 100 tenants with two keys each, some of them busy and most of them not.
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LedgerStore, RequestRow } from '../src/core/ledger.ts';
import { postgresDatabase } from '../src/platform/ledger/postgres.ts';
import { sqliteDatabase } from '../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../src/platform/ledger/store.ts';
import { postgresFolder, startPostgres } from '../test/books/ledger/postgres-server.ts';
import { attemptRow, DAY_MS, HOUR_MS, requestRow, START_MS } from '../test/books/ledger/sample.ts';
import { sequence } from './storm/luck.ts';

const [count = '100000', only] = process.argv.slice(2);
const REQUESTS = Number(count);
const MONTH = { fromMs: START_MS, toMs: START_MS + 30 * DAY_MS };
const WEEK = { fromMs: START_MS + 20 * DAY_MS, toMs: START_MS + 27 * DAY_MS };
const DAY = { fromMs: START_MS + 20 * DAY_MS, toMs: START_MS + 21 * DAY_MS };
const random = sequence(7);
const whole = (below: number) => Math.floor(random() * below);

const MODELS = [
  ['anthropic', 'claude-haiku-4-5', 'haiku'],
  ['openai', 'gpt-6-luna', 'haiku'],
  ['anthropic', 'claude-sonnet-5-5', 'sonnet'],
  ['gemini', 'gemini-3-pro', 'sonnet'],
  ['bedrock', 'claude-sonnet-5-5', 'sonnet'],
  ['anthropic', 'claude-opus-5-5', 'opus'],
] as const;

/** The first tenants ask most, and a key of theirs keeps to a route and two or three models. */
function someRow(number: number): RequestRow {
  const tenant = Math.floor(100 * random() ** 3);
  const key = tenant * 2 + whole(2);
  const [provider, model, tier] = MODELS[(key + Math.floor(3 * random() ** 2)) % MODELS.length] ?? MODELS[0];
  const failed = random() < 0.04;
  return requestRow({
    requestId: `req_${number}_${whole(1e9).toString(36)}_${whole(1e9).toString(36)}`,
    atMs: START_MS + Math.floor((number / REQUESTS) * 30 * DAY_MS),
    tenant: `tenant-${tenant}`,
    key: `key-${key}`,
    session: `session-${whole(REQUESTS / 10)}`,
    route: key % 3 === 0 ? 'auto' : `route-${key % 7}`,
    provider,
    model,
    tier,
    deployment: `${provider}/${model}`,
    outcome: failed ? (['timeout', 'rate', 'client_gone', 'caller'][whole(4)] ?? '') : 'ok',
    fresh: whole(5_000),
    cacheRead: whole(20_000),
    output: whole(2_000),
    costUsd: random() / 20,
    firstTokenMs: 200 + whole(3_000),
    totalMs: 500 + whole(20_000),
    tags: key % 4 === 0 ? [`team-${key % 10}`] : [],
  });
}

async function fill(store: LedgerStore): Promise<void> {
  await store.ready();
  const began = performance.now();
  for (let written = 0; written < REQUESTS; written += 250) {
    const requests = Array.from({ length: Math.min(250, REQUESTS - written) }, (_, number) =>
      someRow(written + number),
    );
    const attempts = requests.map(({ requestId, atMs, tenant, provider, model, deployment, outcome, ...took }) => {
      const { fresh, cacheRead, output, costUsd, price } = took;
      const names = { requestId, atMs, tenant, provider, model, deployment, outcome };
      return attemptRow({ ...names, fresh, cacheRead, output, costUsd, price });
    });
    await store.write({ requests, attempts });
  }
  const seconds = (performance.now() - began) / 1000;
  console.log(`${REQUESTS} requests and as many attempts written in ${seconds.toFixed(1)} s`);
}

const QUESTIONS: Record<string, (store: LedgerStore) => Promise<unknown>> = {
  'total, month': (store) => store.usage(MONTH),
  ...Object.fromEntries(
    (['tenant', 'key', 'model', 'provider', 'deployment', 'route', 'tier', 'outcome', 'tag'] as const).map((by) => [
      `by ${by}, month`,
      (store: LedgerStore) => store.usage({ ...MONTH, by }),
    ]),
  ),
  'by day, month': (store) => store.usage({ ...MONTH, every: 'day' }),
  'by day and model, month': (store) => store.usage({ ...MONTH, every: 'day', by: 'model' }),
  'by day and tenant, month': (store) => store.usage({ ...MONTH, every: 'day', by: 'tenant' }),
  'by tenant, week': (store) => store.usage({ ...WEEK, by: 'tenant' }),
  'by hour and model, week': (store) => store.usage({ ...WEEK, every: 'hour', by: 'model' }),
  'by hour and tenant, week': (store) => store.usage({ ...WEEK, every: 'hour', by: 'tenant' }),
  'by minute, day': (store) => store.usage({ ...DAY, every: 'minute' }),
  'by minute and model, day': (store) => store.usage({ ...DAY, every: 'minute', by: 'model' }),
  'one tenant by model, month': (store) => store.usage({ ...MONTH, by: 'model', where: { tenant: 'tenant-0' } }),
  'one tag by tenant, month': (store) => store.usage({ ...MONTH, by: 'tenant', where: { tag: 'team-4' } }),
  'percentiles by model, month': (store) => store.latency({ ...MONTH, by: 'model' }),
  'percentiles by tenant, month': (store) => store.latency({ ...MONTH, by: 'tenant' }),
  'percentiles by day, month': (store) => store.latency({ ...MONTH, every: 'day' }),
  'percentiles by hour, week': (store) => store.latency({ ...WEEK, every: 'hour' }),
  'newest 100 requests': (store) => store.requests({ limit: 100 }),
  'of a tenant': (store) => store.requests({ limit: 100, where: { tenant: 'tenant-3' } }),
  'of a model that failed': (store) =>
    store.requests({ limit: 100, where: { model: 'gpt-6-luna', outcome: 'timeout' } }),
  'of a tag': (store) => store.requests({ limit: 100, where: { tag: 'team-8' } }),
  'of a tag that is none': (store) => store.requests({ limit: 100, where: { tag: 'nobody' } }),
  'of a session': (store) => store.requests({ limit: 100, session: 'session-5' }),
  'attempts, day': (store) => store.attempts(DAY),
  'attempts, week': (store) => store.attempts(WEEK),
  statement: (store) => store.statement('tenant-0', '2026-11'),
  'last two hours by key': (store) => store.usage({ fromMs: DAY.fromMs, toMs: DAY.fromMs + 2 * HOUR_MS, by: 'key' }),
};

const REPEATS = 7;

async function ask(store: LedgerStore): Promise<void> {
  for (const [question, answer] of Object.entries(QUESTIONS)) {
    const took: number[] = [];
    const cpu = process.cpuUsage();
    for (let time = 0; time < REPEATS; time++) {
      const began = performance.now();
      await answer(store);
      took.push(performance.now() - began);
    }
    const { user, system } = process.cpuUsage(cpu);
    const sorted = took.toSorted((a, b) => a - b);
    const shown = (ms = 0) => ms.toFixed(1).padStart(8);
    console.log(
      `${question.padEnd(32)} first ${shown(took[0])}  best ${shown(sorted[0])}  median ${shown(sorted[REPEATS >> 1])} ms  our CPU ${shown((user + system) / 1000 / REPEATS)} ms`,
    );
  }
}

async function run(name: string, store: LedgerStore): Promise<void> {
  console.log(`\n${name}`);
  await fill(store);
  await ask(store);
  await store.close();
}

const clock = { now: () => Date.now() };
if (only !== 'postgres') {
  const path = join(mkdtempSync(join(tmpdir(), 'signalbox-ledger-')), 'ledger.db');
  await run('SQLite', createLedgerStore(sqliteDatabase(path), clock));
}
const programs = postgresFolder();
if (only !== 'sqlite' && programs) {
  const server = await startPostgres(programs);
  await run(
    'PostgreSQL',
    createLedgerStore(
      postgresDatabase(server.url, () => {}),
      clock,
    ),
  );
  await server.stop();
}
