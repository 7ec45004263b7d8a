import type { LedgerBatch } from '../../core/ledger.ts';
import { mapped } from '../../core/lists.ts';
import { daysOf, type Grain, hoursOf } from './cells.ts';
import type { Insertion, StoredRow, Value } from './database.ts';
import { stepOf } from './steps.ts';
import { foldedCalls } from './folded.ts';
import { ATTEMPTS, CELL_NAMES, CELLS, OFTEN_ALIKE, REQUESTS, storedAttempt, storedRequest } from './tables.ts';

/** Each row costs as much as what is in it: most requests have one call, and their own row says nearly all of it. */
export function insertionsOf(batch: LedgerBatch): Insertion[] {
  const addsUpBy = Object.keys(CELL_NAMES);
  const hours = hoursOf(batch.requests);
  const { calls, others } = foldedCalls(batch);
  return [
    {
      table: 'requests',
      columns: REQUESTS,
      rows: mapped(batch.requests, (row, index): StoredRow => storedRequest(row, calls[index], stepOf)),
      isInOrder: true,
      oftenAlike: OFTEN_ALIKE,
    },
    {
      table: 'attempts',
      columns: ATTEMPTS,
      rows: mapped(others, (row): StoredRow => storedAttempt(row)),
      isInOrder: true,
    },
    { table: tableOf('hour'), columns: CELLS, rows: hours, addsUpBy },
    { table: tableOf('day'), columns: CELLS, rows: daysOf(hours), addsUpBy },
  ];
}

export function tableOf(grain: Grain): 'usage_hours' | 'usage_days' {
  return grain === 'hour' ? 'usage_hours' : 'usage_days';
}

/** SQLite: a statement for so many rows, with their values in the order of the columns. */
export function rowStatement({ table, columns, addsUpBy }: Insertion, rows = 1): string {
  const row = `(${marks(Object.keys(columns))})`;
  return `${into(table, columns)} values ${Array(rows).fill(row).join(', ')}${addingUp(table, columns, addsUpBy)}`;
}

/** SQLite: the same for rows that are alike in some columns. Their values come first, and once; then each row's others. */
export function alikeStatement({ table, columns, oftenAlike: alike }: Insertion, rows: number): string {
  const names = Object.keys(columns);
  const [once, each] = [names.filter((name) => alike?.has(name)), names.filter((name) => !alike?.has(name))];
  const row = `(${marks(each)})`;
  return [
    `with once(${once.map(quoted).join(', ')}) as (values (${marks(once)})),`,
    `each(${each.map(quoted).join(', ')}) as (values ${Array(rows).fill(row).join(', ')})`,
    `${into(table, columns)} select ${names.map(quoted).join(', ')} from once, each`,
  ].join(' ');
}

function marks(names: readonly string[]): string {
  return names.map(() => '?').join(', ');
}

export function valuesOf({ columns, rows, isInOrder }: Insertion): Value[][] {
  if (isInOrder) return mapped(rows, (row) => Object.values(row));
  const names = Object.keys(columns);
  return mapped(rows, (row) => mapped(names, (name) => row[name] ?? (name in row ? null : 0)));
}

/** PostgreSQL: a statement for all rows, with one JSON text: parameters by the thousand cost more than reading it. */
export function batchStatement({ table, columns, addsUpBy }: Insertion): string {
  const values = Object.keys(columns).map((name) =>
    addsUpBy ? `coalesce(r.${quoted(name)}, ${zero(columns, name)})` : `r.${quoted(name)}`,
  );
  const rows = `json_populate_recordset(null::${quoted(table)}, $1::json) as r`;
  return `${into(table, columns)} select ${values.join(', ')} from ${rows}${addingUp(table, columns, addsUpBy)}`;
}

function zero(columns: Insertion['columns'], name: string): string {
  return columns[name] === 'text' ? "''" : '0';
}

function into(table: string, columns: Insertion['columns']): string {
  return `insert into ${quoted(table)} (${Object.keys(columns).map(quoted).join(', ')})`;
}

function addingUp(table: string, columns: Insertion['columns'], key: Insertion['addsUpBy']): string {
  if (!key) return '';
  const sums = Object.keys(columns).filter((name) => !key.includes(name));
  const added = sums.map((name) => `${quoted(name)} = ${quoted(table)}.${quoted(name)} + excluded.${quoted(name)}`);
  return ` on conflict (${key.map(quoted).join(', ')}) do update set ${added.join(', ')}`;
}

/** Names are ours, from `tables.ts`; some of them (`key`) are SQL's own words. */
function quoted(name: string): string {
  return `"${name}"`;
}
