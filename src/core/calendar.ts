/**
 * Hours, days, weeks and months as a calendar has them somewhere. Every moment is in exactly one window of each, also
 * where clocks are changed at midnight, and no day begins twice.
 */

export type CalendarSpan = 'hour' | 'day' | 'week' | 'month';

export interface Window {
  readonly startMs: number;
  /** Not included. */
  readonly endMs: number;
}

const HOUR_MS = 3_600_000;
/** Further than any zone is from UTC, so that a clock change at a midnight lies between. */
const DAY_MS = 86_400_000;

/** How far the clocks on its walls are ahead of UTC at a moment, in milliseconds. */
type Offset = (atMs: number) => number;

export class Calendar {
  readonly #offset: Offset;
  /** `Intl` is slow; windows turn rarely. */
  readonly #latest = new Map<CalendarSpan, Window>();

  /** Throws a `RangeError` for a time zone that the runtime does not know. */
  constructor(timeZone?: string) {
    this.#offset = timeZone === undefined ? () => 0 : offsetIn(timeZone);
  }

  /** The window around a moment. Weeks begin on Mondays. */
  window(span: CalendarSpan, nowMs: number): Window {
    const latest = this.#latest.get(span);
    if (latest && nowMs >= latest.startMs && nowMs < latest.endMs) return latest;
    const window = span === 'hour' ? this.#hour(nowMs) : this.#dates(span, nowMs);
    this.#latest.set(span, window);
    return window;
  }

  #hour(nowMs: number): Window {
    const wallMs = nowMs + this.#offset(nowMs);
    const startMs = nowMs - (((wallMs % HOUR_MS) + HOUR_MS) % HOUR_MS);
    return { startMs, endMs: startMs + HOUR_MS };
  }

  #dates(span: 'day' | 'week' | 'month', nowMs: number): Window {
    const wall = new Date(nowMs + this.#offset(nowMs));
    const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
    const monday = day - ((wall.getUTCDay() + 6) % 7);
    const nth = (n: number) => {
      if (span === 'month') return this.#begins(Date.UTC(year, month + n, 1));
      return this.#begins(span === 'day' ? Date.UTC(year, month, day + n) : Date.UTC(year, month, monday + 7 * n));
    };
    let [startMs, endMs] = [nth(0), nth(1)];
    // Clocks put back over midnight show a date again that is already over.
    for (let n = 2; endMs <= nowMs; n++) [startMs, endMs] = [endMs, nth(n)];
    return { startMs, endMs };
  }

  /** The first moment of the date whose midnight, on a wall, is `wallMs`. */
  #begins(wallMs: number): number {
    const before = wallMs - this.#offset(wallMs - DAY_MS);
    const after = wallMs - this.#offset(wallMs + DAY_MS);
    const isMidnight = (atMs: number) => atMs + this.#offset(atMs) === wallMs;
    const first = Math.min(before, after);
    // Where clocks are put forward over midnight it never comes: the date begins with the change.
    return isMidnight(first) ? first : Math.max(before, after);
  }
}

/** Calendars by their time zone; there are a few hundred zones in all. */
export class Calendars {
  readonly #known = new Map<string, Calendar>();

  in(timeZone: string | undefined): Calendar {
    const name = timeZone ?? '';
    const known = this.#known.get(name);
    if (known) return known;
    const calendar = new Calendar(timeZone);
    this.#known.set(name, calendar);
    return calendar;
  }
}

function offsetIn(timeZone: string): Offset {
  const wall = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (atMs) => {
    const parts = new Map(wall.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
    const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const shown = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'));
    return shown - Math.floor(atMs / 1000) * 1000;
  };
}
