import { ANYONE, type Caller, type Keys } from '../core/caller.ts';
import type { Ceilings } from '../core/ceilings.ts';
import { GatewayError } from '../core/errors.ts';
import type { Priority } from '../core/priority.ts';

export type { Caller } from '../core/caller.ts';

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

/** Whose key it is. Every key is compared, so the time tells nothing. */
export function authenticate(authorization: string | undefined, keys: readonly ClientKey[], check: KeyCheck): Caller {
  const find = (hash: string) => {
    const key = keys.filter((one) => hexOf(one.hash) === hash)[0];
    if (!key) return undefined;
    const { name, priority, ceilings } = key;
    const caller = { ...ANYONE, id: name, name, priority, ceilings };
    return { caller, hash: key.hash, expiresAtMs: undefined, revokedAtMs: undefined };
  };
  const header = (name: string) => (name === 'authorization' ? authorization : undefined);
  return whoAsks(header, { isOpen: keys.length === 0, isComplete: true, find }, { check, nowMs: 0 });
}

interface Check {
  check: KeyCheck;
  nowMs: number;
}

/** Longer ones are nobody's. */
const MAX_CHARACTERS = 512;
/** No secret has this hash. */
const NOBODY = new Uint8Array(32);

/**
 * Whose key it is. Keys are found by their hash: nothing that a client sends is searched for, and no time tells how
 * near a guess was. Only who holds the right secret is told that it has expired or was revoked.
 */
export function whoAsks(header: (name: string) => string | undefined, keys: Keys, { check, nowMs }: Check): Caller {
  if (keys.isOpen) return ANYONE;
  const secret = secretIn(header);
  if (secret === undefined) {
    throw new GatewayError('unauthenticated', 'Send your key as "Authorization: Bearer <key>" (the SDKs: apiKey)');
  }
  const hash = check.hash(secret);
  const known = keys.find(hexOf(hash));
  if (!check.same(known?.hash ?? NOBODY, hash) || !known) throw unknown(keys);
  const { caller, expiresAtMs, revokedAtMs } = known;
  const over = [
    { atMs: revokedAtMs, what: 'was revoked' },
    { atMs: expiresAtMs, what: 'has expired' },
  ].find(({ atMs }) => atMs !== undefined && atMs <= nowMs);
  if (!over) return caller;
  throw new GatewayError('unauthenticated', `This key ${over.what}; ask the operator for another one`);
}

/** The first of these headers decides, so that one request tries one key. */
function secretIn(header: (name: string) => string | undefined): string | undefined {
  const authorization = header('authorization');
  const secret =
    authorization === undefined
      ? (header('x-api-key') ?? header('x-goog-api-key'))
      : /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  const isOne = secret !== undefined && secret.length <= MAX_CHARACTERS && /^\S+$/.test(secret);
  return isOne ? secret : undefined;
}

function unknown({ isComplete }: Keys): GatewayError {
  if (isComplete) return new GatewayError('unauthenticated', 'This key is not known here; ask the operator for one');
  const message = 'This key is not known here, and not all keys could be read yet; come back in a moment';
  return new GatewayError('no_candidate', message, { code: 'keys_unavailable', retryAfterMs: 1_000 });
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** In hexadecimal, as keys are found. */
export function hexOf(hash: Uint8Array): string {
  let hex = '';
  for (const byte of hash) hex += HEX[byte];
  return hex;
}
