/** Objects in the ledger's database, in tables of their own. Parameters are parameters: no text of anybody's is ever SQL. */
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { GatewayError } from '../../core/errors.ts';
import type { ObjectKind, ObjectPage, ObjectStore, StoredObject } from '../../core/objects.ts';
import type { Clock } from '../../core/ports.ts';
import type { LedgerDatabase } from '../ledger/database.ts';
import { migrate } from '../ledger/migrations.ts';
import { bytesOf, checkRoom, checkSize, excessOf, type Held, type ObjectBounds, unavailable } from './bounds.ts';
import { dropSteps, putSteps } from './change.ts';
import { objectsOf, type ObjectRow, type ObjectTables } from './tables.ts';

export interface ObjectDatabases {
  writing: LedgerDatabase;
  /** SQLite: a thread of its own, so that nobody who reads waits behind a large file that is written. */
  reading?: LedgerDatabase | undefined;
}

/** Deleted at once. Four statements each, and D1's free plan takes 50 a request. */
const PRUNED_OBJECTS = 10;
/** For one new one. */
const MAX_GIVEN_UP = 10;
/** What makes room for its like. */
const FLEETING: ReadonlySet<ObjectKind> = new Set(['response', 'item']);

export function createObjectStore(databases: ObjectDatabases, clock: Clock, bounds: ObjectBounds): ObjectStore {
  return new DatabaseObjects(databases, clock, bounds);
}

class DatabaseObjects implements ObjectStore {
  readonly #writing: LedgerDatabase;
  readonly #tables: Kysely<ObjectTables>;
  readonly #read: Kysely<ObjectTables>;
  readonly #clock: Clock;
  readonly #bounds: ObjectBounds;
  #isReady = false;

  constructor({ writing, reading = writing }: ObjectDatabases, clock: Clock, bounds: ObjectBounds) {
    this.#writing = writing;
    this.#tables = objectsOf(writing);
    this.#read = objectsOf(reading);
    this.#clock = clock;
    this.#bounds = bounds;
  }

  put(object: StoredObject): Promise<void> {
    const bytes = bytesOf(object);
    return this.#asked(async () => {
      checkSize(bytes, this.#bounds);
      const held = await this.#held(object);
      const hasGiven = FLEETING.has(object.kind) && (await this.#makeRoom(object, excessOf(bytes, held, this.#bounds)));
      // Between the look and the write others may write too: an owner can have a little more than the bound.
      checkRoom(bytes, hasGiven ? await this.#held(object) : held, this.#bounds);
      const steps = putSteps(this.#tables, object, bytes);
      await this.#writing.runAll(steps.map((step) => step.compile()));
    });
  }

  setHead(owner: string, id: string, was: string, is: string): Promise<boolean> {
    return this.#asked(async () => {
      const update = this.#tables.updateTable('objects').set({ head: is }).where('owner', '=', owner);
      const done = await update.where('id', '=', id).where('head', '=', was).returning('id').execute();
      return done.length > 0;
    });
  }

  get(owner: string, id: string, nowMs: number): Promise<StoredObject | undefined> {
    return this.#asked(async () => {
      // In one statement, so that all pieces are of one body.
      const { rows } = await sql<ObjectRow & { text: string | null }>`
        select objects.*, object_pieces.text from objects
        left join object_pieces on object_pieces.owner = objects.owner and object_pieces.id = objects.id
        where objects.owner = ${owner} and objects.id = ${id} and objects.expires_at_ms > ${nowMs}
        order by object_pieces.number`.execute(this.#read);
      const [row] = rows;
      return row && { ...toObject(row), body: rows.map(({ text }) => text ?? '').join('') };
    });
  }

  delete(owner: string, id: string): Promise<boolean> {
    return this.#asked(async () => {
      const found = this.#tables.selectFrom('objects').select('id').where('owner', '=', owner).where('id', '=', id);
      if (!(await found.executeTakeFirst())) return false;
      await this.#drop([{ owner, id }]);
      return true;
    });
  }

  list(owner: string, kind: ObjectKind, page: ObjectPage, nowMs: number): Promise<StoredObject[]> {
    const { order, limit, after } = page;
    const direction = sql.raw(order === 'asc' ? 'asc' : 'desc');
    const beyond = sql.raw(order === 'asc' ? '>' : '<');
    const last = sql`select created_at_ms, id from objects where owner = ${owner} and id = ${after}`;
    const conditions = [
      sql`owner = ${owner}`,
      sql`kind = ${kind}`,
      sql`expires_at_ms > ${nowMs}`,
      ...(after === undefined ? [] : [sql`(created_at_ms, id) ${beyond} (${last})`]),
    ];
    return this.#asked(() => this.#rows(conditions, sql`order by created_at_ms ${direction}, id ${direction}`, limit));
  }

  search(kind: ObjectKind, headHas: string, limit: number, nowMs: number): Promise<StoredObject[]> {
    const position = sql.raw(this.#writing.family === 'postgres' ? 'strpos' : 'instr');
    const conditions = [sql`kind = ${kind}`, sql`expires_at_ms > ${nowMs}`, sql`${position}(head, ${headHas}) > 0`];
    return this.#asked(() => this.#rows(conditions, sql`order by created_at_ms, id`, limit));
  }

  prune(nowMs: number): Promise<boolean> {
    return this.#asked(async () => {
      const expired = this.#tables.selectFrom('objects').select(['owner', 'id']).where('expires_at_ms', '<=', nowMs);
      const found = await expired.orderBy('expires_at_ms').limit(PRUNED_OBJECTS).execute();
      // Two servers that prune at once must not wait for each other crosswise.
      if (found.length > 0) await this.#drop(found.toSorted((a, b) => (a.owner < b.owner ? -1 : 1)));
      return found.length === PRUNED_OBJECTS;
    });
  }

  /** Its owner's oldest responses go first: a conversation that goes on is worth more than one of last week. */
  async #makeRoom({ owner, id }: StoredObject, excess: ReturnType<typeof excessOf>): Promise<boolean> {
    if (excess.bytes <= 0 && excess.objects <= 0) return false;
    const own = this.#tables.selectFrom('objects').select(['id', 'bytes']).where('owner', '=', owner);
    // Of bytes items have next to none.
    const given = excess.bytes > 0 ? ['response'] : [...FLEETING];
    const others = own.where('kind', 'in', given).where('id', '<>', id);
    const oldest = await others.orderBy('created_at_ms').orderBy('id').limit(MAX_GIVEN_UP).execute();
    let { bytes, objects } = excess;
    const dropped = oldest.filter((one) => {
      if (bytes <= 0 && objects <= 0) return false;
      bytes -= one.bytes;
      objects -= 1;
      return true;
    });
    if (dropped.length > 0) await this.#drop(dropped.map((one) => ({ owner, id: one.id })));
    return dropped.length > 0;
  }

  async #drop(objects: readonly Pick<StoredObject, 'owner' | 'id'>[]): Promise<void> {
    const steps = objects.flatMap((object) => dropSteps(this.#tables, object));
    await this.#writing.runAll(steps.map((step) => step.compile()));
  }

  async #rows(
    conditions: readonly RawBuilder<unknown>[],
    order: RawBuilder<unknown>,
    limit: number,
  ): Promise<StoredObject[]> {
    const where = sql.join(conditions, sql` and `);
    const { rows } = await sql<ObjectRow>`select * from objects where ${where} ${order} limit ${limit}`.execute(
      this.#read,
    );
    return rows.map(toObject);
  }

  /** Without what it would replace. */
  async #held({ owner, id }: StoredObject): Promise<Held> {
    const { rows } = await sql<Record<keyof Held, number>>`
      select coalesce(sum(bytes), 0) as "bytes",
        coalesce(sum(case when owner = ${owner} then bytes else 0 end), 0)
          - (select coalesce(sum(bytes), 0) from objects where owner = ${owner} and id = ${id}) as "ownerBytes",
        coalesce(sum(case when owner = ${owner} then objects else 0 end), 0)
          - (select count(*) from objects where owner = ${owner} and id = ${id}) as "ownerObjects"
      from object_shares`.execute(this.#tables);
    const [held = { bytes: 0, ownerBytes: 0, ownerObjects: 0 }] = rows;
    return held;
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    try {
      // Each for itself: on Workers a promise of a request that is over never comes.
      if (!this.#isReady) await migrate(this.#writing, this.#clock.now());
      this.#isReady = true;
      return await work();
    } catch (cause) {
      throw cause instanceof GatewayError ? cause : unavailable(cause);
    }
  }
}

/** Without its body. */
function toObject({ owner, id, kind, created_at_ms, expires_at_ms, head }: ObjectRow): StoredObject {
  const times = { createdAtMs: created_at_ms, expiresAtMs: expires_at_ms };
  return { owner, id, kind: kind as ObjectKind, ...times, head, body: '' };
}
