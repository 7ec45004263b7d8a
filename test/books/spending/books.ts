/** What the tests of spending say again and again. */
import type { Actual, Claim, Hold, Scope } from '../../../src/books/spending/claim.ts';
import type { Budgets, SpendingLimits } from '../../../src/books/spending/declared.ts';
import type { Spending } from '../../../src/books/spending/spending.ts';
import { GatewayError } from '../../../src/core/errors.ts';

/** A Sunday noon, UTC. */
export const NOON = Date.parse('2026-11-22T12:00:00Z');
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const key = (limits?: SpendingLimits, budgets?: Budgets, name = 'k'): Scope => ({
  kind: 'key',
  name,
  limits,
  budgets,
});
export const tenant = (limits?: SpendingLimits, budgets?: Budgets, name = 't'): Scope => ({
  kind: 'tenant',
  name,
  limits,
  budgets,
});

/** 30 tokens in, 20 out, a cent, a minute. */
export const claim = (scopes: readonly Scope[], differs: Partial<Claim> = {}): Claim => ({
  requestId: 'r',
  scopes,
  inputTokens: 30,
  outputTokens: 20,
  costUsd: 0.01,
  lastsMs: MINUTE,
  ...differs,
});
export const NOTHING_USED: Actual = { inputTokens: 0, outputTokens: 0, costUsd: 0 };

/** A hold, or the refusal's error. */
export function ask(spending: Spending, claimed: Claim, nowMs: number): Hold | GatewayError {
  try {
    return spending.admit(claimed, nowMs);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

export const isRefused = (answer: Hold | GatewayError): answer is GatewayError => answer instanceof GatewayError;

export function refusalOf(spending: Spending, claimed: Claim, nowMs: number): GatewayError {
  const answer = ask(spending, claimed, nowMs);
  if (isRefused(answer)) return answer;
  throw new Error('it was let in');
}
