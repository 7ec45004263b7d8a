import type { Ceilings } from '../core/ceilings.ts';
import { GatewayError } from '../core/errors.ts';
import type { Priority } from '../core/priority.ts';

/** A client key as the configuration declares it, already hashed. */
export interface ClientKey {
  name: string;
  /** Of requests that name none. */
  priority: Priority;
  /** Of each of its requests. */
  ceilings: Ceilings;
  hash: Uint8Array;
}

export interface KeyCheck {
  hash(key: string): Uint8Array;
  /** In constant time. */
  same(a: Uint8Array, b: Uint8Array): boolean;
}

/** Who asks. */
export type Caller = Omit<ClientKey, 'hash'>;

/** Without keys in the configuration; allowed on loopback only. */
export const ANYONE: Caller = { name: 'anyone', priority: 'normal', ceilings: {} };

/** Whose key it is. Every key is compared, so the time tells nothing. */
export function authenticate(authorization: string | undefined, keys: readonly ClientKey[], check: KeyCheck): Caller {
  if (keys.length === 0) return ANYONE;
  const token = /^Bearer +(\S{1,512})$/i.exec(authorization ?? '')?.[1];
  if (!token) {
    throw new GatewayError('unauthenticated', 'Send your key as "Authorization: Bearer <key>" (the SDKs: apiKey)');
  }
  const hash = check.hash(token);
  const known = keys.filter((key) => check.same(key.hash, hash));
  if (known[0]) return known[0];
  throw new GatewayError('unauthenticated', 'This key is not known here; ask the operator for one');
}
