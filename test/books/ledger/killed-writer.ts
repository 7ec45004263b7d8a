/** Writes batches until it is killed: node test/books/ledger/killed-writer.ts FILE */
import { sqliteDatabase } from '../../../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../../../src/platform/ledger/store.ts';
import { attemptRow, requestRow, START_MS } from './sample.ts';

const store = createLedgerStore(sqliteDatabase(process.argv[2] ?? ''), { now: () => START_MS });
await store.ready();
for (;;) {
  const requests = Array.from({ length: 50 }, () => requestRow());
  await store.write({ requests, attempts: requests.map(({ requestId }) => attemptRow({ requestId })) });
  process.stdout.write('.');
}
