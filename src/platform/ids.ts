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

const latin1 = new TextDecoder('latin1');

function draw(atLeast: number): void {
  pool = '';
  while (pool.length < atLeast) {
    const bytes = crypto.getRandomValues(new Uint8Array(POOL_BYTES));
    let kept = 0;
    for (const byte of bytes) {
      const index = byte & 63;
      if (index < ALPHABET.length) bytes[kept++] = ALPHABET.charCodeAt(index); // Behind what is still to be read.
    }
    pool += latin1.decode(bytes.subarray(0, kept));
  }
  used = 0;
}
