/**
 * Durations in steps of a half octave, so that a percentile is a sum over counters: sums can be added up over any hours
 * and any tenants, and say the same in every database.
 */
import type { Percentiles } from '../../core/ledger.ts';

/** Below the first and beyond the last there is one step more each: 50 ms to 102 s. */
const FIRST_MS = 50;
const EDGES: readonly number[] = Array.from({ length: 23 }, (_, number) => FIRST_MS * 2 ** (number / 2));

export const STEPS = EDGES.length + 1;

export function stepOf(ms: number): number {
  let step = 0;
  while (step < EDGES.length && ms > (EDGES[step] ?? Infinity)) step++;
  return step;
}

export function percentilesOf(counts: readonly number[]): Percentiles {
  return { p50: percentile(counts, 0.5), p95: percentile(counts, 0.95) };
}

/** Within its step it is taken to be spread evenly; beyond the last edge nothing is known but the edge. */
function percentile(counts: readonly number[], share: number): number | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let before = 0;
  for (const [step, count] of counts.entries()) {
    const wanted = total * share - before;
    if (count > 0 && wanted <= count) {
      const [low, high] = [EDGES[step - 1] ?? 0, EDGES[step] ?? EDGES.at(-1) ?? 0];
      return Math.round(low + (high - low) * (wanted / count));
    }
    before += count;
  }
  return Math.round(EDGES.at(-1) ?? 0);
}
