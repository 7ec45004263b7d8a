/** What requests are held against where somebody asks what the rules have saved: the best model of the highest tier. */
import type { Yardstick } from '../admin/sources.ts';
import type { Buckets } from '../core/ledger.ts';
import { costUsd } from '../routing/cost.ts';
import { priceOf, tokenFactorOf } from '../routing/expected-cost.ts';
import type { RoutingView } from '../routing/view.ts';

/** Undefined where nobody serves the highest tier, or its price is unknown. */
export function yardstickOf({ rules, tiers, models, direct }: RoutingView, nowMs: number): Yardstick | undefined {
  const highest = rules.tiers.findLast(({ name }) => (tiers.get(name)?.length ?? 0) > 0);
  const deployment = highest && tiers.get(highest.name)?.[0];
  const price = deployment && priceOf(deployment, nowMs);
  if (!highest || !price) return undefined;
  const factors = new Map([...models.values()].flat().map((each) => [each.id, tokenFactorOf(each)]));
  return {
    tier: highest.name,
    deployment: deployment.id,
    costUsd(served, buckets) {
      const elsewhere = direct(served);
      const factor = factors.get(served) ?? (elsewhere ? tokenFactorOf(elsewhere) : 1);
      return costUsd(usageOf(buckets, tokenFactorOf(deployment) / factor), { ...price, tiers: [] });
    },
  };
}

function usageOf(buckets: Buckets, ratio: number) {
  const { fresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning } = buckets;
  const prompt = (fresh + cacheRead + cacheWrite5m + cacheWrite1h) * ratio;
  const completion = (output + reasoning) * ratio;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cacheRead * ratio },
    cache_creation: { ephemeral_5m: cacheWrite5m * ratio, ephemeral_1h: cacheWrite1h * ratio },
  };
}
