import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalendarQuota, type Period, windowAt } from '../../src/limits/calendar.ts';

const PACIFIC = 'America/Los_Angeles';
const at = (date: string) => Date.parse(date);

describe('what is used up comes back when the window turns', () => {
  it.each([
    { period: 'day', timeZone: undefined, now: '2026-11-22T10:00:00Z', turns: '2026-11-23T00:00:00Z' },
    { period: 'day', timeZone: undefined, now: '2026-12-31T23:59:59.999Z', turns: '2027-01-01T00:00:00Z' },
    { period: 'week', timeZone: undefined, now: '2026-11-22T10:00:00Z', turns: '2026-11-23T00:00:00Z' },
    { period: 'week', timeZone: undefined, now: '2026-11-23T00:00:00Z', turns: '2026-11-30T00:00:00Z' },
    { period: 'month', timeZone: undefined, now: '2026-12-01T00:00:00Z', turns: '2027-01-01T00:00:00Z' },
    { period: 'month', timeZone: undefined, now: '2028-02-03T00:00:00Z', turns: '2028-03-01T00:00:00Z' },
    { period: 'day', timeZone: PACIFIC, now: '2026-11-22T10:00:00Z', turns: '2026-11-23T08:00:00Z' },
    { period: 'day', timeZone: PACIFIC, now: '2026-11-22T07:59:59Z', turns: '2026-11-22T08:00:00Z' },
    { period: 'day', timeZone: PACIFIC, now: '2026-07-01T10:00:00Z', turns: '2026-07-02T07:00:00Z' },
    // Days of 23 and of 25 hours.
    { period: 'day', timeZone: PACIFIC, now: '2026-03-08T08:00:00Z', turns: '2026-03-09T07:00:00Z' },
    { period: 'day', timeZone: PACIFIC, now: '2026-11-01T07:00:00Z', turns: '2026-11-02T08:00:00Z' },
    { period: 'month', timeZone: PACIFIC, now: '2026-11-01T07:00:00Z', turns: '2026-12-01T08:00:00Z' },
  ] as const)('$period of $timeZone at $now: $turns', ({ period, timeZone, now, turns }) => {
    const quota = new CalendarQuota({ limit: 10, period, timeZone });
    quota.take(10, at(now));
    expect(at(now) + quota.waitMs(1, at(now))).toBe(at(turns));
    expect(quota.waitMs(1, at(turns) - 1)).toBe(1);
    expect(quota.waitMs(10, at(turns))).toBe(0);
  });

  it('windows follow one another without a gap', () => {
    const winter = (ms: number) => (ms > at('2026-11-01T09:00:00Z') && ms < at('2027-03-14T10:00:00Z') ? -8 : -7);
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2026-09-01'), max: new Date('2027-09-01'), noInvalidDate: true }),
        fc.constantFrom<Period>('day', 'week', 'month'),
        fc.constantFrom<(ms: number) => number>(
          () => 0,
          (ms) => winter(ms) * 3_600_000,
        ),
        (date, period, zone) => {
          const [start, end] = windowAt(date.getTime(), period, zone);
          expect(start).toBeLessThanOrEqual(date.getTime());
          expect(end).toBeGreaterThan(date.getTime());
          expect(windowAt(end, period, zone)[0]).toBe(end);
          expect(windowAt(end - 1, period, zone)).toEqual([start, end]);
        },
      ),
    );
  });
});

describe('a quota', () => {
  const now = at('2026-11-22T10:00:00Z');
  const quota = () => new CalendarQuota({ limit: 10, period: 'day' });

  it('never allows more than all of it', () => {
    expect(quota().waitMs(11, now)).toBe(Infinity);
    expect(quota().waitMs(10, now)).toBe(0);
  });

  it('takes back what was not used', () => {
    const day = quota();
    day.take(10, now);
    day.giveBack(4, now, now);
    expect(day.waitMs(4, now)).toBe(0);
    expect(day.room(now)).toBeCloseTo(0.4);
  });

  it('does not take back in one window what was taken in another', () => {
    const day = quota();
    day.take(10, now);
    const tomorrow = now + 86_400_000;
    day.take(5, tomorrow);
    day.giveBack(5, now, tomorrow);
    expect(day.room(tomorrow)).toBe(0.5);
  });

  it('does not begin anew when the clock goes back', () => {
    const day = quota();
    day.take(10, now);
    expect(day.waitMs(1, now - 86_400_000)).toBeGreaterThan(0);
  });
});
