import { spawn } from 'node:child_process';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getPlatformProxy } from 'wrangler';
import { type D1, d1Database } from '../../../src/platform/ledger/d1.ts';
import { openDatabase } from '../../../src/platform/ledger/open.ts';
import { postgresDatabase } from '../../../src/platform/ledger/postgres.ts';
import { sqliteDatabase } from '../../../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../../../src/platform/ledger/store.ts';
import { contract } from './contract.ts';
import { postgresFolder, type PostgresServer, startPostgres } from './postgres-server.ts';
import type { RequestRow } from '../../../src/core/ledger.ts';
import { attemptRow, DAY_MS, requestRow, START_MS } from './sample.ts';

const clock = { now: () => START_MS };
const folder = mkdtempSync(join(tmpdir(), 'signalbox-ledger-'));

describe('SQLite in memory', () => {
  contract(async () => createLedgerStore(sqliteDatabase(':memory:'), clock));
});

describe('SQLite in a file', () => {
  contract(async () => createLedgerStore(sqliteDatabase(join(folder, 'deep', 'ledger.db')), clock));

  it('is there again after a restart', async () => {
    const path = join(folder, 'again.db');
    const row = requestRow();
    const first = createLedgerStore(sqliteDatabase(path), clock);
    await first.ready();
    await first.write({ requests: [row], attempts: [] });
    await first.close();
    const second = createLedgerStore(sqliteDatabase(path), clock);
    await second.ready();
    expect((await second.request(row.requestId))?.request).toEqual(row);
    await second.close();
  });

  it('gives back every row of a big batch as it was', async () => {
    const store = createLedgerStore(sqliteDatabase(join(folder, 'big.db')), clock);
    await store.ready();
    const rows = Array.from({ length: 45 }, (_, number) => requestRow({ totalMs: number, session: `talk ${number}` }));
    await store.write({ requests: rows, attempts: [] });
    expect((await store.requests({ limit: 50 })).requests.toReversed()).toEqual(rows);
    await store.close();
  });

  it('is not well while somebody else holds it: no row is to blame for that', { timeout: 20_000 }, async () => {
    const path = join(folder, 'held.db');
    const store = createLedgerStore(sqliteDatabase(path), clock);
    await store.ready();
    const other = new DatabaseSync(path);
    other.exec('begin immediate');
    await expect(store.ping()).rejects.toThrow('database is locked');
    other.exec('rollback');
    other.close();
    await expect(store.ping()).resolves.toBeUndefined();
    await store.close();
  });

  it('states each of a tenant’s keys, however many', async () => {
    const store = createLedgerStore(sqliteDatabase(':memory:'), clock);
    await store.ready();
    const requests = Array.from({ length: 1_001 }, (_, index) => requestRow({ key: `key-${index}` }));
    await store.write({ requests, attempts: [] });
    expect((await store.statement('acme', '2026-11')).byKey).toHaveLength(1_001);
    await store.close();
  });

  it.each([
    ['alike', 1],
    ['of some kinds', 3],
    ['of more kinds than are told apart', 12],
    ['all unlike', 90],
  ])('gives back rows that are %s', async (_, kinds) => {
    const store = createLedgerStore(sqliteDatabase(':memory:'), clock);
    await store.ready();
    const rows = Array.from({ length: 90 }, (__, number) => {
      const kind = (number * 7) % kinds;
      const [name, odd] = [`${kind}`, kind % 2 === 1];
      const names = { tenant: name, key: name, asked: name, route: name, deployment: name, model: name, tier: name };
      const flags = { stream: odd, estimated: odd, cacheHit: odd, fallback: odd, continued: odd };
      return requestRow({
        ...names,
        ...flags,
        tags: odd ? [name, 'web'] : [],
        price: odd ? null : name,
        calls: kind,
        totalMs: number,
        firstTokenMs: number % 3 === 0 ? null : number,
        session: `talk ${number % 5}`,
      });
    });
    await store.write({ requests: rows, attempts: [] });
    const { requests } = await store.requests({ limit: 90 });
    const byId = (one: RequestRow, other: RequestRow) => (one.requestId < other.requestId ? -1 : 1);
    expect(requests.toSorted(byId)).toEqual(rows.toSorted(byId));
    await store.close();
  });

  it('is whole after kill -9 in the middle of writing', async () => {
    const path = join(folder, 'killed.db');
    const child = spawn(process.execPath, ['test/books/ledger/killed-writer.ts', path], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let written = '';
    for await (const piece of child.stdout) {
      written += String(piece);
      if (written.length > 20) child.kill('SIGKILL');
    }
    const store = createLedgerStore(sqliteDatabase(path), clock);
    await store.ready();
    const day = { fromMs: START_MS, toMs: START_MS + DAY_MS };
    const [sums] = (await store.usage({ ...day, every: 'day' })).groups;
    const [rows] = (await store.usage({ ...day, every: 'minute' })).groups;
    const [attempts] = await store.attempts(day);
    expect(sums?.requests).toBeGreaterThanOrEqual(written.length * 50);
    expect([rows?.requests, attempts?.attempts]).toEqual([sums?.requests, sums?.requests]);
    await store.close();
  });

  it('is made once, however many want it at once', async () => {
    const database = sqliteDatabase(join(folder, 'both.db'));
    const stores = [createLedgerStore(database, clock), createLedgerStore(database, clock)];
    await Promise.all(stores.map((store) => store.ready()));
    await expect(database.kysely.selectFrom('ledger_migrations').select('id').execute()).resolves.toHaveLength(4);
    await database.close();
  });

  it('of an earlier version is brought up to date, and what is in it stays', async () => {
    const path = join(folder, 'earlier.db');
    const [old, fresh] = [requestRow(), requestRow()];
    const call = (row: RequestRow) => {
      const { requestId, fresh: input, output, costUsd, price } = row;
      return attemptRow({ requestId, fresh: input, output, costUsd, price });
    };
    const first = createLedgerStore(sqliteDatabase(path), clock);
    await first.ready();
    await first.write({ requests: [old], attempts: [{ ...call(old), costUsd: 0 }] });
    await first.close();
    const file = new DatabaseSync(path);
    file.exec(`alter table requests drop column call_at_ms; alter table requests drop column call_ms;
      delete from ledger_migrations where id = 4;
      drop index requests_by_tenant; create index requests_by_tenant on requests (tenant, at_ms, request_id)`);
    file.close();
    const second = createLedgerStore(sqliteDatabase(path), clock);
    await second.ready();
    await second.write({ requests: [fresh], attempts: [call(fresh)] });
    expect(await second.request(old.requestId)).toEqual({ request: old, attempts: [{ ...call(old), costUsd: 0 }] });
    expect(await second.request(fresh.requestId)).toEqual({ request: fresh, attempts: [call(fresh)] });
    expect((await second.requests({ where: { tenant: 'acme' }, limit: 10 })).requests).toHaveLength(2);
    await second.close();
  });

  it('is its owner’s to read', async () => {
    const store = createLedgerStore(sqliteDatabase(join(folder, 'own.db')), clock);
    await store.ready();
    expect(statSync(join(folder, 'own.db')).mode & 0o777).toBe(0o600);
    await store.close();
  });

  it('that cannot be opened says why, each time', async () => {
    writeFileSync(join(folder, 'taken.db'), 'no database at all, but long enough to look like one '.repeat(100));
    const store = createLedgerStore(sqliteDatabase(join(folder, 'taken.db')), clock);
    await expect(store.ready()).rejects.toThrow('not a database');
    await expect(store.ready()).rejects.toThrow('not a database');
    await store.close();
  });
});

describe('the address', () => {
  it.each([
    { url: undefined, opens: 'SQLite' },
    { url: 'mysql://somebody/else', opens: 'SQLite' },
    { url: 'postgres://localhost:1/none', opens: 'PostgreSQL' },
  ])('$url opens $opens', async ({ url, opens }) => {
    const store = createLedgerStore(await openDatabase({ url, path: ':memory:' }, () => {}), clock);
    const found = await store.ready().then(
      () => 'SQLite',
      () => 'PostgreSQL',
    );
    expect(found).toBe(opens);
    await store.close();
  });
});

const programs = postgresFolder();

it.skipIf(programs)('PostgreSQL (skipped: it is not installed; apt-get install postgresql)', () => {
  expect(programs).toBeUndefined();
});

describe.runIf(programs)('PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres(programs ?? '');
  });
  afterAll(() => server.stop());

  contract(async () =>
    createLedgerStore(
      postgresDatabase(server.url, () => {}),
      clock,
    ),
  );

  it('nobody at home is an error, not an end', async () => {
    const store = createLedgerStore(
      postgresDatabase('socket://nobody@/nowhere?db=none', () => {}),
      clock,
    );
    await expect(store.ready()).rejects.toThrow('ENOENT');
    await store.close();
  });
});

describe('D1', () => {
  let stop: () => Promise<void>;
  afterAll(() => stop());

  contract(async () => {
    const configPath = join(folder, 'wrangler.toml');
    writeFileSync(
      configPath,
      'name = "ledger"\ncompatibility_date = "2026-10-20"\nsend_metrics = false\n' +
        '[[d1_databases]]\nbinding = "LEDGER"\ndatabase_name = "ledger"\ndatabase_id = "ledger"\n',
    );
    Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' });
    const proxy = await getPlatformProxy<{ LEDGER: D1 }>({ configPath, persist: false, remoteBindings: false });
    stop = () => proxy.dispose();
    return createLedgerStore(d1Database(proxy.env.LEDGER), clock);
  });
});
