/** The tables of stored objects, in the ledger's database. */
import { type Compilable, type Kysely, sql } from 'kysely';
import type { LedgerDatabase } from '../ledger/database.ts';

export interface ObjectRow {
  owner: string;
  id: string;
  kind: string;
  created_at_ms: number;
  expires_at_ms: number;
  bytes: number;
  head: string;
}

/** A type, because Kysely asks for one that is open. */
export type ObjectTables = {
  objects: ObjectRow;
  /** Bodies in pieces: D1 takes two megabytes a value. */
  object_pieces: { owner: string; id: string; number: number; text: string };
  /** What each owner has, so that nobody adds it up at every request. */
  object_shares: { owner: string; bytes: number; objects: number };
};

export function objectsOf({ kysely }: LedgerDatabase): Kysely<ObjectTables> {
  return kysely.withTables<ObjectTables>();
}

/** The tables' first form: a step of the database's history, which may be taken again. */
export function objectSteps({ kysely }: LedgerDatabase): readonly Compilable[] {
  const { schema } = kysely;
  return [
    schema
      .createTable('objects')
      .ifNotExists()
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('created_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('expires_at_ms', 'bigint', (column) => column.notNull())
      .addColumn('bytes', 'bigint', (column) => column.notNull())
      .addColumn('head', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('objects_key', ['owner', 'id']),
    schema
      .createIndex('objects_by_owner')
      .ifNotExists()
      .on('objects')
      .columns(['owner', 'kind', 'created_at_ms', 'id']),
    schema.createIndex('objects_by_kind').ifNotExists().on('objects').columns(['kind', 'created_at_ms']),
    schema.createIndex('objects_by_expires_at_ms').ifNotExists().on('objects').column('expires_at_ms'),
    schema
      .createTable('object_pieces')
      .ifNotExists()
      .addColumn('owner', 'text', (column) => column.notNull())
      .addColumn('id', 'text', (column) => column.notNull())
      .addColumn('number', 'bigint', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('object_pieces_key', ['owner', 'id', 'number']),
    schema
      .createTable('object_shares')
      .ifNotExists()
      .addColumn('owner', 'text', (column) => column.primaryKey())
      .addColumn('bytes', 'bigint', (column) => column.notNull().defaultTo(sql.lit(0)))
      .addColumn('objects', 'bigint', (column) => column.notNull().defaultTo(sql.lit(0))),
  ];
}
