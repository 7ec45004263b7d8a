import type { Actual } from './claim.ts';
import { MEASURES, toNanos } from './declared.ts';

/** What a request takes of each of `MEASURES`, in their order. All are whole numbers. */
export type Amounts = readonly number[];

/** Nonsense from a provider must not spoil a sum for ever. */
const MOST = 1e12;

export const NOTHING: Amounts = MEASURES.map(() => 0);

/** `costUsd`: what an unknown price counts for is decided by then. */
export function amountsOf({ inputTokens, outputTokens, requests = 1 }: Actual, costUsd: number): Amounts {
  const [input, output] = [whole(inputTokens), whole(outputTokens)];
  return [requests, input + output, input, output, nanosOf(costUsd), requests];
}

const USD = MEASURES.indexOf('usd');

/** The money that is missing where a request that holds these may cost so much. */
export function missingOf(held: Amounts, costUsd: number): Amounts {
  const nanos = nanosOf(costUsd) - (held[USD] ?? 0);
  return nanos > 0 ? NOTHING.with(USD, nanos) : NOTHING;
}

export function plus(amounts: Amounts, more: Amounts): Amounts {
  return amounts.map((amount, index) => amount + (more[index] ?? 0));
}

function nanosOf(costUsd: number): number {
  return costUsd > 0 ? Math.min(toNanos(costUsd), MOST * 1_000) : 0;
}

function whole(amount: number): number {
  return amount > 0 ? Math.min(Math.ceil(amount), MOST) : 0;
}
