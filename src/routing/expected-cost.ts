/** What a request would cost at a deployment, before anybody has counted anything. */
import type { MediaUsage, Usage } from '../core/chat.ts';
import type { Deployment, Price } from '../core/deployment.ts';
import { priceAt } from './catalog.ts';
import { costUsd } from './cost.ts';

/** Tokens of the common baseline, o200k: every model makes `tokenFactor` times as many of them. */
export interface ExpectedWork {
  /** The whole prompt. */
  inputTokens: number;
  /** Of them, what the deployment's cache holds; no more is read than there is. */
  cachedTokens: number;
  /** Of the rest, what it will write to its cache; no more than the rest. */
  writtenTokens?: number;
  expectedOutputTokens: number;
  media?: MediaUsage | undefined;
}

/** In US dollars; undefined where the price is unknown. */
export function expectedCostUsd(deployment: Deployment, work: ExpectedWork, nowMs: number): number | undefined {
  const price = priceOf(deployment, nowMs);
  if (!price) return undefined;
  const factor = tokenFactorOf(deployment);
  const { inputTokens } = work;
  const read = Math.min(work.cachedTokens, inputTokens);
  const written = Math.min(work.writtenTokens ?? 0, inputTokens - read);
  const output = Math.min(work.expectedOutputTokens * factor, deployment.capabilities.outputTokens);
  const usage: Usage = {
    prompt_tokens: inputTokens * factor,
    completion_tokens: output,
    total_tokens: inputTokens * factor + output,
    prompt_tokens_details: { cached_tokens: read * factor, cache_write_tokens: written * factor },
  };
  if (work.media) usage.media = work.media;
  return costUsd(usage, price);
}

/** Its price at a moment, which need not be now. */
export function priceOf(deployment: Deployment, nowMs: number): Price | undefined {
  if (deployment.priceAt) return deployment.priceAt(nowMs);
  const { prices, price } = deployment;
  return prices ? priceAt(prices, nowMs) : price;
}

export function tokenFactorOf({ tokenFactor = 1 }: Deployment): number {
  return tokenFactor;
}
