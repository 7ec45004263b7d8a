/** What the rules say about one request. Pure: chance, the score and the past come in. */
import type { Facts } from '../facts/facts.ts';
import type { Strategy } from '../pool/strategy.ts';
import type { Complexity } from '../score/scorer.ts';
import type { Circumstance } from './condition.ts';
import { Draft, type Fired } from './draft.ts';
import type { Fallbacks } from './effect.ts';
import { type Chosen, reasonOf } from './reason.ts';
import { USUAL_PROFILE } from './references.ts';
import type { Route, Rules } from './rules.ts';

export interface Decision {
  /** Undefined where models are named instead, by the client or by a rule. */
  tier: string | undefined;
  /** In the order to try: the chosen one, those above it, those below it. */
  tiers: readonly string[];
  /** Models that a rule names: these and no others. */
  pool: readonly string[] | undefined;
  strategy: Strategy;
  /** By the names in the pool or the tier. */
  weights: Readonly<Record<string, number>> | undefined;
  maxCostUsd?: number | undefined;
  maxLatencyMs?: number | undefined;
  fallbacks: Fallbacks;
  /** When this session is in it: its rule, and what is tried before all else. */
  canary?: { name: string; use: readonly string[] } | undefined;
  shadow?: { model: string } | undefined;
  /** Why the request is refused. */
  reject?: string | undefined;
  /** The client's own header, where it is that which is wrong. */
  rejectedFor?: string | undefined;
  fired: readonly Fired[];
  /** Undefined where nobody had to know. */
  complexity: Complexity | undefined;
  /** For `x-signalbox-reason`: short, ASCII. */
  reason: string;
}

export interface Circumstances {
  /** Asked at most once, and only where something depends on it. */
  score: () => Complexity;
  /** The tier that served the conversation before. */
  previousTier: string | undefined;
  /** 0 to 1, for shadow copies. */
  random: () => number;
  /** A model is configured under this name: then it is no route. */
  isModel?: boolean;
}

export function decide(rules: Rules, facts: Facts, circumstances: Circumstances): Decision {
  const route = circumstances.isModel ? undefined : rules.routes.get(facts.asked);
  const { previousTier, random } = circumstances;
  const draft = new Draft({ rules, facts, previousTier, random });
  const scoring = new Scoring(rules, circumstances.score, () => draft.profile ?? route?.profile ?? USUAL_PROFILE);
  const circumstance: Circumstance = { facts, score: () => scoring.score(), deserved: () => scoring.deserved() };
  for (const step of rules.steps) {
    if ((route || step.namesModel) && step.holds(circumstance)) draft.step(step);
    if (draft.reject !== undefined) break;
  }
  if (route) draft.route(route.effect);
  return conclude(draft, scoring, { rules, facts, route });
}

/** The score, asked for once. */
class Scoring {
  complexity: Complexity | undefined;
  readonly #rules: Rules;
  readonly #ask: () => Complexity;
  readonly #profile: () => string;

  constructor(rules: Rules, ask: () => Complexity, profile: () => string) {
    this.#rules = rules;
    this.#ask = ask;
    this.#profile = profile;
  }

  score(): number {
    return (this.complexity ??= this.#ask()).score;
  }

  /** The rank of the tier that the score deserves, by the profile that counts so far. */
  deserved(): number {
    const score = this.score();
    const cuts = this.#rules.cuts.get(this.#profile()) ?? [];
    return cuts.findLastIndex((from) => score >= from) + 1;
  }
}

interface Asked {
  rules: Rules;
  facts: Facts;
  route: Route | undefined;
}

function conclude(draft: Draft, scoring: Scoring, { rules, facts, route }: Asked): Decision {
  const { canary, pool, reject, rejectedFor } = draft;
  const isRanked = reject === undefined && !pool && (route !== undefined || draft.tier !== undefined);
  const chosen = isRanked ? chosenRank(draft, scoring, rules) : undefined;
  const tier = chosen === undefined ? undefined : rules.tiers[chosen.rank]?.name;
  return {
    tier,
    tiers: chosen ? order(chosen.rank, chosen.bar, chosen.ceiling).map((rank) => rules.tiers[rank]?.name ?? '') : [],
    pool: pool?.use,
    strategy: draft.strategy ?? 'order',
    weights: draft.weights,
    maxCostUsd: draft.maxCostUsd,
    maxLatencyMs: draft.maxLatencyMs,
    fallbacks: draft.fallbacks,
    canary,
    shadow: draft.shadow,
    reject,
    rejectedFor,
    fired: draft.fired,
    complexity: scoring.complexity,
    reason: reasonOf({ asked: facts.asked, draft, tier, chosen, complexity: scoring.complexity }),
  };
}

/** A ceiling always holds; a client's pin skips the rest. */
function chosenRank(draft: Draft, scoring: Scoring, { tiers }: Rules): Chosen {
  const top = tiers.length - 1;
  const { tier, floor } = draft;
  const ceiling = Math.min(draft.ceiling?.rank ?? top, top);
  const start = tier?.rank ?? scoring.deserved();
  const isPinned = tier?.kind === 'pinned';
  const raised = isPinned ? start : Math.min(Math.max(start + steps(draft), 0), top);
  const rank = Math.min(isPinned ? raised : Math.max(raised, floor?.rank ?? 0), ceiling);
  return { rank, bar: Math.min(draft.bar, rank), ceiling, raised, start };
}

/** Who went down in a conversation is down already: it does not go down again at every turn. */
function steps({ raise, tier }: Draft): number {
  if (!raise) return 0;
  return tier?.kind === 'inherited' && raise.steps < 0 ? 0 : raise.steps;
}

function order(rank: number, bar: number, ceiling: number): number[] {
  const ranks: number[] = [];
  for (let above = rank; above <= ceiling; above += 1) ranks.push(above);
  for (let below = rank - 1; below >= bar; below -= 1) ranks.push(below);
  return ranks;
}
