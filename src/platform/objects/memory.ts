/** Objects in the memory of this process (on Workers: of one isolate), where there is no store; the oldest make room. */
import { LRUCache } from 'lru-cache';
import type { ObjectKind, ObjectPage, ObjectStore, StoredObject } from '../../core/objects.ts';
import { bytesOf, checkSize } from './bounds.ts';

export interface MemoryBounds {
  maxObjectBytes: number;
  maxBytes: number;
  maxObjects: number;
}

export const MEMORY_BOUNDS: MemoryBounds = {
  maxObjectBytes: 8 * 1024 * 1024,
  maxBytes: 64 * 1024 * 1024,
  maxObjects: 5_000,
};

type Entries = LRUCache<string, StoredObject>;

export function memoryObjects({ maxObjectBytes, maxBytes, maxObjects }: MemoryBounds = MEMORY_BOUNDS): ObjectStore {
  let made: Entries | undefined; // lru-cache reads the clock when it is made: not at start-up on Workers.
  const entries = () =>
    (made ??= new LRUCache({
      max: maxObjects,
      maxSize: maxBytes,
      sizeCalculation: (object) => bytesOf(object) + 1,
    }));
  return {
    async put(object) {
      checkSize(bytesOf(object), { maxObjectBytes });
      entries().set(keyOf(object), { ...object });
    },
    async setHead(owner, id, was, is) {
      const key = keyOf({ owner, id });
      const object = entries().get(key);
      if (object?.head !== was) return false;
      entries().set(key, { ...object, head: is });
      return true;
    },
    async get(owner, id, nowMs) {
      const object = entries().get(keyOf({ owner, id }));
      return object && object.expiresAtMs > nowMs ? { ...object } : undefined;
    },
    async delete(owner, id) {
      return entries().delete(keyOf({ owner, id }));
    },
    async list(owner, kind, page, nowMs) {
      const own = living(entries(), kind, nowMs).filter((object) => object.owner === owner);
      return pageOf(own, page).map(withoutBody);
    },
    async search(kind, headHas, limit, nowMs) {
      const found = living(entries(), kind, nowMs).filter(({ head }) => head.includes(headHas));
      return found.toSorted(byAge).slice(0, limit).map(withoutBody);
    },
    async prune(nowMs) {
      for (const [key, { expiresAtMs }] of entries().entries()) if (expiresAtMs <= nowMs) entries().delete(key);
      return false;
    },
  };
}

function keyOf({ owner, id }: Pick<StoredObject, 'owner' | 'id'>): string {
  return `${owner}\0${id}`;
}

function living(entries: Entries, kind: ObjectKind, nowMs: number): StoredObject[] {
  return [...entries.values()].filter((object) => object.kind === kind && object.expiresAtMs > nowMs);
}

function pageOf(objects: readonly StoredObject[], { order, limit, after }: ObjectPage): StoredObject[] {
  const sorted = objects.toSorted(order === 'asc' ? byAge : (a, b) => byAge(b, a));
  if (after === undefined) return sorted.slice(0, limit);
  const place = sorted.findIndex(({ id }) => id === after);
  return place < 0 ? [] : sorted.slice(place + 1, place + 1 + limit);
}

function byAge(a: StoredObject, b: StoredObject): number {
  return a.createdAtMs - b.createdAtMs || (a.id < b.id ? -1 : 1);
}

function withoutBody(object: StoredObject): StoredObject {
  return { ...object, body: '' };
}
