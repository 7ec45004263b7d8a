import type { Deployment } from '../../core/deployment.ts';
import { tokenFactorOf } from '../expected-cost.ts';
import type { Lead } from './leads.ts';
import type { Speed } from './speed-book.ts';

/** What is known when a pool is put in order. */
export interface PoolView {
  /** 0 to 1. */
  random: () => number;
  /** Of the common baseline, as in `ExpectedWork`. */
  expectedOutputTokens: number;
  speedOf(deployment: Deployment): Speed | undefined;
  /** US dollars that this request is expected to cost there. */
  costOf(deployment: Deployment): number | undefined;
  /** Of its limits, 0 to 1. */
  roomOf(deployment: Deployment): number;
  weights: Readonly<Record<string, number>> | undefined;
  /** The session's key, which every replica has the same. */
  session: string | undefined;
  /** Id of the deployment the session is at. */
  pinned: string | undefined;
  /** Who leads this pool; `arrange` writes the next leader into it. */
  lead: Lead;
}

/** Milliseconds until the answer would be whole; undefined where nobody has measured it. */
export function expectedMs(
  deployment: Deployment,
  { speedOf, expectedOutputTokens }: Pick<PoolView, 'speedOf' | 'expectedOutputTokens'>,
): number | undefined {
  const speed = speedOf(deployment);
  if (!speed) return undefined;
  const { firstTokenMs, tokensPerSecond } = speed;
  if (!tokensPerSecond) return firstTokenMs;
  return firstTokenMs + (expectedOutputTokens * tokenFactorOf(deployment) * 1000) / tokensPerSecond;
}
