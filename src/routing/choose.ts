/** Which deployments may serve a request, best first, and why. Pure, but for the leaders that `arrange` remembers. */
import { ANYONE, type Caller, mayUse } from '../core/caller.ts';
import type { Ceilings } from '../core/ceilings.ts';
import { lowest } from '../core/ceilings.ts';
import type { ChatRequest } from '../core/chat.ts';
import type { Deployment, Estimate } from '../core/deployment.ts';
import { GatewayError } from '../core/errors.ts';
import { lastAsk } from './ask.ts';
import { createFacts, type Facts } from './facts/facts.ts';
import { nearNames } from './near.ts';
import type { TaskNeed } from './needs.ts';
import { type Decision, decide } from './rules/decide.ts';
import type { Complexity } from './score/scorer.ts';
import { type Circumstances, type Selected, Selection } from './selection.ts';
import type { Session } from './sessions/sessions.ts';
import { deploymentsOf, type RoutingMemory, type RoutingView } from './view.ts';

/** A request as choosing sees it. */
export interface Wanted {
  request: ChatRequest;
  estimate: Estimate;
  /** Where it is no conversation. */
  task?: TaskNeed | undefined;
  /** The client key's name. */
  key: string;
  /** No name is told to one who may not ask for it. */
  caller?: Caller | undefined;
  header: (name: string) => string | undefined;
  ceilings: Ceilings;
  /** Of the scarcest budget over it, 0 to 1. */
  budgetLeft?: number | undefined;
  nowMs: number;
}

export interface Choice extends Selected {
  facts: Facts;
  /** Undefined where the client named the model and no rule had anything to say. */
  decision: Decision | undefined;
  session: Session | undefined;
  /** What became of the session's deployment, in words. */
  stay: string | undefined;
  /** Of the request, its key and the rules together. */
  ceilings: Ceilings;
  /** Gets a copy. */
  shadow: Deployment | undefined;
}

/** What choosing needs to know of a request; of one in the log nothing else is left. */
export interface Known {
  wanted: Wanted;
  facts: Facts;
  score: () => Complexity;
}

/** Throws `model_not_found`, `rejected`, `invalid_request` for a pin on no tier, or why nothing can serve the request: `context` or `unsupported`. */
export function choose(wanted: Wanted, view: RoutingView, memory: RoutingMemory): Choice {
  const choice = weigh(knownOf(wanted, view), view, memory);
  if (choice.refusal) throw choice.refusal;
  return choice;
}

export function knownOf(wanted: Wanted, view: RoutingView): Known {
  const { request, estimate, key, header, budgetLeft, nowMs } = wanted;
  const facts = createFacts({ request, estimate, key, header, atMs: nowMs, budgetLeft });
  return { wanted, facts, score: () => complexityOf(request, facts, view) };
}

/** The same for who explains or replays: what was found out is told of a refusal, too. */
export function weigh({ wanted, facts, score }: Known, view: RoutingView, memory: RoutingMemory): Choice {
  const { asked, key, atMs } = facts;
  const { rules } = view;
  const isRoute = rules.routes.has(asked);
  const named = view.models.get(asked) ?? (isRoute ? undefined : directly(asked, view));
  if (!named && !isRoute) return unserved({ facts, ceilings: wanted.ceilings }, missing(asked, view, wanted.caller));
  if (named && !rules.nameModels) return byName(named, { wanted, facts, memory, tierOf: view.tierOf });
  const session = memory.sessions.find(key, facts.session, atMs);
  const { random } = memory;
  const decision = decide(rules, facts, {
    score,
    previousTier: session?.tier,
    random,
    isModel: named !== undefined,
  });
  const ceilings = lowest(wanted.ceilings, decision);
  if (decision.reject === undefined)
    return decided({ wanted, facts, ceilings, memory, session, decision, named, tierOf: view.tierOf }, view);
  const { reject, rejectedFor } = decision;
  const kind = rejectedFor === undefined ? 'rejected' : 'invalid_request';
  const rejected = new GatewayError(kind, reject, { param: rejectedFor ?? 'model' });
  return unserved({ facts, ceilings, decision, session }, rejected);
}

interface Decided extends Circumstances {
  decision: Decision;
  named: readonly Deployment[] | undefined;
}

function decided({ named, ...circumstances }: Decided, view: RoutingView): Choice {
  const { facts, decision, session, ceilings } = circumstances;
  const selection = new Selection(circumstances);
  for (const { tier, pool, isBehindCanary } of groupsOf(decision, named, view)) {
    const isAfter = selection.isEmpty ? 'the canary cannot serve this' : 'after the canary';
    selection.add(pool, tier, isBehindCanary ? isAfter : undefined);
  }
  const { outage = [], context = [], refusal = [] } = decision.fallbacks;
  selection.add(deploymentsOf(outage, view), undefined, selection.isEmpty ? 'nobody else is left' : 'after an outage');
  if (selection.isTooLong) selection.add(deploymentsOf(context, view), undefined, 'the prompt is too long for others');
  const stay = selection.settle(view.rules.tiers.map(({ name }) => name));
  selection.reserve(deploymentsOf(context, view), 'context');
  selection.reserve(deploymentsOf(refusal, view), 'refusal');
  const shadow = decision.shadow && deploymentsOf([decision.shadow.model], view)[0];
  return { ...selection.result(), facts, decision, session, stay, ceilings, shadow };
}

interface Named {
  wanted: Wanted;
  facts: Facts;
  memory: RoutingMemory;
  tierOf: RoutingView['tierOf'];
}

const NOTHING = { decision: undefined, session: undefined, stay: undefined, shadow: undefined };

/** The client has chosen; only what cannot serve the request is left out. */
function byName(named: readonly Deployment[], { wanted, facts, memory, tierOf }: Named): Choice {
  const { ceilings } = wanted;
  const selection = new Selection({
    wanted,
    facts,
    ceilings,
    memory,
    tierOf,
    session: undefined,
    decision: undefined,
  });
  selection.add(named, undefined);
  return {
    ...selection.result(),
    facts,
    ceilings,
    decision: undefined,
    session: undefined,
    stay: undefined,
    shadow: undefined,
  };
}

/** The choice that there is where there is none. */
export function unserved(known: Partial<Choice> & Pick<Choice, 'facts' | 'ceilings'>, refusal: GatewayError): Choice {
  return { ...NOTHING, candidates: [], dropped: [], costOf: () => undefined, ...known, refusal };
}

function directly(asked: string, view: RoutingView): readonly Deployment[] | undefined {
  const found = view.direct(asked);
  return found && [found];
}

function missing(asked: string, { servedRoutes, models, rules }: RoutingView, caller = ANYONE): GatewayError {
  const names = [...servedRoutes, ...models.keys()].filter((name) => mayUse(caller, name, rules.routes));
  const near = names.length > 0 ? `. Near it: ${nearNames(asked, names).join(', ')}` : '';
  return new GatewayError('model_not_found', `The model "${asked.slice(0, 200)}" does not exist here${near}`, {
    param: 'model',
  });
}

interface Group {
  tier: string | undefined;
  pool: readonly Deployment[];
  isBehindCanary?: boolean;
}

/** What a rule names, then the tiers; the model asked for only where no rule sends the request elsewhere. */
function groupsOf(
  { pool, tiers, canary }: Decision,
  named: readonly Deployment[] | undefined,
  view: RoutingView,
): Group[] {
  const ranked = tiers.map((name) => ({ tier: name, pool: view.tiers.get(name) ?? [] }));
  const unranked = pool ? deploymentsOf(pool, view) : named;
  const usual = unranked && ranked.length === 0 ? [{ tier: undefined, pool: unranked }] : ranked;
  if (!canary) return usual;
  const first = { tier: undefined, pool: deploymentsOf(canary.use, view) };
  return [first, ...usual.map((group) => ({ ...group, isBehindCanary: true }))];
}

/** In characters: a shorter ask is read together with the ones before it. */
const FOLLOW_UP = 40;

function complexityOf(request: ChatRequest, facts: Facts, { scorer }: RoutingView): Complexity {
  return scorer.score({
    ask: lastAsk(request, FOLLOW_UP),
    toolCount: facts.toolCount,
    toolParameters: facts.toolParameters,
    structured: facts.structured !== 'none',
    messages: request.messages.length,
    effort: request.reasoning_effort ?? request.reasoning?.effort ?? undefined,
  });
}
