/** Quotas of a day, a week or a month, as a calendar has them: all of it comes back when the window turns. */
import { Calendar, type Window } from '../core/calendar.ts';

export type Period = 'day' | 'week' | 'month';

export interface QuotaOptions {
  limit: number;
  period: Period;
  /** IANA name of where its days begin: `America/Los_Angeles`. UTC without it. */
  timeZone?: string | undefined;
}

export class CalendarQuota {
  readonly #limit: number;
  readonly #period: Period;
  readonly #calendar: Calendar;
  #used = 0;
  #window: Window = { startMs: -Infinity, endMs: -Infinity };

  /** Throws a `RangeError` for a time zone that the runtime does not know. */
  constructor({ limit, period, timeZone }: QuotaOptions) {
    this.#limit = limit;
    this.#period = period;
    this.#calendar = new Calendar(timeZone);
  }

  /** Milliseconds until the window turns, if there is not enough left; 0: now, Infinity: it is more than a window's. */
  waitMs(amount: number, nowMs: number): number {
    if (amount > this.#limit) return Infinity;
    this.#turn(nowMs);
    return this.#used + amount <= this.#limit ? 0 : this.#window.endMs - nowMs;
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
    if (takenAtMs >= this.#window.startMs) this.#used = Math.max(0, this.#used - amount);
  }

  /** Share that is left, 0 to 1. */
  room(nowMs: number): number {
    this.#turn(nowMs);
    return Math.max(0, 1 - this.#used / this.#limit);
  }

  #turn(nowMs: number): void {
    if (nowMs < this.#window.endMs) return;
    this.#window = this.#calendar.window(this.#period, nowMs);
    this.#used = 0;
  }
}
