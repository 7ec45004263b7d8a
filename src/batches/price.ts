/** What a line of an upstream batch costs: every row of the price, times the provider's factor. Pure. */
import type { Deployment, Price, PriceTier } from '../core/deployment.ts';

export function factored(price: Price, factor: number): Price {
  const { tiers, ...base } = price;
  return {
    ...times(base, factor),
    ...(tiers && { tiers: tiers.map((tier) => ({ ...tier, ...times(tier, factor) })) }),
  };
}

/** Cache reads and writes are half as dear too: at Anthropic the discounts multiply, the others charge less or nothing. */
function times(tier: PriceTier, factor: number): PriceTier {
  const { input, output, cacheRead, cacheWrite5m, cacheWrite1h } = tier;
  return {
    input: input * factor,
    output: output * factor,
    ...(cacheRead !== undefined && { cacheRead: cacheRead * factor }),
    ...(cacheWrite5m !== undefined && { cacheWrite5m: cacheWrite5m * factor }),
    ...(cacheWrite1h !== undefined && { cacheWrite1h: cacheWrite1h * factor }),
  };
}

/** The same deployment, with the price of its batches. */
export function inBatch(deployment: Deployment, factor: number): Deployment {
  const { price } = deployment;
  return { ...deployment, price: price && factored(price, factor) };
}
