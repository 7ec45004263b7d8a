/** What the ledger needs of a database beside Kysely: much at once, all of it or none. */
import type { CompiledQuery, Kysely } from 'kysely';
import type { Columns, LedgerTables } from './tables.ts';

export interface LedgerDatabase {
  kysely: Kysely<LedgerTables>;
  family: 'sqlite' | 'postgres';
  /** D1 knows no other transactions than a list of statements, so no other are used. */
  runAll(queries: readonly CompiledQuery[]): Promise<void>;
  insertAll(insertions: readonly Insertion[]): Promise<void>;
  close(): Promise<void>;
}

/** Rows for one table. Each database takes many rows in another way, and none of them as Kysely's `values`. */
export interface Insertion {
  table: string;
  columns: Columns;
  rows: readonly StoredRow[];
  /** Where a row with this key is there already, everything but the key is added to it. */
  addsUpBy?: readonly string[];
  /** Each row has every column, in their order. */
  isInOrder?: boolean;
  /** Columns in which rows that come together are often alike: who asked for what, and how it went. */
  oftenAlike?: ReadonlySet<string>;
}

/** What is missing is 0. */
export type StoredRow = Readonly<Record<string, Value>>;

export type Value = string | number | null;
