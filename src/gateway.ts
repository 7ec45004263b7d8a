/** The story of one request: `prepare`, `tryCandidates`, `finish`. Read this file and you have read the gateway. */
import type { AnswerFacts } from './core/answer.ts';
import { type Ceilings, lowest } from './core/ceilings.ts';
import { type Caller, forbiddenName, mayUse } from './core/caller.ts';
import type { ChatRequest } from './core/chat.ts';
import type { Candidate, Estimate } from './core/deployment.ts';
import type { Departure } from './core/departure.ts';
import { asGatewayError, type GatewayError } from './core/errors.ts';
import type { Attempt, Cache, Clock, Recorder, Timers, Transport } from './core/ports.ts';
import type { Priority } from './core/priority.ts';
import type { Provider, Warning } from './core/provider.ts';
import { mayLackReasoning, recallReasoning } from './answers/reasoning-memory.ts';
import type { Books } from './books/books.ts';
import type { Hold } from './books/spending/claim.ts';
import { factOf, refusedFact } from './fact.ts';
import { settleHold, takeHold } from './hold.ts';
import { guessUsage } from './answers/usage.ts';
import { mayContinue, TAPED } from './attempt/continue.ts';
import type { Frames } from './attempt/live.ts';
import { LIVE, type Manner, WHOLE } from './attempt/manner.ts';
import { continueBreaks, type Spent, spentAt, withBroken } from './continuation.ts';
import { attemptAt, giveBack, stampOf, type TimeLimits } from './departures.ts';
import { noteWaits, remember } from './remember.ts';
import type { PlanRules } from './resilience/decide.ts';
import type { Dispatcher } from './resilience/dispatcher.ts';
import type { Stay } from './resilience/place.ts';
import { carryOut } from './resilience/plan.ts';
import type { Lease } from './resilience/target.ts';
import { type Choice, choose } from './routing/choose.ts';
import { estimate } from './routing/estimate.ts';
import type { RoutingMemory, RoutingView } from './routing/view.ts';
import type { Shadows } from './shadow.ts';
import { standIn } from './stand-in.ts';
import { journeyOf } from './stops.ts';

/** Everything a request needs from outside; built once, in `compose.ts`. */
export interface Gateway {
  providers: ReadonlyMap<string, Provider>;
  /** Replaced as a whole when the rules change. */
  routing: RoutingView;
  memory: RoutingMemory;
  dispatcher: Dispatcher;
  shadows: Shadows;
  /** What the operator allows requests that ask for this name. */
  rulesOf: (model: string) => ModelRules;
  transport: Transport;
  reasoning: Cache;
  books: Books;
  recorder: Recorder;
  clock: Clock;
  timers: Timers;
  /** 0 to 1. */
  random: () => number;
  times: TimeLimits;
  /** When a provider breaks off in mid-answer. */
  onBreak: 'error' | 'continue';
  /** The operator's own words for an emergency in which nobody answers. */
  emergencyAnswer: string | undefined;
  /** What users ask may stand in the log. */
  logsAsks: boolean;
  /** `prefix` and so many random characters of base 62. */
  newId: (prefix: string, length: number) => string;
}

export interface ModelRules extends Omit<PlanRules, 'deadlineAt'> {
  balance: 'ordered' | 'headroom';
  /** For queueing, waiting and every attempt; milliseconds. */
  deadlineMs: number;
}

/** A parsed, authenticated request; `src/http/` makes it. */
export interface Inbound {
  request: ChatRequest;
  /** The client's own JSON text. */
  original: string;
  caller: Caller;
  /** The client key's name; sessions and remembered reasoning are apart by it. */
  key: string;
  requestId: string;
  /** `x-signalbox-strict`: nothing may be dropped or changed. */
  strict: boolean;
  priority: Priority;
  /** `x-signalbox-deadline-ms`, if it was sent. */
  deadlineMs: number | undefined;
  /** What the client and its key let the request cost and take. */
  ceilings: Ceilings;
  /** The client's headers, by their lower-case names; for the rules. */
  header: (name: string) => string | undefined;
  /** When the client leaves, everything done for it stops. */
  client: Departure;
  /** Keeps work running that the client does not wait for. */
  background: (work: Promise<void>) => void;
  /** What became of each deployment, in order; written on the way, so that a refusal can tell it too. */
  attempts: Attempt[];
  /** Headers that the client gets, whatever becomes of its request; written on the way. */
  told: Record<string, string>;
}

/** An answer and where it came from. */
export interface Outcome<Body> {
  body: Body;
  facts: AnswerFacts;
  candidate: Candidate;
  warnings: readonly Warning[];
  attempts: readonly Attempt[];
  /** Where it had to wait for room. */
  stay: Stay | undefined;
  /** Still held; the books give it back. */
  lease: Lease;
  /** Of the whole request, in US dollars; known when the books are closed, and the price is. */
  costUsd?: number | undefined;
  /** Of a stream, whose cost is known only when its headers are long gone. */
  expectedCostUsd?: number | undefined;
}

/** The operator's own words, where nobody answered. */
export interface Fallback<Body> {
  body: Body;
  candidate: undefined;
  attempts: readonly Attempt[];
}

export type Reply<Body> = Outcome<Body> | Fallback<Body>;

/** One request, answered whole: the body is the JSON text of a chat completion. */
export async function answer(gateway: Gateway, inbound: Inbound): Promise<Reply<string>> {
  const plan = prepare(gateway, inbound);
  if (mayLackReasoning(plan.request)) await recall(gateway, plan);
  copy(gateway, plan);
  const reply = await tryCandidates(gateway, plan, WHOLE);
  if (reply.candidate) finish(gateway, plan, reply);
  return reply;
}

/** The same, answered as it is written. The books close when the stream does. */
export async function answerStream(gateway: Gateway, inbound: Inbound): Promise<Reply<Frames>> {
  const plan = prepare(gateway, inbound);
  if (mayLackReasoning(plan.request)) await recall(gateway, plan);
  copy(gateway, plan);
  const mayGoOn = gateway.onBreak === 'continue' && mayContinue(plan.request);
  const reply = await tryCandidates(gateway, plan, mayGoOn ? TAPED : LIVE);
  plan.firstTokenMs = gateway.clock.now() - plan.startedAt;
  if (!reply.candidate) return reply;
  reply.expectedCostUsd = plan.choice.costOf(reply.candidate.deployment);
  reply.body.whenOver((failure) => finish(gateway, plan, reply, failure));
  continueBreaks(gateway, plan, reply);
  return reply;
}

/** What is known of a request from its beginning, and what becomes of it. */
export interface Plan extends Inbound {
  startedAt: number;
  deadlineAt: number;
  rules: ModelRules;
  firstTokenMs?: number;
  estimate: Estimate;
  choice: Choice;
  candidates: readonly Candidate[];
  /** A copy of another request, for the operator's eyes. */
  isShadow?: boolean;
  /** Of the limits and budgets over it. */
  hold?: Hold | undefined;
  /** What broken attempts took whose answer went on elsewhere. */
  broken?: readonly Spent[];
}

function prepare(gateway: Gateway, inbound: Inbound): Plan {
  try {
    return planOf(gateway, inbound);
  } catch (cause) {
    gateway.recorder.record(refusedFact(gateway, inbound, asGatewayError(cause)));
    throw cause;
  }
}

function planOf(gateway: Gateway, inbound: Inbound): Plan {
  const nowMs = gateway.clock.now();
  const { request, original, key, header, caller, deadlineMs = Infinity } = inbound;
  if (!mayUse(caller, request.model, gateway.routing.rules.routes)) throw forbiddenName(caller, request.model);
  const guess = estimate(request, original.length);
  const budgetLeft = gateway.books.budgetLeft(caller, request.model, nowMs);
  const wanted = { request, estimate: guess, key, header, ceilings: inbound.ceilings, budgetLeft, nowMs };
  const choice = choose(wanted, gateway.routing, gateway.memory);
  const { candidates, ceilings } = choice;
  const usual = gateway.rulesOf(request.model);
  const rules = { ...usual, maxCostUsd: lowest(usual, ceilings).maxCostUsd };
  const deadlineAt = nowMs + Math.min(deadlineMs, rules.deadlineMs);
  return { ...inbound, startedAt: nowMs, deadlineAt, rules, estimate: guess, choice, candidates };
}

/** Where a rule wants the request asked of another model too. */
function copy(gateway: Gateway, plan: Plan): void {
  const { shadow } = plan.choice;
  if (shadow) plan.background(gateway.shadows.run(gateway, plan, shadow));
}

/** Gives the turns back what their client has dropped. The client's own request stays as it is. */
async function recall({ reasoning }: Gateway, plan: Plan): Promise<void> {
  plan.request = await recallReasoning(reasoning, plan.key, plan.request);
}

/** Throws when nobody answered, with the books closed. */
export async function tryCandidates<Body>(gateway: Gateway, plan: Plan, manner: Manner<Body>): Promise<Reply<Body>> {
  const { attempts, priority } = plan;
  const { dispatcher, clock, timers, random } = gateway;
  const { attempt, discard } = manner;
  const journey = journeyOf(gateway, plan);
  try {
    plan.hold = takeHold(gateway, plan, journey.stops[0]?.costUsd);
    dispatcher.refuseInEmergency(priority);
    const { value, candidate, lease } = await carryOut(
      journey,
      { attempt: (step) => attemptAt(gateway, plan, step, attempt), discard },
      { clock, timers, random, room: dispatcher.room },
    );
    const { body, facts, warnings } = value;
    return { body, facts, warnings, candidate, attempts, stay: journey.stay, lease };
  } catch (cause) {
    const failure = asGatewayError(cause);
    finish(gateway, plan, undefined, failure);
    const words = plan.isShadow ? undefined : standIn(gateway, plan, failure);
    if (words === undefined) throw failure;
    const { model, stream_options: options } = plan.request;
    const stamp = { ...stampOf(gateway, plan, model), includeUsage: options?.include_usage === true };
    return { body: manner.say(words, stamp), candidate: undefined, attempts };
  }
}

/** Gives the room back, remembers, and writes the books. Never awaited by the client, never throws. */
export function finish(
  gateway: Gateway,
  plan: Plan,
  outcome: Outcome<unknown> | undefined,
  failure?: GatewayError,
): void {
  const facts = outcome?.facts;
  const deployment = outcome?.candidate.deployment;
  const last = facts && (facts.usage ?? guessUsage(plan.estimate.inputTokens, facts.characters));
  const { usage, costUsd } = withBroken(plan, spentAt(deployment, last));
  const now = gateway.clock.now();
  if (outcome) giveBack(gateway, outcome, { usage: last, failure });
  if (outcome && !failure) remember(gateway, plan, outcome, last);
  noteWaits(gateway, plan, now);
  if (outcome) outcome.costUsd = costUsd;
  gateway.dispatcher.noteCapacity();
  const isUnasked = !outcome && failure?.rule.origin === 'router';
  settleHold(plan, { usage, costUsd, isUnasked }, now);
  gateway.recorder.record(factOf(gateway, plan, { outcome, failure, usage, costUsd, nowMs: now }));
}
