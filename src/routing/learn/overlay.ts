import type { ScoreInput } from '../score/scorer.ts';
import { createDenseReader, DENSE_NAMES } from './dense.ts';
import { standardised } from './design.ts';
import { createGramReader, type Grams } from './grams.ts';
import { fromBase64, type OverlayFile, parseOverlay, type Provenance } from './overlay-file.ts';

/** What was learned from the operator's own labels, to be blended with the prior. */
export interface Overlay {
  /** Its share of the score for an ask like those it was learned from. */
  k: number;
  /** In the prior's units. */
  z(input: ScoreInput): number;
  /** The same with its share for this ask: what is not like the labels is left to the prior. */
  judge(input: ScoreInput): { z: number; k: number };
  provenance: Provenance;
}

/** Throws for data that is no overlay, naming every mistake. */
export function createOverlay(data: unknown): Overlay {
  const file = parseOverlay(data);
  const readDense = createDenseReader();
  const readGrams = createGramReader();
  const dense = denseWeights(file);
  const grams = gramWeights(file);
  const k = shareOf(file.provenance.labels, file.halfway);
  const { level } = file;
  const { mean, deviation } = file.output;
  const judge = (input: ScoreInput) => {
    const { sum, strangeness } = applied(readDense(input), dense);
    const distance = (sum + gramSum(readGrams(input.ask.text), grams) - mean) / deviation;
    return { z: level.mean + level.deviation * distance, k: k * familiarity(strangeness, file.familiar) };
  };
  return { k, judge, z: (input) => judge(input).z, provenance: file.provenance };
}

/** Grows with the labels: a hundred say little, a thousand nearly all. */
export function shareOf(labels: number, halfway: number): number {
  return labels / (labels + halfway);
}

/** 1 for what looks like the labels, 0 for what does not at all. */
function familiarity(strangeness: number, { usual, foreign }: OverlayFile['familiar']): number {
  return Math.max(0, Math.min(1, (foreign - strangeness) / (foreign - usual)));
}

interface DenseWeights {
  mean: Float64Array;
  perDeviation: Float64Array;
  weight: Float64Array;
  /** How many features varied. */
  live: number;
}

function denseWeights({ features }: OverlayFile): DenseWeights {
  const rows = DENSE_NAMES.map((name) => features[name] ?? { mean: 0, deviation: 0, weight: 0 });
  return {
    mean: Float64Array.from(rows, ({ mean }) => mean),
    perDeviation: Float64Array.from(rows, ({ deviation }) => (deviation > 0 ? 1 / deviation : 0)),
    weight: Float64Array.from(rows, ({ weight }) => weight),
    live: rows.filter(({ deviation }) => deviation > 0).length,
  };
}

/** The weighted sum, and the mean square of the features' distances from the labels' means. */
function applied(values: Float64Array, { mean, perDeviation, weight, live }: DenseWeights) {
  let sum = 0;
  let squares = 0;
  for (let at = 0; at < values.length; at += 1) {
    const z = standardised(values[at] ?? 0, mean[at] ?? 0, perDeviation[at] ?? 0);
    sum += z * (weight[at] ?? 0);
    squares += z * z;
  }
  return { sum, strangeness: live > 0 ? squares / live : 0 };
}

function gramWeights({ grams }: OverlayFile): Float32Array {
  return Float32Array.from(fromBase64(grams.weights), (step) => step * grams.scale);
}

function gramSum({ buckets, amounts, size }: Grams, weights: Float32Array): number {
  let sum = 0;
  for (let at = 0; at < size; at += 1) sum += (amounts[at] ?? 0) * (weights[buckets[at] ?? 0] ?? 0);
  return sum;
}
