import { GatewayError } from '../core/errors.ts';

/** The router's own words; what a provider said tells the client more. */
const OURS = new Set(['unsupported', 'circuit_open', 'capacity', 'deadline']);

/** A provider's failure that may be over when the client comes back. */
const mayPass = ({ rule }: GatewayError) => rule.origin === 'provider' && rule.clientRetry;

/**
 * What the client is told when nobody answered: that its budget has no room for somebody who was left, unless those that
 * it pays for may be well again soon; the last thing a provider said, or else our own reason. When to come back is the
 * earliest time that any of them named.
 */
export function verdict(said: readonly GatewayError[], calls: number): GatewayError {
  const errors = said.some(mayPass) ? said.filter(({ kind }) => kind !== 'budget') : said;
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
