/** What a request holds of the limits and budgets over it, from before its first attempt until its books are closed. */
import type { Usage } from '../core/chat.ts';
import type { Deployment } from '../core/deployment.ts';
import { wasCalled } from '../core/outcome.ts';
import type { Hold } from '../books/spending/claim.ts';
import { UNLIMITED } from '../books/spending/held.ts';
import type { Gateway, Plan } from './gateway.ts';
import type { Stop } from '../resilience/request.ts';
import { costUsd as costOf } from '../routing/cost.ts';
import { usageOf } from './stops.ts';

/** A stream may go on behind its deadline, which ends with its first content. */
const LONGEST_STREAM_MS = 600_000;

/** As much as the request may take at most. Copies are the operator's. Throws `limited` or `budget`. */
export function takeHold(gateway: Gateway, plan: Plan, first: Pick<Stop, 'costUsd'> | undefined): Hold | undefined {
  const { caller, requestId, told, estimate, startedAt, deadlineAt, request } = plan;
  if (plan.isShadow) return undefined;
  if (!gateway.books.isLimited(caller, request.model)) return UNLIMITED;
  const lastsMs = deadlineAt - startedAt + LONGEST_STREAM_MS;
  const { inputTokens } = estimate;
  const answers = request.n ?? 1;
  const outputTokens = estimate.outputTokens * answers;
  const nowMs = gateway.clock.now();
  const oneUsd = first?.costUsd ?? ceilingUsd(gateway, plan.candidates[0]?.deployment, usageOf(estimate), nowMs);
  const costUsd = oneUsd && oneUsd * answers; // Providers read the prompt once; what is too much comes back.
  const claim = { caller, asked: request.model, requestId, inputTokens, outputTokens, costUsd, lastsMs, told };
  return gateway.books.admit(claim, nowMs);
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
