import { describe, expect, it } from 'vitest';
import { savingsOf } from '../../src/admin/savings.ts';
import { yardstickOf } from '../../src/compose/yardstick.ts';
import type { UsageGroup } from '../../src/core/ledger.ts';
import { viewOf } from '../support/routing.ts';

const group = (value: string, more: Partial<UsageGroup>): UsageGroup => ({
  value,
  atMs: undefined,
  requests: 1,
  failures: 0,
  calls: 1,
  fresh: 0,
  cacheRead: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
  costUsd: 0,
  unpriced: 0,
  estimated: 0,
  cacheHits: 0,
  fallbacks: 0,
  queuedMs: 0,
  totalMs: 0,
  ...more,
});
const yardstick = {
  tier: 'opus',
  deployment: 'a/big',
  costUsd: (_: string, { fresh }: { fresh: number }) => fresh / 100,
};

describe('savings', () => {
  it.each([
    { name: 'nothing is nothing', groups: [], says: { requests: 0, unpriced: 0, costUsd: 0, againstUsd: 0 } },
    {
      name: 'what was served is held against the yardstick',
      groups: [group('a/small', { requests: 2, fresh: 200, costUsd: 0.5 }), group('a/big', { fresh: 100, costUsd: 1 })],
      says: { requests: 3, unpriced: 0, costUsd: 1.5, againstUsd: 3 },
    },
    {
      name: 'what nobody served saved nothing',
      groups: [group('', { fresh: 100 })],
      says: { requests: 0, unpriced: 0, costUsd: 0, againstUsd: 0 },
    },
    {
      name: 'a deployment of which something has no price is left out whole, and counted',
      groups: [group('a/new', { requests: 9, unpriced: 1, fresh: 100, costUsd: 0.1 })],
      says: { requests: 0, unpriced: 9, costUsd: 0, againstUsd: 0 },
    },
  ])('$name', ({ groups, says }) => expect(savingsOf(groups, yardstick)).toEqual(says));

  it('have no yardstick where the highest tier has no price', () => {
    expect(yardstickOf(viewOf({}), 0)).toBeUndefined();
  });
});
