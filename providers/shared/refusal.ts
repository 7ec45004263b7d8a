import type { Refusal } from '../../src/core/provider.ts';

/** The largest delay that a timer can hold; more is no delay but a mistake. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Undefined for what is no JSON: edges and proxies answer in HTML. */
export function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
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

/** How long the provider asks us to stay away. Undefined when it says nothing that makes sense. */
export function retryAfterMs(refusal: Refusal): number | undefined {
  return (
    delay(refusal.header('retry-after-ms'), 1) ??
    delay(refusal.header('x-ms-retry-after-ms'), 1) ??
    delay(refusal.header('retry-after'), 1000) ??
    untilDate(refusal.header('retry-after'), refusal.header('date'))
  );
}

function delay(value: string | undefined, unitMs: number): number | undefined {
  if (!value?.trim()) return undefined;
  const delayMs = Number(value) * unitMs;
  return delayMs >= 0 && delayMs <= MAX_DELAY_MS ? Math.ceil(delayMs) : undefined;
}

/** Both dates are the provider's own, so that our clock does not matter. A date in the past says nothing. */
function untilDate(until: string | undefined, now: string | undefined): number | undefined {
  const delayMs = Date.parse(until ?? '') - Date.parse(now ?? '');
  return delayMs > 0 && delayMs <= MAX_DELAY_MS ? delayMs : undefined;
}
