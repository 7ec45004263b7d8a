/** How fast deployments answer, from the answers of late. */
import { Recent } from './recent.ts';

export interface Speed {
  /** To the first content; 0 where only whole answers are known, whose rate has the wait in it. */
  firstTokenMs: number;
  /** As the model counts tokens; undefined until an answer had enough of them. */
  tokensPerSecond: number | undefined;
}

/** One answer. */
export interface Timing {
  /** Undefined for an answer that came whole. */
  firstTokenMs: number | undefined;
  outputTokens: number;
  durationMs: number;
}

export interface SpeedBookOptions {
  /** After so long a measurement counts for half. */
  halfLifeMs: number;
  maxDeployments: number;
}

/** Fewer tokens say more about the wait than about the rate. */
const MINIMUM_TOKENS = 8;
/** What is left of one answer after five half-lives: less is forgotten, and the deployment is tried again. */
const FORGOTTEN = 1 / 32;

/** Sums that fade together, so that means need no division by time. */
interface Sums {
  atMs: number;
  answers: number;
  firstMs: number;
  firsts: number;
  tokens: number;
  writingMs: number;
}

export class SpeedBook {
  readonly #halfLifeMs: number;
  readonly #sums: Recent<Sums>;

  constructor({ halfLifeMs, maxDeployments }: SpeedBookOptions) {
    this.#halfLifeMs = halfLifeMs;
    this.#sums = new Recent(maxDeployments);
  }

  /** When an answer has ended well. Of a first content that was waited for in vain: the wait, and no tokens. */
  record(deploymentId: string, timing: Timing, nowMs: number): void {
    const { outputTokens, durationMs } = timing;
    const firstTokenMs = timing.firstTokenMs ?? (outputTokens < MINIMUM_TOKENS ? durationMs : undefined);
    const sums = this.#faded(deploymentId, nowMs) ?? this.#begin(deploymentId, nowMs);
    sums.answers += 1;
    if (firstTokenMs !== undefined) {
      sums.firstMs += firstTokenMs;
      sums.firsts += 1;
    }
    const writingMs = durationMs - (firstTokenMs ?? meanFirstMs(sums));
    if (outputTokens >= MINIMUM_TOKENS && writingMs > 0) {
      sums.tokens += outputTokens;
      sums.writingMs += writingMs;
    }
  }

  /** Undefined where nothing is known, or nothing any more. */
  speedOf(deploymentId: string, nowMs: number): Speed | undefined {
    const sums = this.#faded(deploymentId, nowMs);
    if (!sums || sums.answers < FORGOTTEN) return undefined;
    return {
      firstTokenMs: meanFirstMs(sums),
      tokensPerSecond: sums.writingMs > 0 ? (sums.tokens / sums.writingMs) * 1000 : undefined,
    };
  }

  #faded(deploymentId: string, nowMs: number): Sums | undefined {
    const sums = this.#sums.get(deploymentId);
    if (!sums) return undefined;
    if (nowMs > sums.atMs) fade(sums, 0.5 ** ((nowMs - sums.atMs) / this.#halfLifeMs), nowMs);
    return sums;
  }

  #begin(deploymentId: string, nowMs: number): Sums {
    const sums = { atMs: nowMs, answers: 0, firstMs: 0, firsts: 0, tokens: 0, writingMs: 0 };
    this.#sums.set(deploymentId, sums);
    return sums;
  }
}

function fade(sums: Sums, left: number, nowMs: number): void {
  sums.atMs = nowMs;
  sums.answers *= left;
  sums.firstMs *= left;
  sums.firsts *= left;
  sums.tokens *= left;
  sums.writingMs *= left;
}

function meanFirstMs({ firstMs, firsts }: Sums): number {
  return firsts > 0 ? firstMs / firsts : 0;
}
