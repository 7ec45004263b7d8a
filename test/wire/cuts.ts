/** Ways to cut bytes into the chunks of a network, the same ones every time. */

/** Small, seeded and good enough to choose places (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function randomPlaces(length: number, count: number, seed: number): number[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => Math.floor(random() * length));
}

export function* inTwo(bytes: Uint8Array, place: number): Generator<Uint8Array> {
  yield bytes.subarray(0, place);
  yield bytes.subarray(place);
}

/** Chunks of 1 to `largest` bytes. */
export function* inPieces(bytes: Uint8Array, largest: number, seed: number): Generator<Uint8Array> {
  const random = seeded(seed);
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + Math.floor(random() * largest);
    yield bytes.subarray(start, end);
    start = end;
  }
}
