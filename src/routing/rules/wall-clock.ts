/** What a clock on the wall shows somewhere. */
export interface WallTime {
  /** 0 is Monday. */
  weekday: number;
  /** Minutes since midnight. */
  minute: number;
}

export type WallClock = (atMs: number) => WallTime;

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** The first day of 1970 was a Thursday. */
const THURSDAY = 3;

/** Throws a `RangeError` for a zone that there is not. Asks `Intl` at most once a minute: it is the slow part. */
export function createWallClock(zone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
  });
  let seenMinute = Number.NaN;
  let seen: WallTime = { weekday: 0, minute: 0 };
  return (atMs) => {
    const minute = Math.floor(atMs / MINUTE_MS);
    if (minute !== seenMinute) {
      seen = read(format, minute * MINUTE_MS);
      seenMinute = minute;
    }
    return seen;
  };
}

function read(format: Intl.DateTimeFormat, atMs: number): WallTime {
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const at = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const minutes = Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute')) / MINUTE_MS;
  const day = Math.floor(minutes / DAY_MINUTES);
  return { weekday: (((day + THURSDAY) % 7) + 7) % 7, minute: minutes - day * DAY_MINUTES };
}
