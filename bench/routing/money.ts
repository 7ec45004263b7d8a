/** What nine tenths of the gap from Haiku to Opus cost when three tiers share the prompts. */
import type { Scorer } from '../../src/routing/score/scorer.ts';
import type { Overlay } from '../../src/routing/learn/overlay.ts';
import { lessonsOf, teach } from './calibrated.ts';
import { seeded, shuffled } from './bootstrap.ts';
import { type Data, gainsOf, HAIKU, HAIKU_TO_OPUS, OPUS, type Row, rowsOf, SONNET } from './data.ts';

/** List prices of 2024, USD per million tokens. */
const PRICES: Readonly<Record<string, readonly [input: number, output: number]>> = {
  [HAIKU]: [0.25, 1.25],
  [SONNET]: [3, 15],
  [OPUS]: [15, 75],
};
const TIERS = [HAIKU, SONNET, OPUS] as const;
const CHARACTERS_PER_TOKEN = 4;
/** Cut points are tried at every hundredth of the prompts. */
const STEPS = 100;
const GAP = 0.9;
const FOLDS = 5;

export interface Bill {
  name: string;
  /** Mean score of the answers. */
  quality: number;
  /** USD for a thousand prompts. */
  usd: number;
  /** Of always-Opus, in percent. */
  ofOpus: number;
}

interface Answer {
  quality: number[];
  usd: number[];
}

export function bills(data: Data, scorerWith: (overlay?: Overlay) => Scorer): Bill[] {
  const rows = rowsOf(data, ['zeroeval_gsm', 'zeroeval_crux'], HAIKU_TO_OPUS).filter(({ scores }) => SONNET in scores);
  if (rows.length < 100) return [];
  const answers = rows.map(answerOf);
  const always = TIERS.map((_, tier) => totalOf(answers, () => tier));
  const [haiku, , opus] = always;
  if (!haiku || !opus) return [];
  const wanted = haiku.quality + GAP * (opus.quality - haiku.quality);
  const prior = scorerWith();
  const gains = gainsOf(rows, HAIKU_TO_OPUS);
  const lessons = lessonsOf(
    rows.map(({ text }) => text),
    gains,
    prior,
  );
  const blended = new Float64Array(rows.length);
  const order = shuffled(rows.length, seeded(1));
  for (let fold = 0; fold < FOLDS; fold += 1) {
    const seen = order.filter((_, place) => place % FOLDS !== fold);
    const scorer = scorerWith(teach(seen.flatMap((at) => lessons[at] ?? [])).overlay);
    for (const [place, at] of order.entries()) {
      const lesson = lessons[at];
      if (place % FOLDS === fold && lesson) blended[at] = scorer.score(lesson.input).score;
    }
  }
  const cheapest = (scores: ArrayLike<number>) => cheapestCut(answers, scores, wanted);
  const named: [string, Omit<Bill, 'name' | 'ofOpus'>][] = [
    ...TIERS.map((model, tier): [string, Omit<Bill, 'name' | 'ofOpus'>] => [`always ${model}`, always[tier] ?? opus]),
    ['random', cheapestMix(always, wanted)],
    ['prompt length', cheapest(rows.map(({ text }) => text.length))],
    ['our prior', cheapest(lessons.map((lesson) => lesson.prior))],
    ['our calibrated score', cheapest(blended)],
    ['oracle', totalOf(answers, (at) => cheapestRight(answers[at]))],
  ];
  return named.map(([name, bill]) => ({ name, ...bill, ofOpus: (100 * bill.usd) / opus.usd }));
}

function answerOf({ text, scores, out_tokens }: Row): Answer {
  const usd = TIERS.map((model) => {
    const [input = 0, output = 0] = PRICES[model] ?? [];
    return ((text.length / CHARACTERS_PER_TOKEN) * input + (out_tokens[model] ?? 0) * output) / 1_000_000;
  });
  return { quality: TIERS.map((model) => scores[model] ?? 0), usd };
}

function totalOf(answers: readonly Answer[], tierOf: (at: number) => number): { quality: number; usd: number } {
  let quality = 0;
  let usd = 0;
  for (const [at, answer] of answers.entries()) {
    quality += answer.quality[tierOf(at)] ?? 0;
    usd += answer.usd[tierOf(at)] ?? 0;
  }
  return { quality: quality / answers.length, usd: (1_000 * usd) / answers.length };
}

/** Who answers best, and of those the cheapest. */
function cheapestRight(answer: Answer | undefined): number {
  return answer ? answer.quality.indexOf(Math.max(...answer.quality)) : 0;
}

/** The two cut points that reach the quality for the least money. Chosen on the prompts that are billed, for every score alike. */
function cheapestCut(
  answers: readonly Answer[],
  scores: ArrayLike<number>,
  wanted: number,
): { quality: number; usd: number } {
  const rising = Array.from(answers, (_, at) => at).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const places = Array.from({ length: STEPS + 1 }, (_, step) => Math.round((step / STEPS) * answers.length));
  const sums = TIERS.map((_, tier) =>
    runningSums(
      rising.map((at) => answers[at]),
      tier,
    ),
  );
  let best = { quality: 0, usd: Infinity };
  for (const from of places) {
    for (const to of places) {
      if (to < from) continue;
      const bill = billOf(sums, [0, from, to, answers.length]);
      if (bill.quality >= wanted && bill.usd < best.usd) best = bill;
    }
  }
  return best;
}

interface Sums {
  quality: number[];
  usd: number[];
}

/** Each tier has the prompts between its cut and the next. */
function billOf(sums: readonly Sums[], cuts: readonly number[]): { quality: number; usd: number } {
  const count = cuts.at(-1) ?? 1;
  let quality = 0;
  let usd = 0;
  for (const [tier, sum] of sums.entries()) {
    const start = cuts[tier] ?? 0;
    const end = cuts[tier + 1] ?? 0;
    quality += (sum.quality[end] ?? 0) - (sum.quality[start] ?? 0);
    usd += (sum.usd[end] ?? 0) - (sum.usd[start] ?? 0);
  }
  return { quality: quality / count, usd: (1_000 * usd) / count };
}

function runningSums(answers: readonly (Answer | undefined)[], tier: number): Sums {
  const sums: Sums = { quality: [0], usd: [0] };
  for (const [at, answer] of answers.entries()) {
    sums.quality.push((sums.quality[at] ?? 0) + (answer?.quality[tier] ?? 0));
    sums.usd.push((sums.usd[at] ?? 0) + (answer?.usd[tier] ?? 0));
  }
  return sums;
}

/** Prompts dealt out blindly: the cheapest shares of the three tiers that reach the quality on average. */
function cheapestMix(
  always: readonly { quality: number; usd: number }[],
  wanted: number,
): { quality: number; usd: number } {
  let best = { quality: 0, usd: Infinity };
  for (let first = 0; first <= STEPS; first += 1) {
    for (let second = 0; first + second <= STEPS; second += 1) {
      const shares = [first, second, STEPS - first - second].map((part) => part / STEPS);
      const quality = shares.reduce((sum, share, tier) => sum + share * (always[tier]?.quality ?? 0), 0);
      const usd = shares.reduce((sum, share, tier) => sum + share * (always[tier]?.usd ?? 0), 0);
      if (quality >= wanted && usd < best.usd) best = { quality, usd };
    }
  }
  return best;
}
