/** Tenants and virtual keys in the ledger's database. Parameters are parameters: no text of anybody's is ever SQL. */
import { type Compilable, type Kysely, sql } from 'kysely';
import type { BookStore, KeySecret, KeyTerms, StoredBook, Tenant, VirtualKey } from '../../books/tenants/book.ts';
import type { Clock } from '../../core/ports.ts';
import type { LedgerDatabase } from '../ledger/database.ts';
import { migrate } from '../ledger/migrations.ts';
import { keyFrom, keyRow, secretsText, shareText, tenantFrom, tenantRow } from './rows.ts';
import { booksOf, type BookTables, countUp, type StoredKey } from './tables.ts';

export function createBookStore(database: LedgerDatabase, clock: Clock): BookStore {
  return new DatabaseBooks(database, clock);
}

class DatabaseBooks implements BookStore {
  readonly #database: LedgerDatabase;
  readonly #clock: Clock;
  readonly #books: Kysely<BookTables>;
  #isReady = false;

  constructor(database: LedgerDatabase, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#books = booksOf(database);
  }

  async ready(): Promise<void> {
    if (this.#isReady) return;
    // Each for itself: on Workers a promise of a request that is over never comes.
    await migrate(this.#database, this.#clock.now());
    this.#isReady = true;
  }

  version(): Promise<number> {
    return versionOf(this.#books);
  }

  load(atMost: { tenants: number; keys: number }): Promise<StoredBook> {
    return load(this.#books, atMost);
  }

  async key(idOrName: string): Promise<VirtualKey | undefined> {
    const rows = await this.#like({ id: idOrName, name: idOrName });
    const row = rows.find(({ id }) => id === idOrName) ?? rows[0];
    return row && keyFrom(row);
  }

  async addKey(key: VirtualKey): Promise<boolean> {
    if ((await this.#like(key)).length > 0) return false;
    try {
      await this.#change(this.#books.insertInto('virtual_keys').values(keyRow(key)));
      return true;
    } catch (cause) {
      if ((await this.#like(key)).length > 0) return false; // By somebody who came in between.
      throw cause;
    }
  }

  async setTerms(id: string, terms: KeyTerms): Promise<boolean> {
    const { owner = null, priority = null, expiresAtMs = null } = terms;
    const set = { owner, priority, expires_at_ms: expiresAtMs, share: shareText(terms) };
    await this.#change(this.#books.updateTable('virtual_keys').set(set).where('id', '=', id));
    return this.#isThere(id);
  }

  async setSecrets(id: string, was: readonly KeySecret[], is: readonly KeySecret[]): Promise<boolean> {
    const secrets = secretsText(is);
    const update = this.#books.updateTable('virtual_keys').set({ secrets }).where('id', '=', id);
    await this.#change(update.where('secrets', '=', secretsText(was)));
    const row = await this.#books.selectFrom('virtual_keys').select('secrets').where('id', '=', id).executeTakeFirst();
    return row?.secrets === secrets;
  }

  async revoke(id: string, atMs: number): Promise<boolean> {
    const update = this.#books.updateTable('virtual_keys').set({ revoked_at_ms: atMs }).where('id', '=', id);
    await this.#change(update.where('revoked_at_ms', 'is', null));
    return this.#isThere(id);
  }

  async putTenant(tenant: Tenant): Promise<void> {
    const { name, ...rest } = tenantRow(tenant);
    const insert = this.#books.insertInto('tenants').values({ name, ...rest });
    await this.#change(insert.onConflict((conflict) => conflict.column('name').doUpdateSet(rest)));
  }

  async dropTenant(name: string): Promise<boolean> {
    const there = this.#books.selectFrom('tenants').select('name').where('name', '=', name);
    if (!(await there.executeTakeFirst())) return false;
    await this.#change(this.#books.deleteFrom('tenants').where('name', '=', name));
    return true;
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  async #change(statement: Compilable): Promise<void> {
    await this.#database.runAll([statement, countUp(this.#books)].map((one) => one.compile()));
  }

  #like({ id, name }: { id: string; name: string }): Promise<StoredKey[]> {
    const rows = this.#books.selectFrom('virtual_keys').selectAll();
    return rows.where((or) => or.or([or('id', '=', id), or('name', '=', name)])).execute();
  }

  async #isThere(id: string): Promise<boolean> {
    const there = this.#books.selectFrom('virtual_keys').select('id').where('id', '=', id);
    return (await there.executeTakeFirst()) !== undefined;
  }
}

async function versionOf(books: Kysely<BookTables>): Promise<number> {
  const row = await books.selectFrom('book_version').select('version').executeTakeFirst();
  return row?.version ?? 0;
}

/** A page is read and parsed in milliseconds: many thousand keys do not hold up anybody's answer. */
const PAGE_ROWS = 1_000;

/** The version first: what is changed while the rows are read is read again. */
async function load(books: Kysely<BookTables>, atMost: { tenants: number; keys: number }): Promise<StoredBook> {
  const version = await versionOf(books);
  const problems: string[] = [];
  const tenants = books.selectFrom('tenants').selectAll().orderBy('name');
  const keys = books.selectFrom('virtual_keys').selectAll().orderBy('created_at_ms').orderBy('id');
  return {
    version,
    tenants: await pages({ list: 'tenants', atMost: atMost.tenants, problems, read: tenantFrom }, (limit, last) =>
      (last ? tenants.where('name', '>', last.name) : tenants).limit(limit).execute(),
    ),
    keys: await pages({ list: 'keys', atMost: atMost.keys, problems, read: keyFrom }, (limit, last) =>
      (last ? keys.where(isAfter(last)) : keys).limit(limit).execute(),
    ),
    problems,
  };
}

function isAfter({ created_at_ms: at, id }: StoredKey) {
  return sql<boolean>`(created_at_ms, id) > (${at}, ${id})`;
}

interface Reading<Row, T> {
  list: string;
  atMost: number;
  problems: string[];
  read: (row: Row) => T;
}

async function pages<Row extends { name: string }, T>(
  reading: Reading<Row, T>,
  rowsAfter: (limit: number, last: Row | undefined) => Promise<Row[]>,
): Promise<T[]> {
  const { list, atMost, problems } = reading;
  const found: T[] = [];
  let count = 0;
  let last: Row | undefined;
  do {
    const rows = await rowsAfter(Math.min(PAGE_ROWS, atMost + 1 - count), last);
    count += rows.length;
    last = rows.length === PAGE_ROWS ? rows.at(-1) : undefined;
    if (count > atMost) problems.push(`${list}: there are more than ${atMost}; the last of them open nothing`);
    found.push(...readable(count > atMost ? rows.slice(0, -1) : rows, reading));
  } while (last && count <= atMost);
  return found;
}

function readable<Row extends { name: string }, T>(
  rows: readonly Row[],
  { list, problems, read }: Reading<Row, T>,
): T[] {
  return rows.flatMap((row) => {
    try {
      return [read(row)];
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.split('\n')[0] : String(cause);
      problems.push(`${list}.${row.name}: the row cannot be read: ${why}`);
      return [];
    }
  });
}
