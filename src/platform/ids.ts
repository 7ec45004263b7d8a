/** Random ids from the runtime's own generator, drawn in pools because a call for every id would cost more than the id. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const POOL_BYTES = 4096;

/** Characters that no id has yet. Drawn lazily: Workers allow no randomness outside a request. */
let pool = '';
let used = 0;

/** `prefix` and `length` characters of base 62. */
export function newId(prefix: string, length: number): string {
  if (used + length > pool.length) draw(length);
  used += length;
  return prefix + pool.slice(used - length, used);
}

function draw(atLeast: number): void {
  let drawn = '';
  while (drawn.length < atLeast) {
    for (const byte of crypto.getRandomValues(new Uint8Array(POOL_BYTES))) drawn += ALPHABET[byte & 63] ?? '';
  }
  pool = drawn;
  used = 0;
}
