/** Where each conversation was answered last. */
import type { Usage } from '../../core/chat.ts';
import type { Deployment } from '../../core/deployment.ts';
import { tokenFactorOf } from '../expected-cost.ts';
import { hash53 } from '../facts/hash.ts';
import { Recent } from '../pool/recent.ts';
import { issuerOf, lifetimeOf, prefixOf } from './prompt-cache.ts';

export interface Session {
  deploymentId: string;
  model: string;
  tier: string | undefined;
  /** Account and model whose prompt cache and signed reasoning it has. */
  issuer: string;
  lastAtMs: number;
  /** What the prompt cache holds of it, in tokens of the common baseline; 0: nothing. */
  prefixTokens: number;
  /** How long it does, where the client has asked for longer than is usual. */
  cacheLifetimeMs: number | undefined;
  /** What an answer takes, the mean of late, in tokens of the common baseline; undefined before the first is known. */
  outputTokens: number | undefined;
  /** How often it has changed its deployment. */
  moves: number;
}

/** An answer that has ended, however many deployments were tried before. */
export interface SessionAnswer {
  /** Which one gave it: the session is there from now on. */
  deployment: Deployment;
  tier: string | undefined;
  /** Undefined where nobody knows. */
  usage: Usage | undefined;
}

/** Weight of the newest answer: a conversation has few. */
const NEWEST = 0.3;
/** No provider keeps a prompt for longer. */
const FORGOTTEN_AFTER_MS = 24 * 3_600_000;
/** A client may send anything as its session. */
const LONGEST_NAME = 128;

export class Sessions {
  readonly #sessions: Recent<Session>;

  constructor(maxSessions: number) {
    this.#sessions = new Recent(maxSessions);
  }

  get size(): number {
    return this.#sessions.size;
  }

  find(tenant: string, name: string, nowMs: number): Session | undefined {
    const key = keyOf(tenant, name);
    const session = this.#sessions.get(key);
    if (!session || nowMs - session.lastAtMs < FORGOTTEN_AFTER_MS) return session;
    this.#sessions.delete(key);
    return undefined;
  }

  /**
   * When an answer has ended well; `askedAtMs` is when its prompt went out, from which caches count. Not for what only
   * borrows the session's name: housekeeping calls, shadow copies.
   */
  note(tenant: string, name: string, answer: SessionAnswer, askedAtMs: number): void {
    const before = this.find(tenant, name, askedAtMs);
    this.#sessions.set(keyOf(tenant, name), after(before, answer, askedAtMs));
  }
}

function after(before: Session | undefined, { deployment, tier, usage }: SessionAnswer, askedAtMs: number): Session {
  const issuer = issuerOf(deployment);
  const stayed = before?.issuer === issuer ? before : undefined;
  const hasMoved = before !== undefined && before.deploymentId !== deployment.id;
  return {
    deploymentId: deployment.id,
    model: deployment.model,
    tier,
    issuer,
    lastAtMs: askedAtMs,
    prefixTokens: usage ? prefixOf(deployment, usage) : (stayed?.prefixTokens ?? 0),
    cacheLifetimeMs: (usage && lifetimeOf(usage)) ?? stayed?.cacheLifetimeMs,
    outputTokens: meanOutput(before?.outputTokens, deployment, usage),
    moves: (before?.moves ?? 0) + (hasMoved ? 1 : 0),
  };
}

function meanOutput(before: number | undefined, deployment: Deployment, usage: Usage | undefined): number | undefined {
  if (!usage) return before;
  const tokens = usage.completion_tokens / tokenFactorOf(deployment);
  return before === undefined ? tokens : before + (tokens - before) * NEWEST;
}

/** Tenants are apart, whatever they call their sessions. */
function keyOf(tenant: string, name: string): string {
  const short = name.length <= LONGEST_NAME ? name : `${name.slice(0, LONGEST_NAME)} ${hash53(name)}`;
  return JSON.stringify([tenant, short]);
}
