import { isExactNumber, parseExactly } from '../../src/core/exact-json.ts';

export function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Undefined for what is no JSON: edges and proxies answer in HTML. Long numbers are written again as they were. */
export function parseJson(body: string): unknown {
  try {
    return parseExactly(body);
  } catch {
    return undefined; // The caller judges by status alone.
  }
}

/** An upstream error, whatever envelope it came in. */
export interface ProviderErrorBody {
  /** The object under `error`, or the body itself where there is no such key. Empty if it was no JSON. */
  error: Record<string, unknown>;
  /** The provider's sentence; empty if it gave none. */
  message: string;
}

/** Reads `{"error":{…}}`, `[{"error":{…}}]` (Vertex), `{"error":"…"}` and `{"message":"…"}` (AWS). */
export function readErrorBody(body: string): ProviderErrorBody {
  const parsed = parseJson(body);
  const whole = record(Array.isArray(parsed) ? parsed[0] : parsed) ?? {};
  const error = record(whole['error']) ?? whole;
  return { error, message: text(error['message']) ?? text(error['Message']) ?? text(whole['error']) ?? '' };
}
