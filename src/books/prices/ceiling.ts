import type { DatedPrice, MediaPrice, Price, PriceTier } from '../../core/deployment.ts';

/** The dearest of all in every bucket, long prompts too. What has no price of its own costs what input costs. */
export function ceilingOf(prices: Iterable<Price>): (Required<PriceTier> & MediaPrice) | undefined {
  const all = [...prices];
  const tiers = all.flatMap((price) => [price, ...(price.tiers ?? [])]).map(whole);
  if (tiers.length === 0) return undefined;
  const most = (field: keyof PriceTier) => Math.max(...tiers.map((tier) => tier[field]));
  return {
    input: most('input'),
    output: most('output'),
    cacheRead: most('cacheRead'),
    cacheWrite5m: most('cacheWrite5m'),
    cacheWrite1h: most('cacheWrite1h'),
    ...mediaCeiling(all),
  };
}

const MEDIA = ['imageInput', 'audioInput', 'imageOutput', 'perMinute', 'perMillionCharacters'] as const;

function mediaCeiling(prices: readonly Price[]): MediaPrice {
  const ceiling: MediaPrice = {};
  for (const field of MEDIA) {
    const known = prices.flatMap((price) => price[field] ?? []);
    if (known.length > 0) ceiling[field] = Math.max(...known);
  }
  return ceiling;
}

function whole({ input, output, cacheRead = input, cacheWrite5m = input, cacheWrite1h }: PriceTier) {
  return { input, output, cacheRead, cacheWrite5m, cacheWrite1h: cacheWrite1h ?? cacheWrite5m };
}

/** The last row that holds at this moment. */
export function priceAt(prices: readonly DatedPrice[], nowMs: number): Price | undefined {
  return prices.findLast(({ fromMs, untilMs }) => nowMs >= fromMs && nowMs < untilMs)?.price;
}
