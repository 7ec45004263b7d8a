/** Where a request goes when it is over: the log, the ledger, the numbers, the traces, the alerts. */
import { type LedgerEntry, entryOf } from '../books/ledger/rows.ts';
import type { Recorder, RequestFact } from '../core/ports.ts';

/** Hears of every finished request. Must not throw. */
export type Listener = (entry: LedgerEntry, fact: RequestFact) => unknown;

/** The books are kept for people; a mistake in them must not reach the client whose request it is. */
export function recorderOf(
  logged: Recorder,
  listeners: readonly Listener[],
  onMistake: (cause: unknown) => void,
): Recorder {
  return {
    record(fact) {
      logged.record(fact);
      if (listeners.length === 0) return;
      try {
        const entry = entryOf(fact);
        for (const listen of listeners) listen(entry, fact);
      } catch (cause) {
        onMistake(cause);
      }
    },
  };
}
