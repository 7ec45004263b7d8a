/** Where a request goes when it is over: the log, the ledger, the numbers, the traces, the alerts. */
import { type LedgerEntry, entryOf } from '../books/ledger/rows.ts';
import type { Recorder, RequestFact } from '../core/ports.ts';

/** Hears of every finished request. Must not throw. */
export type Listener = (entry: LedgerEntry, fact: RequestFact) => unknown;

export interface RecorderPorts {
  /** The log is written at once, the books behind the answer. */
  soon: (work: () => void) => void;
  onMistake: (cause: unknown) => void;
}

/** The books are kept for people; a mistake in them must not reach the client whose request it is. */
export function recorderOf(
  logged: Recorder,
  listeners: readonly Listener[],
  { soon, onMistake }: RecorderPorts,
): Recorder {
  const book = (fact: RequestFact) => {
    try {
      const entry = entryOf(fact);
      for (const listen of listeners) listen(entry, fact);
    } catch (cause) {
      onMistake(cause);
    }
  };
  return {
    record(fact) {
      logged.record(fact);
      soon(() => book(fact));
    },
  };
}
