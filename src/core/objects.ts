/** What clients leave with the router and ask for again: responses, files, batches. `src/platform/objects/` keeps them. */

export type ObjectKind = 'response' | 'file' | 'batch';

export interface StoredObject {
  /** Whose it is: the key's tenant, or the key's own name where it has none. Nobody else is told that it exists. */
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

/** Every method may throw `no_candidate` with code `store_unavailable`: the store does not answer. */
export interface ObjectStore {
  /** Replaces what has the same owner and id. Throws `request_too_large` for more than an object may hold. */
  put(object: StoredObject): Promise<void>;
  get(owner: string, id: string, nowMs: number): Promise<StoredObject | undefined>;
  /** False where there was none. */
  delete(owner: string, id: string): Promise<boolean>;
  /** Without bodies: `body` is empty. */
  list(owner: string, kind: ObjectKind, page: ObjectPage, nowMs: number): Promise<StoredObject[]>;
  /** Of all owners, oldest first, without bodies: for work that goes on after a restart. `headHas` is a piece of the head's JSON. */
  search(kind: ObjectKind, headHas: string, limit: number, nowMs: number): Promise<StoredObject[]>;
}
