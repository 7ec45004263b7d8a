/** Whether a score puts what people call complex above what they call simple. */
import { inputOf, sanityOf } from '../../src/routing/learn/fit.ts';
import { auc } from '../../src/routing/learn/gain.ts';
import type { Scorer } from '../../src/routing/score/scorer.ts';
import { type Data, LABELS } from './data.ts';

export interface Sanity {
  english: number;
  others: number;
  /** Share of the labels that the tier names, cut at a third and two thirds of the score. */
  tiers: number;
  /** On our own sentences, by which `fit` refuses. */
  sentences: number;
}

const TIERS = ['SIMPLE', 'MEDIUM', 'COMPLEX'];

export function sanity(data: Data, scorer: Scorer): Sanity | undefined {
  const rows = data[LABELS];
  if (!rows) return undefined;
  const scored = rows.map(({ text, lang, tier }) => ({
    english: lang === 'en',
    tier,
    score: scorer.score(inputOf(text, 0)).score,
  }));
  const of = (english: boolean, tier: string) =>
    scored.filter((row) => row.english === english && row.tier === tier).map((row) => row.score);
  return {
    english: auc(of(true, 'COMPLEX'), of(true, 'SIMPLE')),
    others: auc(of(false, 'COMPLEX'), of(false, 'SIMPLE')),
    tiers: scored.filter((row) => TIERS[Math.min(2, Math.floor(3 * row.score))] === row.tier).length / scored.length,
    sentences: sanityOf(scorer),
  };
}
