/** APGR, CPT50 and CPT80 of a score, with intervals. */
import { apgr, callsFor, gainCurve, rank, type Ranking } from '../../src/routing/learn/gain.ts';
import { interval, type Interval, redraw } from './bootstrap.ts';

/** One score for the prompts of one pair of models. `prompts` says which of the set's prompts they are. */
export interface Trial {
  ranking: Ranking;
  gains: readonly number[];
  prompts: readonly number[];
}

export function trialOf(scores: ArrayLike<number>, gains: readonly number[], prompts?: readonly number[]): Trial {
  return { ranking: rank(scores), gains, prompts: prompts ?? gains.map((_, at) => at) };
}

export interface Figures {
  apgr: number;
  /** In percent. */
  cpt50: number;
  cpt80: number;
}

/** The means over the trials of those whose strong model gains something. */
export function figuresOf(trials: readonly Trial[], countsOf?: (prompts: readonly number[]) => Uint16Array): Figures {
  const sums: Figures = { apgr: 0, cpt50: 0, cpt80: 0 };
  let used = 0;
  for (const { ranking, gains, prompts } of trials) {
    const curve = gainCurve(ranking, gains, countsOf?.(prompts));
    if (!curve) continue;
    sums.apgr += apgr(curve);
    sums.cpt50 += 100 * callsFor(0.5, curve);
    sums.cpt80 += 100 * callsFor(0.8, curve);
    used += 1;
  }
  return { apgr: sums.apgr / used, cpt50: sums.cpt50 / used, cpt80: sums.cpt80 / used };
}

export interface Redraws {
  times: number;
  random: () => number;
}

export interface Measured extends Figures {
  interval: Interval;
  /** APGR of each redraw: two scores measured with the same redraws can be subtracted. */
  draws: readonly number[];
}

/** Every score with the same redraws of the set's prompts. */
export function measureAll<Name extends string>(
  scores: Readonly<Record<Name, readonly Trial[]>>,
  prompts: number,
  { times, random }: Redraws,
): Record<Name, Measured> {
  const names = Object.keys(scores) as Name[];
  const draws = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let time = 0; time < times; time += 1) {
    const countsOf = countsIn(redraw(prompts, random));
    for (const name of names) draws[name].push(figuresOf(scores[name], countsOf).apgr);
  }
  const measured = names.map((name) => [
    name,
    { ...figuresOf(scores[name]), interval: interval(draws[name]), draws: draws[name] },
  ]);
  return Object.fromEntries(measured) as Record<Name, Measured>;
}

/** How often each prompt of a trial was drawn; counted once for all scores that share the trial's prompts. */
function countsIn(drawn: Uint16Array): (prompts: readonly number[]) => Uint16Array {
  const known = new Map<readonly number[], Uint16Array>();
  return (prompts) => {
    const counts = known.get(prompts) ?? new Uint16Array(prompts.length);
    if (known.has(prompts)) return counts;
    for (let at = 0; at < prompts.length; at += 1) counts[at] = drawn[prompts[at] ?? 0] ?? 0;
    known.set(prompts, counts);
    return counts;
  };
}
