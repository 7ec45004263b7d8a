import { Departure } from '../core/departure.ts';
import { GatewayError } from '../core/errors.ts';
import type { Timers } from '../core/ports.ts';

/** The time that one attempt has. When it is up, everything done for the attempt stops as if its client had left. */
export class Watch {
  /** Gone with the client, or when the time is up. */
  readonly client: Departure;
  readonly #timers: Timers;
  #callOff: (() => void) | undefined;
  #isUp = false;

  constructor(client: Departure, timers: Timers) {
    this.client = client.child();
    this.#timers = timers;
  }

  /** So many milliseconds from now, in the place of what was allowed before. */
  allow(ms: number): void {
    this.#callOff?.();
    this.#callOff = this.#timers.after(Math.max(ms, 1), () => {
      this.#isUp = true;
      this.client.leave();
    });
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  /** What went wrong: that the time was up, if it was. */
  reason(cause: unknown): unknown {
    if (!this.#isUp) return cause;
    return new GatewayError('timeout', 'The provider did not answer in time', { cause });
  }
}
