/**
 * Ridge regression in its dual form, solved in a small Krylov space: (XXᵀ + λI) a = y, w = Xᵀa. With λ as large as
 * here, ten of Lanczos' steps and forty rank the benchmark's prompts alike.
 */
import { GRAM_BUCKETS } from './grams.ts';
import type { Reading } from './design.ts';

/** One vector of weights in two parts. */
export interface Weights {
  dense: Float64Array;
  grams: Float64Array;
}

export interface RidgeOptions {
  lambda: number;
  steps: number;
}

export function ridge(rows: readonly Reading[], targets: Float64Array, { lambda, steps }: RidgeOptions): Weights {
  const weights = emptyWeights(rows[0]?.dense.length ?? 0);
  const size = Math.sqrt(dot(targets, targets));
  if (size === 0) return weights;
  const { basis, diagonal, beside } = lanczos(rows, scaled(targets, 1 / size), { weights, steps });
  const shares = solveTridiagonal(diagonal, beside, { lambda, right: size });
  const duals = new Float64Array(rows.length);
  for (const [step, vector] of basis.entries()) addScaled(duals, vector, shares[step] ?? 0);
  transposed(rows, duals, weights);
  return weights;
}

export function predict({ dense, buckets, amounts }: Reading, weights: Weights): number {
  let sum = dot(dense, weights.dense);
  for (let at = 0; at < buckets.length; at += 1) sum += (amounts[at] ?? 0) * (weights.grams[buckets[at] ?? 0] ?? 0);
  return sum;
}

interface Krylov {
  basis: Float64Array[];
  diagonal: number[];
  beside: number[];
}

/** Each vector is made orthogonal to all before it: in floating point Lanczos' short recurrence loses that. */
function lanczos(
  rows: readonly Reading[],
  start: Float64Array,
  { weights, steps }: { weights: Weights; steps: number },
): Krylov {
  const found: Krylov = { basis: [], diagonal: [], beside: [] };
  let vector = start;
  for (let step = 0; step < Math.min(steps, rows.length); step += 1) {
    found.basis.push(vector);
    transposed(rows, vector, weights);
    const next = Float64Array.from(rows, (row) => predict(row, weights));
    found.diagonal.push(dot(next, vector));
    for (const earlier of found.basis) addScaled(next, earlier, -dot(next, earlier));
    const length = Math.sqrt(dot(next, next));
    found.beside.push(length);
    if (length < 1e-9) break;
    vector = scaled(next, 1 / length);
  }
  return found;
}

/** w = Xᵀv */
function transposed(rows: readonly Reading[], vector: Float64Array, weights: Weights): void {
  weights.dense.fill(0);
  weights.grams.fill(0);
  for (const [index, { dense, buckets, amounts }] of rows.entries()) {
    const share = vector[index] ?? 0;
    addScaled(weights.dense, dense, share);
    for (let at = 0; at < buckets.length; at += 1) {
      const bucket = buckets[at] ?? 0;
      weights.grams[bucket] = (weights.grams[bucket] ?? 0) + share * (amounts[at] ?? 0);
    }
  }
}

/** Thomas' algorithm for (T + λI) x = (right, 0, 0, …). */
function solveTridiagonal(
  diagonal: readonly number[],
  beside: readonly number[],
  { lambda, right }: { lambda: number; right: number },
): Float64Array {
  const size = diagonal.length;
  const ratios = new Float64Array(size);
  const solution = new Float64Array(size);
  for (let at = 0; at < size; at += 1) {
    const lower = at > 0 ? (beside[at - 1] ?? 0) : 0;
    const pivot = (diagonal[at] ?? 0) + lambda - lower * (ratios[at - 1] ?? 0);
    ratios[at] = (beside[at] ?? 0) / pivot;
    solution[at] = ((at === 0 ? right : 0) - lower * (solution[at - 1] ?? 0)) / pivot;
  }
  for (let at = size - 2; at >= 0; at -= 1) {
    solution[at] = (solution[at] ?? 0) - (ratios[at] ?? 0) * (solution[at + 1] ?? 0);
  }
  return solution;
}

function emptyWeights(denseWidth: number): Weights {
  return { dense: new Float64Array(denseWidth), grams: new Float64Array(GRAM_BUCKETS) };
}

function dot(one: Float64Array, other: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0);
  return sum;
}

function scaled(vector: Float64Array, factor: number): Float64Array {
  return vector.map((value) => value * factor);
}

function addScaled(sum: Float64Array, vector: Float64Array, factor: number): void {
  for (let at = 0; at < sum.length; at += 1) sum[at] = (sum[at] ?? 0) + factor * (vector[at] ?? 0);
}
