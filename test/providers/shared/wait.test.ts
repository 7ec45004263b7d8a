import { describe, expect, it } from 'vitest';
import {
  durationMs,
  retryAfterMs,
  spokenMs,
  untilMidnightMs,
  untilNextMonthMs,
} from '../../../providers/shared/wait.ts';

const HOUR_MS = 3_600_000;
const CALIFORNIA = 'America/Los_Angeles';
const date = 'Sun, 22 Nov 2026 06:00:00 GMT';
const LATER = 'Sun, 22 Nov 2026 06:01:30 GMT';
const EARLIER = 'Sun, 22 Nov 2026 05:59:59 GMT';

describe('what the headers ask for', () => {
  const rows: { name: string; headers: Record<string, string>; nowMs?: number; ms: number | undefined }[] = [
    { name: 'nothing is unknown', headers: {}, ms: undefined },
    { name: 'seconds', headers: { 'retry-after': '7' }, ms: 7000 },
    { name: 'seconds with a fraction', headers: { 'retry-after': '0.25' }, ms: 250 },
    { name: 'parts of milliseconds, rounded up', headers: { 'retry-after-ms': '120.2' }, ms: 121 },
    {
      name: 'OpenAI’s milliseconds come first',
      headers: { 'retry-after-ms': '120', 'x-ms-retry-after-ms': '5', 'retry-after': '1' },
      ms: 120,
    },
    { name: 'Microsoft’s come second', headers: { 'x-ms-retry-after-ms': '5', 'retry-after': '1' }, ms: 5 },
    { name: 'nonsense is passed over', headers: { 'retry-after-ms': 'soon', 'retry-after': '2' }, ms: 2000 },
    { name: 'a negative wait is passed over', headers: { 'retry-after-ms': '-1', 'retry-after': '2' }, ms: 2000 },
    { name: 'zero is passed over', headers: { 'retry-after-ms': '0', 'retry-after': '2' }, ms: 2000 },
    { name: 'zero alone is unknown', headers: { 'retry-after': '0' }, ms: undefined },
    { name: 'a negative wait is unknown', headers: { 'retry-after': '-1' }, ms: undefined },
    { name: 'NaN is unknown', headers: { 'retry-after': 'NaN' }, ms: undefined },
    { name: 'infinity is unknown', headers: { 'retry-after': 'Infinity' }, ms: undefined },
    { name: 'an exponent is unknown', headers: { 'retry-after': '1e3' }, ms: undefined },
    { name: 'a hexadecimal number is unknown', headers: { 'retry-after': '0x10' }, ms: undefined },
    { name: 'an empty header is unknown', headers: { 'retry-after': ' ' }, ms: undefined },
    { name: 'the most that a timer can hold', headers: { 'retry-after-ms': '2147483647' }, ms: 2_147_483_647 },
    { name: 'more than that is unknown', headers: { 'retry-after-ms': '2147483648' }, ms: undefined },
    { name: 'more than that in seconds is unknown', headers: { 'retry-after': '2147484' }, ms: undefined },
    { name: 'a date counts from the date of the answer', headers: { 'retry-after': LATER, date }, ms: 90_000 },
    {
      name: 'the date of the answer comes before our clock, which may be wrong',
      headers: { 'retry-after': LATER, date },
      nowMs: 0,
      ms: 90_000,
    },
    {
      name: 'our clock counts where the answer has no date',
      headers: { 'retry-after': LATER },
      nowMs: Date.parse(date),
      ms: 90_000,
    },
    { name: 'a date with neither is unknown', headers: { 'retry-after': LATER }, ms: undefined },
    { name: 'a date in the past is unknown', headers: { 'retry-after': EARLIER, date }, ms: undefined },
    { name: 'this very second is unknown', headers: { 'retry-after': date, date }, ms: undefined },
    { name: 'a number is no year', headers: { 'retry-after': '-2030' }, nowMs: 0, ms: undefined },
  ];
  it.each(rows)('$name', ({ headers, nowMs, ms }) => {
    expect(retryAfterMs({ status: 429, header: (name) => headers[name], body: '', nowMs })).toBe(ms);
  });
});

describe('durations', () => {
  it.each([
    ['12ms', 12],
    ['1s', 1_000],
    ['34.074824224s', 34_075],
    ['6m0s', 360_000],
    ['1h2m3.5s', 3_723_500],
    ['1d', 86_400_000],
    ['0s', undefined],
    ['-1s', undefined],
    ['7', undefined],
    ['1.2.3s', undefined],
    ['s', undefined],
    ['30d', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (text, ms) => expect(durationMs(text)).toBe(ms));
});

describe('sentences', () => {
  it.each([
    ['Limit 3, Used 3. Please try again in 20s. Visit us.', 20_000],
    ['Please try again in 6m0s.', 360_000],
    ['Please try again in 120ms.', 120],
    ['Please retry in 34.07s.', 34_070],
    ['Please retry after 26 seconds.', 26_000],
    ['Please retry after 1 second.', 1_000],
    ['Please retry after 250 milliseconds.', 250],
    ['Please retry in 900ms', 900],
    ['Please try again in a few minutes.', undefined],
    ['Please try again later.', undefined],
    ['Please retry in 3 days', undefined],
    ['', undefined],
  ])('"%s" is %s ms', (sentence, ms) => expect(spokenMs(sentence)).toBe(ms));
});

describe('the calendar', () => {
  it.each([
    ['a winter’s evening in California', '2026-11-22T07:59:30Z', CALIFORNIA, 30_000],
    ['a summer’s evening in California', '2026-07-01T06:59:59.500Z', CALIFORNIA, 500],
    ['midnight itself: the whole day', '2026-11-22T08:00:00Z', CALIFORNIA, 24 * HOUR_MS],
    ['the day of 25 hours', '2026-11-01T07:30:00Z', CALIFORNIA, 24.5 * HOUR_MS],
    ['the day of 23 hours', '2026-03-08T08:30:00Z', CALIFORNIA, 22.5 * HOUR_MS],
    ['UTC', '2026-11-22T23:45:00Z', 'UTC', HOUR_MS / 4],
  ])('until midnight: %s', (_, now, zone, ms) => expect(untilMidnightMs(Date.parse(now), zone)).toBe(ms));

  it.each([
    ['2026-11-30T23:00:00Z', HOUR_MS],
    ['2026-12-31T23:00:00Z', HOUR_MS],
    ['2028-02-01T00:00:00Z', 29 * 24 * HOUR_MS],
  ])('until the next month: %s', (now, ms) => expect(untilNextMonthMs(Date.parse(now))).toBe(ms));
});
