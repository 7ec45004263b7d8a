/** A request that goes to a dearer deployment takes what is missing, from every budget over it or from none. */
import { expect, it } from 'vitest';
import { Spending, type SpendingOptions } from '../../../src/books/spending/spending.ts';
import { claim, DAY, HOUR, key, MINUTE, NOON, NOTHING_USED, tenant } from './books.ts';

const DAILY = key(undefined, { usd: { perDay: 1 } });
const MONTHLY = tenant({ concurrency: 1 }, { usd: { perMonth: 5 } });
const ALL = [DAILY, MONTHLY];

function held(costUsd: number | undefined, options: SpendingOptions = {}, lastsMs = MINUTE) {
  const spending = new Spending(options);
  const hold = spending.admit(claim(ALL, { costUsd, lastsMs }), NOON);
  const sums = (nowMs = NOON) =>
    spending
      .readings(ALL, nowMs)
      .flatMap(({ measure, used, reserved }) => (measure === 'usd' ? [[used, reserved]] : []));
  return { spending, hold, sums };
}

it('takes what is missing, and nothing where it holds enough', () => {
  const { hold, sums } = held(0);
  expect(hold.raise(0.4, NOON)).toBeUndefined();
  expect(hold.raise(0.3, NOON)).toBeUndefined();
  expect(sums()).toEqual([
    [0.4, 0.4],
    [0.4, 0.4],
  ]);
});

it.each([
  { name: 'settled', end: 'settle' as const, left: 0.25 },
  { name: 'released', end: 'release' as const, left: 0 },
])('gives back once what is too much, when it is $name', ({ end, left }) => {
  const { hold, sums } = held(0.1);
  hold.raise(0.7, NOON);
  for (let times = 0; times < 2; times++) {
    if (end === 'settle') hold.settle({ inputTokens: 1, outputTokens: 1, costUsd: left }, NOON);
    else hold.release(NOON);
  }
  expect(sums()).toEqual([
    [left, 0],
    [left, 0],
  ]);
  expect(hold.raise(0.9, NOON)).toBeUndefined();
  expect(sums()[0]).toEqual([left, 0]);
});

it('takes nothing where one of the budgets has no room, and says which', () => {
  const { hold, sums, spending } = held(0.1);
  spending.admit(claim([DAILY], { costUsd: 0.5 }), NOON);
  const refusal = hold.raise(0.6, NOON);
  expect(refusal).toMatchObject({
    kind: 'budget',
    message: expect.stringContaining("The budget of key 'k' is $1.00 a day"),
  });
  expect(hold.lacks(0.6, NOON)?.message).toBe(refusal?.message);
  expect(sums()).toEqual([
    [0.6, 0.6],
    [0.1, 0.1],
  ]);
  expect(hold.raise(0.5, NOON)).toBeUndefined();
});

it('asks without taking', () => {
  const { hold, sums } = held(0.1);
  expect(hold.lacks(0.6, NOON)).toBeUndefined();
  expect(sums()[0]).toEqual([0.1, 0.1]);
});

it('counts in the windows in which the request began, and so not in a new one', () => {
  const { hold, sums } = held(0.1, {}, 2 * DAY);
  const tomorrow = NOON + DAY;
  hold.raise(0.6, tomorrow);
  expect(sums(tomorrow)).toEqual([
    [0, 0],
    [0.6, 0.6],
  ]);
  hold.settle({ inputTokens: 1, outputTokens: 1, costUsd: 0.2 }, tomorrow);
  expect(sums(tomorrow)).toEqual([
    [0, 0],
    [0.2, 0],
  ]);
});

it('of one that was forgotten, what is taken more stays counted until it ends after all', () => {
  const { hold, sums } = held(0.1, { graceMs: MINUTE });
  const late = NOON + HOUR;
  hold.raise(0.6, late);
  expect(sums(late)[0]).toEqual([0.6, 0]);
  hold.settle(NOTHING_USED, late);
  expect(sums(late)[0]).toEqual([0, 0]);
});

it.each([
  { name: 'counts nothing', options: { unknownCost: { policy: 'allow' as const } }, used: 0.1, kind: undefined },
  { name: 'is refused', options: { unknownCost: { policy: 'block' as const } }, used: 0.1, kind: 'budget' },
  {
    name: 'counts what the operator says of its tokens',
    options: { unknownCost: { policy: 'ceiling' as const, input: 10_000, output: 5_000 } },
    used: 0.4,
    kind: undefined,
  },
])('a price that nobody knows $name', ({ options, used, kind }) => {
  const { hold, sums } = held(0.1, options);
  expect(hold.raise(undefined, NOON)?.kind).toBe(kind);
  expect(sums()[0]).toEqual([used, used]);
});

it('asks no more of what it holds already: a limit that was lowered meanwhile', () => {
  const { hold, spending } = held(0.1);
  spending.readings([DAILY, tenant({ concurrency: 0 }, { usd: { perMonth: 5 } })], NOON);
  expect(hold.raise(0.2, NOON)).toBeUndefined();
});
