/** Asking the stores: they may be missing, dead, slow or changed by somebody else. */
import type { BookStore } from '../books/tenants/book.ts';
import { GatewayError } from '../core/errors.ts';
import type { LedgerStore } from '../core/ledger.ts';
import type { Timers } from '../core/ports.ts';
import { invalid } from './reading.ts';
import type { AdminSources } from './sources.ts';

/** An operator has given up by then, too. */
const MOST_MS = 10_000;
const REFRESH_MS = 3_000;
const AGAIN_MS = 5_000;

const NO_STORE = 'switch `store.enabled` on, or bind a D1 database on Workers (docs/ledger.md)';

/** Of a query that is out of the store's bounds, `param` is at fault. */
export async function askLedger<T>(
  { ledger, timers }: Pick<AdminSources, 'ledger' | 'timers'>,
  param: string,
  ask: (store: LedgerStore) => Promise<T>,
): Promise<T> {
  if (!ledger) throw unavailable('ledger_unavailable', `No ledger is kept here; ${NO_STORE}`);
  try {
    return await soon(timers, MOST_MS, async () => {
      await ledger.store.ready();
      return ask(ledger.store);
    });
  } catch (cause) {
    if (cause instanceof RangeError) throw invalid(param, cause.message);
    const message = 'The ledger does not answer; its rows wait in memory meanwhile. The log says what is wrong';
    throw unavailable('ledger_unavailable', message, cause);
  }
}

/** For changes of keys and tenants. */
export async function askBooks<T>(
  { books, timers }: Pick<AdminSources, 'books' | 'timers'>,
  ask: (store: BookStore) => Promise<T>,
): Promise<T> {
  if (!books) throw unavailable('store_unavailable', `Keys and tenants are not stored here; ${NO_STORE}`);
  try {
    return await soon(timers, MOST_MS, async () => {
      await books.ready();
      return ask(books);
    });
  } catch (cause) {
    const message = 'The store of keys and tenants does not answer, and the change may or may not be made; look again';
    throw unavailable('store_unavailable', message, cause);
  }
}

/** False: the store could not be read just now, so what is known of it may be old. */
export async function freshen(
  { directory, timers }: Pick<AdminSources, 'directory' | 'timers'>,
  when: 'before' | 'after_change' = 'before',
): Promise<boolean> {
  const read = () => (when === 'before' ? directory.refresh() : directory.refreshAfterChange());
  return soon(timers, REFRESH_MS, read).catch(() => false); // Late is the same as not at all: nothing is waited for.
}

function soon<T>(timers: Timers, ms: number, work: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = timers.after(ms, () => reject(new Error(`No answer within ${ms} ms`)));
    work().then(resolve, reject).finally(callOff);
  });
}

function unavailable(code: string, message: string, cause?: unknown): GatewayError {
  const again = cause === undefined ? {} : { retryAfterMs: AGAIN_MS };
  return new GatewayError('no_candidate', message, { code, cause, ...again });
}
