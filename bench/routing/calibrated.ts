/** What a fit on some rows of a set does on the others. */
import { readAsks } from '../../src/routing/learn/design.ts';
import { inputOf } from '../../src/routing/learn/fit.ts';
import { createOverlay, type Overlay } from '../../src/routing/learn/overlay.ts';
import type { OverlayFile } from '../../src/routing/learn/overlay-file.ts';
import { type Lesson, train } from '../../src/routing/learn/train.ts';
import type { Scorer } from '../../src/routing/score/scorer.ts';
import { seeded, shuffled } from './bootstrap.ts';
import { type Measured, measureAll, type Trial, trialOf } from './curves.ts';
import { type Data, gainsOf, HAIKU_TO_OPUS, type Pair, rowsOf, SETS } from './data.ts';

/** One way to part the rows. */
type Split = readonly { train: readonly number[]; test: readonly number[] }[];

interface Course {
  name: string;
  sets: readonly string[];
  pair: Pair;
  splits: (rows: number) => Split[];
}

const first = (set: string): Pair => SETS[set]?.[0] ?? HAIKU_TO_OPUS;
const CLAUDE_SETS = ['zeroeval_gsm', 'zeroeval_crux', 'zeroeval_math_l5'];

export const COURSES: readonly Course[] = [
  { name: 'MMLU, 1,500 labels', sets: ['routellm_mmlu'], pair: first('routellm_mmlu'), splits: draws(1_500) },
  { name: 'MMLU, 300 labels', sets: ['routellm_mmlu'], pair: first('routellm_mmlu'), splits: draws(300) },
  { name: 'MMLU, 100 labels', sets: ['routellm_mmlu'], pair: first('routellm_mmlu'), splits: draws(100) },
  { name: 'GSM8K', sets: ['routellm_gsm8k'], pair: first('routellm_gsm8k'), splits: folds },
  { name: 'Claude mix', sets: CLAUDE_SETS, pair: HAIKU_TO_OPUS, splits: folds },
  {
    name: 'MMLU-Pro, Llama 8B to 70B, 1,500 labels',
    sets: ['mmlu_pro'],
    pair: SETS['mmlu_pro']?.[1] ?? HAIKU_TO_OPUS,
    splits: draws(1_500),
  },
  { name: 'LLMRouter, 1,500 labels', sets: ['llmrouter_train'], pair: first('llmrouter_train'), splits: draws(1_500) },
];

const SEEDS = [1, 2, 3, 4, 5];
const FOLDS = 5;

/** Five draws of so many labels; tested on all the others. Fewer where there are not twice as many rows. */
function draws(labels: number): (rows: number) => Split[] {
  return (rows) =>
    SEEDS.map((seed) => {
      const order = shuffled(rows, seeded(seed));
      const size = Math.min(labels, Math.floor(rows / 2));
      return [{ train: order.slice(0, size), test: order.slice(size) }];
    });
}

/** Five shuffles of five folds: one shuffle alone is a matter of luck. */
function folds(rows: number): Split[] {
  return SEEDS.map((seed) => {
    const order = shuffled(rows, seeded(seed));
    return Array.from({ length: FOLDS }, (_, fold) => ({
      train: order.filter((_, at) => at % FOLDS !== fold),
      test: order.filter((_, at) => at % FOLDS === fold),
    }));
  });
}

export interface Calibrated {
  name: string;
  labels: number;
  prompts: number;
  blended: Measured;
  overlay: Measured;
  prior: Measured;
  length: Measured;
  /** The overlay of the first split, and the scores of the first whole round, by row. */
  sample: Overlay;
  file: OverlayFile;
}

export interface School {
  data: Data;
  scorerWith: (overlay?: Overlay) => Scorer;
  times: number;
}

export function lessonsOf(texts: readonly string[], gains: readonly number[], prior: Scorer): Lesson[] {
  const inputs = texts.map((text) => inputOf(text, 0));
  return readAsks(inputs).flatMap((reading, at) => {
    const input = inputs[at];
    if (!input) return [];
    const { contributions } = prior.score(input);
    const priorZ = contributions.reduce((sum, { value }) => sum + value, 0);
    return [{ input, reading, label: (1 + (gains[at] ?? 0)) / 2, prior: priorZ }];
  });
}

export function teach(lessons: readonly Lesson[]): { overlay: Overlay; file: OverlayFile } {
  const heldBack = { overlay: 0, prior: 0, length: 0 };
  const file = train(lessons, { labels: lessons.length, fittedAt: 'bench', sources: {}, heldBack, sanity: 0 });
  return { overlay: createOverlay(file), file };
}

export function calibrate(
  { name, sets, pair, splits }: Course,
  { data, scorerWith, times }: School,
): Calibrated | undefined {
  const rows = rowsOf(data, sets, pair);
  if (rows.length < 100) return undefined;
  const gains = gainsOf(rows, pair);
  const lessons = lessonsOf(
    rows.map(({ text }) => text),
    gains,
    scorerWith(),
  );
  const trials = { blended: [] as Trial[], overlay: [] as Trial[], prior: [] as Trial[], length: [] as Trial[] };
  let labels = 0;
  let taught: ReturnType<typeof teach> | undefined;
  for (const split of splits(rows.length)) {
    const scores = { blended: new Float64Array(rows.length), overlay: new Float64Array(rows.length) };
    for (const { train: seen, test } of split) {
      const fold = teach(pick(lessons, seen));
      taught ??= fold;
      labels = seen.length;
      const scorer = scorerWith(fold.overlay);
      for (const at of test) {
        const lesson = lessons[at];
        if (!lesson) continue;
        scores.blended[at] = scorer.score(lesson.input).score;
        scores.overlay[at] = fold.overlay.z(lesson.input);
      }
    }
    const tested = split.flatMap(({ test }) => test);
    const testedGains = pick(gains, tested);
    const of = (score: (at: number) => number) => trialOf(tested.map(score), testedGains, tested);
    trials.blended.push(of((at) => scores.blended[at] ?? 0));
    trials.overlay.push(of((at) => scores.overlay[at] ?? 0));
    trials.prior.push(of((at) => lessons[at]?.prior ?? 0));
    trials.length.push(of((at) => rows[at]?.text.length ?? 0));
  }
  if (!taught) return undefined;
  const measured = measureAll(trials, rows.length, { times, random: seeded(77) });
  return { name, labels, prompts: rows.length, ...measured, sample: taught.overlay, file: taught.file };
}

function pick<Item>(items: readonly Item[], places: readonly number[]): Item[] {
  return places.flatMap((at) => items[at] ?? []);
}
