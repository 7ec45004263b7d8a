import type { ScoreInput } from '../score/scorer.ts';
import { DENSE_NAMES } from './dense.ts';
import { CLIP, type Reading, rowsOf, type Standard, standardOf } from './design.ts';
import { type OverlayFile, type Provenance, toBase64 } from './overlay-file.ts';
import { predict, ridge, type Weights } from './ridge.ts';

/** Found on the tuning rows of `npm run bench:routing`; the curve is flat from 6 to 16. */
const RIDGE = { lambda: 10, steps: 20 };
/** How loud all readable features together are beside the grams, whose length is 1. Found there too. */
const LOUDNESS = 0.2 / Math.sqrt(DENSE_NAMES.length);
const HALFWAY = 300;
/** Where the prior cannot tell the asks apart, the overlay still shall. */
const LEAST_SPREAD = 0.2;

export interface Lesson {
  input: ScoreInput;
  reading: Reading;
  /** 0 to 1: how much the strong model is needed. */
  label: number;
  /** The prior's z. */
  prior: number;
}

/** Learns weights from the lessons. Pure; a second for some thousands. */
export function train(lessons: readonly Lesson[], provenance: Provenance): OverlayFile {
  const readings = lessons.map(({ reading }) => reading);
  const standard = standardOf(readings);
  const rows = rowsOf(readings, standard, LOUDNESS);
  const weights = ridge(rows, centred(lessons.map(({ label }) => label)), RIDGE);
  const outputs = rows.map((row) => predict(row, weights));
  const { mean, deviation } = momentsOf(outputs);
  return {
    version: 1,
    provenance,
    halfway: HALFWAY,
    output: { mean: short(mean), deviation: short(deviation) || 1 },
    level: levelOf(lessons.map(({ prior }) => prior)),
    familiar: familiarRange(rows, standard),
    features: namedFeatures(standard, weights),
    grams: quantised(weights),
  };
}

function centred(labels: readonly number[]): Float64Array {
  const { mean } = momentsOf(labels);
  return Float64Array.from(labels, (label) => label - mean);
}

function momentsOf(values: readonly number[]): { mean: number; deviation: number } {
  let sum = 0;
  let squares = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  for (const value of values) squares += (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** The overlay speaks in the prior's units: it puts the asks in another order and leaves their level where it was. */
function levelOf(priors: readonly number[]): OverlayFile['level'] {
  const { mean, deviation } = momentsOf(priors);
  return { mean: short(mean), deviation: short(Math.max(deviation, LEAST_SPREAD)) };
}

/** Asks stranger than all but one in twenty of the labels begin to be left to the prior. */
function familiarRange(rows: readonly Reading[], { perDeviation }: Standard): OverlayFile['familiar'] {
  const live = perDeviation.filter((value) => value > 0).length || 1;
  const strangeness = rows
    .map(({ dense }) => dense.reduce((sum, value) => sum + value * value, 0) / LOUDNESS ** 2 / live)
    .sort((a, b) => a - b);
  const usual = strangeness[Math.floor(0.95 * (strangeness.length - 1))] ?? 0;
  return { usual: short(usual), foreign: short(usual + (CLIP * CLIP - usual) / 4) };
}

function namedFeatures({ mean, perDeviation }: Standard, { dense }: Weights): OverlayFile['features'] {
  return Object.fromEntries(
    DENSE_NAMES.map((name, at) => {
      const per = perDeviation[at] ?? 0;
      const weight = LOUDNESS * (dense[at] ?? 0);
      return [name, { mean: short(mean[at] ?? 0), deviation: per > 0 ? short(1 / per) : 0, weight: short(weight) }];
    }),
  );
}

/** One signed byte a bucket. */
function quantised({ grams }: Weights): OverlayFile['grams'] {
  const largest = grams.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const scale = largest > 0 ? largest / 127 : 1;
  return { scale, weights: toBase64(Int8Array.from(grams, (weight) => Math.round(weight / scale))) };
}

/** Four digits are enough for a weight, and can be read. */
function short(value: number): number {
  return Number(value.toPrecision(4));
}
