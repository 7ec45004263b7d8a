/** Client keys are compared by hash and in constant time. `node:crypto` is there on Workers too (`nodejs_compat`). */
import { Buffer } from 'node:buffer';
import { hash, timingSafeEqual } from 'node:crypto';

export function hashKey(key: string): Uint8Array {
  return hash('sha256', key, 'buffer'); // In one call: an object for each hash costs more than the hash.
}

export function hexOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString('hex');
}

export function sameHash(a: Uint8Array, b: Uint8Array): boolean {
  return timingSafeEqual(a, b);
}

/** All three, as doors want them. */
export const KEY_CHECK = { hash: hashKey, hex: hexOf, same: sameHash };
