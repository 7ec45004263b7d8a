import { describe, expect, it, test } from 'vitest';
import fc from 'fast-check';
import type { UsageQuery } from '../../../src/core/ledger.ts';
import { bucketStart, monthRange, sourceOf } from '../../../src/platform/ledger/calendar.ts';
import { percentilesOf, stepOf, STEPS } from '../../../src/platform/ledger/steps.ts';
import { DAY_MS, HOUR_MS, START_MS } from './sample.ts';

function counted(times: readonly number[]): number[] {
  const counts = Array.from({ length: STEPS }, () => 0);
  for (const ms of times) counts[stepOf(ms)] = (counts[stepOf(ms)] ?? 0) + 1;
  return counts;
}

describe('percentiles from steps', () => {
  it('are never further off than a step is wide, above the first', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 51, max: 100_000 }), { minLength: 1, maxLength: 300 }), (times) => {
        const sorted = times.toSorted((a, b) => a - b);
        const { p50 = 0, p95 = 0 } = percentilesOf(counted(times));
        for (const [found, share] of [
          [p50, 0.5],
          [p95, 0.95],
        ] as const) {
          const exact = sorted[Math.max(0, Math.ceil(times.length * share) - 1)] ?? 0;
          expect(found / exact).toBeGreaterThan(0.7);
          expect(found / exact).toBeLessThan(1.42);
        }
      }),
    );
  });

  it('of nothing are nothing', () => {
    expect(percentilesOf(counted([]))).toEqual({ p50: undefined, p95: undefined });
  });

  it('beyond the last edge are the last edge', () => {
    expect(percentilesOf(counted([9e6])).p50).toBe(102_400);
  });
});

interface Asked {
  name: string;
  lengthMs: number;
  rest?: Partial<UsageQuery>;
  grain: string;
  /** How much later than what is asked for the oldest row begins, the oldest hour and the oldest day. */
  rows?: number;
  hours?: number;
  days?: number;
}

const NOTHING = { rows: Infinity, hours: Infinity, days: Infinity };
const BY_MINUTE = { every: 'minute' } as const;

describe('buckets of time', () => {
  test.each([
    { every: 'minute', at: '2026-11-22T13:14:15Z', is: '2026-11-22T13:14:00Z' },
    { every: 'hour', at: '2026-11-22T13:14:15Z', is: '2026-11-22T13:00:00Z' },
    { every: 'day', at: '2026-11-22T13:14:15Z', is: '2026-11-22T00:00:00Z' },
    { every: 'week', at: '2026-11-22T13:14:15Z', is: '2026-11-16T00:00:00Z' },
    { every: 'week', at: '2026-11-23T00:00:00Z', is: '2026-11-23T00:00:00Z' },
    { every: 'month', at: '2026-11-22T13:14:15Z', is: '2026-11-01T00:00:00Z' },
    { every: 'month', at: '2024-02-29T23:59:59Z', is: '2024-02-01T00:00:00Z' },
  ] as const)('$at is in the $every of $is', ({ every, at, is }) => {
    expect(new Date(bucketStart(Date.parse(at), every)).toISOString()).toBe(is.replace('Z', '.000Z'));
  });

  it('a month ends where the next begins', () => {
    expect(monthRange('2026-12')).toEqual({ fromMs: Date.UTC(2026, 11, 1), toMs: Date.UTC(2027, 0, 1) });
  });

  test.each<Asked>([
    { name: 'an hour, row by row', lengthMs: HOUR_MS, rest: {}, grain: 'minute' },
    { name: 'an hour by tag, from the hours', lengthMs: HOUR_MS, rest: { by: 'tag' }, grain: 'hour' },
    { name: 'a week, from the hours', lengthMs: 7 * DAY_MS, rest: {}, grain: 'hour' },
    { name: 'a month, from the days', lengthMs: 30 * DAY_MS, rest: {}, grain: 'day' },
    { name: 'a month by the hour, from the hours', lengthMs: 30 * DAY_MS, rest: { every: 'hour' }, grain: 'hour' },
    { name: 'an hour by the week, from the days', lengthMs: HOUR_MS, rest: { every: 'week' }, grain: 'day' },
    { name: 'an hour that has no rows any more, from the hours', lengthMs: HOUR_MS, rows: DAY_MS, grain: 'hour' },
    {
      name: 'by the minute, from the rows that are left',
      lengthMs: HOUR_MS,
      rows: DAY_MS,
      rest: BY_MINUTE,
      grain: 'minute',
    },
    { name: 'an hour where nothing is, row by row', lengthMs: HOUR_MS, ...NOTHING, grain: 'minute' },
    { name: 'a week whose hours are gone, from the days', lengthMs: 7 * DAY_MS, hours: DAY_MS, grain: 'day' },
    { name: 'before the first request, row by row', lengthMs: HOUR_MS, rows: HOUR_MS, hours: HOUR_MS, grain: 'minute' },
  ])('$name', ({ lengthMs, rest, grain, rows = 0, hours = 0, days = 0 }) => {
    const oldest = { minute: START_MS + rows, hour: START_MS + hours, day: START_MS + days };
    expect(sourceOf({ fromMs: START_MS, toMs: START_MS + lengthMs, ...rest }, oldest).grain).toBe(grain);
  });
});
