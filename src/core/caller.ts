/** Who asks: a virtual key, whose it is, and what it may use. `src/books/tenants/` knows them all. */
import type { Ceilings } from './ceilings.ts';
import { GatewayError } from './errors.ts';
import type { Priority } from './priority.ts';

/** Ways in, as keys name them. */
export const DOORS = [
  'chat',
  'messages',
  'responses',
  'completions',
  'gemini',
  'embeddings',
  'moderations',
  'images',
  'audio',
  'batches',
] as const;

export type DoorName = (typeof DOORS)[number];

/** Names; `*` stands for any text. */
export type Patterns = readonly string[];

/** Of each list one pattern must fit; where there is no list, everything may be used. An empty list fits nothing. */
export interface Allowed {
  /** Names of models, and `provider/model`. */
  models: readonly Patterns[];
  /** Names of routes, such as `auto`: whoever may use one may use whatever its rules choose. */
  routes: readonly Patterns[];
  /** Ways in: `chat`, `messages`, … */
  doors: readonly Patterns[];
}

export interface Caller {
  /** Of the key, whatever its secret is. */
  id: string;
  /** Of the key; no two have the same. The log, the ledger and the rules go by it. */
  name: string;
  /** How its secret begins, for people; undefined where that would tell too much of it. */
  prefix: string | undefined;
  tenant: string | undefined;
  /** The tenants above its own, nearest first. */
  parents: readonly string[];
  /** Of requests that name none. */
  priority: Priority;
  /** Of each of its requests. */
  ceilings: Ceilings;
  allowed: Allowed;
  tags: readonly string[];
  /** Who answers for it: a person or a team. */
  owner: string | undefined;
}

/** A secret that opens a door, or did. */
export interface KnownKey {
  caller: Caller;
  /** SHA-256 of the secret. */
  hash: Uint8Array;
  expiresAtMs: number | undefined;
  revokedAtMs: number | undefined;
}

/** The keys as they are known at this moment. */
export interface Keys {
  /** There are none, and none is needed. Undefined: nobody knows, as the store that may have some could not be read yet. */
  readonly isOpen: boolean | undefined;
  /** False: there are more, and they could not be read yet. */
  readonly isComplete: boolean;
  /** By the SHA-256 of its secret, in hexadecimal. */
  find(hash: string): KnownKey | undefined;
}

/** Of a key and all above it: as many as the ledger keeps. */
export const MAX_TAGS = 8;

/** For one who needs no key. */
export const ANYONE: Caller = {
  id: 'anyone',
  name: 'anyone',
  prefix: undefined,
  tenant: undefined,
  parents: [],
  priority: 'normal',
  ceilings: {},
  allowed: { models: [], routes: [], doors: [] },
  tags: [],
  owner: undefined,
};

/** Whether a request may ask for this name; `routes` are the names that are routes, the others are models. */
export function mayUse({ allowed }: Caller, name: string, routes: { has(name: string): boolean }): boolean {
  return areFitted(routes.has(name) ? allowed.routes : allowed.models, name);
}

export function mayEnter({ allowed }: Caller, door: string): boolean {
  return areFitted(allowed.doors, door);
}

/** Whether there is a way in that this pattern fits: one that fits none opens nothing. */
export function isDoor(pattern: string): boolean {
  return DOORS.some((door) => isFitted(pattern, door));
}

/** Why a request is refused that names this model or route. */
export function forbiddenName(caller: Caller, name: string): GatewayError {
  return forbidden(caller, `use "${name.slice(0, 200)}"; GET /v1/models lists what it may`, 'model');
}

export function forbiddenDoor(caller: Caller, door: string): GatewayError {
  return forbidden(caller, `come in by "${door}"`);
}

function forbidden({ name, prefix }: Caller, what: string, param?: string): GatewayError {
  const key = prefix === undefined ? `"${name}"` : `"${name}" (${prefix}…)`;
  return new GatewayError('forbidden', `The key ${key} may not ${what}`, { param });
}

function areFitted(lists: readonly Patterns[], name: string): boolean {
  return lists.every((patterns) => patterns.some((pattern) => isFitted(pattern, name)));
}

/** No regular expression: nothing anybody writes can make this slow. */
function isFitted(pattern: string, name: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === first;
  const end = name.length - last.length;
  if (end < first.length || !name.startsWith(first) || !name.endsWith(last)) return false;
  let from = first.length;
  for (const piece of rest) {
    const at = name.indexOf(piece, from);
    if (at < 0 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}
