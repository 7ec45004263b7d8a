import { describe, expect, it } from 'vitest';
import { CalendarQuota } from '../../src/limits/calendar.ts';

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
