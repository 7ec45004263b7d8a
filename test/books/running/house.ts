/** The real server with its books, on real sockets and a real SQLite file, in this process. Its clock can be put forward. */
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reading } from '../../../src/books/spending/claim.ts';
import { type Composed, compose } from '../../../src/compose.ts';
import { scopesOf } from '../../../src/compose/readings.ts';
import { parseConfiguration } from '../../../src/config/parse.ts';
import type { RequestRow, RequestStory } from '../../../src/core/ledger.ts';
import { http1Transport } from '../../../src/platform/http1/transport.ts';
import { createBookStore } from '../../../src/platform/keys/store.ts';
import { sqliteDatabase } from '../../../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../../../src/platform/ledger/store.ts';
import { lineLog } from '../../../src/platform/log.ts';
import { nodeHttp } from '../../../src/platform/node-http.ts';
import { nodeServer } from '../../../src/platform/node-server.ts';
import { beginBooks, followBooks } from '../../../src/server/books.ts';

export interface House extends AsyncDisposable, Composed {
  url: string;
  /** Of its ledger. */
  folder: string;
  /** Everything it has logged. */
  logged: () => string;
  /** Puts the clock forward. */
  skip: (ms: number) => void;
  /** Of this key, the oldest first, with what still waits to be written. */
  stories: (key: string) => Promise<RequestStory[]>;
  /** Every limit and budget of the scope with this name, as it stands. */
  readings: (name: string) => Reading[];
}

export async function startHouse(yaml: string): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-books-'));
  const transport = http1Transport();
  const configuration = parseConfiguration(yaml, 'books.yaml', {});
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs };
  let logged = '';
  const log = lineLog(configuration.log.level, (line) => void (logged += line), clock);
  const database = sqliteDatabase(join(folder, 'books.db'));
  const stores = { ledger: createLedgerStore(database, clock), keys: createBookStore(database, clock) };
  const composed = compose(configuration, {
    http: nodeHttp,
    transport,
    log,
    credentials: { awsChain: () => nobody, googleToken: () => nobody },
    environment: {},
    source: 'books.yaml',
    practice: false,
    isReady: () => true,
    routing: configuration.routing.rules ? { rules: configuration.routing.rules } : {},
    stores,
    clock,
    random: () => 0, // The shortest waits before repeating.
  });
  const { accounting, gateway } = composed;
  await beginBooks(composed);
  const books = followBooks(composed, configuration, log);
  const { server, drain } = nodeServer(composed.app.fetch, { idleMs: 75_000 });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    ...composed,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    folder,
    logged: () => logged,
    skip: (ms) => void (aheadMs += ms),
    async stories(key) {
      await accounting.writer?.flush(5_000);
      const { requests } = await stores.ledger.requests({ where: { key }, limit: 1_000 });
      const { requests: copies } = await stores.ledger.requests({ where: { key }, shadow: true, limit: 1_000 });
      const stories = await Promise.all([...requests, ...copies].map((row) => stores.ledger.request(row.requestId)));
      return stories.flatMap((story) => story ?? []).toReversed();
    },
    readings: (name) =>
      gateway.books.spending.readings(
        [...scopesOf(accounting)].filter((scope) => scope.name === name),
        clock.now(),
      ),
    async [Symbol.asyncDispose]() {
      await drain(0);
      await books.stop();
      await Promise.all([transport.close(), database.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

const nobody = () => Promise.reject(new Error('There are no such credentials here'));

export const tokensOf = (row: RequestRow): number =>
  row.fresh + row.cacheRead + row.cacheWrite5m + row.cacheWrite1h + row.output + row.reasoning;

/** Resolves when nothing is held any more. Throws what is, after a few seconds. */
export async function idle({ gateway }: House): Promise<void> {
  const lastAt = performance.now() + 5_000;
  for (;;) {
    const held = gateway.books.spending.open;
    const { waiting } = gateway.dispatcher.room;
    if (held === 0 && waiting === 0) return;
    if (performance.now() > lastAt) throw new Error(`${held} holds and ${waiting} waiting are left`);
    await new Promise((later) => setTimeout(later, 5));
  }
}
