/** What is told of the books: headers, thresholds, what is left, and what is read back after a restart. */
import { describe, expect, it } from 'vitest';
import type { Scope, SpentRow, ThresholdEvent } from '../../../src/books/spending/claim.ts';
import type { SpendingLimits } from '../../../src/books/spending/declared.ts';
import { duration } from '../../../src/books/spending/headers.ts';
import { Spending } from '../../../src/books/spending/spending.ts';
import { ask, claim, DAY, HOUR, isRefused, key, NOON, SECOND, tenant } from './books.ts';

describe('headers', () => {
  const rate = (what: string, limit: number, remaining: number, reset: string) => ({
    [`x-ratelimit-limit-${what}`]: String(limit),
    [`x-ratelimit-remaining-${what}`]: String(remaining),
    [`x-ratelimit-reset-${what}`]: reset,
  });

  it.each<{ name: string; limits: SpendingLimits; headers: Record<string, string> }>([
    { name: 'nothing without limits', limits: { concurrency: 5 }, headers: {} },
    { name: 'requests', limits: { requestsPerMinute: 60 }, headers: rate('requests', 60, 59, '1m0.6s') },
    { name: 'tokens', limits: { tokensPerHour: 1_000 }, headers: rate('tokens', 1_000, 950, '1h0m0s') },
    { name: 'input tokens', limits: { inputTokensPerHour: 1_000 }, headers: rate('tokens', 1_000, 970, '1h0m0s') },
    {
      name: 'of several, the one of which least is left',
      limits: { requestsPerSecond: 10, requestsPerDay: 5, tokensPerMinute: 100, tokensPerDay: 90 },
      headers: { ...rate('requests', 5, 4, '12h0m0s'), ...rate('tokens', 90, 40, '12h0m0s') },
    },
    {
      name: 'of two with as much left, the one that takes longer to come back',
      limits: { requestsPerSecond: 5, requestsPerDay: 5 },
      headers: rate('requests', 5, 4, '12h0m0s'),
    },
  ])('tell of $name', ({ limits, headers }) => {
    const spending = new Spending();
    const scopes = [key(limits)];
    const hold = spending.admit(claim(scopes), NOON);
    expect(hold.headers(NOON)).toEqual(headers);
    expect(spending.headers(scopes, NOON)).toEqual(headers);
  });

  it('tell of the tightest scope, of a token budget too, and below nothing is nothing', () => {
    const spending = new Spending();
    const scopes = [key({ tokensPerDay: 1_000 }), tenant(undefined, { tokens: { total: 60 } })];
    const hold = spending.admit(claim(scopes), NOON);
    hold.settle({ inputTokens: 100, outputTokens: 0, costUsd: 0 }, NOON);
    expect(hold.headers(NOON)).toEqual({ 'x-ratelimit-limit-tokens': '60', 'x-ratelimit-remaining-tokens': '0' });
  });

  it.each([
    [0, '0s'],
    [20, '20ms'],
    [1_000, '1s'],
    [1_500, '1.5s'],
    [59_999.5, '1m0s'],
    [360_000, '6m0s'],
    [3_723_000, '1h2m3s'],
    [90_000_000, '25h0m0s'],
  ])('%d ms are written %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('a soft threshold', () => {
  const SCOPES = [tenant(undefined, { usd: { perDay: 1, total: 100 } })];
  const watched = (scopes: readonly Scope[] = SCOPES) => {
    const events: ThresholdEvent[] = [];
    const spending = new Spending({ onThreshold: (event) => events.push(event) });
    const spend = (costUsd: number, nowMs = NOON) =>
      spending
        .admit(claim(scopes, { costUsd: 0, inputTokens: 0, outputTokens: 0 }), nowMs)
        .settle({ inputTokens: 1, outputTokens: 1, costUsd }, nowMs);
    return { spending, spend, told: () => events.splice(0) };
  };

  it('is told once a window, when it is crossed by what is spent', () => {
    const { spend, told } = watched();
    spend(0.79);
    expect(told()).toEqual([]);
    spend(0.01);
    expect(told()).toEqual([
      {
        kind: 'tenant',
        name: 't',
        measure: 'usd',
        span: 'day',
        threshold: 0.8,
        limit: 1,
        spent: 0.8,
        startMs: NOON - 12 * HOUR,
        endMs: NOON + 12 * HOUR,
      },
    ]);
    spend(0.05);
    expect(told()).toEqual([]);
    spend(0.1);
    expect(told().map(({ threshold }) => threshold)).toEqual([0.9, 0.95]);
    spend(0.85, NOON + DAY);
    expect(told().map(({ threshold }) => threshold)).toEqual([0.8]);
  });

  it('is not told of what is only reserved', () => {
    const { spending, spend, told } = watched();
    const hold = spending.admit(claim(SCOPES, { costUsd: 0.99 }), NOON);
    spend(0.01);
    expect(told()).toEqual([]);
    hold.settle({ inputTokens: 1, outputTokens: 1, costUsd: 0.1 }, NOON);
    expect(told()).toEqual([]);
  });

  it('is told of what expired, and may have been billed', () => {
    const { spending, told } = watched();
    spending.admit(claim(SCOPES, { costUsd: 0.85 }), NOON);
    spending.budgetLeft(SCOPES, NOON + HOUR);
    expect(told().map(({ threshold }) => threshold)).toEqual([0.8]);
  });

  it('is told again when the budget was raised and that is nearly spent, too', () => {
    const { spending, spend, told } = watched();
    spend(0.85);
    told();
    const raised = [tenant(undefined, { usd: { perDay: 2, total: 100 } })];
    spending.admit(claim(raised, { costUsd: 0 }), NOON).settle({ inputTokens: 1, outputTokens: 1, costUsd: 0.8 }, NOON);
    expect(told().map(({ threshold, limit }) => [threshold, limit])).toEqual([[0.8, 2]]);
  });

  it('is not told again after a restart', () => {
    const { spending, spend, told } = watched();
    const before = new Spending();
    before.admit(claim(SCOPES, { costUsd: 0.92 }), NOON);
    spending.restore(before.snapshot(NOON), NOON);
    spend(0.01);
    expect(told()).toEqual([]);
    spend(0.03);
    expect(told().map(({ threshold }) => threshold)).toEqual([0.95]);
  });

  it('is where the operator says', () => {
    const { spend, told } = watched([key(undefined, { tokens: { perWeek: 4 }, soft: [0.5, 1] })]);
    spend(0);
    spend(0);
    expect(told().map(({ measure, threshold, spent }) => [measure, threshold, spent])).toEqual([
      ['tokens', 0.5, 2],
      ['tokens', 1, 4],
    ]);
  });
});

describe('what is left of the budgets', () => {
  it.each([
    { scopes: [key({ requestsPerDay: 1 })], left: 1 },
    { scopes: [key(undefined, { usd: { perDay: 0.04 } })], left: 0.75 },
    {
      scopes: [key(undefined, { usd: { perDay: 0.04, total: 0.02 } }), tenant(undefined, { usd: { total: 9 } })],
      left: 0.5,
    },
    { scopes: [tenant(undefined, { usd: { perDay: 0.01 }, tokens: { perDay: 100 } })], left: 0 },
  ])('is $left, of the scarcest', ({ scopes, left }) => {
    const spending = new Spending();
    expect(spending.budgetLeft(scopes, NOON)).toBe(1);
    spending.admit(claim(scopes), NOON);
    expect(spending.budgetLeft(scopes, NOON)).toBeCloseTo(left, 12);
  });

  it('is never below nothing', () => {
    const spending = new Spending();
    const scopes = [key(undefined, { usd: { total: 0.01 } })];
    spending.admit(claim(scopes), NOON).settle({ inputTokens: 1, outputTokens: 1, costUsd: 5 }, NOON);
    expect(spending.budgetLeft(scopes, NOON)).toBe(0);
  });
});

it('a check says why a request would be refused, and takes nothing', () => {
  const spending = new Spending();
  const asked = claim([key({ requestsPerDay: 1 })]);
  expect(spending.check(asked, NOON)).toBeUndefined();
  expect(spending.check(asked, NOON)).toBeUndefined();
  spending.admit(asked, NOON);
  expect(spending.check(asked, NOON)).toEqual({
    why: 'limit',
    kind: 'key',
    name: 'k',
    measure: 'requests',
    span: 'day',
    limit: 1,
    used: 1,
    asked: 1,
    retryAfterMs: 12 * HOUR,
  });
});

describe('after a restart', () => {
  const SCOPES = [
    key({ requestsPerDay: 10, tokensPerMonth: 1_000, requestsPerMinute: 5 }),
    tenant(undefined, { usd: { perDay: 1, total: 50 }, tokens: { perWeek: 600 }, timeZone: 'Asia/Tokyo' }),
  ];
  const calendar = (spending: Spending, nowMs: number) =>
    spending
      .readings(SCOPES, nowMs)
      .filter(({ span }) => span !== 'minute')
      .map(({ used }) => used);

  it('the sums are what they were, whoever is asked for first', () => {
    const before = new Spending();
    for (const costUsd of [0.1, 0.2, 0.3]) before.admit(claim(SCOPES, { costUsd }), NOON);
    const rows = JSON.parse(JSON.stringify(before.snapshot(NOON))) as SpentRow[];
    const [early, late] = [new Spending(), new Spending()];
    early.restore(rows, NOON + SECOND);
    late.readings(SCOPES, NOON);
    late.restore(rows, NOON + SECOND);
    expect(calendar(early, NOON + SECOND)).toEqual(calendar(before, NOON));
    expect(calendar(late, NOON + SECOND)).toEqual(calendar(before, NOON));
  });

  const row = (differs: Partial<SpentRow> = {}): SpentRow => ({
    kind: 'key',
    name: 'k',
    span: 'day',
    startMs: NOON - 12 * HOUR,
    used: { requests: 7 },
    ...differs,
  });
  const requestsToday = (spending: Spending) => spending.readings([key({ requestsPerDay: 10 })], NOON)[0]?.used;

  it.each([
    { name: 'counts', rows: [row()], used: 7 },
    { name: 'said twice counts once, as it was said last', rows: [row(), row({ used: { requests: 4 } })], used: 4 },
    { name: 'of a window that is over does not count', rows: [row({ startMs: NOON - 36 * HOUR })], used: 0 },
    { name: 'of another window does not count', rows: [row({ span: 'month' })], used: 0 },
    { name: 'of days that begin elsewhere does not count', rows: [row({ timeZone: 'Asia/Tokyo' })], used: 0 },
    { name: 'of another key does not count', rows: [row({ name: 'other' })], used: 0 },
    { name: 'of the same name in another kind does not count', rows: [row({ kind: 'model' })], used: 0 },
  ])('a row $name', ({ rows, used }) => {
    const [early, late] = [new Spending(), new Spending()];
    late.readings([key({ requestsPerDay: 10 })], NOON);
    for (const each of rows) {
      early.restore([each], NOON);
      late.restore([each], NOON);
    }
    expect([requestsToday(early), requestsToday(late)]).toEqual([used, used]);
  });

  it('what was used before is added to what was used since', () => {
    const spending = new Spending();
    spending.admit(claim([key({ requestsPerDay: 10 })]), NOON);
    spending.restore([row()], NOON);
    expect(requestsToday(spending)).toBe(8);
    spending.restore([row({ used: { requests: 9 } })], NOON);
    expect(requestsToday(spending)).toBe(10);
    expect(isRefused(ask(spending, claim([key({ requestsPerDay: 10 })]), NOON))).toBe(true);
  });

  it('who was forgotten comes back with what the ledger has', () => {
    const spending = new Spending({ maxAccounts: 2 });
    spending.restore([row()], NOON);
    expect(requestsToday(spending)).toBe(7);
    for (const name of ['a', 'b', 'c']) spending.admit(claim([key({ requestsPerDay: 9 }, undefined, name)]), NOON);
    expect(spending.forgotten).toBe(2);
    expect(requestsToday(spending)).toBe(7);
  });

  it('a budget that is declared later knows what was spent', () => {
    const spending = new Spending();
    spending.restore([row({ used: { requests: 1, usd: 0.7 } })], NOON);
    spending.admit(claim([key({ requestsPerDay: 5 })]), NOON);
    const later = [key({ requestsPerDay: 5 }, { usd: { perDay: 1 } })];
    expect(spending.readings(later, NOON)).toMatchObject([{ used: 2 }, { used: 0.7 }]);
  });

  it('the ledger is asked for the windows that are counted', () => {
    const spending = new Spending();
    expect(
      spending.windows(SCOPES, NOON).map(({ kind, span, startMs }) => [kind, span, new Date(startMs).toISOString()]),
    ).toEqual([
      ['key', 'day', '2026-11-22T00:00:00.000Z'],
      ['key', 'month', '2026-11-01T00:00:00.000Z'],
      ['tenant', 'day', '2026-11-21T15:00:00.000Z'],
      ['tenant', 'total', '1970-01-01T00:00:00.000Z'],
      ['tenant', 'week', '2026-11-15T15:00:00.000Z'],
    ]);
  });
});
