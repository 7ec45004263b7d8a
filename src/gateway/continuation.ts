/** `stream.onBreak: continue`: the plan is carried out again for the rest of a text whose provider broke off. */
import type { Usage } from '../core/chat.ts';
import type { Candidate, Deployment, Estimate } from '../core/deployment.ts';
import { ERROR_RULES, type ErrorKind, type GatewayError } from '../core/errors.ts';
import { isErrorKind, isProviders } from '../core/outcome.ts';
import type { Attempt } from '../core/ports.ts';
import type { Tape } from '../answers/tape.ts';
import { addUsage, guessUsage } from '../answers/usage.ts';
import { attemptRest, TAPED, tokensOf } from '../attempt/continue.ts';
import type { LiveFrames } from '../attempt/live.ts';
import { attemptAt, giveBack } from './departures.ts';
import type { Gateway, Outcome, Plan } from './gateway.ts';
import { purseOf } from './hold.ts';
import { isCall } from '../resilience/decide.ts';
import { carryOut } from '../resilience/plan.ts';
import type { PlanRequest, Step } from '../resilience/request.ts';
import { costUsd } from '../routing/cost.ts';
import { journeyOf } from './stops.ts';

const MAX_CONTINUATIONS = 2;

/** What one attempt took; undefined where nobody knows. */
export interface Spent {
  usage: Usage | undefined;
  costUsd: number | undefined;
}

interface Continuation {
  deployment: string;
  after_characters: number;
  reason: ErrorKind;
}

/** A stream's answer on its way. */
interface Passage {
  gateway: Gateway;
  plan: Plan;
  outcome: Outcome<LiveFrames>;
  tape: Tape;
  continued: readonly Continuation[];
  /** The failure for which the rules keep whoever wrote it. */
  after?: Candidate['after'];
}

/** Lets the answer go on when its provider breaks off, if its text is kept. */
export function continueBreaks(gateway: Gateway, plan: Plan, outcome: Outcome<LiveFrames>): void {
  const { tape } = outcome.body;
  if (!tape) return;
  const passage: Passage = { gateway, plan, outcome, tape, continued: [] };
  outcome.body.whenBroken((failure) => goOn(passage, failure));
}

/** The rest of the answer, under a lease of its own; undefined where the client has to be told of the break. */
async function goOn(passage: Passage, failure: GatewayError): Promise<LiveFrames | undefined> {
  const { gateway, plan, outcome, tape } = passage;
  if (!failure.rule.trips || !tape.isContinuable || passage.continued.length >= MAX_CONTINUATIONS) return undefined;
  const broken = noteBreak(plan, outcome, failure);
  passage.after ??= outcome.candidate.after;
  const candidates = candidatesAfter(plan, passage.after);
  const rest = { ...plan, candidates, estimate: estimateOfRest(plan, tape.text) };
  const journey = journeyOfRest(gateway, rest, outcome);
  if (!journey?.pool.budget.withdraw(gateway.clock.now())) return undefined;
  const spent = giveBackBroken(passage, failure);
  if (broken) Object.assign(broken, spent);
  journey.purse = purseOf(gateway, rest, [...(plan.broken ?? []), spent]);
  const { continued } = passage;
  const attempt = (step: Step) => {
    const { id } = step.stop.candidate.deployment;
    passage.continued = [...continued, { deployment: id, after_characters: tape.text.length, reason: failure.kind }];
    tape.writer.extension = { continued: passage.continued }; // Now: the end may come with the first word.
    return attemptAt(gateway, rest, step, (work) => attemptRest(work, tape));
  };
  try {
    const { clock, timers, random, dispatcher } = gateway;
    const ports = { clock, timers, random, room: dispatcher.room };
    const { value, candidate, lease } = await carryOut(journey, { attempt, discard: TAPED.discard }, ports);
    plan.broken = [...(plan.broken ?? []), spent];
    Object.assign(outcome, { facts: value.facts, candidate, lease });
    return value.body;
  } catch (cause) {
    outcome.facts.usage = spent.usage;
    if (plan.client.gone) throw cause;
    return undefined; // What became of these attempts is in `attempts`; the client is told of the break.
  }
}

/** Who was passed over for that failure is no place for the rest either. */
function candidatesAfter({ candidates }: Plan, after: Candidate['after']): readonly Candidate[] {
  if (after === undefined) return candidates;
  return candidates.filter((each) => each.after === after).map((each) => ({ ...each, after: undefined }));
}

function estimateOfRest({ estimate: { inputTokens, outputTokens } }: Plan, said: string): Estimate {
  const tokens = tokensOf(said);
  return { inputTokens: inputTokens + tokens, outputTokens: Math.max(outputTokens - tokens, 1) };
}

/** What remains of the request's calls and money: others first, then the one that broke off. */
function journeyOfRest(gateway: Gateway, plan: Plan, { candidate }: Outcome<unknown>): PlanRequest | undefined {
  const journey = journeyOf(gateway, plan);
  const { rules, stops } = journey;
  const calls = plan.attempts.filter(wasCall);
  const costOf = (id: string) => stops.find((stop) => stop.candidate.deployment.id === id)?.costUsd ?? 0;
  const maxCalls = rules.maxCalls - calls.length;
  const maxCostUsd =
    rules.maxCostUsd && rules.maxCostUsd - calls.reduce((sum, call) => sum + costOf(call.deployment), 0);
  if (maxCalls < 1 || (maxCostUsd !== undefined && maxCostUsd <= 0)) return undefined;
  const failed = new Set(plan.attempts.filter(hasFailed).map(({ deployment }) => deployment));
  const others = stops.filter((stop) => !failed.has(stop.candidate.deployment.id));
  const same = stops.filter((stop) => stop.candidate.deployment === candidate.deployment);
  // Not hedged: only one may write on the client's stream.
  return { ...journey, stops: [...others, ...same], rules: { ...rules, maxCalls, maxCostUsd, hedge: false } };
}

function wasCall({ outcome }: Attempt): boolean {
  if (outcome === 'ok' || outcome === 'hedge_lost') return true;
  return isErrorKind(outcome) && isCall({ kind: outcome, rule: ERROR_RULES[outcome] });
}

function hasFailed({ outcome }: Attempt): boolean {
  return isProviders(outcome);
}

/** It had begun well; now it is known how it went. */
function noteBreak({ attempts }: Plan, { candidate }: Outcome<unknown>, { kind }: GatewayError): Attempt | undefined {
  const { id } = candidate.deployment;
  const broken = attempts.findLast(({ deployment, outcome }) => deployment === id && outcome === 'ok');
  if (broken) broken.outcome = kind;
  return broken;
}

/** Before the rest is asked for: it may need this very room. */
function giveBackBroken({ gateway, plan, outcome, tape }: Passage, failure: GatewayError): Spent {
  const { usage, characters } = outcome.facts;
  const counted = usageOfBroken(usage, guessUsage(plan.estimate.inputTokens, characters));
  giveBack(gateway, outcome, { usage: counted, failure, nowMs: gateway.clock.now() });
  tape.spend(counted);
  return spentAt(outcome.candidate.deployment, counted);
}

/** Providers count the answer at its end, so what they have said of a broken one may be far too little. */
function usageOfBroken(usage: Usage | undefined, guess: Usage): Usage {
  if (!usage) return guess;
  const completion = Math.max(usage.completion_tokens, guess.completion_tokens);
  const total = usage.prompt_tokens + completion;
  return { ...usage, completion_tokens: completion, total_tokens: total, usage_estimated: true };
}

export function spentAt(deployment: Deployment | undefined, usage: Usage | undefined): Spent {
  const price = usage && deployment?.price;
  return { usage, costUsd: price && costUsd(usage, price) };
}

/** With what went on elsewhere before. The costs of all are known, or that of none is. */
export function withBroken({ broken }: Plan, last: Spent): Spent {
  if (!broken) return last;
  const parts = [...broken, last];
  const isKnown = parts.every((part) => part.costUsd !== undefined);
  return {
    usage: parts.reduce<Usage | undefined>((sum, { usage }) => addUsage(sum, usage), undefined),
    costUsd: isKnown ? parts.reduce((sum, part) => sum + (part.costUsd ?? 0), 0) : undefined,
  };
}
