/** Vectors on the wire: numbers, or the base64 of them as 32-bit floats, little end first. */
import { GatewayError } from '../../core/errors.ts';
import type { Vector } from '../../core/task.ts';

const FLOAT_BYTES = 4;

export function asFloats(vector: Vector): readonly number[] {
  if (typeof vector !== 'string') return vector;
  try {
    const bytes = Uint8Array.from(atob(vector), (character) => character.charCodeAt(0));
    const view = new DataView(bytes.buffer);
    return Array.from({ length: bytes.length / FLOAT_BYTES }, (_, index) => view.getFloat32(index * FLOAT_BYTES, true));
  } catch (cause) {
    throw new GatewayError('fault', 'The provider sent a vector that cannot be read', { cause });
  }
}

export function asBase64(vector: Vector): string {
  if (typeof vector === 'string') return vector;
  const view = new DataView(new ArrayBuffer(vector.length * FLOAT_BYTES));
  for (const [index, value] of vector.entries()) view.setFloat32(index * FLOAT_BYTES, value, true);
  let binary = '';
  for (const byte of new Uint8Array(view.buffer)) binary += String.fromCharCode(byte);
  return btoa(binary);
}
