import type { DatedPrice, Price, PriceTier } from '../../core/deployment.ts';

/** The dearest of all in every bucket, long prompts too. What has no price of its own costs what input costs. */
export function ceilingOf(prices: Iterable<Price>): Price | undefined {
  let ceiling: Required<PriceTier> | undefined;
  for (const price of prices) {
    for (const tier of [price, ...(price.tiers ?? [])]) {
      const { input, output, cacheRead = input, cacheWrite5m = input, cacheWrite1h = cacheWrite5m } = tier;
      ceiling = {
        input: Math.max(input, ceiling?.input ?? 0),
        output: Math.max(output, ceiling?.output ?? 0),
        cacheRead: Math.max(cacheRead, ceiling?.cacheRead ?? 0),
        cacheWrite5m: Math.max(cacheWrite5m, ceiling?.cacheWrite5m ?? 0),
        cacheWrite1h: Math.max(cacheWrite1h, ceiling?.cacheWrite1h ?? 0),
      };
    }
  }
  return ceiling;
}

/** The last row that holds at this moment. */
export function priceAt(prices: readonly DatedPrice[], nowMs: number): Price | undefined {
  return prices.findLast(({ fromMs, untilMs }) => nowMs >= fromMs && nowMs < untilMs)?.price;
}
