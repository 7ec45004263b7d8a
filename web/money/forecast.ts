/** Where a budget will stand when its time is over, if all goes on as it has since it began. */
import type { Reading } from '../types.ts';

const HOUR_MS = 3_600_000;
const LENGTH_MS = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS };
/** Of a window that has only just begun nothing can be said. */
const MIN_SHARE = 0.05;

export interface Forecast {
  /** At the end of the window. */
  amount: number;
  /** Until nothing is left; undefined: it lasts. */
  endsInMs: number | undefined;
}

export function forecastOf({ span, used, limit, resetMs }: Reading, nowMs: number): Forecast | undefined {
  const lengthMs = lengthOf(span, resetMs, nowMs);
  if (resetMs === null || lengthMs === undefined) return undefined;
  const passedMs = lengthMs - resetMs;
  if (passedMs < lengthMs * MIN_SHARE || used <= 0) return undefined;
  const perMs = used / passedMs;
  const leftMs = (limit - used) / perMs;
  return { amount: perMs * lengthMs, endsInMs: leftMs < resetMs ? Math.max(0, leftMs) : undefined };
}

/** Of what begins anew at a time of the calendar. */
function lengthOf(span: Reading['span'], resetMs: number | null, nowMs: number): number | undefined {
  if (span === 'hour' || span === 'day' || span === 'week') return LENGTH_MS[span];
  if (span !== 'month' || resetMs === null) return undefined;
  const end = new Date(nowMs + resetMs);
  return end.getTime() - new Date(end).setUTCMonth(end.getUTCMonth() - 1);
}
