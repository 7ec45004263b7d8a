/** Labelled asks as the numbers that a ridge regression reads. */
import type { ScoreInput } from '../score/scorer.ts';
import { createDenseReader, DENSE_NAMES } from './dense.ts';
import { createGramReader } from './grams.ts';

/** One ask, read. */
export interface Reading {
  dense: Float64Array;
  /** As in `Grams`. */
  buckets: Uint16Array;
  amounts: Float32Array;
}

export function readAsks(inputs: readonly ScoreInput[]): Reading[] {
  const readDense = createDenseReader();
  const readGrams = createGramReader();
  return inputs.map((input) => {
    const { buckets, amounts, size } = readGrams(input.ask.text);
    return {
      dense: Float64Array.from(readDense(input)),
      buckets: buckets.slice(0, size),
      amounts: amounts.slice(0, size),
    };
  });
}

/** Beyond two deviations more is not more: keeps what was never seen from carrying the day. */
const CLIP = 2;

/** What makes a feature comparable with the others. */
export interface Standard {
  mean: Float64Array;
  /** 1 / deviation; 0 for a feature that never varied. */
  perDeviation: Float64Array;
}

export function standardOf(readings: readonly Reading[]): Standard {
  const width = DENSE_NAMES.length;
  const mean = new Float64Array(width);
  const perDeviation = new Float64Array(width);
  for (let feature = 0; feature < width; feature += 1) {
    let sum = 0;
    let squares = 0;
    for (const { dense } of readings) sum += dense[feature] ?? 0;
    mean[feature] = sum / readings.length;
    for (const { dense } of readings) squares += ((dense[feature] ?? 0) - sum / readings.length) ** 2;
    const deviation = Math.sqrt(squares / readings.length);
    perDeviation[feature] = deviation > 1e-6 ? 1 / deviation : 0;
  }
  return { mean, perDeviation };
}

export function standardised(value: number, mean: number, perDeviation: number): number {
  const z = (value - mean) * perDeviation;
  return Math.max(-CLIP, Math.min(CLIP, z));
}

/** The rows with their features standardised, and as loud beside the grams as is said. */
export function rowsOf(readings: readonly Reading[], { mean, perDeviation }: Standard, loudness: number): Reading[] {
  return readings.map(({ dense, buckets, amounts }) => ({
    dense: dense.map((value, at) => loudness * standardised(value, mean[at] ?? 0, perDeviation[at] ?? 0)),
    buckets,
    amounts,
  }));
}
