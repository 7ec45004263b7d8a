import { describe, expect, it } from 'vitest';
import { bucketsOf, NO_TOKENS } from '../../../src/books/ledger/buckets.ts';
import { piecesOf, spentBefore } from '../../../src/books/spending/read-back.ts';
import { Spending } from '../../../src/books/spending/spending.ts';
import type { Dimension, LedgerStore, UsageGroup } from '../../../src/core/ledger.ts';
import { ask, claim, HOUR, isRefused, key, MINUTE, NOON, tenant } from './books.ts';

interface Row {
  atMs: number;
  key: string;
  tenant: string;
  outcome: string;
  costUsd: number;
}
const row = (atMs: number, differs: Partial<Row> = {}): Row => ({
  atMs,
  key: 'k',
  tenant: 't',
  outcome: 'ok',
  costUsd: 0.01,
  ...differs,
});

/** Each request has 30 tokens in and 20 out. */
function ledger(rows: readonly Row[]): Pick<LedgerStore, 'usage'> {
  return {
    usage: ({ fromMs, toMs, by, where = {} }) => {
      const of = (each: Row, dimension: Dimension) => (each as unknown as Record<string, string>)[dimension];
      const found = rows
        .filter(({ atMs }) => atMs >= fromMs && atMs < toMs)
        .filter((each) => Object.entries(where).every(([name, value]) => of(each, name as Dimension) === value));
      const groups = Map.groupBy(found, (each) => (by ? of(each, by) : undefined));
      return Promise.resolve({
        range: { fromMs, toMs },
        groups: [...groups].map(([value, grouped]) => groupOf(value, grouped)),
      });
    },
  };
}

function groupOf(value: string | undefined, rows: readonly Row[]): UsageGroup {
  const served = rows.filter(({ outcome }) => outcome !== 'limited').length;
  const usage = { prompt_tokens: 30 * served, completion_tokens: 20 * served, total_tokens: 50 * served };
  const costUsd = rows.reduce((sum, each) => sum + each.costUsd, 0);
  const others = {
    failures: 0,
    calls: 0,
    unpriced: 0,
    estimated: 0,
    cacheHits: 0,
    fallbacks: 0,
    queuedMs: 0,
    totalMs: 0,
  };
  return { value, atMs: undefined, requests: rows.length, costUsd, ...others, ...NO_TOKENS, ...bucketsOf(usage) };
}

const above = (_kind: string, name: string) => (name === 't' ? ['parent'] : []);
const SCOPES = [
  key({ requestsPerDay: 10, tokensPerHour: 500 }),
  tenant(undefined, { usd: { perDay: 1 } }),
  tenant(undefined, { usd: { total: 100 } }, 'parent'),
];
const ROWS = [
  row(NOON - 20 * HOUR),
  row(NOON - 2 * HOUR),
  row(NOON + MINUTE),
  row(NOON + MINUTE, { outcome: 'limited', costUsd: 0 }),
  row(NOON + MINUTE, { outcome: 'fault', costUsd: 0.02 }),
  row(NOON + MINUTE, { key: 'other', costUsd: 0.1 }),
  row(NOON + MINUTE, { key: 'far', tenant: 'u', costUsd: 5 }),
];

async function restarted(untilMs = NOON + HOUR / 2): Promise<Spending> {
  const spending = new Spending();
  const windows = spending.windows(SCOPES, untilMs);
  spending.restore(await spentBefore(windows, { store: ledger(ROWS), above, untilMs }), untilMs);
  return spending;
}

describe('after a restart', () => {
  it('the sums are those of the ledger, for those above, too', async () => {
    const readings = (await restarted()).readings(SCOPES, NOON + HOUR / 2);
    expect(readings.map(({ name, measure, span, used }) => [name, measure, span, used])).toEqual([
      ['k', 'requests', 'day', 3],
      ['k', 'tokens', 'hour', 100],
      ['t', 'usd', 'day', 0.14],
      ['parent', 'usd', 'total', 0.15],
    ]);
  });

  it('what began later is not read: this process has counted it', async () => {
    const readings = (await restarted(NOON - HOUR)).readings(SCOPES, NOON - HOUR);
    expect(readings.map(({ used }) => used)).toEqual([1, 0, 0.01, 0.02]);
  });

  it('who had spent everything stays refused', async () => {
    const untilMs = NOON + HOUR / 2;
    const spending = new Spending();
    const scopes = [tenant(undefined, { usd: { perDay: 0.14 } })];
    const windows = spending.windows(scopes, untilMs);
    expect(isRefused(ask(new Spending(), claim(scopes), untilMs))).toBe(false);
    spending.restore(await spentBefore(windows, { store: ledger(ROWS), above, untilMs }), untilMs);
    expect(isRefused(ask(spending, claim(scopes), untilMs))).toBe(true);
  });

  it('a store that is down is the caller to know of', async () => {
    const store = { usage: () => Promise.reject(new Error('down')) };
    const windows = new Spending().windows(SCOPES, NOON);
    await expect(spentBefore(windows, { store, above, untilMs: NOON })).rejects.toThrow('down');
  });
});

describe('pieces of a window', () => {
  const at = (hours: number) => Date.UTC(2026, 10, 1) + hours * HOUR;
  it.each([
    ['within an hour', [0.1, 0.9], [[0.1, 0.9]]],
    [
      'over a full hour',
      [0.5, 1.5],
      [
        [0.5, 1],
        [1, 1.5],
      ],
    ],
    [
      'a day so far',
      [0, 14.5],
      [
        [0, 14],
        [14, 14.5],
      ],
    ],
    [
      'a day that begins at half past',
      [-5.5, 14.5],
      [
        [-5.5, -5],
        [-5, 0],
        [0, 14],
        [14, 14.5],
      ],
    ],
    [
      'a month that begins in the evening',
      [-1, 24 * 20 + 3.5],
      [
        [-1, 0],
        [0, 24 * 20],
        [24 * 20, 24 * 20 + 3],
        [24 * 20 + 3, 24 * 20 + 3.5],
      ],
    ],
  ] as const)('%s', (_name, [from, to], pieces) => {
    expect(piecesOf({ fromMs: at(from), toMs: at(to) })).toEqual(
      pieces.map(([begin, end]) => ({ fromMs: at(begin), toMs: at(end) })),
    );
  });
});

it('a row says nothing of the measures that it does not name', () => {
  const spending = new Spending();
  const of = { kind: 'key', name: 'k', span: 'total', startMs: 0 } as const;
  spending.restore([{ ...of, used: { usd: 1, tokens: 5 } }], NOON);
  spending.restore([{ ...of, used: { usd: 2 } }], NOON);
  const scope = key(undefined, { usd: { total: 10 }, tokens: { total: 10 } });
  expect(spending.readings([scope], NOON).map(({ used }) => used)).toEqual([2, 5]);
});
