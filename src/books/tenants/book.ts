/** Tenants and virtual keys as the configuration declares them and the store keeps them. */
import type { Patterns } from '../../core/caller.ts';
import type { Priority } from '../../core/priority.ts';
import type { Budgets, SpendingLimits } from '../spending/declared.ts';

/** What a tenant or a key may do of what stands above it. What is missing takes nothing away. */
export interface Share {
  models?: Patterns | undefined;
  /** Where only `models` are named, none. */
  routes?: Patterns | undefined;
  doors?: Patterns | undefined;
  /** Of one request. */
  maxCostUsd?: number | undefined;
  maxLatencyMs?: number | undefined;
  limits?: SpendingLimits | undefined;
  budgets?: Budgets | undefined;
  tags?: readonly string[] | undefined;
}

export interface Tenant extends Share {
  name: string;
  /** The tenant above it. */
  parent?: string | undefined;
}

export interface VirtualKey extends Share {
  id: string;
  /** Used once: the ledger and the budgets go by it. */
  name: string;
  tenant?: string | undefined;
  /** The id of the key that made it. */
  parent?: string | undefined;
  owner?: string | undefined;
  priority?: Priority | undefined;
  createdAtMs: number;
  expiresAtMs?: number | undefined;
  revokedAtMs?: number | undefined;
  /** The newest first; those behind it are on their way out. */
  secrets: readonly KeySecret[];
}

export interface KeySecret {
  /** SHA-256, in hexadecimal. */
  hash: string;
  /** How it begins, for people; undefined where that would tell too much. */
  prefix?: string | undefined;
  /** When it ceases to be one; undefined: with its key. */
  untilMs?: number | undefined;
}

export interface Book {
  tenants: readonly Tenant[];
  keys: readonly VirtualKey[];
}

/** What the store has. What it cannot read is left out and told. */
export interface StoredBook extends Book {
  version: number;
  problems: readonly string[];
}

/** What of a key may be changed; what is missing here is taken from it. */
export type KeyTerms = Share & Pick<VirtualKey, 'owner' | 'priority' | 'expiresAtMs'>;

/** There is no store, so nothing is in it. One that cannot be read may hold keys, and is another matter. */
export class NothingStored extends Error {}

/** Everything may reject. */
export interface BookStore {
  /** Opens it and brings its schema up to date; again and again until it succeeds, then it does nothing. */
  ready(): Promise<void>;
  /** Another one after every change. */
  version(): Promise<number>;
  /** The oldest, if there are more than so many tenants or keys. */
  load(atMost: { tenants: number; keys: number }): Promise<StoredBook>;
  /** By its id or its name. */
  key(idOrName: string): Promise<VirtualKey | undefined>;
  /** False: there is one of this name or id. */
  addKey(key: VirtualKey): Promise<boolean>;
  /** False: there is no such key. */
  setTerms(id: string, terms: KeyTerms): Promise<boolean>;
  /** False: the secrets are not as they were; read the key again. */
  setSecrets(id: string, was: readonly KeySecret[], is: readonly KeySecret[]): Promise<boolean>;
  /** For good. False: there is no such key. */
  revoke(id: string, atMs: number): Promise<boolean>;
  /** Adds it, or puts it in the place of the one of its name. */
  putTenant(tenant: Tenant): Promise<void>;
  /** Its keys open nothing any more. False: there is none. */
  dropTenant(name: string): Promise<boolean>;
  close(): Promise<void>;
}
