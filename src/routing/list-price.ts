import type { DatedPrice, MediaPrice, PriceTier } from '../core/deployment.ts';
import type { Family, PriceRow } from './catalog-file.ts';

const DAY_MS = 86_400_000;

/** A row of the catalog as a price; `factor` is what the region adds. */
export function datedPrice(row: PriceRow, longPrompt: Family['longPrompt'], factor: number): DatedPrice {
  const { validFrom, validTo, tiers, ...list } = row;
  const base = times(list, factor, factor);
  const long = longPrompt && {
    ...times(base, longPrompt.input, longPrompt.output),
    abovePromptTokens: longPrompt.abovePromptTokens,
  };
  const steps = tiers?.map((tier) => ({ ...tier, ...times(tier, factor, factor) })) ?? (long ? [long] : undefined);
  return {
    price: { ...base, ...mediaTimes(list, factor), ...(steps && { tiers: steps }) },
    fromMs: validFrom === undefined ? -Infinity : Date.parse(validFrom),
    untilMs: validTo === undefined ? Infinity : Date.parse(validTo) + DAY_MS,
  };
}

/** Cache prices go with the input price. */
function times(price: PriceTier, input: number, output: number): PriceTier {
  return {
    input: rounded(price.input * input),
    output: rounded(price.output * output),
    ...(price.cacheRead !== undefined && { cacheRead: rounded(price.cacheRead * input) }),
    ...(price.cacheWrite5m !== undefined && { cacheWrite5m: rounded(price.cacheWrite5m * input) }),
    ...(price.cacheWrite1h !== undefined && { cacheWrite1h: rounded(price.cacheWrite1h * input) }),
  };
}

const MEDIA = ['imageInput', 'audioInput', 'imageOutput', 'perMinute', 'perMillionCharacters'] as const;

function mediaTimes(price: MediaPrice, factor: number): MediaPrice {
  const priced: MediaPrice = {};
  for (const field of MEDIA) if (price[field] !== undefined) priced[field] = rounded(price[field] * factor);
  return priced;
}

/** 2.2 rather than 2.2000000000000002: prices are shown to people. */
function rounded(price: number): number {
  return Number(price.toPrecision(12));
}
