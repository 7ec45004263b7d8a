import { lastAsk } from '../ask.ts';
import type { Complexity, ScoreInput } from '../score/scorer.ts';
import { readAsks } from './design.ts';
import { apgr, auc, gainCurve, rank } from './gain.ts';
import type { LabelRow } from './labels.ts';
import { createOverlay, type Overlay } from './overlay.ts';
import type { OverlayFile, Provenance } from './overlay-file.ts';
import { PROBES } from './sanity.ts';
import { type Lesson, train } from './train.ts';

export interface FitOptions {
  /** The score as it would be with an overlay, and as it is without. */
  scorerWith: (overlay?: Overlay) => { score(input: ScoreInput): Pick<Complexity, 'score' | 'contributions'> };
  /** Of the fit, for the file. */
  fittedAt: string;
  /** The models that the labels compare. */
  weak?: string | undefined;
  strong?: string | undefined;
}

export type FitResult = { ok: true; file: OverlayFile } | { ok: false; reason: string; provenance?: Provenance };

/** Fewer teach nothing that chance does not. */
export const MIN_LABELS = 50;
/** The newest count; more make a fit long and no better. */
export const MAX_LABELS = 20_000;
const MIN_SANITY = 0.9;
const FOLDS = 5;

/**
 * Learns an overlay from labels, and refuses it where it is not better than the prior and than plain length on labels
 * that it has not seen, or where it no longer tells small talk from a proof.
 */
export function fitOverlay(
  rows: readonly Pick<LabelRow, 'text' | 'tools' | 'label' | 'gain' | 'source'>[],
  options: FitOptions,
): FitResult {
  const kept = rows.slice(-MAX_LABELS);
  const texts = new Set(kept.map(({ text }) => text));
  if (texts.size < MIN_LABELS) {
    return { ok: false, reason: `There are ${texts.size} different labelled texts; it takes ${MIN_LABELS}.` };
  }
  const gains = kept.map(({ gain }) => gain);
  if (!(gains.reduce((sum, gain) => sum + gain, 0) > 0)) {
    return {
      ok: false,
      reason: 'By these labels the strong model is no better than the weak one: there is nothing to learn.',
    };
  }
  const lessons = lessonsOf(kept, options);
  const judged = judgeFolds(lessons, gains, options);
  const provenance = { ...provenanceOf(kept, options), heldBack: judged };
  const file = train(lessons, provenance);
  provenance.sanity = sanityOf(options.scorerWith(createOverlay(file)));
  const reason = refusalOf(provenance);
  return reason ? { ok: false, reason, provenance } : { ok: true, file: { ...file, provenance } };
}

function refusalOf({ heldBack, sanity }: Provenance): string | undefined {
  const { overlay, prior, length } = heldBack;
  const figures = `On labels it had not seen it reaches APGR ${overlay.toFixed(3)}, the prior ${prior.toFixed(3)}, plain length ${length.toFixed(3)}`;
  if (overlay <= prior) return `${figures}: it is no better than the prior.`;
  if (overlay <= length) return `${figures}: it is no better than length.`;
  if (sanity < MIN_SANITY) {
    return `It puts a hard sentence above an easy one in only ${(100 * sanity).toFixed(1)} % of our pairs; ${100 * MIN_SANITY} % are asked.`;
  }
  return undefined;
}

/** As the gateway reads an ask: reminder blocks off, very long ones shortened. */
export function inputOf(text: string, tools: number): ScoreInput {
  const ask = lastAsk({ model: '', messages: [{ role: 'user', content: text }] }, 0);
  return { ask, toolCount: tools, toolParameters: 0, structured: false, messages: 1, effort: undefined };
}

function lessonsOf(rows: readonly Pick<LabelRow, 'text' | 'tools' | 'label'>[], { scorerWith }: FitOptions): Lesson[] {
  const prior = scorerWith();
  const inputs = rows.map(({ text, tools }) => inputOf(text, tools));
  const readings = readAsks(inputs);
  return rows.flatMap(({ label }, index) => {
    const input = inputs[index];
    const reading = readings[index];
    return input && reading ? [{ input, reading, label, prior: zOf(prior.score(input)) }] : [];
  });
}

/** What an ask's contributions add up to. */
function zOf({ contributions }: Pick<Complexity, 'contributions'>): number {
  return contributions.reduce((sum, { value }) => sum + value, 0);
}

/** Every label is scored by a fit that has seen neither it nor another label of the same text. */
function judgeFolds(lessons: readonly Lesson[], gains: readonly number[], options: FitOptions): Provenance['heldBack'] {
  const foldOf = lessons.map(({ input }) => foldFor(input.ask.text));
  const scores = new Float64Array(lessons.length);
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const seen = lessons.filter((_, index) => foldOf[index] !== fold);
    if (seen.length === 0 || seen.length === lessons.length) continue;
    const source: Provenance = { ...emptyProvenance(options), labels: seen.length };
    const scorer = options.scorerWith(createOverlay(train(seen, source)));
    for (const [index, { input }] of lessons.entries()) {
      if (foldOf[index] === fold) scores[index] = zOf(scorer.score(input));
    }
  }
  return {
    overlay: apgrOf(scores, gains),
    prior: apgrOf(
      lessons.map(({ prior }) => prior),
      gains,
    ),
    length: apgrOf(
      lessons.map(({ input }) => input.ask.length),
      gains,
    ),
  };
}

function apgrOf(scores: ArrayLike<number>, gains: readonly number[]): number {
  const curve = gainCurve(rank(scores), gains);
  return curve ? Number(apgr(curve).toFixed(4)) : 0;
}

/** By the text itself, so that a text asked twice is never in two folds. */
function foldFor(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 16)) >>> 0) % FOLDS;
}

/** Over all pairs of a simple and a complex sentence of one language that no fit learns from; the languages' mean. */
export function sanityOf(scorer: ReturnType<FitOptions['scorerWith']>): number {
  const score = (text: string) => scorer.score(inputOf(text, 0)).score;
  const languages = PROBES.map(({ simple, complex }) => auc(complex.map(score), simple.map(score)));
  return languages.reduce((sum, each) => sum + each, 0) / languages.length;
}

function provenanceOf(rows: readonly Pick<LabelRow, 'source'>[], options: FitOptions): Provenance {
  const sources: Record<string, number> = {};
  for (const { source } of rows) sources[source] = (sources[source] ?? 0) + 1;
  return { ...emptyProvenance(options), labels: rows.length, sources };
}

function emptyProvenance({ fittedAt, weak, strong }: FitOptions): Provenance {
  return {
    labels: 1,
    fittedAt,
    ...(weak !== undefined && { weak }),
    ...(strong !== undefined && { strong }),
    sources: {},
    heldBack: { overlay: 0, prior: 0, length: 0 },
    sanity: 0,
  };
}
