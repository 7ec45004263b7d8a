/** What would become of a request, and why: chosen as `gateway.ts` would, and told instead of done. Nobody is called. */
import { type Caller, forbiddenName, mayUse } from '../core/caller.ts';
import type { Ceilings } from '../core/ceilings.ts';
import type { Candidate } from '../core/deployment.ts';
import { asGatewayError, errorBody, type GatewayError } from '../core/errors.ts';
import type { Priority } from '../core/priority.ts';
import type { Gateway, Inbound } from './gateway.ts';
import { type Choice, knownOf, unserved, type Wanted, weigh } from '../routing/choose.ts';
import { estimate } from '../routing/estimate.ts';
import type { Facts } from '../routing/facts/facts.ts';
import { type Lead, Leads } from '../routing/pool/leads.ts';
import type { Decision } from '../routing/rules/decide.ts';
import { USUAL_PROFILE } from '../routing/rules/references.ts';
import { isWarm } from '../routing/sessions/prompt-cache.ts';
import { CandidateStop, poolOf, providerOf } from './stops.ts';

export type Explanation = ReturnType<typeof explain>;
export type ExplainedCandidate = ReturnType<typeof explainCandidate>;

/** Nothing changes by it: no lease is taken, no session is written, no leader moves. */
export function explain(gateway: Gateway, inbound: Inbound) {
  const { request, original, key, header, ceilings, caller } = inbound;
  const nowMs = gateway.clock.now();
  const budgetLeft = gateway.books.budgetLeft(caller, request.model, nowMs);
  const guess = estimate(request, original.text.length, original.pictures);
  const wanted: Wanted = { request, estimate: guess, key, caller, header, ceilings, budgetLeft, nowMs };
  const choice = choiceFor(gateway, wanted, caller);
  const { facts, candidates, dropped } = choice;
  return {
    asked: request.model,
    /** What the client would get instead of an answer. */
    refusal: explainRefusal(choice.refusal ?? emergency(gateway, inbound.priority)),
    ...explainChoice(gateway, choice),
    session: { id: facts.session, last: explainSession(choice, nowMs) },
    facts: explainFacts(facts),
    candidates: candidates.map((each) => explainCandidate(gateway, each, { wanted, choice })),
    dropped: dropped.map(({ deployment, why }) => ({ deployment: deployment.id, why })),
    plan: explainPlan(gateway, inbound, choice),
  };
}

function explainRefusal(failure: GatewayError | undefined) {
  if (!failure) return undefined;
  const { message, code, param } = errorBody(failure).error;
  return { status: failure.status, message, code, param };
}

/** A key that may not use this name is told no more than that. */
function choiceFor({ routing, memory }: Gateway, wanted: Wanted, caller: Caller): Choice {
  const known = knownOf(wanted, routing);
  const { facts } = known;
  if (mayUse(caller, facts.asked, routing.rules.routes)) {
    return weigh(known, routing, { ...memory, leads: new Glimpse(memory.leads) });
  }
  return unserved({ facts, ceilings: wanted.ceilings }, forbiddenName(caller, facts.asked));
}

/** Background work has to wait when too few providers answer. */
function emergency({ dispatcher }: Gateway, priority: Priority): GatewayError | undefined {
  try {
    dispatcher.refuseInEmergency(priority);
    return undefined;
  } catch (cause) {
    return asGatewayError(cause);
  }
}

/** Leaders as they are; what is written into them is lost. */
class Glimpse extends Leads {
  readonly #real: Leads;

  constructor(real: Leads) {
    super(1);
    this.#real = real;
  }

  override of(pool: string): Lead {
    return { ...this.#real.of(pool) };
  }
}

function explainChoice(gateway: Gateway, { decision, candidates, ceilings, shadow, stay, facts }: Choice) {
  const { tier, reason } = candidates[0] ?? decision ?? NOTHING;
  return {
    tier,
    reason,
    fired: decision?.fired ?? [],
    score: decision && explainScore(gateway, decision, facts.asked),
    strategy: decision?.strategy ?? 'order',
    ceilings: said(ceilings),
    canary: decision?.canary?.name,
    shadow: shadow?.id,
    stay,
  };
}

const NOTHING = { tier: undefined, reason: undefined };

function explainScore({ routing: { rules } }: Gateway, { complexity, fired }: Decision, asked: string) {
  if (!complexity) return undefined;
  const names = new Set(fired.map(({ name }) => name));
  const spoken = rules.steps.find(({ name, effect }) => names.has(name) && effect.profile !== undefined);
  const profile = spoken?.effect.profile ?? rules.routes.get(asked)?.profile ?? USUAL_PROFILE;
  const [, ...above] = rules.tiers;
  return {
    value: complexity.score,
    profile,
    /** Where each tier begins; the lowest begins at 0. */
    cuts: above.map(({ name }, index) => ({ tier: name, from: rules.cuts.get(profile)?.[index] })),
    contributions: complexity.contributions,
    overlayShare: complexity.overlayShare,
  };
}

function explainSession({ session, candidates }: Choice, nowMs: number) {
  if (!session) return undefined;
  const { deploymentId, tier, lastAtMs, prefixTokens, moves } = session;
  const pinned = candidates.find(({ deployment }) => deployment.id === deploymentId);
  const warm = pinned !== undefined && isWarm(pinned.deployment, session, nowMs);
  return { deployment: deploymentId, tier, idleMs: nowMs - lastAtMs, cachedTokens: warm ? prefixTokens : 0, moves };
}

function explainFacts(facts: Facts) {
  const { inputTokens, outputTokens, language, turn, toolCount, toolParameters, media, structured, pin } = facts;
  const { inToolLoop, isFollowUp, isHousekeeping, isStalled, budgetLeft } = facts;
  const amounts = { inputTokens, outputTokens, language, turn, toolCount, toolParameters, media, structured, pin };
  return { ...amounts, inToolLoop, isFollowUp, isHousekeeping, isStalled, budgetLeft };
}

interface Asked {
  wanted: Wanted;
  choice: Choice;
}

function explainCandidate(gateway: Gateway, candidate: Candidate, { wanted, choice }: Asked) {
  const { deployment, tier, reason, after } = candidate;
  const { request, estimate: guess, nowMs } = wanted;
  const target = gateway.dispatcher.target(deployment);
  const stop = new CandidateStop(candidate, {
    target,
    provider: providerOf(gateway, candidate),
    request,
    estimate: guess,
  });
  const waitMs = target.waitMs(stop.need, nowMs);
  return {
    deployment: deployment.id,
    model: deployment.providerModel,
    tier,
    reason,
    after,
    expectedCostUsd: choice.costOf(deployment),
    speed: gateway.memory.speeds.speedOf(deployment.id, nowMs),
    room: target.room(nowMs),
    circuit: target.fuse.state,
    obstacle: target.obstacle(stop.need, nowMs),
    /** Undefined: it is not waited for. */
    waitMs: Number.isFinite(waitMs) ? waitMs : undefined,
  };
}

/** What every request of this name gets, and what this one's ceilings leave of it. */
function explainPlan(gateway: Gateway, { request, deadlineMs = Infinity, priority }: Inbound, choice: Choice) {
  const rules = gateway.rulesOf(request.model);
  const { maxCalls, hedge, balance, maxWaitMs, onContext, onRefusal } = rules;
  const costs = [rules.maxCostUsd, choice.ceilings.maxCostUsd].filter((cost) => cost !== undefined);
  return {
    priority,
    maxCalls,
    /** Of all requests of this name together. */
    retriesLeft: poolOf(gateway, request.model).budget.left(gateway.clock.now()),
    deadlineMs: Math.min(deadlineMs, rules.deadlineMs),
    maxCostUsd: costs.length > 0 ? Math.min(...costs) : undefined,
    maxWaitMs,
    hedge: hedge && request.stream === true,
    balance,
    onContext,
    onRefusal,
  };
}

function said({ maxCostUsd, maxLatencyMs }: Ceilings): Ceilings {
  return { maxCostUsd, maxLatencyMs };
}
