import { GatewayError } from '../core/errors.ts';

/** The router's own words; what a provider said tells the client more. */
const OURS = new Set(['unsupported', 'circuit_open', 'capacity', 'deadline']);

/**
 * What the client is told when nobody answered: that its budget has no room for somebody who was left, the last thing a
 * provider said, or else our own reason. When to come back is the earliest time that any of them named.
 */
export function verdict(errors: readonly GatewayError[], calls: number): GatewayError {
  const error =
    errors.findLast(({ kind }) => kind === 'budget') ??
    errors.findLast(({ kind }) => !OURS.has(kind)) ??
    errors.findLast(({ kind }) => kind !== 'unsupported') ??
    errors[0];
  if (!error) return new GatewayError('no_candidate', 'No deployment can serve this request');
  const waits = error.rule.clientRetry ? errors.flatMap(({ retryAfterMs }) => retryAfterMs ?? []) : [];
  const retryAfterMs = waits.length > 0 ? Math.min(...waits) : error.retryAfterMs;
  const { kind, message, param, code, status, cause, dimension, scope } = error;
  return new GatewayError(kind, message, {
    param,
    code,
    status,
    cause,
    dimension,
    scope,
    retryAfterMs,
    retried: calls > 1,
  });
}
