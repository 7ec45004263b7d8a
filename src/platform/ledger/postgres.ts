/** The ledger in PostgreSQL. Imported only where `DATABASE_URL` asks for it. */
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { LedgerDatabase } from './database.ts';
import { batchStatement } from './insert.ts';

/** The ledger is one writer and a few readers. */
const MAX_CONNECTIONS = 4;
const CONNECT_MS = 5_000;
/** A query that hangs fails, and its batch is tried again. */
const QUERY_MS = 30_000;

/** int8 and numeric: tokens and dollars stay far below 2^53, and come as text otherwise. */
const NUMBERS: readonly number[] = [20, 1700];

export function postgresDatabase(url: string, onError: (cause: Error) => void): LedgerDatabase {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    statement_timeout: QUERY_MS,
    application_name: 'signalbox-ledger',
    allowExitOnIdle: true,
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        NUMBERS.includes(oid) ? Number : pg.types.getTypeParser(oid, format === 'binary' ? 'binary' : 'text'),
    } as pg.CustomTypesConfig,
  });
  pool.on('error', onError); // An idle connection that breaks would end the process otherwise.
  const kysely: LedgerDatabase['kysely'] = new Kysely({ dialect: new PostgresDialect({ pool }) });
  const runAll = (queries: readonly CompiledQuery[]) =>
    kysely.transaction().execute(async (transaction) => {
      for (const query of queries) await transaction.executeQuery(query);
    });
  return {
    kysely,
    family: 'postgres',
    runAll,
    insertAll: (insertions) => {
      const filled = insertions.filter(({ rows }) => rows.length > 0);
      return runAll(
        filled.map((insertion) => CompiledQuery.raw(batchStatement(insertion), [JSON.stringify(insertion.rows)])),
      );
    },
    close: () => kysely.destroy(),
  };
}
