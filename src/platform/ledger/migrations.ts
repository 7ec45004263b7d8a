/**
 * The schema's history, forward only. A step adds and never rewrites: a start takes milliseconds, however much is
 * there. Never change a step that has been released; add one.
 */
import {
  type CompiledQuery,
  type Compilable,
  type CreateTableBuilder,
  type RawBuilder,
  sql,
  type SqlBool,
} from 'kysely';
import { bookSteps } from '../keys/tables.ts';
import { objectSteps } from '../objects/tables.ts';
import type { LedgerDatabase } from './database.ts';
import { ATTEMPTS, CALL, CELL_NAMES, CELLS, type Columns, FIRST_REQUESTS, isNullable } from './tables.ts';

interface Migration {
  id: number;
  name: string;
  steps: (database: LedgerDatabase) => readonly Compilable[];
}

const MIGRATIONS: readonly Migration[] = [
  {
    id: 1,
    name: 'requests, attempts, and sums by hour and day',
    steps: (database) => [
      table(database, 'requests', { columns: FIRST_REQUESTS, key: ['request_id'] }),
      index(database, 'requests', ['at_ms', 'request_id']),
      index(database, 'requests', ['tenant', 'at_ms', 'request_id'], sql`tenant <> ''`),
      index(database, 'requests', ['key', 'at_ms', 'request_id'], sql`"key" <> ''`),
      // Each costs every request something. Models and deployments are few: theirs are found soon in the order of time.
      index(database, 'requests', ['outcome', 'at_ms', 'request_id'], sql`outcome <> 'ok'`),
      index(database, 'requests', ['session', 'at_ms', 'request_id'], sql`session <> ''`),
      table(database, 'attempts', { columns: ATTEMPTS, key: ['request_id', 'number'] }),
      index(database, 'attempts', ['at_ms', 'deployment', 'outcome', 'called', 'duration_ms', 'cost_usd']),
      table(database, 'usage_hours', { columns: CELLS, key: Object.keys(CELL_NAMES) }),
      table(database, 'usage_days', { columns: CELLS, key: Object.keys(CELL_NAMES) }),
    ],
  },
  { id: 2, name: 'tenants and virtual keys', steps: bookSteps },
  { id: 3, name: 'stored objects', steps: objectSteps },
  {
    id: 4,
    name: 'the only call of a request in its own row',
    steps: ({ kysely }) =>
      Object.entries(CALL).map(([column, kind]) => kysely.schema.alterTable('requests').addColumn(column, kind)),
  },
];

/** Two servers, or two stores, may do this at once: of each step one succeeds, and the other finds it done. */
export async function migrate(database: LedgerDatabase, nowMs: number): Promise<void> {
  const { kysely } = database;
  const done = await begin(database);
  for (const { id, name, steps } of MIGRATIONS.filter((migration) => !done.has(migration.id))) {
    const noted = kysely.insertInto('ledger_migrations').values({ id, name, at_ms: nowMs });
    try {
      await database.runAll([noted, ...steps(database)].map((step): CompiledQuery => step.compile()));
    } catch (cause) {
      if (!(await idsOf(database)).has(id)) throw cause;
    }
  }
}

/** Which are done. Of two that make the list at once PostgreSQL refuses one, though it was to be made only if it is not there. */
async function begin(database: LedgerDatabase): Promise<Set<number>> {
  const made = database.kysely.schema
    .createTable('ledger_migrations')
    .ifNotExists()
    .addColumn('id', 'bigint', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('at_ms', 'bigint', (column) => column.notNull());
  try {
    await made.execute();
  } catch (cause) {
    return idsOf(database).catch(() => {
      throw cause;
    });
  }
  return idsOf(database);
}

async function idsOf({ kysely }: LedgerDatabase): Promise<Set<number>> {
  const rows = await kysely.selectFrom('ledger_migrations').select('id').execute();
  return new Set(rows.map(({ id }) => id));
}

interface Table {
  columns: Columns;
  key: readonly string[];
}

function table({ kysely, family }: LedgerDatabase, name: string, { columns, key }: Table): Compilable {
  let builder: CreateTableBuilder<string, string> = kysely.schema.createTable(name).ifNotExists();
  for (const [column, kind] of Object.entries(columns)) {
    builder = builder.addColumn(column, kind, (made) => (isNullable(columns, column) ? made : made.notNull()));
  }
  const keyed = builder.addPrimaryKeyConstraint(`${name}_key`, [...key]);
  // The key is the table: what is read together lies together.
  return family === 'sqlite' && name.startsWith('usage_') ? keyed.modifyEnd(sql`without rowid`) : keyed;
}

/** `only`: what is in it; a statement must say the same to use it. */
function index(
  { kysely }: LedgerDatabase,
  on: string,
  columns: readonly string[],
  only?: RawBuilder<SqlBool>,
): Compilable {
  const builder = kysely.schema.createIndex(`${on}_by_${columns[0]}`).ifNotExists().on(on);
  const made = columns.reduce((more, column) => more.expression(sql.ref(column)), builder);
  return only ? made.where(only) : made;
}
