/** Many rows as few statements for SQLite's thread: what a row costs there is mostly the binding of its values. */
import { mapped } from '../../core/lists.ts';
import type { Insertion, Value } from './database.ts';
import { alikeStatement, rowStatement, valuesOf } from './insert.ts';
import type { RowsStatement } from './sqlite-thread.ts';

/** One statement for many rows costs a fifth less than one for each. SQLite takes 32,766 parameters. */
const ROWS_AT_ONCE = 20;
/** A row that is like none of the last so many kinds begins a new one. */
const MAX_KINDS = 8;

type Row = readonly Value[];

/** Of rows that are alike, twenties take a third less. The rest go as they are. */
export function statementsOf(insertion: Insertion): RowsStatement[] {
  const { columns, oftenAlike } = insertion;
  const rows = valuesOf(insertion);
  if (!oftenAlike || rows.length < ROWS_AT_ONCE) return asTheyAre(insertion, rows);
  const names = Object.keys(columns);
  const alike = placesOf(names, (name) => oftenAlike.has(name));
  const others = placesOf(names, (name) => !oftenAlike.has(name));
  const statements: RowsStatement[] = [];
  const rest: Row[] = [];
  for (const kind of kindsOf(rows, alike)) {
    const many = inTwenties(kind);
    rest.push(...kind.slice(many));
    const [first] = kind;
    if (many === 0 || !first) continue;
    const shared = mapped(alike, (place) => first[place]);
    const some = mapped(kind.slice(0, many), (row) => mapped(others, (place) => row[place]));
    statements.push(often(alikeStatement(insertion, ROWS_AT_ONCE), shared, some));
  }
  return [...statements, ...asTheyAre(insertion, rest)];
}

function asTheyAre(insertion: Insertion, rows: readonly Row[]): RowsStatement[] {
  const many = inTwenties(rows);
  const parts = [
    { some: rows.slice(0, many), atOnce: ROWS_AT_ONCE },
    { some: rows.slice(many), atOnce: 1 },
  ];
  return parts
    .filter(({ some }) => some.length > 0)
    .map(({ some, atOnce }) => often(rowStatement(insertion, atOnce), [], some, atOnce));
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
