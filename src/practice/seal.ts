import { Sha256 } from '@aws-crypto/sha256-js';

/** What the signature of a thought vouches for. */
export interface Sealed {
  /** Whose signature: a foreign one is as good as a forged one. */
  dialect: string;
  model: string;
  /** The thought itself, or '' where the wire does not show it. */
  text: string;
  /** The conversation before it, or '' where the model does not care. */
  prefix: string;
}

export type SealFault = 'forged' | 'model' | 'prefix';

/** Only to notice changes: everybody can read this source, so it proves nothing more. */
const SALT = 'signalbox-practice';
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** An opaque token of printable ASCII that must come back unchanged. */
export function seal({ dialect, model, text, prefix }: Sealed): string {
  return btoa([encodeURIComponent(model), mac(dialect, model, text), mac('prefix', prefix)].join(' '));
}

/** What is wrong with a token that came back, if anything. */
export function sealFault(token: string, claim: Sealed): SealFault | undefined {
  const [model, text, prefix, rest] = open(token)?.split(' ') ?? [];
  if (model === undefined || rest !== undefined) return 'forged';
  if (text !== mac(claim.dialect, decodeURIComponent(model), claim.text)) return 'forged';
  if (claim.model && decodeURIComponent(model) !== claim.model) return 'model';
  return prefix === mac('prefix', claim.prefix) ? undefined : 'prefix';
}

/** A deterministic id: the same request gets the same ones. */
export function idOf(seed: string, label: string, length: number): string {
  let made = '';
  for (let round = 0; made.length < length; round++) {
    for (const byte of digest(`${seed} ${label} ${round}`)) made += ALPHABET[byte % ALPHABET.length];
  }
  return made.slice(0, length);
}

export function hexDigest(text: string): string {
  return [...digest(text)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

function mac(...parts: string[]): string {
  return hexDigest(JSON.stringify([SALT, ...parts])).slice(0, 32);
}

function digest(text: string): Uint8Array {
  const hash = new Sha256();
  hash.update(text);
  return hash.digestSync();
}

function open(token: string): string | undefined {
  try {
    const opened = atob(token);
    decodeURIComponent(opened.split(' ')[0] ?? '');
    return opened;
  } catch {
    return undefined; // Not base64, or no model in it: none of ours.
  }
}
