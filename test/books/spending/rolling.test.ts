import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CountedRule } from '../../../src/books/spending/declared.ts';
import { Rolling } from '../../../src/books/spending/rolling.ts';

const MINUTE = 60_000;
/** The clocks agree here. */
const at = (ms: number) => ({ wallMs: ms, steadyMs: ms });
const rule = (limit: number): CountedRule => ({
  id: 'a',
  index: 1,
  measure: 'tokens',
  span: 'minute',
  limit,
  isBudget: false,
  soft: [],
  timeZone: undefined,
});
const rolling = (limit: number) => new Rolling(rule(limit), MINUTE);

describe('the last minute', () => {
  it('has room for the limit, and again when that is a minute ago', () => {
    const tokens = rolling(100);
    tokens.take(60, at(0));
    tokens.take(40, at(30_000));
    expect(tokens.waitMs(1, at(30_000))).toBe(30_600);
    expect(tokens.waitMs(60, at(59_999))).toBe(601);
    expect(tokens.waitMs(61, at(59_999))).toBe(30_601);
    expect(tokens.waitMs(60, at(60_600))).toBe(0);
    expect(tokens.waitMs(61, at(60_600))).toBe(30_000);
    expect(tokens.resetMs(at(60_600))).toBe(30_000);
    expect(tokens.used(at(90_600))).toBe(0);
    expect(tokens.resetMs(at(90_600))).toBe(0);
  });

  it('has never room for more than the limit', () => {
    expect(rolling(100).waitMs(101, at(0))).toBe(Infinity);
    expect(rolling(100).waitMs(100, at(0))).toBe(0);
  });

  it('takes back where it was taken, as long as that counts', () => {
    const tokens = rolling(100);
    const stamp = tokens.take(100, at(0));
    tokens.correct(stamp, -70, at(10_000));
    expect(tokens.used(at(10_000))).toBe(30);
    expect(tokens.used(at(60_600))).toBe(0);
    tokens.take(10, at(60_600));
    tokens.correct(stamp, -30, at(60_600));
    expect(tokens.used(at(60_600))).toBe(10);
  });

  it('counts what was used beyond the reservation from when it is known', () => {
    const tokens = rolling(100);
    const stamp = tokens.take(10, at(0));
    tokens.correct(stamp, 200, at(50_000));
    expect(tokens.used(at(50_000))).toBe(210);
    expect(tokens.waitMs(1, at(61_000))).toBe(49_400);
    expect(tokens.used(at(110_400))).toBe(0);
  });

  it('lets what takes nothing pass', () => {
    const tokens = rolling(100);
    tokens.take(100, at(0));
    expect(tokens.waitMs(0, at(0))).toBe(0);
  });

  it('never sees more than the limit in any minute, and says truly when there is room', () => {
    const step = fc.record({
      waitMs: fc.oneof(fc.nat(100), fc.nat(5_000), fc.nat(70_000)),
      amount: fc.integer({ min: 1, max: 100 }),
      settles: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const tokens = rolling(100);
        const used: { ms: number; amount: number }[] = [];
        let now = 0;
        for (const { waitMs, amount, settles } of steps) {
          now += waitMs;
          const wait = tokens.waitMs(amount, at(now));
          expect(wait === 0 || tokens.waitMs(amount, at(now + wait - 1)) > 0).toBe(true);
          now += wait;
          expect(tokens.waitMs(amount, at(now))).toBe(0);
          const stamp = tokens.take(amount, at(now));
          tokens.close(stamp, amount);
          const less = settles === undefined ? 0 : -Math.floor(amount * settles);
          tokens.correct(stamp, less, at(now));
          used.push({ ms: now, amount: amount + less });
        }
        for (const { ms } of used) {
          const within = used.filter((other) => other.ms >= ms && other.ms < ms + MINUTE);
          expect(within.reduce((sum, { amount }) => sum + amount, 0)).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 300 },
    );
  });
});
