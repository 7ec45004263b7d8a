/** The ledger in a database; which one, `sqlite.ts`, `postgres.ts` and `d1.ts` know. */
import { sql } from 'kysely';
import type { LedgerStore, Retention, Statement } from '../../core/ledger.ts';
import type { Clock } from '../../core/ports.ts';
import { monthRange } from './calendar.ts';
import type { LedgerDatabase } from './database.ts';
import { insertionsOf } from './insert.ts';
import { migrate } from './migrations.ts';
import { attemptsOf, deleteBefore, deleteSums, isThere, requestsOf, storyOf } from './rows.ts';
import { addUp, latencyOf, usageOf } from './usage.ts';

/** Small enough that a writer hardly waits. */
const FORGET_ROWS = 500;

export function createLedgerStore(database: LedgerDatabase, clock: Clock): LedgerStore {
  let isReady = false;
  return {
    async ready() {
      if (isReady) return;
      // Each for itself: on Workers a promise of a request that is over never comes.
      await migrate(database, clock.now());
      isReady = true;
    },
    async ping() {
      // A database that is locked, full or read-only answers questions.
      await database.runAll([
        database.kysely
          .updateTable('ledger_migrations')
          .set({ id: sql`id` })
          .compile(),
      ]);
    },
    async write(batch) {
      const first = batch.requests[0];
      if (!first) return;
      try {
        await database.insertAll(insertionsOf(batch));
      } catch (cause) {
        // An answer that was lost on its way looks like a failure; what was written must not be counted twice.
        if (!(await isThere(database, [first, batch.requests.at(-1) ?? first]))) throw cause;
      }
    },
    usage: (query) => usageOf(database, query),
    latency: (query) => latencyOf(database, query),
    requests: (query) => requestsOf(database, query),
    request: (requestId) => storyOf(database, requestId),
    attempts: (range) => attemptsOf(database, range),
    statement: (tenant, month) => statementOf(database, tenant, month),
    forget: (retention) => forget(database, retention),
    close: () => database.close(),
  };
}

async function statementOf(database: LedgerDatabase, tenant: string, month: string): Promise<Statement> {
  const query = { ...monthRange(month), where: { tenant } };
  const { groups: byDay } = await usageOf(database, { ...query, every: 'day' });
  const all = { ...query, limit: Infinity }; // It adds up to its total.
  const { groups: byModel } = await usageOf(database, { ...all, by: 'model' });
  const { groups: byKey } = await usageOf(database, { ...all, by: 'key' });
  return { tenant, month, total: addUp(byDay), byModel, byKey, byDay };
}

async function forget(database: LedgerDatabase, retention: Retention): Promise<boolean> {
  const { rowsBeforeMs, hoursBeforeMs, daysBeforeMs } = retention;
  if (rowsBeforeMs !== undefined) {
    const rows = { beforeMs: rowsBeforeMs, limit: FORGET_ROWS };
    if ((await deleteBefore(database, 'attempts', rows)) > 0) return true;
    if ((await deleteBefore(database, 'requests', rows)) > 0) return true;
  }
  if (hoursBeforeMs !== undefined && (await deleteSums(database, 'usage_hours', hoursBeforeMs)) > 0) return true;
  return daysBeforeMs !== undefined && (await deleteSums(database, 'usage_days', daysBeforeMs)) > 0;
}
