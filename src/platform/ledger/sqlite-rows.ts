/** Many rows as few statements for SQLite's thread: what a row costs there is mostly the binding of its values. */
import { mapped } from '../../core/lists.ts';
import type { Insertion, Value } from './database.ts';
import { alikeStatement, rowStatement, valuesOf } from './insert.ts';
import type { RowsStatement } from './sqlite-thread.ts';
import type { Columns } from './tables.ts';

/** One statement for many rows costs a fifth less than one for each. SQLite takes 32,766 parameters. */
const ROWS_AT_ONCE = 20;
/** A row that is like none of the last so many kinds begins a new one. */
const MAX_KINDS = 8;

type Row = readonly Value[];

/** What the statements for a table are made of: worked out once. */
interface Shape {
  /** Which columns are often alike in a batch, and which are not. */
  alike: readonly number[];
  others: readonly number[];
  /** The statements' texts. */
  row: string;
  rows: string;
  rowsAlike: string;
}

const shapes = new WeakMap<Columns, Map<string, Shape>>();

function shapeOf(insertion: Insertion): Shape {
  const { columns, table, oftenAlike } = insertion;
  const tables = shapes.get(columns) ?? new Map<string, Shape>();
  shapes.set(columns, tables);
  const known = tables.get(table);
  if (known) return known;
  const names = Object.keys(columns);
  const shape = {
    alike: placesOf(names, (name) => oftenAlike?.has(name) === true),
    others: placesOf(names, (name) => oftenAlike?.has(name) !== true),
    row: rowStatement(insertion),
    rows: rowStatement(insertion, ROWS_AT_ONCE),
    rowsAlike: alikeStatement(insertion, ROWS_AT_ONCE),
  };
  tables.set(table, shape);
  return shape;
}

/** Of rows that are alike, twenties take a third less. The rest go as they are. */
export function statementsOf(insertion: Insertion): RowsStatement[] {
  const shape = shapeOf(insertion);
  const rows = valuesOf(insertion);
  if (!insertion.oftenAlike || rows.length < ROWS_AT_ONCE) return asTheyAre(shape, rows);
  const { alike, others, rowsAlike } = shape;
  const statements: RowsStatement[] = [];
  const rest: Row[] = [];
  for (const kind of kindsOf(rows, alike)) {
    const many = inTwenties(kind);
    rest.push(...kind.slice(many));
    const [first] = kind;
    if (many === 0 || !first) continue;
    const shared = mapped(alike, (place) => first[place]);
    const some = mapped(kind.slice(0, many), (row) => mapped(others, (place) => row[place]));
    statements.push(often(rowsAlike, shared, some));
  }
  return [...statements, ...asTheyAre(shape, rest)];
}

function asTheyAre({ row, rows }: Shape, all: readonly Row[]): RowsStatement[] {
  const many = inTwenties(all);
  const statements: RowsStatement[] = [];
  if (many > 0) statements.push(often(rows, [], all.slice(0, many)));
  if (many < all.length) statements.push(often(row, [], all.slice(many), 1));
  return statements;
}

/** One text goes to the thread faster than its parts. */
function often(sql: string, alike: readonly unknown[], rows: readonly unknown[], atOnce = ROWS_AT_ONCE): RowsStatement {
  return { sql, rows: JSON.stringify([alike, ...rows]), atOnce };
}

function inTwenties({ length }: readonly unknown[]): number {
  return length - (length % ROWS_AT_ONCE);
}

function placesOf(names: readonly string[], isWanted: (name: string) => boolean): number[] {
  return names.flatMap((name, place) => (isWanted(name) ? [place] : []));
}

/** Rows with the same values in those places. They come as requests end: some kinds, in turns. */
function kindsOf(rows: readonly Row[], places: readonly number[]): Row[][] {
  const kinds: Row[][] = [];
  let recent: Row[][] = [];
  for (const row of rows) {
    const kind = recent.find(([first]) => first && isAlike(row, first, places));
    if (kind) {
      kind.push(row);
      continue;
    }
    const begun = [row];
    kinds.push(begun);
    recent = [begun, ...recent.slice(0, MAX_KINDS - 1)];
  }
  return kinds;
}

function isAlike(one: Row, other: Row, places: readonly number[]): boolean {
  for (const place of places) if (one[place] !== other[place]) return false;
  return true;
}
