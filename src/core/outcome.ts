/** How an attempt ended: `ok`, `hedge_lost`, or the kind of an error. */
import { ERROR_RULES, type ErrorKind } from './errors.ts';

/** Calls that ended otherwise than by a provider's error. */
const ENDINGS = new Set(['ok', 'hedge_lost', 'client_gone', 'deadline']);

export function isErrorKind(outcome: string): outcome is ErrorKind {
  return Object.hasOwn(ERROR_RULES, outcome);
}

/** Deployments are passed over for reasons of our own; what only a provider can say was a call. */
export function wasCalled(outcome: string): boolean {
  return ENDINGS.has(outcome) || isProviders(outcome);
}

/** Whether it is an error of a provider's. */
export function isProviders(outcome: string): boolean {
  return isErrorKind(outcome) && ERROR_RULES[outcome].origin === 'provider';
}
