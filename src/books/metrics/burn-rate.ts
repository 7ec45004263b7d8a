import type { Reading } from '../spending/claim.ts';

const HOUR_MS = 3_600_000;
/** Of months the longest: the rate is a little low in the others, never high. */
const SPAN_MS: Readonly<Record<string, number>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 31 * 24 * HOUR_MS,
};
/** Before a twentieth of the time has passed, one request would look like a fire. */
const LEAST_SHARE = 0.05;

/** Share used by share of time passed. Undefined for a total, which has no end. */
export function burnRate({ span, limit, used, resetMs }: Omit<Reading, 'kind' | 'name'>): number | undefined {
  const lengthMs = span === undefined ? undefined : SPAN_MS[span];
  if (lengthMs === undefined || limit <= 0) return undefined;
  if (used === 0) return 0; // `resetMs` is 0 then, and says nothing.
  const passed = Math.min(Math.max(1 - resetMs / lengthMs, LEAST_SHARE), 1);
  return used / limit / passed;
}
