/** The tables of tenants and virtual keys, in the ledger's database. */
import { type Compilable, type Kysely, sql } from 'kysely';
import type { LedgerDatabase } from '../ledger/database.ts';

export interface StoredTenant {
  name: string;
  parent: string | null;
  /** JSON of a `Share`. */
  share: string;
}

export interface StoredKey {
  id: string;
  name: string;
  tenant: string | null;
  parent: string | null;
  owner: string | null;
  priority: string | null;
  created_at_ms: number;
  expires_at_ms: number | null;
  revoked_at_ms: number | null;
  /** JSON of a `Share`. */
  share: string;
  /** JSON of hashes; nobody can make a secret of them. */
  secrets: string;
}

/** A type, because Kysely asks for one that is open. */
export type BookTables = {
  tenants: StoredTenant;
  virtual_keys: StoredKey;
  /** One row, which every change counts up. */
  book_version: { id: number; version: number };
};

export function booksOf({ kysely }: LedgerDatabase): Kysely<BookTables> {
  return kysely.withTables<BookTables>();
}

/** The tables' first form: a step of the database's history, which may be taken again. */
export function bookSteps({ kysely }: LedgerDatabase): readonly Compilable[] {
  return [
    kysely.schema
      .createTable('tenants')
      .ifNotExists()
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('parent', 'text')
      .addColumn('share', 'text', (column) => column.notNull()),
    kysely.schema
      .createTable('virtual_keys')
      .ifNotExists()
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull().unique())
      .addColumn('tenant', 'text')
      .addColumn('parent', 'text')
      .addColumn('owner', 'text')
      .addColumn('priority', 'text')
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('expires_at_ms', 'bigint')
      .addColumn('revoked_at_ms', 'bigint')
      .addColumn('share', 'text', (column) => column.notNull())
      .addColumn('secrets', 'text', (column) => column.notNull()),
    kysely.schema
      .createIndex('virtual_keys_by_created_at_ms')
      .ifNotExists()
      .on('virtual_keys')
      .columns(['created_at_ms', 'id']),
    kysely.schema
      .createTable('book_version')
      .ifNotExists()
      .addColumn('id', 'bigint', (column) => column.primaryKey())
      .addColumn('version', 'bigint', (column) => column.notNull()),
  ];
}

/** Goes with every change, in one transaction. */
export function countUp(books: Kysely<BookTables>): Compilable {
  return books
    .insertInto('book_version')
    .values({ id: 1, version: 1 })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ version: sql<number>`book_version.version + 1` }));
}
