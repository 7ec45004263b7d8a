/** The stores of a local server: one database for the ledger, stored keys and tenants, and what clients leave here. */
import { dirname, resolve } from 'node:path';
import type { Stores } from '../compose/accounting.ts';
import { ConfigurationError } from '../config/parse.ts';
import type { Clock } from '../core/ports.ts';
import { createBookStore } from '../platform/keys/store.ts';
import { createLedgerStore } from '../platform/ledger/store.ts';
import { type DatabasePlace, openDatabase } from '../platform/ledger/open.ts';
import type { Log } from '../platform/log.ts';
import { createObjectStore } from '../platform/objects/store.ts';
import type { Loaded } from './configuration.ts';

const USUAL_FILE = 'signalbox.db';
/** Kept until the process ends: practice is nobody's history. */
const NOWHERE = ':memory:';

export interface OpenStores extends Stores {
  /** Where it is, for people. */
  place: string;
  close(): Promise<void>;
}

/** Undefined where the operator wants none. Nothing is opened yet: that may fail for as long as the server runs. */
export async function openStores(
  loaded: Loaded,
  { clock, log }: { clock: Clock; log: Log },
): Promise<OpenStores | undefined> {
  const { store } = loaded.configuration;
  if (!store.enabled) return undefined;
  const place = placeOf(loaded);
  const database = await openDatabase(place, (cause) => log.error({ cause: cause.message }, 'the database fails'));
  return {
    ledger: createLedgerStore(database, clock),
    keys: createBookStore(database, clock),
    // In the ledger's thread: two more would take 80 MB, and its longest sum keeps nobody waiting for more than a moment.
    ...(place.isKept && { objects: createObjectStore({ writing: database }, clock, store.objects) }),
    place: place.name,
    close: () => database.close(),
  };
}

interface Place extends DatabasePlace {
  /** For people. */
  name: string;
  /** Beyond the server's end. */
  isKept: boolean;
}

function placeOf({ configuration, environment, file, practice }: Loaded): Place {
  const url = environment.DATABASE_URL;
  const path = pathOf(configuration.store.path ?? (practice ? NOWHERE : USUAL_FILE), file);
  const isElsewhere = url !== undefined && /^postgres(ql)?:/.test(url);
  return {
    url,
    path,
    name: isElsewhere ? 'PostgreSQL (DATABASE_URL)' : path,
    isKept: isElsewhere || path !== NOWHERE,
  };
}

const OFF = 'store.enabled: is false, so a server with this configuration has no stored keys; leave it out';
const IN_MEMORY = 'store.path: is in memory, where no server finds what a command leaves; name a file';
const PRACTISES =
  'store.path: without credentials a server practises and keeps its store in memory; ' +
  `give this command the server's credentials, too, or set store.path: ${USUAL_FILE}`;

/** Where a command changes what the server reads. Throws where a server with this configuration would never see it. */
export function sharedPlaceOf(loaded: Loaded): DatabasePlace {
  const { enabled, path } = loaded.configuration.store;
  if (!enabled) throw new ConfigurationError(loaded.source, [OFF]);
  const place = placeOf(loaded);
  if (place.isKept) return place;
  throw new ConfigurationError(loaded.source, [path === undefined ? PRACTISES : IN_MEMORY]);
}

/** The same to read; nothing where it has none. */
export function readPlaceOf(loaded: Loaded): DatabasePlace {
  return loaded.configuration.store.enabled ? placeOf(loaded) : { path: NOWHERE };
}

/** From where the configuration lies. */
export function pathOf(path: string, file: string | undefined): string {
  return path === NOWHERE || file === undefined ? path : resolve(dirname(file), path);
}
