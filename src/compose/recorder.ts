/** Where a request goes when it is over: the log, the ledger, the numbers, the traces, the alerts. */
import { type LedgerEntry, entryOf } from '../books/ledger/rows.ts';
import type { Recorder, RequestFact, Timers } from '../core/ports.ts';

/** Hears of every finished request. Must not throw. */
export type Listener = (entry: LedgerEntry, fact: RequestFact) => unknown;

export interface RecorderPorts {
  timers: Timers;
  /** The longest that a finished request waits to be booked; 0: it is booked at once. */
  togetherMs: number;
  onMistake: (cause: unknown) => void;
}

/** What waits holds on to its request. */
const MOST_WAITING = 64;

/**
 * The log is written at once, the books of several requests together: of one alone, most of the time would go by until
 * the books' code and numbers are back in the processor's caches.
 */
export class Booking implements Recorder {
  readonly #logged: Recorder;
  readonly #listeners: readonly Listener[];
  readonly #ports: RecorderPorts;
  #waiting: RequestFact[] = [];
  #callOff: (() => void) | undefined;

  constructor(logged: Recorder, listeners: readonly Listener[], ports: RecorderPorts) {
    this.#logged = logged;
    this.#listeners = listeners;
    this.#ports = ports;
  }

  record(fact: RequestFact): void {
    const { timers, togetherMs } = this.#ports;
    this.#logged.record(fact);
    if (this.#waiting.push(fact) >= MOST_WAITING || togetherMs === 0) this.settle();
    else this.#callOff ??= timers.after(togetherMs, () => this.settle());
  }

  /** Books what waits: for who reads the books now. */
  settle(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    const facts = this.#waiting;
    this.#waiting = [];
    for (const fact of facts) this.#book(fact);
  }

  /** The books are kept for people; a mistake in them must not reach the client whose request it is. */
  #book(fact: RequestFact): void {
    try {
      const entry = entryOf(fact);
      for (const listen of this.#listeners) listen(entry, fact);
    } catch (cause) {
      this.#ports.onMistake(cause);
    }
  }
}
