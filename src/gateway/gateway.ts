/** The story of one request: `prepare`, `tryCandidates`, `finish`. Read this file and you have read the gateway. */
import { lowest } from '../core/ceilings.ts';
import { forbiddenName, mayUse } from '../core/caller.ts';
import type { Estimate } from '../core/deployment.ts';
import { asGatewayError, type GatewayError } from '../core/errors.ts';
import { named } from '../core/field-names.ts';
import { mayLackReasoning, recallReasoning } from '../answers/reasoning-memory.ts';
import { guessUsage } from '../answers/usage.ts';
import { mayContinue, TAPED } from '../attempt/continue.ts';
import type { Frames } from '../attempt/live.ts';
import { LIVE, type Manner, WHOLE } from '../attempt/manner.ts';
import { continueBreaks, spentAt, withBroken } from './continuation.ts';
import { attemptAt, giveBack, stampOf } from './departures.ts';
import { factOf, refusedFact } from './fact.ts';
import type { Gateway, Inbound, Outcome, Plan, Reply } from './terms.ts';
import { purseOf, settleHold, takeHold } from './hold.ts';
import { noteWaits, remember } from './remember.ts';
import { carryOut } from '../resilience/plan.ts';
import { choose } from '../routing/choose.ts';
import { estimate } from '../routing/estimate.ts';
import type { TaskNeed } from '../routing/needs.ts';
import { standIn } from './stand-in.ts';
import { journeyOf } from './stops.ts';

export type * from './terms.ts';

/** One request, answered whole: the body is the JSON text of a chat completion. */
export async function answer(gateway: Gateway, inbound: Inbound): Promise<Reply<string>> {
  const plan = prepare(gateway, inbound);
  if (mayLackReasoning(plan.request)) await recall(gateway, plan);
  const reply = await tryCandidates(gateway, plan, WHOLE);
  if (reply.candidate) finish(gateway, plan, reply);
  return reply;
}

/** The same, answered as it is written. The books close when the stream does. */
export async function answerStream(gateway: Gateway, inbound: Inbound): Promise<Reply<Frames>> {
  const plan = prepare(gateway, inbound);
  if (mayLackReasoning(plan.request)) await recall(gateway, plan);
  // What only the client's own wire can say would be lost on a tape.
  const mayGoOn = gateway.onBreak === 'continue' && plan.original.only === undefined && mayContinue(plan.request);
  const reply = await tryCandidates(gateway, plan, mayGoOn ? TAPED : LIVE);
  plan.firstTokenMs = gateway.clock.now() - plan.startedAt;
  if (!reply.candidate) return reply;
  reply.expectedCostUsd = plan.choice.costOf(reply.candidate.deployment);
  reply.body.whenOver((failure) => finish(gateway, plan, reply, failure));
  continueBreaks(gateway, plan, reply);
  return reply;
}

/** What is no conversation, and what it takes. */
export interface TaskWish {
  estimate: Estimate;
  need: TaskNeed;
}

function prepare(gateway: Gateway, inbound: Inbound): Plan {
  try {
    return planOf(gateway, inbound);
  } catch (cause) {
    const refusal = named(cause, inbound.fieldOf);
    gateway.recorder.record(refusedFact(gateway, inbound, asGatewayError(refusal)));
    throw refusal;
  }
}

/** Throws why nobody can serve it. */
export function planOf(gateway: Gateway, inbound: Inbound, task?: TaskWish): Plan {
  const nowMs = gateway.clock.now();
  const { request, original, key, header, caller, deadlineMs = Infinity } = inbound;
  if (!mayUse(caller, request.model, gateway.routing.rules.routes)) throw forbiddenName(caller, request.model);
  const guess = task?.estimate ?? estimate(request, original.text.length, original.pictures);
  const budgetLeft = gateway.books.budgetLeft(caller, request.model, nowMs);
  const { ceilings: allowed } = inbound;
  const wanted = {
    request,
    estimate: guess,
    task: task?.need,
    key,
    caller,
    header,
    ceilings: allowed,
    budgetLeft,
    nowMs,
  };
  const choice = choose(wanted, gateway.routing, gateway.memory);
  const { candidates, ceilings } = choice;
  const usual = gateway.rulesOf(request.model);
  const { maxCostUsd } = lowest(usual, ceilings);
  const rules = maxCostUsd === usual.maxCostUsd ? usual : { ...usual, maxCostUsd };
  const deadlineAt = nowMs + Math.min(deadlineMs, rules.deadlineMs);
  return { ...inbound, startedAt: nowMs, deadlineAt, rules, estimate: guess, choice, candidates };
}

/** Where a rule wants the request asked of another model too; of one that is let in. */
function copy(gateway: Gateway, plan: Plan): void {
  const { shadow } = plan.choice;
  if (shadow && !plan.isShadow) plan.background(gateway.shadows.run(gateway, plan, shadow));
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
    plan.hold = takeHold(gateway, plan, journey.stops);
    journey.purse = purseOf(gateway, plan);
    copy(gateway, plan);
    dispatcher.refuseInEmergency(priority);
    const arrival = carryOut(
      journey,
      { attempt: (step) => attemptAt(gateway, plan, step, attempt), discard },
      { clock, timers, random, room: dispatcher.room },
    );
    plan.original.letGo?.(); // Sent, or waiting for room: either may last.
    const { value, candidate, lease } = await arrival;
    const { body, facts, warnings } = value;
    return { body, facts, warnings, candidate, attempts, stay: journey.stay, lease };
  } catch (cause) {
    const failure = asGatewayError(cause);
    finish(gateway, plan, undefined, failure);
    const words = plan.isShadow ? undefined : standIn(gateway, plan, failure);
    if (words === undefined) throw failure;
    const { model, stream_options: options } = plan.request;
    const stamp = { ...stampOf(gateway, plan, model), includeUsage: options?.include_usage === true };
    return { body: manner.say(words, stamp, plan.pen), candidate: undefined, attempts };
  }
}

/** Gives the room back, remembers, and writes the books. Never awaited by the client, never throws. */
export function finish(
  gateway: Gateway,
  plan: Plan,
  outcome: Outcome<unknown> | undefined,
  failure?: GatewayError,
): void {
  plan.original.close?.();
  const facts = outcome?.facts;
  const deployment = outcome?.candidate.deployment;
  const last = facts && (facts.usage ?? guessUsage(plan.estimate.inputTokens, facts.characters));
  const { usage, costUsd } = withBroken(plan, spentAt(deployment, last));
  const nowMs = gateway.clock.now();
  if (outcome) giveBack(gateway, outcome, { usage: last, failure, nowMs });
  if (outcome && !failure) remember(gateway, plan, outcome, { usage: last, nowMs });
  noteWaits(gateway, plan, nowMs);
  if (outcome) outcome.costUsd = costUsd;
  gateway.dispatcher.noteCapacity(nowMs);
  settleHold(gateway, plan, { deployment, usage, costUsd, nowMs });
  gateway.recorder.record(factOf(gateway, plan, { outcome, failure, usage, costUsd, nowMs }));
  if (gateway.afterwards) plan.background(gateway.afterwards());
}
