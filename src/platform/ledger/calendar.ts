import type { Range, TimeBucket, UsageQuery } from '../../core/ledger.ts';
import { type Grain, GRAIN_MS } from './cells.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = GRAIN_MS.hour;
const DAY_MS = GRAIN_MS.day;

/** Longer ranges by the minute would read too many rows, and nobody looks at so many points. */
const MAX_MINUTES_MS = DAY_MS;
/** Up to here, what is not grouped by time is counted exactly, row by row. */
const MAX_ROWS_MS = 2 * HOUR_MS;
/** Up to here by hours, beyond by days. */
const MAX_HOURS_MS = 8 * DAY_MS;

/** Attempts have no sums. Throws a `RangeError` for a range that would read too many. */
export function checkAttemptRange({ fromMs, toMs }: Range): void {
  if (toMs - fromMs > MAX_HOURS_MS) throw new RangeError('Of attempts, at most eight days');
}

/** Which table answers, and for which time: sums are of whole hours and days. */
export interface Source {
  grain: 'minute' | Grain;
  range: Range;
}

/** When the oldest begins that each table has; Infinity where it has nothing. */
export type Oldest = Record<Source['grain'], number>;

/** Throws a `RangeError` for what would take too long. */
export function sourceOf({ fromMs, toMs, every, by, where }: UsageQuery, oldest: Oldest): Source {
  const lengthMs = toMs - fromMs;
  const hasTag = by === 'tag' || where?.tag !== undefined;
  if (every === 'minute') {
    if (hasTag) throw new RangeError('Tags are counted by the hour');
    if (lengthMs > MAX_MINUTES_MS) throw new RangeError('By the minute, at most a day');
    return { grain: 'minute', range: { fromMs, toMs } };
  }
  const isInRows = lengthMs <= MAX_ROWS_MS && !hasTag && !isForgotten(fromMs, 'minute', oldest);
  if (every === undefined && isInRows) return { grain: 'minute', range: { fromMs, toMs } };
  const isInHours = lengthMs <= MAX_HOURS_MS && !isForgotten(fromMs, 'hour', oldest);
  const grain = every === 'hour' || (every === undefined && isInHours) ? 'hour' : 'day';
  return { grain, range: widened({ fromMs, toMs }, GRAIN_MS[grain]) };
}

/** Rows may be kept for a shorter time than hours, and hours than days: what is in a sum has been there. */
function isForgotten(fromMs: number, grain: 'minute' | 'hour', oldest: Oldest): boolean {
  const isSummed = (sum: Grain) => oldest[sum] < Infinity && oldest[sum] + GRAIN_MS[sum] <= oldest[grain];
  return fromMs < oldest[grain] && (isSummed('hour') || isSummed('day'));
}

function widened({ fromMs, toMs }: Range, unitMs: number): Range {
  return { fromMs: Math.floor(fromMs / unitMs) * unitMs, toMs: Math.ceil(toMs / unitMs) * unitMs };
}

/** When the bucket around this moment begins; UTC. */
export function bucketStart(atMs: number, every: TimeBucket): number {
  if (every === 'month') {
    const date = new Date(atMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }
  if (every === 'week') {
    const mondayMs = 4 * DAY_MS; // 1970 began on a Thursday.
    return Math.floor((atMs - mondayMs) / (7 * DAY_MS)) * 7 * DAY_MS + mondayMs;
  }
  const unitMs = { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }[every];
  return Math.floor(atMs / unitMs) * unitMs;
}

/** Throws a `RangeError` for what is no month (`2026-11`). */
export function monthRange(month: string): Range {
  const [, year, number] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? [];
  if (year === undefined) throw new RangeError('A month looks like 2026-11');
  return { fromMs: Date.UTC(Number(year), Number(number) - 1, 1), toMs: Date.UTC(Number(year), Number(number), 1) };
}
