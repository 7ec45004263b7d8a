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
  const nanos = costUsd > 0 ? Math.min(toNanos(costUsd), MOST * 1_000) : 0;
  return [requests, input + output, input, output, nanos, requests];
}

function whole(amount: number): number {
  return amount > 0 ? Math.min(Math.ceil(amount), MOST) : 0;
}
