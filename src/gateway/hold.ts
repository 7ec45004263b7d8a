/** What a request holds of the limits and budgets over it, from before its first attempt until its books are closed. */
import type { Usage } from '../core/chat.ts';
import type { Deployment, Price } from '../core/deployment.ts';
import type { GatewayError } from '../core/errors.ts';
import { wasCalled } from '../core/outcome.ts';
import type { Hold } from '../books/spending/claim.ts';
import { UNLIMITED } from '../books/spending/held.ts';
import { isOfMoney } from '../books/spending/refusal.ts';
import type { Spent } from './continuation.ts';
import type { Gateway, Plan } from './gateway.ts';
import type { Purse, Stop } from '../resilience/request.ts';
import { costUsd as costOf } from '../routing/cost.ts';
import { usageOf } from './stops.ts';

/** A stream may go on behind its deadline, which ends with its first content. */
const LONGEST_STREAM_MS = 600_000;

/** What a call costs at the least that costs anything: a spent budget has no room even for that. */
const LEAST_USD = 1e-9;

/**
 * As much as the request may take at most, at the first deployment for which its budgets have room; for a dearer one
 * `purseOf` takes more. Copies are the operator's. Throws `limited` or `budget`, whichever ends the sooner.
 */
export function takeHold(gateway: Gateway, plan: Plan, stops: readonly Stop[]): Hold | undefined {
  const { caller, requestId, told, estimate, startedAt, deadlineAt, request } = plan;
  if (plan.isShadow) return undefined;
  if (!gateway.books.isLimited(caller, request.model)) return UNLIMITED;
  const lastsMs = deadlineAt - startedAt + LONGEST_STREAM_MS;
  const { inputTokens } = estimate;
  const outputTokens = estimate.outputTokens * (request.n ?? 1);
  const claim = { caller, asked: request.model, requestId, inputTokens, outputTokens, lastsMs, told };
  let refusal: GatewayError | undefined;
  let leastUsd = Infinity; // Of what was refused.
  for (const stop of stops) {
    const costUsd = mostUsd(gateway, plan, stop);
    if (stop.candidate.after !== undefined || (costUsd ?? 0) >= leastUsd) continue;
    try {
      return gateway.books.admit({ ...claim, costUsd }, gateway.clock.now());
    } catch (cause) {
      if (!isOfMoney(cause)) throw cause; // What holds it up longest there, and no longer than money does elsewhere.
      refusal = sooner(refusal, cause);
      leastUsd = costUsd ?? leastUsd;
    }
  }
  if (refusal) throw refusal;
  return undefined;
}

function sooner(one: GatewayError | undefined, other: GatewayError): GatewayError {
  return one && (one.retryAfterMs ?? Infinity) <= (other.retryAfterMs ?? Infinity) ? one : other;
}

/** What the budgets let it spend, beside what it has spent on what broke off. */
export function purseOf(gateway: Gateway, plan: Plan, broken: readonly Spent[] = []): Purse | undefined {
  const { hold } = plan;
  if (!hold || hold === UNLIMITED) return undefined;
  const spentUsd = broken.reduce((sum, { costUsd = 0 }) => sum + costUsd, 0);
  const usdOf = (stop: Stop, beside?: Stop) => {
    const costUsd = mostUsd(gateway, plan, stop);
    const besideUsd = (beside && mostUsd(gateway, plan, beside)) ?? 0;
    return costUsd && costUsd + besideUsd + spentUsd;
  };
  return {
    lacks: (stop, beside) => hold.lacks(usdOf(stop, beside), gateway.clock.now()),
    take: (stop, beside) => hold.raise(usdOf(stop, beside), gateway.clock.now()),
  };
}

/** What all its answers may cost there. Providers read the prompt once; what is too much comes back. */
function mostUsd(gateway: Gateway, { estimate, request }: Plan, { candidate, costUsd }: Stop): number | undefined {
  const { deployment } = candidate;
  if (costUsd === 0 && !isFree(deployment.price)) return LEAST_USD;
  if (costUsd !== undefined) return costUsd;
  const oneUsd = ceilingUsd(gateway, deployment, usageOf(estimate), gateway.clock.now());
  return oneUsd && oneUsd * (request.n ?? 1);
}

/** Not what has a price for something that nobody has measured yet. */
function isFree(price: Price | undefined): boolean {
  return !Object.values(price ?? {}).some((rate) => typeof rate === 'number' && rate > 0);
}

/** What it counts for where nobody knows the price and the operator wants the dearest of its family. */
function ceilingUsd(
  { books }: Gateway,
  deployment: Deployment | undefined,
  usage: Usage,
  nowMs: number,
): number | undefined {
  const price = deployment && books.ceilingOf(deployment, nowMs);
  return price && costOf(usage, price);
}

interface Used {
  deployment: Deployment | undefined;
  usage: Usage | undefined;
  costUsd: number | undefined;
  nowMs: number;
}

/** Where nobody was asked, not even a request counts. */
export function settleHold(gateway: Gateway, { hold, attempts }: Plan, used: Used): void {
  if (!hold || hold === UNLIMITED) return;
  const { deployment, usage, costUsd, nowMs } = used;
  if (!attempts.some(({ outcome }) => wasCalled(outcome))) return hold.release(nowMs);
  if (!usage) return hold.settle({ inputTokens: 0, outputTokens: 0, costUsd: 0 }, nowMs);
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage;
  const countsUsd = costUsd ?? ceilingUsd(gateway, deployment, usage, nowMs);
  hold.settle({ inputTokens, outputTokens, costUsd: countsUsd }, nowMs);
}
