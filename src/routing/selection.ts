/** The candidates of one request as they are found: what cannot serve it is dropped with its reason, the rest arranged. */
import type { Ceilings } from '../core/ceilings.ts';
import type { Candidate, Deployment } from '../core/deployment.ts';
import { GatewayError } from '../core/errors.ts';
import type { Wanted } from './choose.ts';
import type { Facts } from './facts/facts.ts';
import { needsOf, obstacleFor, type Needs, type Obstacle } from './needs.ts';
import { arrange } from './pool/arrange.ts';
import { withinCeilings } from './pool/ceilings.ts';
import type { PoolView } from './pool/view.ts';
import type { Decision } from './rules/decide.ts';
import { keepOrMove } from './sessions/keep-or-move.ts';
import { sessionCostUsd } from './sessions/prompt-cache.ts';
import type { Session } from './sessions/sessions.ts';
import type { RoutingMemory, RoutingView } from './view.ts';

export interface Dropped {
  deployment: Deployment;
  /** In words. */
  why: string;
}

export interface Selected {
  /** Why nobody can serve the request. */
  refusal: GatewayError | undefined;
  /** In the order in which they should be tried. */
  candidates: readonly Candidate[];
  dropped: readonly Dropped[];
  /** What the request is expected to cost there, in US dollars. */
  costOf: (deployment: Deployment) => number | undefined;
}

export interface Circumstances {
  wanted: Wanted;
  facts: Facts;
  ceilings: Ceilings;
  memory: RoutingMemory;
  tierOf: RoutingView['tierOf'];
  session: Session | undefined;
  decision: Decision | undefined;
}

/** What an answer takes where the session has not shown it, in tokens; clients ask for far more than they need. */
const USUAL_OUTPUT_TOKENS = 400;

const AFTER = { context: 'after too long a prompt', refusal: 'after a refusal' };

export class Selection {
  readonly #at: Circumstances;
  readonly #needs: Needs;
  readonly #seen = new Set<string>();
  readonly #dropped: Dropped[] = [];
  readonly #obstacles: Obstacle[] = [];
  readonly #reserved: Candidate[] = [];
  /** Those of the dropped that only cost or take too much. */
  readonly #beyond: Dropped[] = [];
  #candidates: Candidate[] = [];
  /** Of candidates, one behind the other. */
  #groups = 0;
  /** The first of them is there for its tier, and not because its model was named. */
  #isRanked: boolean | undefined;

  constructor(circumstances: Circumstances) {
    this.#at = circumstances;
    const { request, estimate, task } = circumstances.wanted;
    this.#needs = needsOf(request, estimate, task);
  }

  get isEmpty(): boolean {
    return this.#candidates.length === 0;
  }

  get isTooLong(): boolean {
    return this.isEmpty && this.#obstacles.some(({ kind }) => kind === 'context');
  }

  /** In the order that the strategy wants, behind those that are there already. */
  add(pool: readonly Deployment[], tier: string | undefined, why?: string): void {
    const { decision } = this.#at;
    const fit = this.#fitting(pool);
    if (fit.length === 0) return;
    const reason = this.#reasonFor(tier, why);
    const ordered =
      decision && decision.strategy !== 'order' ? arrange(decision.strategy, fit, this.#poolView(tier)) : fit;
    this.#isRanked ??= tier !== undefined;
    const behind = this.#groups++ || undefined;
    for (const deployment of ordered) {
      this.#candidates.push({ deployment, reason, tier: tier ?? this.#at.tierOf(deployment), behind });
    }
  }

  /** For one kind of failure only, though it may be among the others too. */
  reserve(pool: readonly Deployment[], after: NonNullable<Candidate['after']>): void {
    this.#fitting(pool);
    const unfit = new Set(this.#dropped.map(({ deployment }) => deployment.id));
    const first = this.#candidates[0]?.deployment.id;
    const reason = `${this.#at.facts.asked} -> ${AFTER[after]}`;
    for (const deployment of new Set(pool)) {
      if (unfit.has(deployment.id) || deployment.id === first) continue;
      this.#reserved.push({ deployment, reason, after, tier: this.#at.tierOf(deployment) });
    }
  }

  /** Whether the session stays where it is; says why. A rule's word, or the client's, counts more than its cache. */
  settle(tiers: readonly string[]): string | undefined {
    const { session, facts, wanted, decision } = this.#at;
    const [first] = this.#candidates;
    if (!session || !first) return undefined;
    if (this.#isRanked && isOrdered(decision, facts) && first.tier !== session.tier) return undefined;
    const pinned = this.#candidates.find(({ deployment }) => deployment.id === session.deploymentId);
    const rank = (tier: string | undefined) => (tier === undefined ? -1 : tiers.indexOf(tier));
    const { keep, reason } = keepOrMove({
      session,
      pinned: pinned?.deployment,
      wanted: first.deployment,
      climb: this.#isRanked ? rank(first.tier) - rank(session.tier) : 0,
      facts: { ...factsOf(facts), outputTokens: this.#expectedOutputTokens },
      nowMs: wanted.nowMs,
    });
    if (!keep || !pinned || pinned === first) return reason;
    const kept = { ...pinned, reason: `${facts.asked} -> ${pinned.tier ?? 'pool'} (${reason})`, behind: undefined };
    this.#candidates = [kept, ...this.#candidates.filter((each) => each !== pinned)];
    return reason;
  }

  result(): Selected {
    const isServed = this.#candidates.length > 0;
    return {
      candidates: isServed ? this.#candidates.concat(this.#reserved) : [],
      refusal: isServed ? undefined : this.#refusal(),
      dropped: this.#dropped,
      costOf: (deployment) => this.costOf(deployment),
    };
  }

  /** What this request is expected to cost there, in US dollars. */
  costOf(deployment: Deployment): number | undefined {
    const { wanted, facts, session } = this.#at;
    const { media } = wanted.estimate;
    const work = { inputTokens: facts.inputTokens, expectedOutputTokens: this.#expectedOutputTokens, media, session };
    return sessionCostUsd(deployment, work, wanted.nowMs);
  }

  /** Of all answers together, as the session's were counted. */
  get #expectedOutputTokens(): number {
    const { facts, session, wanted } = this.#at;
    if (wanted.task) return facts.outputTokens;
    const answers = wanted.request.n ?? 1;
    return Math.min(facts.outputTokens * answers, session?.outputTokens ?? USUAL_OUTPUT_TOKENS * answers);
  }

  #fitting(pool: readonly Deployment[]): Deployment[] {
    const able = pool.filter((deployment) => {
      if (this.#seen.has(deployment.id)) return false;
      this.#seen.add(deployment.id);
      const obstacle = obstacleFor(deployment, this.#needs);
      if (!obstacle) return true;
      this.#obstacles.push(obstacle);
      this.#dropped.push({ deployment, why: wordsOf(obstacle) });
      return false;
    });
    const { maxCostUsd, maxLatencyMs } = this.#at.ceilings;
    if (maxCostUsd === undefined && maxLatencyMs === undefined) return able;
    const { kept, dropped } = withinCeilings(able, this.#at.ceilings, this.#poolView(undefined));
    this.#dropped.push(...dropped);
    this.#beyond.push(...dropped);
    return kept;
  }

  #poolView(tier: string | undefined): PoolView {
    const { decision, facts, memory, session, wanted } = this.#at;
    const { nowMs } = wanted;
    return {
      random: memory.random,
      expectedOutputTokens: this.#expectedOutputTokens,
      speedOf: ({ id }) => memory.speeds.speedOf(id, nowMs),
      costOf: (deployment) => this.costOf(deployment),
      roomOf: (deployment) => memory.roomOf(deployment, nowMs),
      weights: decision?.weights,
      session: facts.session,
      pinned: session?.deploymentId,
      lead: memory.leads.of(`${facts.asked} ${tier}`),
    };
  }

  #reasonFor(tier: string | undefined, why: string | undefined): string {
    const { decision, facts } = this.#at;
    if (!decision) return 'by name';
    if (why !== undefined) return `${facts.asked} -> ${tier === undefined ? why : `${tier} (${why})`}`;
    if (tier === undefined || tier === decision.tier) return decision.reason;
    return `${facts.asked} -> ${tier} (${this.isEmpty ? this.#lack(decision.tier) : `after ${decision.tier}`})`;
  }

  /** Why nobody of the tier that the rules want is asked. */
  #lack(tier: string | undefined): string {
    const dropped = this.#dropped.find(({ deployment }) => this.#at.tierOf(deployment) === tier);
    return dropped ? `${tier}: ${dropped.why}` : `no ${tier} here`;
  }

  #refusal(): GatewayError {
    const { asked } = this.#at.facts;
    const tooSmall = this.#obstacles.filter((obstacle) => obstacle.kind === 'context');
    const widest = tooSmall.toSorted((a, b) => b.contextTokens - a.contextTokens)[0];
    if (widest) return new GatewayError('context', wordsOf(widest), { param: 'messages' });
    const lacking = this.#obstacles.find((obstacle) => obstacle.kind === 'unsupported');
    if (lacking) {
      const { what, param } = lacking;
      return new GatewayError('unsupported', `Nothing configured as "${asked}" takes ${what}`, { param });
    }
    const costOf = ({ deployment }: Dropped) => this.costOf(deployment) ?? Number.MAX_VALUE;
    const [nearest] = this.#beyond.toSorted((a, b) => costOf(a) - costOf(b));
    if (nearest) {
      const param = this.#at.ceilings.maxCostUsd === undefined ? 'max_latency_ms' : 'max_cost_usd';
      const message = `Nothing configured as "${asked}" is within ${param}: ${nearest.deployment.id} ${nearest.why}`;
      return new GatewayError('unsupported', message, { param });
    }
    return new GatewayError('model_not_found', `No configured model belongs to "${asked}"`, { param: 'model' });
  }
}

/** Not by the score. A title is made where it is cheapest, which may be where the conversation is cached. */
function isOrdered(decision: Decision | undefined, { inToolLoop, isHousekeeping }: Facts): boolean {
  return decision?.complexity === undefined && !inToolLoop && !isHousekeeping;
}

function factsOf({ inToolLoop, isStalled, inputTokens }: Facts) {
  return { inToolLoop, isStalled, inputTokens };
}

function wordsOf(obstacle: Obstacle): string {
  if (obstacle.kind === 'unsupported') return `does not take ${obstacle.what}`;
  const { neededTokens, contextTokens } = obstacle;
  return `prompt is too long: about ${neededTokens} tokens with the answer > ${contextTokens} maximum`;
}
