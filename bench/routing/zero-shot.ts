/** How well scores that learned nothing from a set tell where its strong model is needed. */
import { inputOf } from '../../src/routing/learn/fit.ts';
import type { Scorer } from '../../src/routing/score/scorer.ts';
import { interval, type Interval, seeded } from './bootstrap.ts';
import { type Measured, measureAll, type Trial, trialOf } from './curves.ts';
import { type Data, gainsOf, type Row, SETS } from './data.ts';

export interface ZeroShot {
  set: string;
  prompts: number;
  prior: Measured;
  length: Measured;
  oracle: Measured;
}

export function zeroShot(data: Data, scorer: Scorer, times: number): ZeroShot[] {
  return Object.keys(SETS)
    .filter((set) => data[set])
    .map((set, index) => {
      const rows = data[set] ?? [];
      const redraws = { times, random: seeded(1_000 + index) };
      const measured = measureAll(
        {
          prior: trialsOf(set, rows, ({ text }) => scorer.score(inputOf(text, 0)).score),
          length: trialsOf(set, rows, ({ text }) => text.length),
          oracle: trialsOf(set, rows, undefined),
        },
        rows.length,
        redraws,
      );
      return { set, prompts: rows.length, ...measured };
    });
}

/** One trial for each pair of models; without a score, the oracle's. */
function trialsOf(set: string, rows: readonly Row[], score: ((row: Row) => number) | undefined): Trial[] {
  const scores = score && rows.map(score);
  return (SETS[set] ?? []).map((pair) => {
    const [weak, strong] = pair;
    const prompts = rows.flatMap(({ scores: by }, at) =>
      by[weak] !== undefined && by[strong] !== undefined ? [at] : [],
    );
    const gains = gainsOf(
      prompts.flatMap((at) => rows[at] ?? []),
      pair,
    );
    return trialOf(scores ? prompts.map((at) => scores[at] ?? 0) : gains, gains, prompts);
  });
}

export interface Macro {
  prior: number;
  length: number;
  /** The prior's mean above length's: each redraw redraws every set. */
  difference: number;
  interval: Interval;
}

export function macroOf(sets: readonly ZeroShot[]): Macro {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const prior = mean(sets.map((set) => set.prior.apgr));
  const length = mean(sets.map((set) => set.length.apgr));
  const times = sets[0]?.prior.draws.length ?? 0;
  const differences = Array.from({ length: times }, (_, time) =>
    mean(sets.map((set) => (set.prior.draws[time] ?? 0) - (set.length.draws[time] ?? 0))),
  );
  return { prior, length, difference: prior - length, interval: interval(differences) };
}
