/** Makes keys, and gives them other secrets. A secret is in what is returned and nowhere else. */
import type { KeySecret, KeyTerms, VirtualKey } from './book.ts';

/** 256 bits in base 62. */
const SECRET_CHARACTERS = 43;
const PREFIX = 'sb-';
const PREFIX_CHARACTERS = 8;
/** Old ones on their way out, beside the newest. */
const MAX_OLD_SECRETS = 4;

export interface IssuePorts {
  newId: (prefix: string, length: number) => string;
  /** SHA-256, in hexadecimal. */
  hash: (secret: string) => string;
  nowMs: number;
}

/** `parent`: the id of the key that makes it. */
export type WantedKey = KeyTerms & Pick<VirtualKey, 'name' | 'tenant' | 'parent'>;

export interface Issued {
  key: VirtualKey;
  /** Shown once. */
  secret: string;
}

export function issueKey(wanted: WantedKey, ports: IssuePorts): Issued {
  const { secret, kept } = newSecret(ports);
  return { secret, key: { ...wanted, id: ports.newId('key_', 16), createdAtMs: ports.nowMs, secrets: [kept] } };
}

/** The old secret stays one for `overlapMs`. */
export function rotateKey(key: VirtualKey, overlapMs: number, ports: IssuePorts): Issued {
  const { secret, kept } = newSecret(ports);
  const untilMs = ports.nowMs + Math.max(0, overlapMs);
  const old = key.secrets
    .map((one) => ({ ...one, untilMs: Math.min(one.untilMs ?? Infinity, untilMs) }))
    .filter((one) => one.untilMs > ports.nowMs);
  return { secret, key: { ...key, secrets: [kept, ...old.slice(0, MAX_OLD_SECRETS)] } };
}

/** As much of a secret as people may see: nothing of one that is not long enough to spare it. */
export function prefixOf(secret: string): string | undefined {
  return secret.length >= PREFIX.length + SECRET_CHARACTERS ? secret.slice(0, PREFIX_CHARACTERS) : undefined;
}

function newSecret({ newId, hash }: IssuePorts): { secret: string; kept: KeySecret } {
  const secret = newId(PREFIX, SECRET_CHARACTERS);
  return { secret, kept: { hash: hash(secret), prefix: prefixOf(secret) } };
}
