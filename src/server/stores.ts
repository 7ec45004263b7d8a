/** The stores of a local server: one database for the ledger, stored keys and tenants, and what clients leave here. */
import { dirname, resolve } from 'node:path';
import type { Stores } from '../compose/accounting.ts';
import type { Clock } from '../core/ports.ts';
import { createBookStore } from '../platform/keys/store.ts';
import { createLedgerStore } from '../platform/ledger/store.ts';
import { openDatabase } from '../platform/ledger/open.ts';
import type { Log } from '../platform/log.ts';
import { createObjectStore } from '../platform/objects/store.ts';
import type { Loaded } from './configuration.ts';

export const USUAL_FILE = 'signalbox.db';
/** Kept until the process ends: practice is nobody's history. */
const NOWHERE = ':memory:';

export interface OpenStores extends Stores {
  /** Where it is, for people. */
  place: string;
  close(): Promise<void>;
}

/** Undefined where the operator wants none. Nothing is opened yet: that may fail for as long as the server runs. */
export async function openStores(
  { configuration, environment, file, practice }: Loaded,
  { clock, log }: { clock: Clock; log: Log },
): Promise<OpenStores | undefined> {
  const { enabled, path } = configuration.store;
  if (!enabled) return undefined;
  const url = environment.DATABASE_URL;
  const place = { url, path: pathOf(path ?? (practice ? NOWHERE : USUAL_FILE), file) };
  const database = await openDatabase(place, (cause) => log.error({ cause: cause.message }, 'the database fails'));
  const isElsewhere = url !== undefined && /^postgres(ql)?:/.test(url);
  const isKept = isElsewhere || place.path !== NOWHERE;
  return {
    ledger: createLedgerStore(database, clock),
    keys: createBookStore(database, clock),
    // In the ledger's thread: two more would take 80 MB, and its longest sum keeps nobody waiting for more than a moment.
    ...(isKept && { objects: createObjectStore({ writing: database }, clock, configuration.store.objects) }),
    place: isElsewhere ? 'PostgreSQL (DATABASE_URL)' : place.path,
    close: () => database.close(),
  };
}

/** From where the configuration lies. */
export function pathOf(path: string, file: string | undefined): string {
  return path === NOWHERE || file === undefined ? path : resolve(dirname(file), path);
}
