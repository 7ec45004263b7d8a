/** Random ids from the runtime's own generator, drawn in pools because a call for every id would cost more than the id. */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const POOL_BYTES = 4096;

/** Made lazily: Workers allow no randomness outside a request. */
let pool: Uint8Array<ArrayBuffer> | undefined;
let used = POOL_BYTES;

/** `prefix` and `length` characters of base 62. */
export function newId(prefix: string, length: number): string {
  let id = prefix;
  while (id.length < prefix.length + length) {
    const value = nextByte() & 63;
    if (value < ALPHABET.length) id += ALPHABET[value];
  }
  return id;
}

function nextByte(): number {
  if (!pool || used === POOL_BYTES) {
    pool = crypto.getRandomValues(pool ?? new Uint8Array(POOL_BYTES));
    used = 0;
  }
  return pool[used++] ?? 0;
}
