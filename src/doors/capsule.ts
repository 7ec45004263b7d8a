/**
 * Another provider's reasoning in a field that clients hand back untouched (Claude's `signature`, OpenAI's
 * `encrypted_content`), so that the next turn still has it.
 */
import type { ReasoningDetail } from '../core/chat.ts';

/** Three quartets, so that the whole is base64: Google's fields are bytes, and its SDK for Python reads them. */
const MARK = 'signalboxV01';
/** Characters. A longer one is not ours. */
const MAX_CAPSULE = 1024 * 1024;

export function seal(details: readonly ReasoningDetail[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(details));
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return MARK + btoa(binary);
}

export function isSealed(text: string): boolean {
  return text.startsWith(MARK);
}

/** Undefined for what is none of ours, or damaged. Clients could write one: it says no more than `reasoning_details` could. */
export function unseal(text: string): ReasoningDetail[] | undefined {
  if (!isSealed(text) || text.length > MAX_CAPSULE) return undefined;
  try {
    const base64 = text.slice(MARK.length).replaceAll('-', '+').replaceAll('_', '/'); // Python's SDK writes it so.
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const details: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return Array.isArray(details) && details.every(isDetail) ? details : undefined;
  } catch {
    return undefined; // Somebody cut it.
  }
}

function isDetail(value: unknown): value is ReasoningDetail {
  if (typeof value !== 'object' || value === null) return false;
  const { type, format } = value as Partial<Record<string, unknown>>;
  return typeof type === 'string' && type.startsWith('reasoning.') && typeof format === 'string';
}
