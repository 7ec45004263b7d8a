import { FEATURE_NAMES, WORD_FEATURES } from './features.ts';
import { type ComplexityFile, wordsOf } from './file.ts';
import { measure, type ScoreInput } from './measure.ts';
import { createWordTree } from './words.ts';

export type { ScoreInput } from './measure.ts';

export interface Contribution {
  name: string;
  /** In units of z: what an average ask has adds nothing. */
  value: number;
}

/** How hard an ask is. */
export interface Complexity {
  /** 0 to 1: below a third are look-ups and small talk, above two thirds designs and proofs. */
  score: number;
  /** The strongest first; worked out when asked for. */
  readonly contributions: readonly Contribution[];
  /** The amounts of the features, for the log and for `fromValues`. */
  values: Float64Array;
  /** How much of the score the overlay made, 0 to 1. */
  overlayShare: number;
}

/** What was learned from the operator's own labels. */
export interface ScoreOverlay {
  /** Its share. */
  k: number;
  z(input: ScoreInput): number;
}

export interface Scorer {
  names: readonly string[];
  score(input: ScoreInput): Complexity;
  /** What a request of the log would score now, by the prior alone: its words are gone. */
  fromValues(values: ArrayLike<number>): Complexity;
}

/** The same ask always has the same score. */
export function createScorer(file: ComplexityFile, overlay?: ScoreOverlay): Scorer {
  const tree = createWordTree(
    WORD_FEATURES.map((name) => ({ feature: FEATURE_NAMES.indexOf(name), words: wordsOf(file.features[name].words) })),
  );
  const weights = weightsOf(file);
  const toScore = createScale(file.scale);
  const complexity = (values: Float64Array, learned?: { z: number; k: number }): Complexity => {
    const share = learned?.k ?? 0;
    const z = (1 - share) * zOf(values, weights) + share * (learned?.z ?? 0);
    return {
      score: toScore(z),
      values,
      overlayShare: share,
      get contributions() {
        return contributionsOf(values, weights, learned);
      },
    };
  };
  return {
    names: FEATURE_NAMES,
    score(input) {
      const values = new Float64Array(FEATURE_NAMES.length);
      measure(input, tree, values);
      return complexity(values, overlay && { z: overlay.z(input), k: overlay.k });
    },
    fromValues(logged) {
      const values = new Float64Array(FEATURE_NAMES.length);
      for (let index = 0; index < values.length; index += 1) values[index] = logged[index] ?? 0;
      return complexity(values);
    },
  };
}

interface Weights {
  /** Of one unit, in z. */
  slope: Float64Array;
  mean: Float64Array;
  cap: Float64Array;
}

function weightsOf({ features }: ComplexityFile): Weights {
  const rows = FEATURE_NAMES.map((name) => features[name]);
  return {
    slope: Float64Array.from(rows, ({ w, sd }) => w / sd),
    mean: Float64Array.from(rows, ({ mean }) => mean),
    cap: Float64Array.from(rows, ({ cap }) => cap),
  };
}

function contribution(values: Float64Array, { slope, mean, cap }: Weights, index: number): number {
  return (slope[index] ?? 0) * (Math.min(values[index] ?? 0, cap[index] ?? 0) - (mean[index] ?? 0));
}

function zOf(values: Float64Array, weights: Weights): number {
  let z = 0;
  for (let index = 0; index < values.length; index += 1) z += contribution(values, weights, index);
  return z;
}

function contributionsOf(values: Float64Array, weights: Weights, learned?: { z: number; k: number }): Contribution[] {
  const found: Contribution[] = learned ? [{ name: 'overlay', value: learned.k * learned.z }] : [];
  const share = 1 - (learned?.k ?? 0);
  for (const [index, name] of FEATURE_NAMES.entries()) {
    const value = share * contribution(values, weights, index);
    if (value !== 0) found.push({ name, value });
  }
  return found.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

/**
 * A logistic curve through two anchors, which every version of the file sets anew where easy asks end and hard ones
 * begin: so a cut point keeps its meaning when weights change, and the score moves with z wherever it is.
 */
function createScale({ oneThird, twoThirds }: ComplexityFile['scale']): (z: number) => number {
  const middle = (oneThird + twoThirds) / 2;
  const slope = (2 * Math.LN2) / (twoThirds - oneThird);
  return (z) => 1 / (1 + Math.exp(slope * (middle - z)));
}
