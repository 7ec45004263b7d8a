/** Timers of the runtime, as the router wants them. */
import type { Timers } from '../core/ports.ts';

/** A timer that is so late stood still with everything else... */
const STOOD_STILL_MS = 250;
/** ...and waits so long for what arrived meanwhile to be read: that may call it off. */
const READING_MS = 50;
/** A timer that is set to more is over at once. */
const LONGEST_MS = 0x7fff_ffff;
/** A longer one goes on the next multiple of `STEP_MS`. */
const COARSE_FROM_MS = 4_000;
const STEP_MS = 64;

/** Never early. */
export const machineTimers: Timers = {
  after(ms, act) {
    const alikeMs = alike(ms);
    const dueAt = performance.now() + alikeMs;
    let timer: ReturnType<typeof setTimeout>;
    const due = () => {
      if (performance.now() - dueAt < STOOD_STILL_MS) act();
      else timer = setTimeout(act, READING_MS);
    };
    const wait = (leftMs: number) => {
      if (leftMs > LONGEST_MS) timer = setTimeout(() => wait(leftMs - LONGEST_MS), LONGEST_MS);
      else timer = setTimeout(due, leftMs);
    };
    wait(alikeMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Node keeps a list of timers for each length, and most long ones are what is left of a deadline: each would have a list
 * of its own, made and thrown away.
 */
function alike(ms: number): number {
  return ms < COARSE_FROM_MS ? ms : Math.ceil(ms / STEP_MS) * STEP_MS;
}
