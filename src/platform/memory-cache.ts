import { LRUCache } from 'lru-cache';
import type { Cache } from '../core/ports.ts';

/** For one process (on Workers: one isolate), bounded by the characters it holds. */
export function memoryCache(maxCharacters: number): Cache {
  let entries: LRUCache<string, string> | undefined; // lru-cache reads the clock when it is made: not at start-up on Workers.
  const made = () =>
    (entries ??= new LRUCache({
      maxSize: maxCharacters,
      maxEntrySize: Math.ceil(maxCharacters / 8),
      sizeCalculation: (value, key) => value.length + key.length + 1,
    }));
  return {
    get: (key) => made().get(key),
    put(key, value, ttlMs) {
      made().set(key, value, { ttl: ttlMs });
    },
  };
}
