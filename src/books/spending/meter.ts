import type { Rule } from './declared.ts';
import type { Moment } from './moment.ts';

/**
 * Counts against one limit or budget. A request takes what it may need, and gets a stamp: where in time that was
 * counted. When it is over the reservation is closed, and what was counted is corrected to what it really used.
 */
export interface Meter {
  readonly rule: Rule;
  /** Its limit has changed; what was counted stays. */
  declare(rule: Rule): void;
  /** Milliseconds until there is room; 0: now, Infinity: it is more than there ever is. */
  waitMs(amount: number, moment: Moment): number;
  /** Only in the turn in which `waitMs` said 0. */
  take(amount: number, moment: Moment): number;
  /** What was taken is no longer a reservation, but used. Once for each `take`. */
  close(stamp: number, amount: number, moment: Moment): void;
  /** Less (below 0) or more was used than was taken. */
  correct(stamp: number, more: number, moment: Moment): void;
  /** Spent and reserved. */
  used(moment: Moment): number;
  reserved(moment: Moment): number;
  /** Until all of it is free; 0: it is. */
  resetMs(moment: Moment): number;
}
