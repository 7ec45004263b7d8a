/** Quotas of a day, a week or a month, as a calendar has them: all of it comes back when the window turns. */

export type Period = 'day' | 'week' | 'month';

const HOUR_MS = 3_600_000;

export interface QuotaOptions {
  limit: number;
  period: Period;
  /** IANA name of where its days begin: `America/Los_Angeles`. UTC without it. */
  timeZone?: string | undefined;
}

export class CalendarQuota {
  readonly #limit: number;
  readonly #period: Period;
  readonly #zone: Zone;
  #used = 0;
  #startMs = -Infinity;
  #endMs = -Infinity;

  /** Throws a `RangeError` for a time zone that the runtime does not know. */
  constructor({ limit, period, timeZone }: QuotaOptions) {
    this.#limit = limit;
    this.#period = period;
    this.#zone = timeZone === undefined ? UTC : zoneOf(timeZone);
  }

  /** Milliseconds until the window turns, if there is not enough left; 0: now, Infinity: it is more than a window's. */
  waitMs(amount: number, nowMs: number): number {
    if (amount > this.#limit) return Infinity;
    this.#turn(nowMs);
    return this.#used + amount <= this.#limit ? 0 : this.#endMs - nowMs;
  }

  take(amount: number, nowMs: number): void {
    this.#turn(nowMs);
    this.#used += amount;
  }

  get period(): Period {
    return this.#period;
  }

  get limit(): number {
    return this.#limit;
  }

  left(nowMs: number): number {
    this.#turn(nowMs);
    return Math.max(0, this.#limit - this.#used);
  }

  /** What was taken in an earlier window is not given back in this one. A negative amount takes. */
  giveBack(amount: number, takenAtMs: number, nowMs: number): void {
    this.#turn(nowMs);
    if (takenAtMs >= this.#startMs) this.#used = Math.max(0, this.#used - amount);
  }

  /** Share that is left, 0 to 1. */
  room(nowMs: number): number {
    this.#turn(nowMs);
    return Math.max(0, 1 - this.#used / this.#limit);
  }

  #turn(nowMs: number): void {
    if (nowMs < this.#endMs) return;
    [this.#startMs, this.#endMs] = windowAt(nowMs, this.#period, this.#zone);
    this.#used = 0;
  }
}

/** How far the clocks on its walls are ahead of UTC at a moment, in milliseconds. */
type Zone = (atMs: number) => number;

const UTC: Zone = () => 0;

function zoneOf(timeZone: string): Zone {
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

/** When the window around this moment began and when it ends. Weeks begin on Mondays. */
export function windowAt(nowMs: number, period: Period, zone: Zone): [startMs: number, endMs: number] {
  const wall = new Date(nowMs + zone(nowMs));
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const midnight = (y: number, m: number, d: number) => {
    const onWalls = Date.UTC(y, m, d);
    return onWalls - zone(onWalls - zone(onWalls));
  };
  const first = { day, week: day - ((wall.getUTCDay() + 6) % 7), month: 1 }[period];
  const end = period === 'month' ? midnight(year, month + 1, 1) : midnight(year, month, first + DAYS[period]);
  // Where clocks are put forward at midnight that midnight never comes.
  return [midnight(year, month, first), end > nowMs ? end : nowMs + HOUR_MS];
}

const DAYS = { day: 1, week: 7 };
