/**
 * What the rules have saved, held against one model that answers everything. It is reckoned from sums: each deployment's
 * tokens, counted as that model counts, at today's list price, with the same share of them read from a cache.
 */
import type { UsageGroup } from '../core/ledger.ts';
import type { Yardstick } from './sources.ts';

export interface Savings {
  requests: number;
  unpriced: number;
  costUsd: number;
  againstUsd: number;
}

/** Of the usage of routes, by deployment. What nobody served is no saving; what has no price is left out, and counted. */
export function savingsOf(groups: readonly UsageGroup[], yardstick: Yardstick): Savings {
  const sum: Savings = { requests: 0, unpriced: 0, costUsd: 0, againstUsd: 0 };
  for (const { value = '', requests, unpriced, costUsd, ...buckets } of groups) {
    if (value === '') continue;
    if (unpriced > 0) {
      sum.unpriced += requests;
      continue;
    }
    sum.requests += requests;
    sum.costUsd += costUsd;
    sum.againstUsd += yardstick.costUsd(value, buckets);
  }
  return sum;
}
