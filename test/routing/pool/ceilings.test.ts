import { describe, expect, it } from 'vitest';
import type { Ceilings } from '../../../src/core/ceilings.ts';
import { withinCeilings } from '../../../src/routing/pool/ceilings.ts';
import { deploymentOf, type Known, viewOf } from './deployments.ts';

const pool = ['x/a', 'y/b'].map((id) => deploymentOf(id));

interface Row {
  name: string;
  ceilings: Ceilings;
  known: Known;
  kept: string;
  why?: string[];
}

describe('withinCeilings', () => {
  const table: Row[] = [
    { name: 'without ceilings all stay', ceilings: {}, known: { usd: { 'x/a': 9 }, ms: { 'x/a': 9e9 } }, kept: 'ab' },
    {
      name: 'who is expected to cost more than allowed is dropped, and it says what',
      ceilings: { maxCostUsd: 0.01 },
      known: { usd: { 'x/a': 0.0123, 'y/b': 0.01 } },
      kept: 'b',
      why: ['costs about $0.0123, more than $0.01'],
    },
    {
      name: 'an unknown price may be any price',
      ceilings: { maxCostUsd: 5 },
      known: { usd: { 'x/a': 2.5 } },
      kept: 'a',
      why: ['its price is unknown, and there is a ceiling on cost'],
    },
    {
      name: 'who is too slow is dropped',
      ceilings: { maxLatencyMs: 1_000 },
      known: { ms: { 'x/a': 1_000.4, 'y/b': 1_000 } },
      kept: 'b',
      why: ['takes about 1000 ms, more than 1000 ms'],
    },
    {
      name: 'who was never measured has to be tried first',
      ceilings: { maxLatencyMs: 1_000 },
      known: { ms: { 'x/a': 5_000 } },
      kept: 'b',
      why: ['takes about 5000 ms, more than 1000 ms'],
    },
    {
      name: 'both count, and cost is said first',
      ceilings: { maxCostUsd: 1, maxLatencyMs: 1 },
      known: { usd: { 'x/a': 1.5, 'y/b': 1 }, ms: { 'x/a': 2, 'y/b': 2 } },
      kept: '',
      why: ['costs about $1.5, more than $1', 'takes about 2 ms, more than 1 ms'],
    },
    {
      name: 'a ceiling of nothing lets the free pass',
      ceilings: { maxCostUsd: 0 },
      known: { usd: { 'x/a': 0, 'y/b': 1e-9 } },
      kept: 'a',
      why: ['costs about $0, more than $0'],
    },
  ];

  it.each(table)('$name', ({ ceilings, known, kept, why = [] }) => {
    const within = withinCeilings(pool, ceilings, viewOf(known));
    expect(within.kept.map(({ model }) => model).join('')).toBe(kept);
    expect(within.dropped.map((each) => each.why)).toEqual(why);
    expect(within.kept.length + within.dropped.length).toBe(pool.length);
  });
});
