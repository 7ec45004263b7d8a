/** What a request holds of the limits and budgets over it, from before its first attempt until its books are closed. */
import type { Usage } from './core/chat.ts';
import { ERROR_RULES, type ErrorKind } from './core/errors.ts';
import type { Attempt } from './core/ports.ts';
import type { Hold } from './books/spending/claim.ts';
import type { Gateway, Plan } from './gateway.ts';

/** A stream may go on behind its deadline, which ends with its first content. */
const LONGEST_STREAM_MS = 600_000;

/** As much as the request may take at most. Copies are the operator's. Throws `limited` or `budget`. */
export function takeHold(gateway: Gateway, plan: Plan, oneCostsUsd: number | undefined): Hold | undefined {
  if (plan.isShadow) return undefined;
  const { caller, requestId, told, estimate, startedAt, deadlineAt, request } = plan;
  const lastsMs = deadlineAt - startedAt + LONGEST_STREAM_MS;
  const { inputTokens } = estimate;
  const answers = request.n ?? 1;
  const outputTokens = estimate.outputTokens * answers;
  const costUsd = oneCostsUsd && oneCostsUsd * answers; // Providers read the prompt once; what is too much comes back.
  const claim = { caller, asked: request.model, requestId, inputTokens, outputTokens, costUsd, lastsMs, told };
  return gateway.books.admit(claim, gateway.clock.now());
}

interface Used {
  usage: Usage | undefined;
  costUsd: number | undefined;
}

/** Where nobody was asked, not even a request counts. */
export function settleHold({ hold, attempts }: Plan, { usage, costUsd }: Used, nowMs: number): void {
  if (!attempts.some(wasCalled)) return hold?.release(nowMs);
  const actual = usage
    ? { inputTokens: usage.prompt_tokens, outputTokens: usage.completion_tokens, costUsd }
    : { inputTokens: 0, outputTokens: 0, costUsd: 0 };
  hold?.settle(actual, nowMs);
}

/** Calls that ended otherwise than by a provider's error. */
const ENDINGS = new Set(['ok', 'hedge_lost', 'client_gone', 'deadline']);

function wasCalled({ outcome }: Attempt): boolean {
  return ENDINGS.has(outcome) || (isKind(outcome) && ERROR_RULES[outcome].origin === 'provider');
}

function isKind(outcome: string): outcome is ErrorKind {
  return Object.hasOwn(ERROR_RULES, outcome);
}
