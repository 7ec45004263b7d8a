import { Sha256 } from '@aws-crypto/sha256-js';

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SAFE_ID = /^[A-Za-z0-9_-]{1,64}$/;
const DIGEST_LENGTH = 32;
/** LiteLLM's clients carry Gemini's signature inside the id. */
const THOUGHT = '__thought__';

/** The id itself where the provider takes it, else one made from it: the same every time, so caches stay warm. */
export function safeToolCallId(id: string, allowed: RegExp = SAFE_ID): string {
  return allowed.test(id) ? id : `call_${base62(sha256(id), 24)}`;
}

/** The value itself where it is short enough, else its digest: the same every time, and nobody else's. */
export function shortened(value: string, longest: number): string {
  return value.length > longest ? base62(sha256(value), DIGEST_LENGTH) : value;
}

/** A digit for each byte. The slight bias towards the first digits does no harm in an id. */
export function base62(bytes: Uint8Array, length: number): string {
  return Array.from(bytes.subarray(0, length), (byte) => DIGITS.charAt(byte % 62)).join('');
}

export function splitThoughtId(id: string): { id: string; signature?: string } {
  const at = id.indexOf(THOUGHT);
  return at <= 0 ? { id } : { id: id.slice(0, at), signature: id.slice(at + THOUGHT.length) };
}

/** Tool names in the provider's spelling and back. */
export interface ToolNames {
  toProvider(name: string): string;
  /** The name itself if we never renamed anything to it. */
  fromProvider(name: string): string;
}

/** Renames only what the provider would refuse; the new name hangs on the old one alone, so history stays stable. */
export function createToolNames(names: Iterable<string>, allowed: RegExp): ToolNames {
  const there = new Map<string, string>();
  const back = new Map<string, string>();
  for (const name of names) {
    if (allowed.test(name)) continue;
    const readable = name.replace(/[^A-Za-z0-9_]/g, '_').slice(0, 40);
    const safe = `tool_${readable}_${base62(sha256(name), 8)}`;
    there.set(name, safe);
    back.set(safe, name);
  }
  return {
    toProvider: (name) => there.get(name) ?? name,
    fromProvider: (name) => back.get(name) ?? name,
  };
}

/** Synchronous, unlike WebCrypto, because translating is. */
function sha256(value: string): Uint8Array {
  const hash = new Sha256();
  hash.update(value);
  return hash.digestSync();
}
