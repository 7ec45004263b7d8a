import type { ScoreInput } from '../score/scorer.ts';
import { DENSE_NAMES } from './dense.ts';
import { readAsks, type Reading, rowsOf, type Standard, standardOf } from './design.ts';
import { type OverlayFile, type Provenance, toBase64 } from './overlay-file.ts';
import { auc } from './gain.ts';
import { ANCHORS } from './sanity.ts';
import { predict, ridge, type Weights } from './ridge.ts';

/** Found on the tuning rows of `npm run bench:routing`; the curve is flat from 6 to 16. */
const RIDGE = { lambda: 8, steps: 10 };
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
  const weights = sensibleWeights(rows, standard, centred(lessons.map(({ label }) => label)));
  const outputs = rows.map((row) => predict(row, weights));
  const { mean, deviation } = momentsOf(outputs);
  return {
    version: 1,
    provenance,
    halfway: HALFWAY,
    output: { mean: short(mean), deviation: short(deviation) || 1 },
    level: levelOf(lessons.map(({ prior }) => prior)),
    features: namedFeatures(standard, weights),
    grams: quantised(weights),
  };
}

/** An anchor counts a quarter of a label. */
const ANCHOR_SHARE = 0.5;
const SENSE = 0.8;

/**
 * Labels of one kind of traffic know nothing of small talk, and what they teach may put it above a proof. Where it
 * does, sentences of our own are learned along with them. Elsewhere they would only cost.
 */
function sensibleWeights(rows: readonly Reading[], standard: Standard, targets: Float64Array): Weights {
  const learned = ridge(rows, targets, RIDGE);
  const simple = rowsOf(readAsks(ANCHORS.simple.map(plainInput)), standard, LOUDNESS);
  const complex = rowsOf(readAsks(ANCHORS.complex.map(plainInput)), standard, LOUDNESS);
  const outputs = (readings: readonly Reading[]) => readings.map((reading) => predict(reading, learned));
  if (auc(outputs(complex), outputs(simple)) >= SENSE) return learned;
  const pull = ANCHOR_SHARE * momentsOf([...targets]).deviation;
  const pulls = [...simple.map(() => -pull), ...complex.map(() => pull)];
  const anchors = [...simple, ...complex].map(({ dense, buckets, amounts }) => ({
    dense: dense.map((value) => ANCHOR_SHARE * value),
    buckets,
    amounts: amounts.map((amount) => ANCHOR_SHARE * amount),
  }));
  return ridge([...rows, ...anchors], Float64Array.from([...targets, ...pulls]), RIDGE);
}

function plainInput(text: string): ScoreInput {
  const ask = { text, length: text.length, media: 0 };
  return { ask, toolCount: 0, toolParameters: 0, structured: false, messages: 1, effort: undefined };
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
