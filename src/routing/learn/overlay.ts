import type { ScoreInput } from '../score/scorer.ts';
import { createDenseReader, DENSE_NAMES } from './dense.ts';
import { standardised } from './design.ts';
import { createGramReader, type Grams } from './grams.ts';
import { fromBase64, type OverlayFile, parseOverlay, type Provenance } from './overlay-file.ts';

/** What was learned from the operator's own labels, to be blended with the prior. */
export interface Overlay {
  /** Its share of the score. */
  k: number;
  /** In the prior's units. */
  z(input: ScoreInput): number;
  provenance: Provenance;
}

/** Throws for data that is no overlay, naming every mistake. */
export function createOverlay(data: unknown): Overlay {
  const file = parseOverlay(data);
  const readDense = createDenseReader();
  const readGrams = createGramReader();
  const dense = denseWeights(file);
  const grams = gramWeights(file);
  const { level } = file;
  const { mean, deviation } = file.output;
  return {
    k: shareOf(file.provenance.labels, file.halfway),
    z(input) {
      const sum = denseSum(readDense(input), dense) + gramSum(readGrams(input.ask.text), grams);
      return level.mean + (level.deviation * (sum - mean)) / deviation;
    },
    provenance: file.provenance,
  };
}

/** Grows with the labels: a hundred say little, a thousand nearly all. */
function shareOf(labels: number, halfway: number): number {
  return labels / (labels + halfway);
}

interface DenseWeights {
  mean: Float64Array;
  perDeviation: Float64Array;
  weight: Float64Array;
}

function denseWeights({ features }: OverlayFile): DenseWeights {
  const rows = DENSE_NAMES.map((name) => features[name] ?? { mean: 0, deviation: 0, weight: 0 });
  return {
    mean: Float64Array.from(rows, ({ mean }) => mean),
    perDeviation: Float64Array.from(rows, ({ deviation }) => (deviation > 0 ? 1 / deviation : 0)),
    weight: Float64Array.from(rows, ({ weight }) => weight),
  };
}

function denseSum(values: Float64Array, { mean, perDeviation, weight }: DenseWeights): number {
  let sum = 0;
  for (let at = 0; at < values.length; at += 1) {
    sum += (weight[at] ?? 0) * standardised(values[at] ?? 0, mean[at] ?? 0, perDeviation[at] ?? 0);
  }
  return sum;
}

function gramWeights({ grams }: OverlayFile): Float32Array {
  return Float32Array.from(fromBase64(grams.weights), (step) => step * grams.scale);
}

function gramSum({ buckets, amounts, size }: Grams, weights: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < size; at += 1) sum += (amounts[at] ?? 0) * (weights[buckets[at] ?? 0] ?? 0);
  return sum;
}
