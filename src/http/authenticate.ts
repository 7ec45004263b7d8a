import { ANYONE, type Caller, type Keys } from '../core/caller.ts';
import { GatewayError } from '../core/errors.ts';

export type { Caller } from '../core/caller.ts';

export interface KeyCheck {
  hash(key: string): Uint8Array;
  /** In hexadecimal, as keys are found. */
  hex(hash: Uint8Array): string;
  /** In constant time. */
  same(a: Uint8Array, b: Uint8Array): boolean;
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
    if (keys.isOpen === undefined)
      throw unread('Whether a key is needed is not known, as stored keys could not be read yet');
    throw new GatewayError('unauthenticated', 'Send your key as "Authorization: Bearer <key>" (the SDKs: apiKey)');
  }
  const hash = check.hash(secret);
  const known = keys.find(check.hex(hash));
  if (!check.same(known?.hash ?? NOBODY, hash) || !known) throw unknown(keys);
  const { caller, expiresAtMs = Infinity, revokedAtMs } = known;
  if (revokedAtMs !== undefined) throw over('was revoked'); // For good, also where this clock is behind.
  if (expiresAtMs <= nowMs) throw over('has expired');
  return caller;
}

function over(what: string): GatewayError {
  return new GatewayError('unauthenticated', `This key ${what}; ask the operator for another one`);
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
  return unread('This key is not known here, and not all keys could be read yet');
}

function unread(what: string): GatewayError {
  const message = `${what}; come back in a moment, or see the router's log`;
  return new GatewayError('no_candidate', message, { code: 'keys_unavailable', retryAfterMs: 1_000 });
}
