import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Calendar } from '../../src/core/calendar.ts';

const at = (date: string) => Date.parse(date);

describe('a window of the calendar', () => {
  it.each([
    { span: 'hour', zone: undefined, now: '2026-11-22T10:59:59.999Z', is: ['2026-11-22T10:00Z', '2026-11-22T11:00Z'] },
    { span: 'day', zone: undefined, now: '2026-12-31T23:59:59Z', is: ['2026-12-31T00:00Z', '2027-01-01T00:00Z'] },
    { span: 'week', zone: undefined, now: '2026-11-22T10:00Z', is: ['2026-11-16T00:00Z', '2026-11-23T00:00Z'] },
    { span: 'week', zone: undefined, now: '2026-11-23T00:00Z', is: ['2026-11-23T00:00Z', '2026-11-30T00:00Z'] },
    { span: 'month', zone: undefined, now: '2028-02-29T00:00Z', is: ['2028-02-01T00:00Z', '2028-03-01T00:00Z'] },
    // Half an hour from everybody else.
    { span: 'hour', zone: 'Asia/Kolkata', now: '2026-11-22T10:00Z', is: ['2026-11-22T09:30Z', '2026-11-22T10:30Z'] },
    { span: 'day', zone: 'Asia/Kolkata', now: '2026-11-22T10:00Z', is: ['2026-11-21T18:30Z', '2026-11-22T18:30Z'] },
    // Days of 23 and of 25 hours.
    { span: 'day', zone: 'Europe/Berlin', now: '2026-03-29T12:00Z', is: ['2026-03-28T23:00Z', '2026-03-29T22:00Z'] },
    { span: 'day', zone: 'Europe/Berlin', now: '2026-10-25T12:00Z', is: ['2026-10-24T22:00Z', '2026-10-25T23:00Z'] },
    { span: 'month', zone: 'Europe/Berlin', now: '2026-10-25T12:00Z', is: ['2026-09-30T22:00Z', '2026-10-31T23:00Z'] },
    // Midnight never comes: 23:59 is followed by 1:00.
    { span: 'day', zone: 'Africa/Cairo', now: '2026-04-23T21:30Z', is: ['2026-04-22T22:00Z', '2026-04-23T22:00Z'] },
    { span: 'day', zone: 'Africa/Cairo', now: '2026-04-23T22:30Z', is: ['2026-04-23T22:00Z', '2026-04-24T21:00Z'] },
    // The hour before midnight comes twice.
    { span: 'day', zone: 'America/Santiago', now: '2026-04-05T03:30Z', is: ['2026-04-04T03:00Z', '2026-04-05T04:00Z'] },
    // Midnight comes twice: 0:59 is followed by 0:00.
    { span: 'day', zone: 'America/Havana', now: '2026-11-01T05:30Z', is: ['2026-11-01T04:00Z', '2026-11-02T05:00Z'] },
    // Clocks were put back at 0:01; the last hour of the day before came again, and belongs to the new day.
    { span: 'day', zone: 'America/St_Johns', now: '2010-11-07T03:00Z', is: ['2010-11-07T02:30Z', '2010-11-08T03:30Z'] },
    // A Friday that never was.
    { span: 'day', zone: 'Pacific/Apia', now: '2011-12-30T12:00Z', is: ['2011-12-30T10:00Z', '2011-12-31T10:00Z'] },
  ] as const)('the $span of $now in $zone is $is', ({ span, zone, now, is }) => {
    const { startMs, endMs } = new Calendar(zone).window(span, at(now));
    expect([new Date(startMs).toISOString(), new Date(endMs).toISOString()]).toEqual(
      is.map((date) => new Date(at(date)).toISOString()),
    );
  });

  it('follows the one before without a gap, and every moment is in it that it covers', () => {
    const zones = ['UTC', 'America/Los_Angeles', 'Africa/Cairo', 'America/Santiago', 'America/Havana', 'Asia/Kolkata'];
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2025-01-01'), max: new Date('2030-01-01'), noInvalidDate: true }),
        fc.constantFrom('day', 'week', 'month'),
        fc.constantFrom(...zones, 'Australia/Lord_Howe', 'Asia/Beirut'),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (date, span, zone, share) => {
          const now = date.getTime();
          const window = new Calendar(zone).window(span, now);
          expect(window.startMs).toBeLessThanOrEqual(now);
          expect(window.endMs).toBeGreaterThan(now);
          const fresh = (ms: number) => new Calendar(zone).window(span, ms);
          expect(fresh(window.startMs + Math.floor(share * (window.endMs - window.startMs)))).toEqual(window);
          expect(fresh(window.endMs).startMs).toBe(window.endMs);
          expect(fresh(window.startMs - 1).endMs).toBe(window.startMs);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is not one of a zone that there is not', () => {
    expect(() => new Calendar('Mars/Olympus')).toThrow(RangeError);
  });
});
