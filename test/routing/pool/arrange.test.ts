import { describe, expect, it } from 'vitest';
import { arrange } from '../../../src/routing/pool/arrange.ts';
import type { Strategy } from '../../../src/routing/pool/strategy.ts';
import type { PoolView } from '../../../src/routing/pool/view.ts';
import { deploymentOf, firsts, type Known, seeded, viewOf } from './deployments.ts';

const pool = ['x/a', 'y/b', 'z/c'].map((id) => deploymentOf(id));
const ids = (strategy: Strategy, view: PoolView, deployments = pool) =>
  arrange(strategy, deployments, view)
    .map(({ id }) => id.slice(2))
    .join('');

interface Row {
  name: string;
  strategy: Strategy;
  known?: Known;
  parts?: Partial<PoolView>;
  order: string;
}

describe('arrange', () => {
  const table: Row[] = [
    { name: 'order is the order of the pool', strategy: 'order', known: { usd: { 'z/c': 0 } }, order: 'abc' },
    {
      name: 'cheapest goes by what this request is expected to cost',
      strategy: 'cheapest',
      known: { usd: { 'x/a': 3, 'y/b': 1, 'z/c': 2 } },
      order: 'bca',
    },
    {
      name: 'an unknown price is never the cheapest',
      strategy: 'cheapest',
      known: { usd: { 'y/b': 100, 'z/c': 99 } },
      order: 'cba',
    },
    { name: 'without any price cheapest keeps the order', strategy: 'cheapest', order: 'abc' },
    {
      name: 'of two with the same price the one with more room is first',
      strategy: 'cheapest',
      known: { usd: { 'x/a': 1, 'y/b': 1, 'z/c': 2 }, room: { 'x/a': 0.1, 'y/b': 0.9 } },
      order: 'bac',
    },
    {
      name: 'cheapest remembers no leader: a cent is a cent',
      strategy: 'cheapest',
      known: { usd: { 'x/a': 1, 'y/b': 0.99, 'z/c': 2 } },
      parts: { lead: { id: 'x/a' } },
      order: 'bac',
    },
    {
      name: 'fastest goes by the time to the first content',
      strategy: 'fastest',
      known: { ms: { 'x/a': 900, 'y/b': 700, 'z/c': 200 } },
      order: 'cba',
    },
    {
      name: 'a slow starter that writes fast wins a long answer',
      strategy: 'fastest',
      known: { ms: { 'x/a': 200, 'y/b': 900 }, tokensPerSecond: { 'x/a': 20, 'y/b': 200 } },
      parts: { expectedOutputTokens: 1_000 },
      order: 'bac',
    },
    {
      name: 'and loses a short one',
      strategy: 'fastest',
      known: { ms: { 'x/a': 200, 'y/b': 900 }, tokensPerSecond: { 'x/a': 20, 'y/b': 200 } },
      parts: { expectedOutputTokens: 10 },
      order: 'abc',
    },
    {
      name: 'a challenger that is a tenth faster does not displace the leader',
      strategy: 'fastest',
      known: { ms: { 'x/a': 1_000, 'y/b': 900 } },
      parts: { lead: { id: 'x/a' } },
      order: 'abc',
    },
    {
      name: 'one that is a fifth faster does',
      strategy: 'fastest',
      known: { ms: { 'x/a': 1_000, 'y/b': 800 } },
      parts: { lead: { id: 'x/a' } },
      order: 'bac',
    },
    {
      name: 'balanced: half the price is worth less than a third of the time',
      strategy: 'balanced',
      known: { usd: { 'x/a': 0.02, 'y/b': 0.01, 'z/c': 9 }, ms: { 'x/a': 1_000, 'y/b': 3_000, 'z/c': 1_000 } },
      order: 'abc',
    },
    {
      name: 'and more than nine tenths of it',
      strategy: 'balanced',
      known: { usd: { 'x/a': 0.02, 'y/b': 0.01, 'z/c': 9 }, ms: { 'x/a': 1_000, 'y/b': 1_100, 'z/c': 1_000 } },
      order: 'bac',
    },
    {
      name: 'balanced: a full one gives way',
      strategy: 'balanced',
      known: { usd: { 'x/a': 1, 'y/b': 2, 'z/c': 9 }, ms: { 'x/a': 1, 'y/b': 1, 'z/c': 9 }, room: { 'x/a': 0 } },
      order: 'bac',
    },
    {
      name: 'balanced: an unknown price counts as the dearest',
      strategy: 'balanced',
      known: { usd: { 'x/a': 0.01, 'y/b': 1 }, ms: { 'x/a': 100, 'y/b': 100, 'z/c': 120 } },
      order: 'abc',
    },
    {
      name: 'balanced: nothing is free of time',
      strategy: 'balanced',
      known: { usd: { 'x/a': 0, 'y/b': 0.000_002, 'z/c': 0.01 }, ms: { 'x/a': 5_000, 'y/b': 500, 'z/c': 5_000 } },
      order: 'bac',
    },
    {
      name: 'sticky is the pinned one first',
      strategy: 'sticky',
      parts: { pinned: 'z/c' },
      order: 'cab',
    },
    {
      name: 'a pinned one that is not in the pool is nobody',
      strategy: 'sticky',
      parts: { pinned: 'w/d' },
      order: 'abc',
    },
  ];

  it.each(table)('$name', ({ strategy, known, parts, order }) => {
    expect(ids(strategy, viewOf(known, parts))).toBe(order);
  });
});

describe('weighted', () => {
  const times = 20_000;
  const shares = (weights: Record<string, number>, deployments = pool) => {
    const random = seeded(7);
    const counts = firsts(times, () => arrange('weighted', deployments, viewOf({}, { weights, random })));
    return Object.fromEntries(Object.entries(counts).map(([id, count]) => [id, Math.round((count / times) * 100)]));
  };

  it('gives each its share of the first places', () => {
    expect(shares({ 'x/a': 7, b: 2, z: 1 })).toEqual({ 'x/a': 70, 'y/b': 20, 'z/c': 10 });
  });

  it('deployments of one model share its weight', () => {
    const two = [deploymentOf('x/a'), deploymentOf('y/a'), deploymentOf('z/c')];
    expect(shares({ a: 1, c: 1 }, two)).toEqual({ 'x/a': 25, 'y/a': 25, 'z/c': 50 });
  });

  it('a provider stands for all its credentials', () => {
    const two = [deploymentOf('x/a'), deploymentOf('x#2/a'), deploymentOf('z/c')];
    expect(shares({ x: 2, z: 3 }, two)).toEqual({ 'x/a': 20, 'x#2/a': 20, 'z/c': 60 });
  });

  it('who is not named is there for failing over only, in the order of the pool', () => {
    expect(ids('weighted', viewOf({}, { weights: { c: 1 } }))).toBe('cab');
  });

  it('is the same with the same random numbers', () => {
    const order = () => ids('weighted', viewOf({}, { random: seeded(3) }));
    expect(order()).toBe(order());
  });

  it('takes names from nowhere but the weights', () => {
    const odd = [deploymentOf('constructor/toString'), deploymentOf('z/c')];
    expect(shares({ c: 1 }, odd)).toEqual({ 'z/c': 100 });
  });
});

describe('sticky', () => {
  const sessions = Array.from({ length: 3_000 }, (_, index) => `session ${index}`);
  const homes = (deployments = pool) =>
    sessions.map((session) => arrange('sticky', deployments, viewOf({}, { session }))[0]?.id);

  it('every process sends a session to the same deployment, whatever the order of its pool', () => {
    expect(homes(pool.toReversed())).toEqual(homes());
  });

  it('spreads sessions evenly', () => {
    const counts = Object.groupBy(homes(), (id) => id ?? '');
    for (const found of Object.values(counts)) expect(found?.length).toBeGreaterThan(900);
  });

  it('a deployment less moves only its own sessions', () => {
    const fewer = homes(pool.slice(0, 2));
    const moved = homes().filter((home, index) => home !== fewer[index]);
    expect(new Set(moved)).toEqual(new Set(['z/c']));
  });

  it('weights its deployments', () => {
    const weights = { a: 3, b: 1 };
    const found = sessions.map((session) => arrange('sticky', pool, viewOf({}, { session, weights }))[0]?.id);
    const share = found.filter((id) => id === 'x/a').length / sessions.length;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(0.8);
  });
});

describe('measured strategies', () => {
  const measured: Strategy[] = ['fastest', 'balanced'];
  const all = { 'x/a': 1_000, 'y/b': 1_010, 'z/c': 5_000 };

  it.each(measured)('%s: near-equal ones share the work, so that no herd forms', (strategy) => {
    const random = seeded(1);
    const lead = { id: undefined };
    const counts = firsts(4_000, () => arrange(strategy, pool, viewOf({ ms: all }, { random, lead })));
    expect(counts['x/a']).toBeGreaterThan(1_800);
    expect(counts['y/b']).toBeGreaterThan(1_800);
  });

  it.each(measured)('%s: one request in a hundred asks any of them, to keep the measurements fresh', (strategy) => {
    const random = seeded(2);
    const counts = firsts(30_000, () => arrange(strategy, pool, viewOf({ ms: all }, { random })));
    expect(counts['z/c']).toBeGreaterThan(60);
    expect(counts['z/c']).toBeLessThan(150);
  });

  it.each(measured)('%s: one that nobody has measured gets tried', (strategy) => {
    const random = seeded(3);
    const known = { ms: { 'x/a': 100, 'y/b': 1_000 } };
    const counts = firsts(5_000, () => arrange(strategy, pool, viewOf(known, { random })));
    expect(counts['z/c']).toBeGreaterThan(350);
    expect(counts['x/a']).toBeGreaterThan(4_000);
  });

  it.each(measured)('%s: from the start, with nothing known, all are asked', (strategy) => {
    const random = seeded(4);
    const counts = firsts(3_000, () => arrange(strategy, pool, viewOf({}, { random })));
    for (const { id } of pool) expect(counts[id]).toBeGreaterThan(800);
  });

  it('trying somebody else does not make it the leader', () => {
    const lead = { id: undefined };
    const [first] = arrange('fastest', pool, viewOf({ ms: all }, { lead, random: () => 0.001 }));
    expect(first?.id).toBe('x/a');
    arrange('fastest', pool, viewOf({ ms: all }, { lead }));
    arrange('fastest', pool, viewOf({ ms: { ...all, 'z/c': 990 } }, { lead, random: () => 0.001 }));
    expect(lead.id).toBe('x/a');
  });

  it('a leader that cannot serve one request leads the next', () => {
    const lead = { id: 'x/a' };
    arrange('fastest', pool.slice(1), viewOf({ ms: all }, { lead }));
    expect(lead.id).toBe('x/a');
  });

  it('a leader is displaced for good by one that is clearly better', () => {
    const lead = { id: 'x/a' };
    arrange('fastest', pool, viewOf({ ms: { 'x/a': 1_000, 'y/b': 500 } }, { lead }));
    expect(ids('fastest', viewOf({ ms: { 'x/a': 480, 'y/b': 500 } }, { lead, random: () => 0.99 }))).toBe('bac');
  });
});
