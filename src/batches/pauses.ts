import type { Timers } from '../core/ports.ts';

/** Waits that end at once when the process stops. */
export class Pauses {
  readonly #timers: Timers;
  readonly #waiting = new Set<() => void>();
  #isOver = false;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  pause(ms: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        callOff();
        this.#waiting.delete(end);
        resolve();
      };
      const callOff = this.#timers.after(ms, end);
      this.#waiting.add(end);
    });
  }

  end(): void {
    this.#isOver = true;
    for (const end of this.#waiting) end();
  }
}
