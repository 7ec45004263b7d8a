import type { Timers } from '../../../src/core/ports.ts';

export interface HandTimers extends Timers {
  /** What is waited for, in milliseconds. */
  readonly waits: readonly number[];
  /** The time of all that wait now is over. */
  pass(): void;
}

export function handTimers(): HandTimers {
  const waiting = new Set<{ ms: number; act: () => void }>();
  return {
    after(ms, act) {
      const timer = { ms, act };
      waiting.add(timer);
      return () => void waiting.delete(timer);
    },
    get waits() {
      return Array.from(waiting, ({ ms }) => ms);
    },
    pass() {
      const due = [...waiting];
      waiting.clear();
      for (const { act } of due) act();
    },
  };
}
