/** The story of one request: `prepare`, `tryCandidates`, `finish`. Read this file and you have read the gateway. */
import type { AnswerFacts } from './core/answer.ts';
import type { ChatRequest, Usage } from './core/chat.ts';
import type { Candidate, Estimate } from './core/deployment.ts';
import type { Departure } from './core/departure.ts';
import { asGatewayError, GatewayError } from './core/errors.ts';
import type { Attempt, Cache, Clock, Recorder, Timers, Transport } from './core/ports.ts';
import type { Priority } from './core/priority.ts';
import type { Provider, Warning } from './core/provider.ts';
import { mayLackReasoning, recallReasoning, rememberReasoning } from './answers/reasoning-memory.ts';
import { guessUsage } from './answers/usage.ts';
import { attemptLive, type Frames } from './attempt/live.ts';
import type { Work } from './attempt/send.ts';
import { attemptWhole } from './attempt/whole.ts';
import { attemptAt, type TimeLimits } from './departures.ts';
import type { PlanRules } from './resilience/decide.ts';
import type { Dispatcher } from './resilience/dispatcher.ts';
import type { Stay } from './resilience/place.ts';
import { carryOut } from './resilience/plan.ts';
import type { Lease } from './resilience/target.ts';
import { choose, type RoutingView } from './routing/choose.ts';
import { costUsd } from './routing/cost.ts';
import { estimate } from './routing/estimate.ts';
import { CandidateStop } from './stops.ts';

/** Everything a request needs from outside; built once, in `compose.ts`. */
export interface Gateway {
  providers: ReadonlyMap<string, Provider>;
  routing: RoutingView;
  dispatcher: Dispatcher;
  /** What the operator allows requests that ask for this name. */
  rulesOf: (model: string) => ModelRules;
  transport: Transport;
  reasoning: Cache;
  recorder: Recorder;
  clock: Clock;
  timers: Timers;
  /** 0 to 1. */
  random: () => number;
  times: TimeLimits;
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
  /** Name of the client key; tenants are apart by it. */
  key: string;
  requestId: string;
  /** `x-signalbox-strict`: nothing may be dropped or changed. */
  strict: boolean;
  priority: Priority;
  /** `x-signalbox-deadline-ms`, if it was sent. */
  deadlineMs: number | undefined;
  /** When the client leaves, everything done for it stops. */
  client: Departure;
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
}

/** One request, answered whole: the body is the JSON text of a chat completion. */
export async function answer(gateway: Gateway, inbound: Inbound): Promise<Outcome<string>> {
  const plan = prepare(gateway, inbound);
  if (mayLackReasoning(plan.request)) await recall(gateway, plan);
  const outcome = await tryCandidates(gateway, plan, attemptWhole);
  finish(gateway, plan, outcome);
  return outcome;
}

/** The same, answered as it is written. The books close when the stream does. */
export async function answerStream(gateway: Gateway, inbound: Inbound): Promise<Outcome<Frames>> {
  const plan = prepare(gateway, inbound);
  if (mayLackReasoning(plan.request)) await recall(gateway, plan);
  const outcome = await tryCandidates(gateway, plan, attemptLive);
  plan.firstTokenMs = gateway.clock.now() - plan.startedAt;
  outcome.body.whenOver((failure) => finish(gateway, plan, outcome, failure));
  return outcome;
}

/** What is known of a request from its beginning, and what becomes of it. */
export interface Plan extends Inbound {
  startedAt: number;
  deadlineAt: number;
  rules: ModelRules;
  firstTokenMs?: number;
  estimate: Estimate;
  candidates: readonly Candidate[];
  attempts: Attempt[];
}

function prepare(gateway: Gateway, inbound: Inbound): Plan {
  const startedAt = gateway.clock.now();
  const guess = estimate(inbound.request, inbound.original.length);
  const candidates = choose(inbound.request, guess, gateway.routing);
  const rules = gateway.rulesOf(inbound.request.model);
  const deadlineAt = startedAt + Math.min(inbound.deadlineMs ?? Infinity, rules.deadlineMs);
  return { ...inbound, startedAt, deadlineAt, rules, estimate: guess, candidates, attempts: [] };
}

/** Gives the turns back what their client has dropped. The client's own request stays as it is. */
async function recall({ reasoning }: Gateway, plan: Plan): Promise<void> {
  plan.request = await recallReasoning(reasoning, plan.key, plan.request);
}

interface Answered<Body> {
  body: Body;
  facts: AnswerFacts;
  warnings: readonly Warning[];
}

/** Tokens that count as much as a request does, for fairness between tenants. */
const TOKENS_PER_REQUEST = 500;

async function tryCandidates<Body>(
  gateway: Gateway,
  plan: Plan,
  attempt: (work: Work) => Promise<Answered<Body>>,
): Promise<Outcome<Body>> {
  const { attempts, client, request, rules, priority, key } = plan;
  const { dispatcher } = gateway;
  const stops = stopsOf(gateway, plan);
  const journey = {
    stops,
    pool: dispatcher.pool(request.model),
    rules: { ...rules, deadlineAt: plan.deadlineAt },
    balance: rules.balance,
    priority,
    tenant: key,
    cost: 1 + (plan.estimate.inputTokens + plan.estimate.outputTokens) / TOKENS_PER_REQUEST,
    arrivedAt: plan.startedAt,
    client,
    attempts,
    stay: undefined as Stay | undefined,
  };
  try {
    dispatcher.refuseInEmergency(priority);
    const { value, candidate, lease } = await carryOut(
      journey,
      (step) => attemptAt(gateway, plan, step, attempt),
      { ...gateway, room: dispatcher.room },
    );
    const { body, facts, warnings } = value;
    return { body, facts, warnings, candidate, attempts, stay: journey.stay, lease };
  } catch (cause) {
    const failure = asGatewayError(cause);
    dispatcher.noteCapacity(stops.map(({ target }) => target));
    finish(gateway, plan, undefined, failure);
    throw failure;
  }
}

function stopsOf({ dispatcher, providers }: Gateway, { candidates, request, estimate: guess }: Plan): CandidateStop[] {
  return candidates.map((candidate) => {
    const { deployment } = candidate;
    const provider = providers.get(deployment.endpoint.dialect);
    if (!provider) throw new GatewayError('internal', `No dialect is called "${deployment.endpoint.dialect}"`);
    return new CandidateStop(candidate, dispatcher.target(deployment), provider, request, guess);
  });
}

/** What the call held of its deployment: settled by what it really took. A break after the commit point counts too. */
function giveBack(
  { clock, providers, dispatcher }: Gateway,
  { lease, candidate }: Outcome<unknown>,
  { usage, failure }: { usage: Usage | undefined; failure: GatewayError | undefined },
): void {
  const now = clock.now();
  if (failure) lease.failed(failure, undefined, now);
  lease.settle(usage && providers.get(candidate.deployment.endpoint.dialect)?.spent(usage), now);
  if (usage && !failure) lease.target.noteOutput(usage.completion_tokens);
  dispatcher.room.wake(lease.target.resource);
}

/** Gives the room back, remembers, and writes the books. Never awaited by the client, never throws. */
function finish(gateway: Gateway, plan: Plan, outcome: Outcome<unknown> | undefined, failure?: GatewayError): void {
  const facts = outcome?.facts;
  const deployment = outcome?.candidate.deployment;
  if (facts && !failure) rememberReasoning(gateway.reasoning, plan.key, facts);
  const usage = facts && (facts.usage ?? guessUsage(plan.estimate.inputTokens, facts.characters));
  const now = gateway.clock.now();
  if (outcome) giveBack(gateway, outcome, { usage, failure });
  gateway.recorder.record({
    requestId: plan.requestId,
    key: plan.key,
    asked: plan.request.model,
    deployment: deployment?.id,
    outcome: failure?.kind ?? 'ok',
    stream: plan.request.stream === true,
    finishReason: facts?.finishReason,
    usage,
    costUsd: usage && deployment?.price && costUsd(usage, deployment.price),
    firstTokenMs: plan.firstTokenMs,
    queuedMs: outcome?.stay?.waitedMs,
    durationMs: now - plan.startedAt,
    attempts: plan.attempts,
    failure,
  });
}
