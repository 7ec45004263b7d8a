/** Many at the same time: never over, and never stuck afterwards. */
import { describe, expect, it } from 'vitest';
import type { Hold, Scope } from '../../../src/books/spending/claim.ts';
import { Spending } from '../../../src/books/spending/spending.ts';
import { ask, claim, isRefused, key, NOON, refusalOf, tenant } from './books.ts';

const REQUESTS = 200;

/** All at once, each waiting a turn or more of the event loop between its beginning and its end. */
async function storm(spending: Spending, scopes: readonly Scope[], ends: (hold: Hold, number: number) => void) {
  let [inside, most, served] = [0, 0, 0];
  const one = async (number: number) => {
    for (let turns = number % 11; turns >= 0; turns--) await Promise.resolve();
    const answer = ask(spending, claim(scopes, { inputTokens: 6, outputTokens: 4, costUsd: 0.001 }), NOON);
    if (isRefused(answer)) return;
    served++;
    most = Math.max(most, ++inside);
    for (let turns = number % 7; turns >= 0; turns--) await Promise.resolve();
    inside--;
    ends(answer, number);
  };
  await Promise.all(Array.from({ length: REQUESTS }, (_, number) => one(number)));
  return { most, served };
}

const asReserved = (hold: Hold) => hold.settle({ inputTokens: 6, outputTokens: 4, costUsd: 0.001 }, NOON);

describe(`${REQUESTS} requests at the same time`, () => {
  it('use 100 tokens of a limit of 100', async () => {
    const spending = new Spending();
    const scopes = [key({ tokensPerMinute: 100 })];
    expect((await storm(spending, scopes, asReserved)).served).toBe(10);
    expect(spending.readings(scopes, NOON)).toMatchObject([{ used: 100, reserved: 0 }]);
  });

  it('spend a cent of a budget of a cent', async () => {
    const spending = new Spending();
    const scopes = [tenant(undefined, { usd: { perDay: 0.01 } })];
    expect((await storm(spending, scopes, asReserved)).served).toBe(10);
    expect(spending.readings(scopes, NOON)).toMatchObject([{ used: 0.01, reserved: 0 }]);
  });

  it('are three at a time under a concurrency of 3', async () => {
    const spending = new Spending();
    const scopes = [key({ concurrency: 3 })];
    const { most, served } = await storm(spending, scopes, asReserved);
    expect(most).toBe(3);
    expect(served).toBeGreaterThan(3);
    expect(spending.readings(scopes, NOON)).toMatchObject([{ used: 0 }]);
    expect(refusals(spending, scopes)).toBe(1);
  });

  it('under all three, ended in every way, are never over and leave nothing behind', async () => {
    const spending = new Spending();
    const scopes = [key({ tokensPerMinute: 100, concurrency: 3 }), tenant(undefined, { usd: { total: 0.01 } })];
    const ends = [
      asReserved,
      (hold: Hold) => hold.settle(undefined, NOON),
      (hold: Hold) => hold.release(NOON),
      (hold: Hold) => hold.settle({ inputTokens: 0, outputTokens: 0, costUsd: 0 }, NOON),
      (hold: Hold) => {
        asReserved(hold);
        hold.release(NOON);
      },
    ];
    const { most } = await storm(spending, scopes, (hold, number) => {
      for (const { used, limit } of spending.readings(scopes, NOON)) expect(used).toBeLessThanOrEqual(limit);
      ends[number % ends.length]?.(hold);
    });
    expect(most).toBeLessThanOrEqual(3);
    for (const { used, limit, reserved } of spending.readings(scopes, NOON)) {
      expect(reserved).toBe(0);
      expect(used).toBeLessThanOrEqual(limit);
    }
    expect(spending.open).toBe(0);
  });

  it('go over a budget by no more than what was in flight, however much more they use', async () => {
    const spending = new Spending();
    const scopes = [tenant(undefined, { usd: { perDay: 0.01 } })];
    const { most, served } = await storm(spending, scopes, (hold) =>
      hold.settle({ inputTokens: 6, outputTokens: 4, costUsd: 0.003 }, NOON),
    );
    expect(served).toBe(most);
    expect(spending.readings(scopes, NOON)[0]?.used).toBeCloseTo(0.003 * most, 9);
    expect(refusalOf(spending, claim(scopes, { costUsd: 0.000_001 }), NOON).code).toBe('insufficient_quota');
  });
});

/** How many of four at once are turned away. */
function refusals(spending: Spending, scopes: readonly Scope[]): number {
  return Array.from({ length: 4 }, () => ask(spending, claim(scopes), NOON)).filter(isRefused).length;
}
