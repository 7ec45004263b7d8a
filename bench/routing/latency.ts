/** How long one score takes: each prompt alone, by the clock, the best of five passes, so that the neighbours count less. */
import { inputOf } from '../../src/routing/learn/fit.ts';
import type { Scorer } from '../../src/routing/score/scorer.ts';
import { quantile } from './bootstrap.ts';
import type { Data } from './data.ts';

const PASSES = 5;

export interface Latency {
  prompts: number;
  meanUs: number;
  p50Us: number;
  p99Us: number;
}

export function latency(data: Data, scorer: Scorer): Latency {
  const inputs = Object.values(data).flatMap((rows) => rows.map(({ text }) => inputOf(text, 0)));
  const times = inputs.map(() => Infinity);
  for (let pass = 0; pass < PASSES; pass += 1) {
    for (const [at, input] of inputs.entries()) {
      const startMs = performance.now();
      scorer.score(input);
      times[at] = Math.min(times[at] ?? Infinity, 1_000 * (performance.now() - startMs));
    }
  }
  const meanUs = times.reduce((sum, time) => sum + time, 0) / times.length;
  times.sort((a, b) => a - b);
  return { prompts: inputs.length, meanUs, p50Us: quantile(times, 0.5), p99Us: quantile(times, 0.99) };
}
