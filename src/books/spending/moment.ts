/** Readings that arrive in the wrong order are at most so far apart; a clock further back was set. */
const DISORDER_MS = 1_000;

/**
 * Now, by two clocks. `wallMs` is what calendars go by, and may be set. `steadyMs` only ever goes on, so that no minute
 * lasts an hour because somebody put the clock back.
 */
export interface Moment {
  readonly wallMs: number;
  readonly steadyMs: number;
}

export class Time implements Moment {
  wallMs: number;
  steadyMs: number;

  constructor() {
    this.wallMs = -Infinity;
    this.steadyMs = 0;
  }

  /** The same object, moved on. */
  at(nowMs: number): Moment {
    const aheadMs = nowMs - this.wallMs;
    if (aheadMs > 0) {
      if (aheadMs < Infinity) this.steadyMs += aheadMs;
      this.wallMs = nowMs;
    } else if (aheadMs < -DISORDER_MS) {
      this.wallMs = nowMs;
    }
    return this;
  }
}
