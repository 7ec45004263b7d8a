/** Runs in a thread of its own: SQLite is synchronous, and a sum over a month must not hold up anybody's answer. */
import { flushCompileCache } from 'node:module';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

export interface Order {
  id: number;
  statements: readonly Statement[];
  /** All of them or none. */
  atomic: boolean;
}

export type Statement = { sql: string; parameters: readonly unknown[] } | RowsStatement;

/** Once for so many rows at a time. */
export interface RowsStatement {
  sql: string;
  /** JSON: what is alike in all of them, and then each row. */
  rows: string;
  atOnce: number;
}

export type Reply = { id: number; rows: unknown[] } | { id: number; error: string };

/** Statements differ by the filters that are set; more than these are prepared anew. */
const MAX_PREPARED = 100;

flushCompileCache(); // A killed process would leave nothing behind.
const database = new DatabaseSync(String(workerData), { timeout: 5_000 });
database.exec(
  'pragma journal_mode = wal; pragma synchronous = normal; pragma cache_size = -4096; pragma temp_store = memory',
);
const prepared = new Map<string, StatementSync>();

function statementOf(sql: string): StatementSync {
  const known = prepared.get(sql);
  if (known) return known;
  if (prepared.size >= MAX_PREPARED) prepared.clear();
  const statement = database.prepare(sql);
  prepared.set(sql, statement);
  return statement;
}

/** The last statement's rows. */
function runAll({ statements }: Order): unknown[] {
  let rows: unknown[] = [];
  for (const one of statements) {
    const statement = statementOf(one.sql);
    if ('parameters' in one) rows = statement.all(...(one.parameters as SQLInputValue[]));
    else runOften(statement, one);
  }
  return rows;
}

function runOften(statement: StatementSync, { rows, atOnce }: RowsStatement): void {
  const [alike = [], ...all] = JSON.parse(rows) as SQLInputValue[][];
  for (let at = 0; at < all.length; at += atOnce) statement.run(...alike.concat(...all.slice(at, at + atOnce)));
}

function run(order: Order): unknown[] {
  if (!order.atomic) return runAll(order);
  database.exec('begin immediate');
  try {
    const rows = runAll(order);
    database.exec('commit');
    return rows;
  } catch (cause) {
    if (database.isTransaction) database.exec('rollback');
    throw cause;
  }
}

parentPort?.on('message', (order: Order | 'close') => {
  if (order === 'close') {
    database.close();
    parentPort?.close();
    return;
  }
  let reply: Reply;
  try {
    reply = { id: order.id, rows: run(order) };
  } catch (cause) {
    reply = { id: order.id, error: cause instanceof Error ? cause.message : String(cause) };
  }
  parentPort?.postMessage(reply);
});
