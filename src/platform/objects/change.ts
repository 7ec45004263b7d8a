/** Statements that keep an owner's share true, whatever another server does meanwhile. Each list is one transaction. */
import { type Compilable, type Kysely, sql } from 'kysely';
import type { StoredObject } from '../../core/objects.ts';
import { piecesOf } from './pieces.ts';
import type { ObjectTables } from './tables.ts';

type Tables = Kysely<ObjectTables>;
type Named = Pick<StoredObject, 'owner' | 'id'>;

export function putSteps(tables: Tables, object: StoredObject, bytes: number): Compilable[] {
  const { owner, id, kind, createdAtMs, expiresAtMs, head, body } = object;
  const row = { owner, id, kind, created_at_ms: createdAtMs, expires_at_ms: expiresAtMs, bytes, head };
  return [
    tables
      .insertInto('object_shares')
      .values({ owner, bytes, objects: 1 })
      .onConflict((conflict) =>
        conflict.column('owner').doUpdateSet({
          bytes: sql<number>`object_shares.bytes + ${bytes}`,
          objects: sql<number>`object_shares.objects + 1`,
        }),
      ),
    ...release(tables, object),
    tables.insertInto('objects').values(row),
    ...piecesOf(body).map((text, number) => tables.insertInto('object_pieces').values({ owner, id, number, text })),
  ];
}

export function dropSteps(tables: Tables, named: Named): Compilable[] {
  return [lock(tables, named), ...release(tables, named)];
}

/** PostgreSQL's statements see what others did before they began: whoever holds the share's row is alone with it. */
function lock(tables: Tables, { owner }: Named): Compilable {
  return tables
    .updateTable('object_shares')
    .set({ bytes: sql<number>`bytes` })
    .where('owner', '=', owner);
}

function release(tables: Tables, { owner, id }: Named): Compilable[] {
  const there = sql`from objects where owner = ${owner} and id = ${id}`;
  const less = {
    bytes: sql<number>`bytes - (select coalesce(sum(bytes), 0) ${there})`,
    objects: sql<number>`objects - (select count(*) ${there})`,
  };
  return [
    tables.updateTable('object_shares').set(less).where('owner', '=', owner),
    tables.deleteFrom('object_pieces').where('owner', '=', owner).where('id', '=', id),
    tables.deleteFrom('objects').where('owner', '=', owner).where('id', '=', id),
  ];
}
