import type { MediaUsage, Usage } from '../core/chat.ts';
import type { MediaPrice, Price, PriceTier } from '../core/deployment.ts';

const NO_TIERS: NonNullable<Price['tiers']> = [];

/**
 * What a request cost, in US dollars. Every prompt token is in exactly one bucket: fresh, read from the cache, or
 * written to it for five minutes or an hour. Buckets without a price of their own cost what input costs.
 */
export function costUsd(usage: Usage, price: Price): number {
  const rate = rateFor(price, usage.prompt_tokens);
  const { read, written5m, written1h } = cacheTokens(usage);
  const fresh = Math.max(0, usage.prompt_tokens - read - written5m - written1h);
  const micros =
    fresh * rate.input +
    read * (rate.cacheRead ?? rate.input) +
    written5m * (rate.cacheWrite5m ?? rate.input) +
    written1h * (rate.cacheWrite1h ?? rate.cacheWrite5m ?? rate.input) +
    usage.completion_tokens * rate.output +
    (usage.media ? mediaMicros(usage.media, { ...price, ...rate }) : 0);
  return Math.max(0, micros) / 1_000_000;
}

/** Tokens have been counted as text already: only what they cost more or less. */
function mediaMicros(media: MediaUsage, rate: PriceTier & MediaPrice): number {
  const { imageInputTokens = 0, audioInputTokens = 0, imageOutputTokens = 0, seconds = 0, characters = 0 } = media;
  const { input, output, imageInput = input, audioInput = input, imageOutput = output } = rate;
  const { perMinute = 0, perMillionCharacters = 0 } = rate;
  return (
    imageInputTokens * (imageInput - input) +
    audioInputTokens * (audioInput - input) +
    imageOutputTokens * (imageOutput - output) +
    (seconds / 60) * perMinute * 1_000_000 +
    characters * perMillionCharacters
  );
}

/** The tier is decided by the whole prompt, cached or not, and holds for the whole request, output included. */
function rateFor(price: Price, promptTokens: number): PriceTier {
  let highest: PriceTier & { abovePromptTokens?: number } = price;
  for (const tier of price.tiers ?? NO_TIERS) {
    const { abovePromptTokens } = tier;
    if (promptTokens > abovePromptTokens && abovePromptTokens > (highest.abovePromptTokens ?? 0)) highest = tier;
  }
  return highest;
}

function cacheTokens(usage: Usage): { read: number; written5m: number; written1h: number } {
  const details = usage.prompt_tokens_details;
  const split = usage.cache_creation;
  const written = details?.cache_write_tokens ?? (split ? split.ephemeral_5m + split.ephemeral_1h : 0);
  const written1h = Math.min(split?.ephemeral_1h ?? 0, written);
  return { read: details?.cached_tokens ?? 0, written5m: written - written1h, written1h };
}
