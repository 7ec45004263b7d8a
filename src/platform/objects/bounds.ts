/** How much clients may leave with the router. */
import { GatewayError } from '../../core/errors.ts';
import type { StoredObject } from '../../core/objects.ts';

export interface ObjectBounds {
  /** Of one object. */
  maxObjectBytes: number;
  /** Of all that one owner has. */
  maxOwnerBytes: number;
  maxOwnerObjects: number;
  /** Of all that there is. */
  maxBytes: number;
}

/** What an owner has, and everybody together. */
export interface Held {
  ownerBytes: number;
  ownerObjects: number;
  bytes: number;
}

/** How much its owner has to give up first, for one more of this size. */
export function excessOf(bytes: number, held: Held, { maxOwnerBytes, maxOwnerObjects }: ObjectBounds) {
  return { bytes: held.ownerBytes + bytes - maxOwnerBytes, objects: held.ownerObjects + 1 - maxOwnerObjects };
}

/** Throws where there is no room for it. */
export function checkRoom(bytes: number, held: Held, bounds: ObjectBounds): void {
  if (held.ownerObjects >= bounds.maxOwnerObjects) throw full(`${bounds.maxOwnerObjects} responses, files and batches`);
  if (held.ownerBytes + bytes > bounds.maxOwnerBytes) throw full(`${bounds.maxOwnerBytes} bytes`);
  if (held.bytes + bytes <= bounds.maxBytes) return;
  throw tooMuch('storage_full', 'The store is full; delete what is not needed, or ask the operator for more room');
}

export function checkSize(bytes: number, { maxObjectBytes }: Pick<ObjectBounds, 'maxObjectBytes'>): void {
  if (bytes <= maxObjectBytes) return;
  throw tooMuch('object_too_large', `It has ${bytes} bytes; at most ${maxObjectBytes} are stored of one object`);
}

const utf8 = new TextEncoder();

export function bytesOf({ head, body }: Pick<StoredObject, 'head' | 'body'>): number {
  return utf8.encode(head).length + utf8.encode(body).length;
}

function full(most: string): GatewayError {
  return tooMuch('storage_full', `No room is left: this key's tenant may store ${most}; delete what is not needed`);
}

/** Not `limited`: to wait does not help, so that SDKs must not try again. */
function tooMuch(code: string, message: string): GatewayError {
  return new GatewayError('request_too_large', message, { code });
}

export function unavailable(cause: unknown): GatewayError {
  const message = 'The store of responses and files does not answer; come back in a moment';
  return new GatewayError('no_candidate', message, { code: 'store_unavailable', retryAfterMs: 1_000, cause });
}
