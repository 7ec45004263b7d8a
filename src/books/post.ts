/** JSON to an address of the operator's, for traces and alerts. Never follows a redirect, never rejects, never says the address. */
import { Departure } from '../core/departure.ts';
import { asGatewayError } from '../core/errors.ts';
import type { OutgoingRequest } from '../core/provider.ts';
import type { Transport } from '../core/ports.ts';

const TIMEOUT_MS = 10_000;
/** Of what they answer only the status counts. */
const MAX_ANSWER_BYTES = 64 * 1024;

export type Posted =
  | { ok: true }
  /** `again`: it may go better later. `why`: a status or the kind of an error, fit for the log. */
  | { ok: false; again: boolean; retryAfterMs: number | undefined; why: string };

/** 429 and what is the server's trouble pass; https://opentelemetry.io/docs/specs/otlp/ names the same ones. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);

export async function post(transport: Transport, request: OutgoingRequest): Promise<Posted> {
  const client = new Departure();
  try {
    const response = await transport.send(request, { client, firstByteMs: TIMEOUT_MS, idleMs: TIMEOUT_MS });
    const { status } = response;
    const retryAfterMs = secondsOf(response.header('retry-after'));
    await response.text(MAX_ANSWER_BYTES).catch(() => ''); // It is taken, however much is said to that.
    if (status >= 200 && status < 300) return { ok: true };
    return { ok: false, again: PASSING.has(status), retryAfterMs, why: String(status) };
  } catch (cause) {
    client.leave();
    return { ok: false, again: true, retryAfterMs: undefined, why: asGatewayError(cause).kind };
  }
}

function secondsOf(header: string | undefined): number | undefined {
  const seconds = header === undefined ? NaN : Number(header);
  return seconds >= 0 && Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
