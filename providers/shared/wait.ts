/** How long a provider asks us to stay away, in headers, durations, sentences or by the calendar. All in milliseconds. */
import type { Refusal } from '../../src/core/provider.ts';

/** The largest delay that a timer can hold; a larger one in a header is no delay but a mistake. */
const MAX_DELAY_MS = 2 ** 31 - 1;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: HOUR_MS, d: DAY_MS };

/** What the headers ask for. Undefined where they say nothing that makes sense. */
export function retryAfterMs(refusal: Refusal): number | undefined {
  const retryAfter = refusal.header('retry-after');
  return (
    delayMs(refusal.header('retry-after-ms'), 1) ??
    delayMs(refusal.header('x-ms-retry-after-ms'), 1) ??
    delayMs(retryAfter, 1_000) ??
    untilDateMs(retryAfter, serverNow(refusal))
  );
}

/** The provider's own clock, which its dates go by; ours where the answer has no date. Milliseconds since 1970. */
export function serverNow({ header, nowMs }: Refusal): number | undefined {
  const date = Date.parse(header('date') ?? '');
  return Number.isNaN(date) ? nowMs : date;
}

/** Go's and Google's durations: `6m0s`, `12ms`, `34.074824224s`. */
export function durationMs(duration: string | undefined): number | undefined {
  if (!duration || !/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(duration)) return undefined;
  const parts = [...duration.matchAll(/([\d.]+)(ms|[smhd])/g)];
  return sane(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS_MS[unit ?? ''] ?? 0), 0));
}

/** `Please try again in 6m0s.`, `Please retry in 34.07s`, Azure's `Please retry after 26 seconds.` */
export function spokenMs(sentence: string): number | undefined {
  const [, duration, number, milli] =
    /(?:try again|retry) (?:in|after) (?:((?:[\d.]+(?:ms|[smhd]))+)\b|(\d+) (milli)?seconds?)/i.exec(sentence) ?? [];
  return duration === undefined ? delayMs(number, milli ? 1 : 1_000) : durationMs(duration);
}

/** Until the next midnight of a time zone, on days of 23 and 25 hours too. */
export function untilMidnightMs(nowMs: number, timeZone: string): number {
  const left = DAY_MS - timeOfDayMs(nowMs, timeZone);
  const drift = timeOfDayMs(nowMs + left, timeZone);
  return left - (drift > DAY_MS / 2 ? drift - DAY_MS : drift);
}

/** Until the first of the next month, 00:00 UTC. */
export function untilNextMonthMs(nowMs: number): number {
  const now = new Date(nowMs);
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) - nowMs;
}

function timeOfDayMs(atMs: number, timeZone: string): number {
  const clock = new Intl.DateTimeFormat('en-US', { timeZone, timeStyle: 'medium', hourCycle: 'h23' });
  const [hours = 0, minutes = 0, seconds = 0] = clock.format(atMs).split(':').map(Number);
  return hours * HOUR_MS + minutes * 60_000 + seconds * 1_000 + (atMs % 1_000);
}

function delayMs(value: string | undefined, unitMs: number): number | undefined {
  return value !== undefined && /^\s*\d+(?:\.\d+)?\s*$/.test(value) ? sane(Number(value) * unitMs) : undefined;
}

/** A date in the past says nothing. */
function untilDateMs(until: string | undefined, nowMs: number | undefined): number | undefined {
  return nowMs === undefined || !/[a-z]/i.test(until ?? '') ? undefined : sane(Date.parse(until ?? '') - nowMs);
}

/** Nobody who turns us away means "at once": zero is as good as nothing. */
function sane(ms: number): number | undefined {
  return ms > 0 && ms <= MAX_DELAY_MS ? Math.ceil(ms) : undefined;
}
