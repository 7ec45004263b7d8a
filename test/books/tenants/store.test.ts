/** One contract for tenants and keys, wherever they are kept. */
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getPlatformProxy } from 'wrangler';
import { type BookStore, NothingStored } from '../../../src/books/tenants/book.ts';
import { rotateKey } from '../../../src/books/tenants/issue.ts';
import { newId } from '../../../src/platform/ids.ts';
import { createBookStore } from '../../../src/platform/keys/store.ts';
import { keyRow } from '../../../src/platform/keys/rows.ts';
import { booksOf } from '../../../src/platform/keys/tables.ts';
import { type D1, d1Database } from '../../../src/platform/ledger/d1.ts';
import type { LedgerDatabase } from '../../../src/platform/ledger/database.ts';
import { postgresDatabase } from '../../../src/platform/ledger/postgres.ts';
import { sqliteDatabase } from '../../../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../../../src/platform/ledger/store.ts';
import { postgresFolder, type PostgresServer, startPostgres } from '../ledger/postgres-server.ts';
import { hash, START_MS, tenant, virtualKey } from './sample.ts';

const clock = { now: () => START_MS };
const folder = mkdtempSync(join(tmpdir(), 'signalbox-keys-'));
const ALL = { tenants: 100, keys: 100 };

const WHOLE = virtualKey('whole', {
  tenant: 'acme',
  parent: 'key_above',
  owner: "O'Brien; drop table virtual_keys --",
  priority: 'background',
  createdAtMs: START_MS + 1,
  expiresAtMs: START_MS + 10_000_000_000,
  models: ['claude-*', '日本語'],
  routes: [],
  doors: ['chat'],
  maxCostUsd: 0.015,
  maxLatencyMs: 20_000,
  limits: { requestsPerMinute: 60, concurrency: 4, timeZone: 'Europe/Berlin' },
  budgets: { usd: { perDay: 0.01, total: 5 }, tokens: { perMonth: 5_000_000 }, soft: [0.5], timeZone: 'UTC' },
  tags: ['prod', '"quoted"'],
  secrets: [
    { hash: hash('a'), prefix: 'sb-Ab12C' },
    { hash: hash('b'), untilMs: START_MS + 5 },
  ],
});

function contract(open: () => Promise<LedgerDatabase>): void {
  let database: LedgerDatabase;
  let store: BookStore;
  beforeAll(async () => {
    database = await open();
    store = createBookStore(database, clock);
    await Promise.all(Array.from({ length: 8 }, () => store.ready()));
    await store.ready();
  });
  afterAll(() => store.close());

  it('begins empty', async () => {
    expect(await store.load(ALL)).toEqual({ version: 0, tenants: [], keys: [], problems: [] });
    expect(await store.key('whole')).toBeUndefined();
  });

  it('keeps all that is said of a key', async () => {
    expect(await store.addKey(WHOLE)).toBe(true);
    expect(await store.key('whole')).toEqual(WHOLE);
    expect(await store.key(WHOLE.id)).toEqual(WHOLE);
    const { keys, version } = await store.load(ALL);
    expect([keys, version]).toEqual([[WHOLE], await store.version()]);
  });

  it('keeps tenants, and puts one in the place of another', async () => {
    const acme = tenant('acme', {
      parent: 'group',
      models: ['claude-*'],
      budgets: { usd: { perMonth: 100 } },
      tags: ['x'],
    });
    await store.putTenant(tenant('acme'));
    await store.putTenant(acme);
    expect((await store.load(ALL)).tenants).toEqual([acme]);
    expect([await store.dropTenant('acme'), await store.dropTenant('acme')]).toEqual([true, false]);
    expect((await store.load(ALL)).tenants).toEqual([]);
  });

  it('has no two keys of one name or one id', async () => {
    const [first, again] = [virtualKey('twice'), virtualKey('twice', { id: 'key_again' })];
    const added = await Promise.all([store.addKey(first), store.addKey(again)]);
    expect(added.toSorted()).toEqual([false, true]);
    expect(await store.addKey(virtualKey('other', { id: (await store.key('twice'))?.id ?? '' }))).toBe(false);
  });

  it('changes the terms of a key and nothing else', async () => {
    await store.addKey(virtualKey('terms', { tenant: 'acme', owner: 'ann', maxCostUsd: 1 }));
    expect(await store.setTerms('key_terms', { owner: 'bob', limits: { concurrency: 1 } })).toBe(true);
    expect(await store.key('terms')).toEqual(
      virtualKey('terms', { tenant: 'acme', owner: 'bob', limits: { concurrency: 1 } }),
    );
    expect(await store.setTerms('key_nobody', {})).toBe(false);
  });

  it('gives a key other secrets, unless somebody else did', async () => {
    const key = virtualKey('rotated');
    await store.addKey(key);
    const ports = { newId, hash, nowMs: START_MS };
    const [one, other] = [rotateKey(key, 1_000, ports).key.secrets, rotateKey(key, 1_000, ports).key.secrets];
    expect(await store.setSecrets(key.id, key.secrets, one)).toBe(true);
    expect(await store.setSecrets(key.id, key.secrets, other)).toBe(false);
    expect((await store.key('rotated'))?.secrets).toEqual(one);
    expect(await store.setSecrets(key.id, one, other)).toBe(true);
    expect(await store.setSecrets('key_nobody', one, other)).toBe(false);
  });

  it('revokes a key for good, even while it gets another secret', async () => {
    const key = virtualKey('gone');
    await store.addKey(key);
    expect(await store.revoke(key.id, 5)).toBe(true);
    expect(await store.revoke(key.id, 9)).toBe(true);
    await store.setSecrets(key.id, key.secrets, [{ hash: hash('other') }]);
    await store.setTerms(key.id, { owner: 'ann' });
    expect((await store.key('gone'))?.revokedAtMs).toBe(5);
    expect(await store.revoke('key_nobody', 5)).toBe(false);
  });

  it('has another version after every change, and the same without one', async () => {
    const versions = [await store.version(), await store.version()];
    await store.putTenant(tenant('v'));
    versions.push(await store.version());
    await store.dropTenant('v');
    versions.push(await store.version());
    await store.revoke(WHOLE.id, 1);
    versions.push(await store.version());
    expect(versions.map((version, place) => version === versions[place - 1])).toEqual([
      false,
      true,
      false,
      false,
      false,
    ]);
  });

  it('gives the oldest, where there are too many, and says so', async () => {
    const { keys, problems } = await store.load({ tenants: 1, keys: 1 });
    expect(keys.map(({ createdAtMs }) => createdAtMs)).toEqual([START_MS]);
    expect(problems).toEqual(['keys: there are more than 1; the last of them open nothing']);
  });

  it('leaves out a row that cannot be read, and says which', async () => {
    const books = booksOf(database);
    await store.addKey(virtualKey('odd'));
    await books.updateTable('virtual_keys').set({ share: '{"models":"all"}' }).where('name', '=', 'odd').execute();
    const { keys, problems } = await store.load(ALL);
    expect(keys.some(({ name }) => name === 'odd')).toBe(false);
    expect(keys.some(({ name }) => name === 'terms')).toBe(true);
    expect(problems).toEqual([expect.stringContaining('keys.odd: the row cannot be read')]);
  });

  it('reads many thousand keys page by page, each once', async () => {
    const books = booksOf(database);
    const rows = Array.from({ length: 2_500 }, (_, number) =>
      keyRow(virtualKey(`many-${number}`, { createdAtMs: START_MS + 10 + (number % 7) })),
    );
    const size = 5; // D1 takes 100 parameters a statement.
    const inserts = Array.from({ length: rows.length / size }, (_, place) =>
      books
        .insertInto('virtual_keys')
        .values(rows.slice(place * size, (place + 1) * size))
        .compile(),
    );
    await database.runAll(inserts);
    const { keys } = await store.load({ tenants: 10, keys: 10_000 });
    const many = keys.filter(({ name }) => name.startsWith('many-'));
    expect(new Set(many.map(({ name }) => name)).size).toBe(2_500);
    expect(many.length).toBe(2_500);
    const some = await store.load({ tenants: 10, keys: 2_000 });
    expect([some.keys.length, some.problems.length]).toEqual([1_999, 2]); // The odd one is among them.
  });

  it('lies beside the ledger', async () => {
    const ledger = createLedgerStore(database, clock);
    await ledger.ready();
    expect((await ledger.requests({ limit: 1 })).requests).toEqual([]);
  });
}

describe('SQLite in memory', () => {
  contract(async () => sqliteDatabase(':memory:'));
});

describe('SQLite in a file', () => {
  contract(async () => sqliteDatabase(join(folder, 'deep', 'keys.db')));

  it('shows one process what another has changed', async () => {
    const path = join(folder, 'shared.db');
    const [one, other] = [createBookStore(sqliteDatabase(path), clock), createBookStore(sqliteDatabase(path), clock)];
    await one.ready();
    await other.ready();
    await one.addKey(virtualKey('web'));
    expect([await other.version(), (await other.key('web'))?.name]).toEqual([1, 'web']);
    await one.close();
    await other.close();
  });

  it('is made ready by the next one where whoever was at it is gone without a word, as on Workers', async () => {
    const database = sqliteDatabase(':memory:');
    const runAll = database.runAll.bind(database);
    const store = createBookStore(database, clock);
    await new Promise<void>((begun) => {
      database.runAll = () => {
        begun();
        return new Promise(() => {});
      };
      void store.ready();
    });
    database.runAll = runAll;
    await store.ready();
    expect(await store.version()).toBe(0);
    await store.close();
  });

  beforeAll(() => {
    symlinkSync(join(folder, 'unmounted'), join(folder, 'link'));
    writeFileSync(join(folder, 'no.db'), 'This is no database, however long one may look at it.');
  });

  it.each([
    { name: 'holds nothing where it cannot be made', path: '/sys/nowhere/keys.db', isNothing: true },
    { name: 'may hold keys behind a link that leads nowhere', path: join(folder, 'link', 'keys.db'), isNothing: false },
    { name: 'may hold keys where it is no database', path: join(folder, 'no.db'), isNothing: false },
    { name: 'may hold keys where it cannot be looked for', path: join(folder, 'no.db', 'db'), isNothing: false },
  ])('$name', async ({ path, isNothing }) => {
    const store = createBookStore(sqliteDatabase(path), clock);
    const cause = await store.ready().catch((each: unknown) => each);
    expect([cause instanceof Error, cause instanceof NothingStored]).toEqual([true, isNothing]);
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

  contract(async () => postgresDatabase(server.url, () => {}));
});

describe('D1', () => {
  let stop: () => Promise<void>;
  afterAll(() => stop());

  contract(async () => {
    const configPath = join(folder, 'wrangler.toml');
    writeFileSync(
      configPath,
      'name = "keys"\ncompatibility_date = "2026-10-20"\nsend_metrics = false\n' +
        '[[d1_databases]]\nbinding = "LEDGER"\ndatabase_name = "ledger"\ndatabase_id = "ledger"\n',
    );
    Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' });
    const proxy = await getPlatformProxy<{ LEDGER: D1 }>({ configPath, persist: false, remoteBindings: false });
    stop = () => proxy.dispose();
    return d1Database(proxy.env.LEDGER);
  });
});
