import type { Calendar, CalendarSpan, Window } from '../../core/calendar.ts';
import type { CountedRule, Rule } from './declared.ts';
import type { Meter } from './meter.ts';
import type { Moment } from './moment.ts';

const ALWAYS: Window = { startMs: 0, endMs: Infinity };
/** A clock that is put back a little stays in its window: else midnight would come twice, and all be free twice. */
const PUT_RIGHT_MS = 3_600_000;

/**
 * An hour, a day, a week, a month of a calendar, or all time. All of it comes back when the window turns. Whatever a
 * request uses counts in the window in which it was let in, as in the ledger.
 */
export class Counter implements Meter {
  rule: CountedRule;
  readonly #calendar: Calendar;
  #window: Window;
  /** Of the window; the stamp of what is taken in it. */
  #generation = 0;
  #used = 0;
  #reserved = 0;
  /** Of `used`, what was counted before this process, or elsewhere. */
  #restored = 0;
  /** How many of the soft thresholds have been told. */
  #told = 0;

  constructor(rule: CountedRule, calendar: Calendar, moment: Moment) {
    this.rule = rule;
    this.#calendar = calendar;
    this.#window = this.#windowAt(moment);
  }

  declare(rule: Rule): void {
    if (rule.measure === 'concurrency') return;
    this.rule = rule;
    this.#told = Math.min(this.#told, this.#crossed());
  }

  waitMs(amount: number, moment: Moment): number {
    const { limit } = this.rule;
    if (amount > limit) return Infinity;
    this.#turn(moment);
    return amount === 0 || this.#used + amount <= limit ? 0 : this.#window.endMs - moment.wallMs;
  }

  take(amount: number, moment: Moment): number {
    this.#turn(moment);
    this.#used += amount;
    this.#reserved += amount;
    return this.#generation;
  }

  /** What was taken with this stamp is still counted. */
  counts(stamp: number, moment: Moment): boolean {
    this.#turn(moment);
    return stamp === this.#generation;
  }

  close(stamp: number, amount: number, moment: Moment): void {
    this.#turn(moment);
    if (stamp === this.#generation) this.#reserved -= amount;
  }

  correct(stamp: number, more: number, moment: Moment): void {
    this.#turn(moment);
    if (stamp === this.#generation) this.#used += more;
  }

  used(moment: Moment): number {
    this.#turn(moment);
    return this.#used;
  }

  reserved(moment: Moment): number {
    this.#turn(moment);
    return this.#reserved;
  }

  resetMs(moment: Moment): number {
    this.#turn(moment);
    return this.#used === 0 ? 0 : this.#window.endMs - moment.wallMs;
  }

  window(moment: Moment): Window {
    this.#turn(moment);
    return this.#window;
  }

  /** What others say was used in a window; said again, it takes the place of what was said before. */
  restore(startMs: number, amount: number, moment: Moment): void {
    this.#turn(moment);
    if (startMs !== this.#window.startMs) return;
    this.#used += amount - this.#restored;
    this.#restored = amount;
    this.#told = Math.max(this.#told, this.#crossed()); // Whoever spent it has told it.
  }

  /** The next soft threshold that was crossed and not told; each once a window. */
  news(): number | undefined {
    return this.#crossed() > this.#told ? this.rule.soft[this.#told++] : undefined;
  }

  /** How many soft thresholds are reached by what is surely spent. */
  #crossed(): number {
    const { soft, limit } = this.rule;
    const spent = this.#used - this.#reserved;
    let count = 0;
    while (count < soft.length && spent >= (soft[count] ?? Infinity) * limit) count++;
    return count;
  }

  #turn(moment: Moment): void {
    const { startMs, endMs } = this.#window;
    const { wallMs } = moment;
    if (wallMs < endMs && wallMs >= startMs - PUT_RIGHT_MS) return;
    this.#window = this.#windowAt(moment);
    // A clock that was far ahead: what was used while it was counts today.
    if (wallMs < startMs) return;
    this.#generation++;
    this.#used = this.#reserved = this.#restored = this.#told = 0;
  }

  #windowAt({ wallMs }: Moment): Window {
    const { span } = this.rule;
    return span === 'total' ? ALWAYS : this.#calendar.window(span as CalendarSpan, wallMs);
  }
}
