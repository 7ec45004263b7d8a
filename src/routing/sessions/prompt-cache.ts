/** What a session's provider still has of its prompt. All tokens are of the common baseline unless it says otherwise. */
import type { MediaUsage, Usage } from '../../core/chat.ts';
import type { Deployment } from '../../core/deployment.ts';
import { expectedCostUsd, tokenFactorOf } from '../expected-cost.ts';
import type { Session } from './sessions.ts';

const HOUR_MS = 3_600_000;

/** Whose cache and whose signatures these are: caches and signed reasoning are good for one model of one account. */
export function issuerOf({ endpoint, providerModel }: Deployment): string {
  return `${endpoint.dialect} ${endpoint.account} ${providerModel}`;
}

/** Prompt tokens that the cache holds after an answer. */
export function prefixOf(deployment: Deployment, usage: Usage): number {
  const { promptCache } = deployment;
  if (!promptCache) return 0;
  const { cached_tokens: read = 0, cache_write_tokens: told } = usage.prompt_tokens_details ?? {};
  const split = usage.cache_creation;
  const marked = read + (told ?? (split ? split.ephemeral_5m + split.ephemeral_1h : 0));
  const kept = promptCache.automatic ? usage.prompt_tokens : marked;
  return kept < promptCache.minimumTokens ? 0 : kept / tokenFactorOf(deployment);
}

/** How long it is kept; undefined where no answer has said it, and the provider's usual time holds. */
export function lifetimeOf({ cache_creation: split }: Usage): number | undefined {
  return split && split.ephemeral_1h > 0 ? HOUR_MS : undefined;
}

/** Whether the deployment has this session's prefix in its cache. */
export function isWarm(deployment: Deployment, session: Session, nowMs: number): boolean {
  const { promptCache } = deployment;
  if (!promptCache || session.prefixTokens <= 0 || session.issuer !== issuerOf(deployment)) return false;
  if (session.prefixTokens * tokenFactorOf(deployment) < promptCache.minimumTokens) return false;
  return nowMs - session.lastAtMs < (session.cacheLifetimeMs ?? promptCache.lifetimeMs);
}

export interface SessionWork {
  inputTokens: number;
  expectedOutputTokens: number;
  media?: MediaUsage | undefined;
  /** Undefined for a first turn, or a request without a session. */
  session: Session | undefined;
}

/** What the request would cost there, with what is read from its cache and what is written to it. */
export function sessionCostUsd(deployment: Deployment, work: SessionWork, nowMs: number): number | undefined {
  const { inputTokens, expectedOutputTokens, media, session } = work;
  const cachedTokens = session && isWarm(deployment, session, nowMs) ? session.prefixTokens : 0;
  const writtenTokens = isKept(deployment, work) ? inputTokens : 0;
  return expectedCostUsd(deployment, { inputTokens, cachedTokens, writtenTokens, expectedOutputTokens, media }, nowMs);
}

/** A client that has marked what is to be kept will go on doing so. */
function isKept(deployment: Deployment, { inputTokens, session }: SessionWork): boolean {
  const { promptCache } = deployment;
  if (!promptCache || inputTokens * tokenFactorOf(deployment) < promptCache.minimumTokens) return false;
  return promptCache.automatic || (session !== undefined && session.prefixTokens > 0);
}
