import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getPlatformProxy } from 'wrangler';
import { type D1, d1Database } from '../../../src/platform/ledger/d1.ts';
import type { LedgerDatabase } from '../../../src/platform/ledger/database.ts';
import { postgresDatabase } from '../../../src/platform/ledger/postgres.ts';
import { sqliteDatabase } from '../../../src/platform/ledger/sqlite.ts';
import { memoryObjects } from '../../../src/platform/objects/memory.ts';
import { createObjectStore } from '../../../src/platform/objects/store.ts';
import { postgresFolder, type PostgresServer, startPostgres } from '../../books/ledger/postgres-server.ts';
import { BOUNDS, boundsContract, codeOf, contract, NOW_MS, object } from './contract.ts';

const clock = { now: () => NOW_MS };
const folder = mkdtempSync(join(tmpdir(), 'signalbox-objects-'));
const opened: LedgerDatabase[] = [];
afterAll(async () => {
  for (const database of opened) await database.close();
});

function sqlite(name: string) {
  const [writing, reading] = [sqliteDatabase(join(folder, name)), sqliteDatabase(join(folder, name))];
  opened.push(writing, reading);
  return createObjectStore({ writing, reading }, clock, BOUNDS);
}

describe('memory', () => {
  contract(async () => memoryObjects({ ...BOUNDS, maxObjects: 100 }));

  it('lets the oldest go that nobody asked for', async () => {
    const store = memoryObjects({ maxObjectBytes: 500, maxBytes: 970, maxObjects: 3 });
    const ids = async () => {
      const page = { order: 'asc', limit: 9, after: undefined } as const;
      return (await store.list('tenant:acme', 'response', page, NOW_MS)).map(({ id }) => id);
    };
    for (const id of ['a', 'b', 'c']) await store.put(object(id));
    await store.get('tenant:acme', 'a', NOW_MS);
    await store.put(object('d'));
    expect(await ids()).toEqual(['a', 'c', 'd']);
    for (const id of ['e', 'f']) await store.put(object(id, { body: 'x'.repeat(480) }));
    expect(await ids()).toEqual(['e', 'f']);
  });
});

describe('SQLite', () => {
  contract(async () => sqlite('objects.db'));
  boundsContract(async () => sqlite('bounds.db'));

  it('has everything again after a restart', async () => {
    const path = join(folder, 'again.db');
    const [first, second] = [sqliteDatabase(path), sqliteDatabase(path)];
    await createObjectStore({ writing: first }, clock, BOUNDS).put(object('kept'));
    await first.close();
    opened.push(second);
    const again = createObjectStore({ writing: second }, clock, BOUNDS);
    expect((await again.get('tenant:acme', 'kept', NOW_MS))?.body).toBe('body of kept');
  });

  it('reads while a writer holds the database', async () => {
    const path = join(folder, 'busy.db');
    const [writing, reading] = [sqliteDatabase(path), sqliteDatabase(path)];
    opened.push(writing, reading);
    const store = createObjectStore({ writing, reading }, clock, BOUNDS);
    await store.put(object('there'));
    await store.get('tenant:acme', 'there', NOW_MS); // Its thread has begun.
    const large = store.put(object('large', { body: 'x'.repeat(3_900_000) })).then(() => 'written');
    const read = store.get('tenant:acme', 'there', NOW_MS).then(() => 'read');
    expect(await Promise.race([large, read])).toBe('read');
    await large;
  });

  it('that cannot be opened says that it does not answer, and not why', async () => {
    writeFileSync(join(folder, 'taken.db'), 'no database at all, but long enough to look like one '.repeat(100));
    const store = sqlite('taken.db');
    const cause = await store.get('tenant:acme', 'x', NOW_MS).catch((cause: unknown) => cause);
    expect([codeOf(cause), String(cause)]).toEqual(['503 store_unavailable', expect.not.stringContaining('taken')]);
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
  afterAll(async () => {
    for (const database of opened.splice(0)) await database.close();
    await server.stop();
  });
  const open = async () => {
    const writing = postgresDatabase(server.url, () => {});
    opened.push(writing);
    return createObjectStore({ writing }, clock, BOUNDS);
  };

  contract(open);
  describe('when it is full', () => {
    beforeAll(async () => {
      const store = await open();
      while (await store.prune(NOW_MS + 1_000_000));
    });
    boundsContract(open);
  });
});

describe('D1', () => {
  let proxy: { env: { LEDGER: D1; BOUNDS: D1 }; dispose(): Promise<void> };
  beforeAll(async () => {
    const configPath = join(folder, 'wrangler.toml');
    const bindings = ['LEDGER', 'BOUNDS'].map(
      (name) => `[[d1_databases]]\nbinding = "${name}"\ndatabase_name = "${name}"\ndatabase_id = "${name}"\n`,
    );
    const head = 'name = "objects"\ncompatibility_date = "2026-10-20"\nsend_metrics = false\n';
    writeFileSync(configPath, head + bindings.join(''));
    Object.assign(process.env, { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' });
    proxy = await getPlatformProxy<{ LEDGER: D1; BOUNDS: D1 }>({ configPath, persist: false, remoteBindings: false });
  });
  afterAll(() => proxy.dispose());

  contract(async () => createObjectStore({ writing: d1Database(proxy.env.LEDGER) }, clock, BOUNDS));
  boundsContract(async () => createObjectStore({ writing: d1Database(proxy.env.BOUNDS) }, clock, BOUNDS));
});
