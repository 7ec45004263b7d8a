/** What clients leave with the router and ask for again: responses, files, batches. `src/platform/objects/` keeps them. */
import type { Caller } from './caller.ts';

/** `item`: which response an item of a provider's own writing is part of. */
export type ObjectKind = 'response' | 'file' | 'batch' | 'item';

export interface StoredObject {
  /** Whose it is: `ownerOf` a caller. Nobody else is told that it exists. */
  owner: string;
  /** Made by the router, or the provider's own where its bytes passed; unique for its owner. */
  id: string;
  kind: ObjectKind;
  createdAtMs: number;
  /** From then on it is gone, and soon after it is deleted. */
  expiresAtMs: number;
  /** What lists and searches need of it, as JSON; small. */
  head: string;
  /** All the rest, as text. */
  body: string;
}

export interface ObjectPage {
  /** Newest first by default. */
  order: 'desc' | 'asc';
  limit: number;
  /** The id of the last one on the page before. */
  after: string | undefined;
}

/** For how many days what is kept: `store.objects.keepDays`. */
export interface KeepDays {
  responses: number;
  files: number;
  batches: number;
}

/** The key's tenant, or the key itself where it has none; a tenant and a key of one name are two owners. */
export function ownerOf({ tenant, name }: Pick<Caller, 'tenant' | 'name'>): string {
  return tenant === undefined ? `key:${name}` : `tenant:${tenant}`;
}

/** Every method may throw `no_candidate` with code `store_unavailable`: the store does not answer. */
export interface ObjectStore {
  /**
   * Replaces what has the same owner and id. Throws `request_too_large`: code `object_too_large` for more than an object
   * may hold, code `storage_full` where its owner has no room left. For a response or an item its owner's oldest ones make room.
   */
  put(object: StoredObject): Promise<void>;
  /** Another head, if it is still what it was: false where somebody else was quicker, or the object is gone. */
  setHead(owner: string, id: string, was: string, is: string): Promise<boolean>;
  get(owner: string, id: string, nowMs: number): Promise<StoredObject | undefined>;
  /** False where there was none. */
  delete(owner: string, id: string): Promise<boolean>;
  /** Without bodies: `body` is empty. Nothing where `after` is gone. */
  list(owner: string, kind: ObjectKind, page: ObjectPage, nowMs: number): Promise<StoredObject[]>;
  /** Of all owners, oldest first, without bodies: for work that goes on after a restart. `headHas` is a piece of the head's JSON. */
  search(kind: ObjectKind, headHas: string, limit: number, nowMs: number): Promise<StoredObject[]>;
  /** Deletes a few of those that have expired; true while there are more. */
  prune(nowMs: number): Promise<boolean>;
}
