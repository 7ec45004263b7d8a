/** What was spent before a window was counted comes in from the ledger: when it answers, and once. */
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../bench/storm/virtual-clock.ts';
import { CatchUp } from '../../../src/books/spending/catch-up.ts';
import type { Scope, SpentRow } from '../../../src/books/spending/claim.ts';
import { Spending } from '../../../src/books/spending/spending.ts';
import { claim, key, MINUTE, NOON, SECOND } from './books.ts';

/** A ledger that has spent so much before any moment, and fails as often as it is told. */
function world(spentUsd: number, failures = 0) {
  const clock = new VirtualClock(NOON);
  const at = { failures, spentUsd, readings: [] as number[] };
  const troubles: unknown[] = [];
  const read = (windows: readonly SpentRow[], untilMs: number) => {
    at.readings.push((clock.now() - NOON) / SECOND);
    if (at.failures-- > 0) return Promise.reject(new Error('nobody at home'));
    const used = { usd: untilMs === NOON ? at.spentUsd : 2 * at.spentUsd, requests: 7 };
    return Promise.resolve(windows.map((window) => ({ ...window, used })));
  };
  const catchUp = new CatchUp({
    clock,
    timers: clock,
    random: () => 1,
    read,
    restore: (rows, nowMs) => spending.restore(rows, nowMs),
    onTrouble: (cause) => void troubles.push(cause),
  });
  const spending = new Spending({ onCounting: (counting) => catchUp.note(counting) });
  const used = (scope: Scope) => spending.readings([scope], clock.now()).map((reading) => reading.used);
  const later = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));
  return { clock, at, troubles, catchUp, spending, used, later };
}

const DAILY = key(undefined, { usd: { perDay: 5 } });
const BOTH = key({ requestsPerDay: 100 }, { usd: { perDay: 5, perMonth: 50 } });

describe('at the start', () => {
  it('reads once what is declared then', async () => {
    const { catchUp, used, clock, at } = world(3);
    used(DAILY);
    await catchUp.read();
    expect(catchUp.isBehind).toBe(false);
    catchUp.follow();
    await clock.run();
    expect(used(DAILY)).toEqual([3]);
    expect(at.readings).toEqual([0]);
  });

  it('asks a store that does not answer again and again, ever later, and tells it once', async () => {
    const { catchUp, used, clock, at, troubles, spending } = world(3, 9);
    used(DAILY);
    await catchUp.read();
    const hold = spending.admit(claim([DAILY], { costUsd: 1 }), NOON);
    hold.settle({ inputTokens: 1, outputTokens: 1, costUsd: 0.5 }, NOON);
    expect(catchUp.isBehind).toBe(true);
    catchUp.follow();
    await clock.run();
    expect(at.readings).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183, 243]);
    expect(troubles).toEqual([new Error('nobody at home'), undefined]);
    expect(used(DAILY)).toEqual([3.5]);
    expect(catchUp.isBehind).toBe(false);
  });

  it('asks no more when it is stopped', async () => {
    const { catchUp, used, clock, at } = world(3, 9);
    used(DAILY);
    await catchUp.read();
    const stop = catchUp.follow();
    stop();
    used(BOTH);
    await clock.run();
    expect(at.readings).toEqual([0]);
  });
});

describe('a budget that is declared while the server runs', () => {
  it('takes in what was spent before, also what reaches the ledger late', async () => {
    const { catchUp, used, clock, at } = world(3);
    catchUp.follow();
    expect(used(DAILY)).toEqual([0]);
    clock.after(SECOND, () => {
      expect(used(DAILY)).toEqual([3]);
      at.spentUsd = 4;
    });
    await clock.run();
    expect(used(DAILY)).toEqual([4]);
    expect(at.readings).toEqual([0, 3, 60, 900]);
  });

  it('leaves what is counted already as it is', async () => {
    const { catchUp, used, clock, spending, later } = world(3);
    used(DAILY);
    await catchUp.read();
    catchUp.follow();
    clock.after(MINUTE, () => {
      const hold = spending.admit(claim([DAILY], { costUsd: 1 }), clock.now());
      hold.settle({ inputTokens: 1, outputTokens: 1, costUsd: 0.5 }, clock.now());
      used(BOTH);
    });
    await Promise.all([clock.run(), later(2 * MINUTE)]);
    // The requests and the month are new, and all that was spent before them is theirs.
    expect(used(BOTH)).toEqual([7, 3.5, 6]);
  });

  it('is not read any more as it was before it was taken away, when it has come back', async () => {
    const { catchUp, used, clock } = world(3);
    catchUp.follow();
    used(DAILY);
    clock.after(2 * MINUTE, () => used(key({ requestsPerDay: 100 })));
    clock.after(10 * MINUTE, () => used(DAILY));
    let then: number[] = [];
    clock.after(16 * MINUTE, () => (then = used(DAILY)));
    await clock.run();
    expect(then).toEqual([6]);
  });

  it('is read again when it was taken away and comes back', async () => {
    const { catchUp, used, clock } = world(3);
    used(DAILY);
    await catchUp.read();
    catchUp.follow();
    clock.after(MINUTE, () => used(key({ requestsPerDay: 100 })));
    clock.after(2 * MINUTE, () => used(key(undefined, { usd: { perDay: 6 } })));
    await clock.run();
    expect(used(DAILY)).toEqual([6]);
  });
});
