import { describe, expect, it } from 'vitest';
import type { Claim, Scope } from '../../../src/books/spending/claim.ts';
import type { Budgets, SpendingLimits } from '../../../src/books/spending/declared.ts';
import { Spending } from '../../../src/books/spending/spending.ts';
import {
  ask,
  claim,
  DAY,
  HOUR,
  isRefused,
  key,
  MINUTE,
  NOON,
  NOTHING_USED,
  refusalOf,
  SECOND,
  tenant,
} from './books.ts';

/** How many of these go at once. */
function atOnce(spending: Spending, claimed: Claim, nowMs = NOON): number {
  let count = 0;
  for (; count < 1_000 && !isRefused(ask(spending, claimed, nowMs)); count++);
  return count;
}

describe('each limit holds, and says when there is room', () => {
  it.each<{ limits: SpendingLimits; goes: number; says: string; roomInMs: number }>([
    {
      limits: { requestsPerSecond: 2 },
      goes: 2,
      says: "The limit of key 'k' is 2 requests a second: used or reserved 2, and this request may need 1; there is room in 2 s",
      roomInMs: 1_010,
    },
    { limits: { requestsPerMinute: 3 }, goes: 3, says: 'is 3 requests a minute: used or reserved 3', roomInMs: 60_600 },
    { limits: { requestsPerHour: 3 }, goes: 3, says: 'there is room at 2026-11-22T13:00:00Z', roomInMs: HOUR },
    { limits: { requestsPerDay: 3 }, goes: 3, says: 'there is room at 2026-11-23T00:00:00Z', roomInMs: 12 * HOUR },
    { limits: { requestsPerWeek: 3 }, goes: 3, says: 'is 3 requests a week', roomInMs: 12 * HOUR },
    { limits: { requestsPerMonth: 3 }, goes: 3, says: 'is 3 requests a month', roomInMs: 8 * DAY + 12 * HOUR },
    {
      limits: { tokensPerMinute: 149 },
      goes: 2,
      says: 'is 149 tokens a minute: used or reserved 100,',
      roomInMs: 60_600,
    },
    {
      limits: { inputTokensPerMinute: 100 },
      goes: 3,
      says: '100 input tokens a minute: used or reserved 90, and this request may need 30;',
      roomInMs: 60_600,
    },
    { limits: { outputTokensPerMinute: 100 }, goes: 5, says: '100 output tokens a minute', roomInMs: 60_600 },
    { limits: { tokensPerDay: 200, timeZone: 'Asia/Kolkata' }, goes: 4, says: 'a day', roomInMs: 6.5 * HOUR },
    {
      limits: { concurrency: 3 },
      goes: 3,
      says: "The limit of key 'k' is 3 requests at the same time, and as many are running; there is room in 1 s",
      roomInMs: 334,
    },
    { limits: { requestsPerMinute: 5, tokensPerMinute: 100 }, goes: 2, says: '100 tokens a minute', roomInMs: 60_600 },
  ])('$limits', ({ limits, goes, says, roomInMs }) => {
    const spending = new Spending();
    expect(atOnce(spending, claim([key(limits)]))).toBe(goes);
    const error = refusalOf(spending, claim([key(limits)]), NOON);
    expect(error.message).toContain(says);
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', retryAfterMs: roomInMs });
    expect(error.rule.origin).toBe('router');
    if (limits.concurrency) return;
    expect(isRefused(ask(spending, claim([key(limits)]), NOON + roomInMs - 1))).toBe(true);
    expect(isRefused(ask(spending, claim([key(limits)]), NOON + roomInMs))).toBe(false);
  });
});

describe('each budget holds, and says when there is room', () => {
  it.each<{ budgets: Budgets; goes: number; says: string; roomInMs: number }>([
    {
      budgets: { usd: { perHour: 0.05 } },
      goes: 5,
      says: "The budget of key 'k' is $0.05 an hour: used or reserved $0.05, and this request may need $0.01; there is room at 2026-11-22T13:00:00Z",
      roomInMs: HOUR,
    },
    { budgets: { usd: { perDay: 0.039 } }, goes: 3, says: '$0.039 a day: used or reserved $0.03', roomInMs: 12 * HOUR },
    { budgets: { usd: { perWeek: 0.03 } }, goes: 3, says: 'a week', roomInMs: 12 * HOUR },
    { budgets: { usd: { perMonth: 0.03 } }, goes: 3, says: 'a month', roomInMs: 8 * DAY + 12 * HOUR },
    { budgets: { usd: { total: 0.03 } }, goes: 3, says: '$0.03 in all', roomInMs: Infinity },
    { budgets: { tokens: { perDay: 100 } }, goes: 2, says: 'is 100 tokens a day', roomInMs: 12 * HOUR },
    { budgets: { tokens: { total: 100 } }, goes: 2, says: 'nothing of it comes back', roomInMs: Infinity },
    {
      budgets: { usd: { perDay: 0.03 }, timeZone: 'America/New_York' },
      goes: 3,
      says: '2026-11-23T05:00:00Z',
      roomInMs: 17 * HOUR,
    },
  ])('$budgets', ({ budgets, goes, says, roomInMs }) => {
    const spending = new Spending();
    const asked = claim([key(undefined, budgets)]);
    expect(atOnce(spending, asked)).toBe(goes);
    const error = refusalOf(spending, asked, NOON);
    expect(error.message).toContain(says);
    expect(error).toMatchObject({ status: 429, code: 'insufficient_quota', retryAfterMs: roomInMs });
    if (roomInMs === Infinity) return;
    expect(isRefused(ask(spending, asked, NOON + roomInMs - 1))).toBe(true);
    expect(isRefused(ask(spending, asked, NOON + roomInMs))).toBe(false);
  });
});

describe('a request that is larger than a limit', () => {
  it.each([
    { scope: key({ tokensPerMinute: 49 }), says: '49 tokens a minute, and this request may need 50: send less, or' },
    { scope: key({ inputTokensPerDay: 29 }), says: 'may need 30: send less' },
    { scope: key(undefined, { usd: { perDay: 0.005 } }), says: '$0.005 a day, and this request may need $0.01' },
  ])('is never let in, and is told so: $says', ({ scope, says }) => {
    const error = refusalOf(new Spending(), claim([scope]), NOON);
    expect(error.message).toContain(says);
    expect(error.retryAfterMs).toBe(Infinity);
  });
});

describe('all or nothing', () => {
  const WIDE = { requestsPerMinute: 100, tokensPerDay: 10_000, concurrency: 50 };
  const FULL: readonly { name: string; scope: Scope }[] = [
    { name: 'a limit of the tenant', scope: tenant({ requestsPerMinute: 1 }) },
    { name: 'concurrency of the tenant', scope: tenant({ concurrency: 1 }) },
    { name: 'a budget of the parent', scope: tenant(undefined, { usd: { total: 0.01 } }, 'parent') },
    { name: 'a limit of the model', scope: { kind: 'model', name: 'm', limits: { tokensPerDay: 99 } } },
    { name: 'a limit of the route', scope: { kind: 'route', name: 'auto', limits: { outputTokensPerHour: 39 } } },
  ];

  it.each(FULL)('$name refuses, and nothing is taken anywhere', ({ scope }) => {
    for (const scopes of [
      [key(WIDE, { usd: { perDay: 100 } }), scope],
      [scope, key(WIDE, { usd: { perDay: 100 } })],
    ]) {
      const spending = new Spending();
      spending.admit(claim(scopes), NOON);
      const before = spending.readings(scopes, NOON);
      expect(isRefused(ask(spending, claim(scopes), NOON))).toBe(true);
      expect(spending.readings(scopes, NOON)).toEqual(before);
      expect(spending.open).toBe(1);
    }
  });

  it('the limit that frees last is the one that is named', () => {
    const scopes = [key({ requestsPerMinute: 1 }), tenant({ requestsPerDay: 1 })];
    for (const ordered of [scopes, scopes.toReversed()]) {
      const spending = new Spending();
      spending.admit(claim(ordered), NOON);
      expect(refusalOf(spending, claim(ordered), NOON).message).toContain("limit of tenant 't' is 1 request a day");
    }
  });

  it('a scope that is named twice is charged once', () => {
    const spending = new Spending();
    const twice = [key({ requestsPerDay: 5 }), key({ requestsPerDay: 5 })];
    spending.admit(claim(twice), NOON);
    expect(spending.readings(twice, NOON)).toMatchObject([{ used: 1 }]);
  });

  it('tenants, keys and models of one name are not one another', () => {
    const spending = new Spending();
    spending.admit(claim([key({ requestsPerDay: 1 }, undefined, 'a')]), NOON);
    expect(isRefused(ask(spending, claim([tenant({ requestsPerDay: 1 }, undefined, 'a')]), NOON))).toBe(false);
  });
});

describe('a request under no limits', () => {
  it('is let in, and nothing is kept of it', () => {
    const spending = new Spending();
    const hold = spending.admit(claim([key(), tenant()]), NOON);
    expect(spending.open).toBe(0);
    expect(hold.headers(NOON)).toEqual({});
    hold.settle({ inputTokens: 1, outputTokens: 1, costUsd: 1 }, NOON);
    hold.release(NOON);
    expect(spending.snapshot(NOON)).toEqual([]);
  });
});

describe('an unknown price', () => {
  const SCOPES = [key({ requestsPerDay: 10 }, { usd: { perDay: 1 } })];
  const unknown = claim(SCOPES, { costUsd: undefined, inputTokens: 100_000, outputTokens: 10_000 });
  const used = (spending: Spending) => spending.readings(SCOPES, NOON).find(({ measure }) => measure === 'usd')?.used;

  it('costs nothing where it is allowed', () => {
    const spending = new Spending({ unknownCost: { policy: 'allow' } });
    const hold = spending.admit(unknown, NOON);
    hold.settle({ inputTokens: 1, outputTokens: 1, costUsd: undefined }, NOON);
    expect(used(spending)).toBe(0);
  });

  it('is allowed even where the budget is used up', () => {
    const spending = new Spending();
    spending.admit(claim(SCOPES, { costUsd: 1 }), NOON);
    expect(isRefused(ask(spending, unknown, NOON))).toBe(false);
  });

  it('costs the ceiling where there is one, before and after', () => {
    const spending = new Spending({ unknownCost: { policy: 'ceiling', input: 2, output: 10 } });
    const hold = spending.admit(unknown, NOON);
    expect(used(spending)).toBeCloseTo(0.3, 9);
    hold.settle({ inputTokens: 50_000, outputTokens: 1_000, costUsd: undefined }, NOON);
    expect(used(spending)).toBeCloseTo(0.11, 9);
  });

  it('is refused where it is blocked and there is a budget in dollars', () => {
    const spending = new Spending({ unknownCost: { policy: 'block' } });
    const error = refusalOf(spending, unknown, NOON);
    expect(error.message).toContain("The price of this request is unknown, and key 'k' has a budget in dollars");
    expect(error).toMatchObject({ code: 'insufficient_quota', retryAfterMs: Infinity });
    expect(used(spending)).toBe(0);
    const tokens = [key(undefined, { tokens: { perDay: 1e6 } })];
    expect(isRefused(ask(spending, { ...unknown, scopes: tokens }, NOON))).toBe(false);
  });

  it('that shows only at the end costs what was reserved, where unknown prices are blocked', () => {
    const spending = new Spending({ unknownCost: { policy: 'block' } });
    const hold = spending.admit(claim(SCOPES, { costUsd: 0.2 }), NOON);
    hold.settle({ inputTokens: 1, outputTokens: 1, costUsd: undefined }, NOON);
    expect(used(spending)).toBe(0.2);
  });
});

describe('declarations that change', () => {
  it('keep what was counted, and go by the new limit at once', () => {
    const spending = new Spending();
    spending.admit(claim([key({ requestsPerDay: 3, concurrency: 9 }, { usd: { perDay: 1 } })]), NOON);
    const changed = [key({ requestsPerDay: 1 }, { usd: { perDay: 2, total: 5 } })];
    expect(isRefused(ask(spending, claim(changed), NOON))).toBe(true);
    expect(spending.readings(changed, NOON)).toMatchObject([
      { measure: 'requests', limit: 1, used: 1 },
      { measure: 'usd', span: 'day', limit: 2, used: 0.01 },
      { measure: 'usd', span: 'total', limit: 5, used: 0 },
    ]);
  });

  it('do not strand what was held under the old ones', () => {
    const spending = new Spending();
    const hold = spending.admit(claim([key({ concurrency: 1, tokensPerDay: 1_000 })]), NOON);
    const changed = [key({ concurrency: 1, requestsPerDay: 5 })];
    expect(isRefused(ask(spending, claim(changed), NOON))).toBe(true);
    hold.settle(NOTHING_USED, NOON + SECOND);
    expect(isRefused(ask(spending, claim(changed), NOON + SECOND))).toBe(false);
  });
});

describe('clocks', () => {
  it('that are put back do not make a minute longer', () => {
    const spending = new Spending();
    const asked = claim([key({ requestsPerMinute: 1 })]);
    spending.admit(asked, NOON);
    expect(isRefused(ask(spending, asked, NOON - DAY))).toBe(true);
    expect(isRefused(ask(spending, asked, NOON - DAY + 61 * SECOND))).toBe(false);
  });

  it('that are put back a little over midnight do not free a day twice', () => {
    const spending = new Spending();
    const asked = claim([key({ requestsPerDay: 1 })]);
    const midnight = NOON + 12 * HOUR;
    spending.admit(asked, NOON);
    spending.admit(asked, midnight);
    expect(isRefused(ask(spending, asked, midnight - 2 * SECOND))).toBe(true);
    expect(isRefused(ask(spending, asked, midnight + SECOND))).toBe(true);
    expect(isRefused(ask(spending, asked, midnight + DAY))).toBe(false);
  });

  it('that were a year ahead leave what was used then on today', () => {
    const spending = new Spending();
    const asked = claim([key({ requestsPerDay: 1 })]);
    spending.admit(asked, NOON + 365 * DAY);
    expect(refusalOf(spending, asked, NOON).retryAfterMs).toBe(12 * HOUR);
    expect(isRefused(ask(spending, asked, NOON + DAY))).toBe(false);
  });
});

describe('a request that nobody ends', () => {
  const SCOPES = [key({ concurrency: 1 }, { usd: { perDay: 1 } })];

  it('holds its place until its time and the grace are over, and its money for good', () => {
    const spending = new Spending({ graceMs: 5 * SECOND });
    spending.admit(claim(SCOPES, { lastsMs: 10 * SECOND }), NOON);
    expect(isRefused(ask(spending, claim(SCOPES), NOON + 15 * SECOND - 1))).toBe(true);
    expect(isRefused(ask(spending, claim(SCOPES), NOON + 15 * SECOND))).toBe(false);
    expect(spending.readings(SCOPES, NOON + 15 * SECOND)).toMatchObject([{ used: 1 }, { used: 0.02, reserved: 0.01 }]);
  });

  it('does not take another one along, when it is told to be over after all', () => {
    const spending = new Spending();
    const late = spending.admit(claim(SCOPES), NOON);
    spending.admit(claim(SCOPES), NOON + 5 * MINUTE);
    late.settle(NOTHING_USED, NOON + 5 * MINUTE);
    expect(spending.readings(SCOPES, NOON + 5 * MINUTE)).toMatchObject([{ used: 1 }, { used: 0.01 }]);
  });
});

describe('bounds', () => {
  it('the account that counts nothing is forgotten first', () => {
    const spending = new Spending({ maxAccounts: 2 });
    const of = (name: string) => [key({ requestsPerDay: 1 }, undefined, name)];
    const used = (name: string) => spending.readings(of(name), NOON)[0]?.used;
    spending.admit(claim(of('a')), NOON);
    spending.admit(claim(of('b')), NOON).release(NOON);
    spending.admit(claim(of('c')), NOON);
    expect(spending.forgotten).toBe(0);
    expect([used('a'), used('c')]).toEqual([1, 1]);
    spending.admit(claim(of('d')), NOON);
    expect(spending.forgotten).toBe(1);
  });

  it('the oldest hold expires where there are too many', () => {
    const spending = new Spending({ maxHolds: 2 });
    const scopes = [key({ concurrency: 10 })];
    for (let count = 0; count < 5; count++) spending.admit(claim(scopes), NOON);
    expect(spending.open).toBe(2);
    expect(spending.readings(scopes, NOON)).toMatchObject([{ used: 2 }]);
  });
});

it('nonsense in a usage spoils no sum', () => {
  const spending = new Spending();
  const scopes = [key({ tokensPerDay: 1_000, requestsPerMinute: 100 }, { usd: { total: 1 } })];
  for (const nonsense of [Number.NaN, -5, Infinity, -Infinity]) {
    const hold = spending.admit(claim(scopes), NOON);
    hold.settle({ inputTokens: nonsense, outputTokens: nonsense, costUsd: nonsense }, NOON);
    for (const { used, reserved } of spending.readings(scopes, NOON)) {
      expect(used).toBeGreaterThanOrEqual(0);
      expect(used).toBeLessThan(1e16);
      expect(reserved).toBe(0);
    }
    if (nonsense === Infinity) break;
  }
  expect(refusalOf(spending, claim(scopes), NOON + MINUTE).code).toBe('insufficient_quota');
});
