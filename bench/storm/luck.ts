/** Randomness that repeats: a seeded sequence, and luck that belongs to names instead of to an order of events. */

/** Uniform in [0, 1), the same sequence for the same seed (mulberry32). */
export function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Uniform in [0, 1) from a name alone. The same (provider, request, attempt) draws the same luck whoever asks and
 * whenever, so that two gateways, or two versions of one, go through the same storm.
 */
export function luck(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A duration as services have them: mostly near the median, sometimes much longer. */
export function lognormal(draws: readonly [number, number], median: number, sigma: number): number {
  const [radius, angle] = draws;
  const normal = Math.sqrt(-2 * Math.log(Math.max(radius, 1e-12))) * Math.cos(2 * Math.PI * angle);
  return median * Math.exp(sigma * normal);
}
