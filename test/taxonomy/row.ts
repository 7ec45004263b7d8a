/** What a row of the golden table says, and the words it says it in. */
import type { GatewayError } from '../../src/core/errors.ts';
import type { Call, Provider, Refusal } from '../../src/core/provider.ts';
import { errorHeaders } from '../../src/http/headers.ts';

/**
 * `is` reads: kind, which limit or how much is gone, for how long | what the router does | status, code and
 * whether the client's SDK tries again. `rate input 4s | cools | 429 rate_limit_exceeded retry`
 */
export type TaxonomyRow = readonly [name: string, came: Came, is: string];

/** A refusal, the bytes of a stream that had begun, or a whole 200: an error in it, or an answer and why it ended. */
export type Came = Refused | { stream: string | Uint8Array } | { answer: unknown };

export interface Refused {
  status: number;
  headers?: Record<string, string>;
  body: unknown;
  /** Our clock, where it matters. */
  nowMs?: number;
}

export interface TaxonomyTable {
  name: string;
  provider: Provider;
  /** How the provider is asked for the rows that came inside an answer. */
  call: Call;
  rows: readonly TaxonomyRow[];
}

/** A quarter of an hour before a day begins, and eight days before a month does. */
export const DATE = { date: 'Sun, 22 Nov 2026 23:45:00 GMT' };

export function toRefusal({ status, headers, body, nowMs }: Refused): Refusal {
  const known = new Headers(headers);
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status, header: (name) => known.get(name) ?? undefined, body: text, nowMs };
}

export function inWords(error: GatewayError): string {
  const { kind, dimension, retryAfterMs, status, code } = error;
  const wait = retryAfterMs === undefined ? '' : `${retryAfterMs / 1000}s`;
  const client = errorHeaders(error)['x-should-retry'] === 'true' ? 'retry' : 'final';
  const what = [kind, dimension ?? '', scopeOf(error), wait].filter(Boolean).join(' ');
  return `${what} | ${actionOf(error)} | ${status} ${code} ${client}`;
}

/** Without a word, everything behind the endpoint's credential. */
function scopeOf({ kind, scope }: GatewayError): string {
  return kind === 'exhausted' || kind === 'credential' ? (scope ?? 'endpoint') : '';
}

/** All but the first also fail over. */
export type Action = 'returned' | 'fails over' | 'asks again' | 'parks' | 'cools' | 'weighs on the circuit';

/** By the rule alone: the first that fits. */
export function actionOf({ kind, rule }: GatewayError): Action {
  if (rule.trips) return 'weighs on the circuit';
  if (kind === 'exhausted' || kind === 'credential') return 'parks';
  if (rule.restMs !== undefined) return 'cools';
  if (rule.again) return 'asks again';
  return rule.failover ? 'fails over' : 'returned';
}
