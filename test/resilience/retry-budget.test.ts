import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RetryBudget } from '../../src/resilience/retry-budget.ts';

const DEFAULTS = { percent: 20, perSecond: 10 };

/** How many retries it pays for at this moment. */
function drain(budget: RetryBudget, nowMs: number): number {
  for (let paid = 0; ; paid++) if (!budget.withdraw(nowMs)) return paid;
}

const table = [
  { name: 'starts with ten seconds worth', options: DEFAULTS, calls: 0, afterMs: 0, pays: 100, again: 0 },
  { name: 'has ten more a second later', options: DEFAULTS, calls: 0, afterMs: 1_000, pays: 100, again: 10 },
  { name: 'has one for five calls', options: DEFAULTS, calls: 25, afterMs: 0, pays: 100, again: 5 },
  { name: 'never saves more than a hundred', options: DEFAULTS, calls: 9_000, afterMs: 9e9, pays: 100, again: 100 },
  { name: 'lives on calls alone', options: { percent: 50, perSecond: 0 }, calls: 4, afterMs: 1_000, pays: 0, again: 2 },
  { name: 'lives on time alone', options: { percent: 0, perSecond: 2 }, calls: 99, afterMs: 1_000, pays: 20, again: 2 },
  {
    name: 'pays nothing where nothing is allowed',
    options: { percent: 0, perSecond: 0 },
    calls: 99,
    afterMs: 9e9,
    pays: 0,
    again: 0,
  },
];

describe('RetryBudget', () => {
  it.each(table)('$name', ({ options, calls, afterMs, pays, again }) => {
    const budget = new RetryBudget(options, 0);
    expect(drain(budget, 0)).toBe(pays);
    for (let call = 0; call < calls; call++) budget.deposit();
    expect(drain(budget, afterMs)).toBe(again);
  });

  it('earns nothing by a clock that steps back and forth', () => {
    const budget = new RetryBudget(DEFAULTS, 5_000);
    drain(budget, 5_000);
    expect([drain(budget, 1_000), drain(budget, 5_000), drain(budget, 5_100)]).toEqual([0, 0, 1]);
  });

  it('never pays for more than a fifth of the calls, ten a second and what it began with', () => {
    const event = fc.oneof(
      fc.constant('call' as const),
      fc.constant('retry' as const),
      fc.integer({ min: -50, max: 300 }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 400 }), (events) => {
        const budget = new RetryBudget(DEFAULTS, 0);
        drain(budget, 0);
        let now = 0;
        let latest = 0;
        let [calls, paid] = [0, 0];
        for (const step of events) {
          if (typeof step === 'number') latest = Math.max((now += step), latest);
          else if (step === 'retry') paid += Number(budget.withdraw(now));
          else {
            budget.deposit();
            calls++;
          }
        }
        expect(paid).toBeLessThanOrEqual(calls * 0.2 + latest / 100 + 1e-6);
        expect(drain(budget, latest + 60_000)).toBe(100);
      }),
    );
  });
});
