import { describe, expect, it } from 'vitest';
import { interval, quantile, redraw, seeded, shuffled } from '../../bench/routing/bootstrap.ts';
import { figuresOf, measureAll, trialOf } from '../../bench/routing/curves.ts';
import { apgr, auc, callsFor, gainCurve, rank } from '../../src/routing/learn/gain.ts';

const curveOf = (scores: number[], gains: number[], counts?: number[]) => {
  const curve = gainCurve(rank(scores), gains, counts);
  if (!curve) throw new Error('no gap');
  return curve;
};

describe('APGR and CPT', () => {
  it.each([
    { name: 'a score that knows', scores: [4, 3, 2, 1], gains: [1, 1, 0, 0], area: 0.75, cpt50: 0.25, cpt80: 0.4 },
    {
      name: 'a score that has it backwards',
      scores: [1, 2, 3, 4],
      gains: [1, 1, 0, 0],
      area: 0.25,
      cpt50: 0.75,
      cpt80: 0.9,
    },
    { name: 'a score that says nothing', scores: [7, 7, 7, 7], gains: [1, 0, 1, 0], area: 0.5, cpt50: 0.5, cpt80: 0.8 },
    { name: 'half tied', scores: [2, 2, 1, 1], gains: [1, 0, 0, 0], area: 0.75, cpt50: 0.25, cpt80: 0.4 },
    // Up to 1.5 after the gains of two, back to 1 with the loss of one: the first crossing counts.
    {
      name: 'a strong model that sometimes loses',
      scores: [4, 3, 2, 1],
      gains: [1, 1, 0, -1],
      area: 1.375,
      cpt50: 0.125,
      cpt80: 0.2,
    },
  ])('$name', ({ scores, gains, area, cpt50, cpt80 }) => {
    const curve = curveOf(scores, gains);
    expect(apgr(curve)).toBeCloseTo(area, 12);
    expect(callsFor(0.5, curve)).toBeCloseTo(cpt50, 12);
    expect(callsFor(0.8, curve)).toBeCloseTo(cpt80, 12);
  });

  it('ties are worth what their orders are worth on average', () => {
    const gains = [1, 0, 1, 0, 0];
    const orders = [
      [1, 2],
      [2, 1],
    ].map(([a = 0, b = 0]) => apgr(curveOf([9, a, b, 0.5, 0.1], gains)));
    const mean = orders.reduce((sum, each) => sum + each, 0) / orders.length;
    expect(apgr(curveOf([9, 1, 1, 0.5, 0.1], gains))).toBeCloseTo(mean, 12);
  });

  it('a prompt that is drawn twice is a prompt that is there twice', () => {
    const drawn = curveOf([3, 2, 1], [1, 0, 1], [2, 0, 1]);
    const written = curveOf([3, 3, 1], [1, 1, 1]);
    expect(apgr(drawn)).toBeCloseTo(apgr(written), 12);
  });

  it('where the strong model gains nothing there is no curve', () => {
    expect(gainCurve(rank([1, 2]), [0, 0])).toBeUndefined();
    expect(gainCurve(rank([1, 2]), [-1, 0])).toBeUndefined();
  });
});

describe('AUC', () => {
  it.each([
    { name: 'all above', positives: [2, 3], negatives: [0, 1], area: 1 },
    { name: 'all below', positives: [0], negatives: [1, 2], area: 0 },
    { name: 'ties count half', positives: [1], negatives: [1], area: 0.5 },
  ])('$name', ({ positives, negatives, area }) => {
    expect(auc(positives, negatives)).toBe(area);
  });
});

describe('bootstrap', () => {
  it('draws as many as there are, and the same again from the same seed', () => {
    const counts = redraw(50, seeded(1));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(50);
    expect(redraw(50, seeded(1))).toEqual(counts);
    expect(redraw(50, seeded(2))).not.toEqual(counts);
  });

  it('an interval holds the middle 95 %', () => {
    const values = Array.from({ length: 1_001 }, (_, at) => at);
    expect(interval(values)).toEqual({ low: 25, high: 975 });
    expect(quantile([1, 2], 0.25)).toBe(1.25);
  });

  it('a shuffle loses nothing', () => {
    expect(shuffled(9, seeded(3)).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('two scores see the same redraws, so that one minus itself is nothing', () => {
    const gains = [1, 0, 1, 0, 0, 1];
    const trial = trialOf([6, 5, 4, 3, 2, 1], gains);
    const { one, other } = measureAll({ one: [trial], other: [trial] }, 6, { times: 20, random: seeded(4) });
    expect(one.draws).toEqual(other.draws);
    expect(one.apgr).toBeCloseTo(figuresOf([trial]).apgr, 12);
    expect(new Set(one.draws).size).toBeGreaterThan(5);
  });

  it('several pairs are averaged, without those whose strong model gains nothing', () => {
    const good = trialOf([2, 1], [1, 0]);
    const bad = trialOf([1, 2], [1, 0]);
    const none = trialOf([1, 2], [0, 0]);
    expect(figuresOf([good, bad, none]).apgr).toBeCloseTo(0.5, 12);
  });
});
