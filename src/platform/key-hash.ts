/** Client keys are compared by hash and in constant time. `node:crypto` is there on Workers too (`nodejs_compat`). */
import { createHash, timingSafeEqual } from 'node:crypto';

export function hashKey(key: string): Uint8Array {
  return createHash('sha256').update(key).digest();
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return timingSafeEqual(a, b);
}
