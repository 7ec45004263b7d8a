/** One attempt at one stop: what it needs, the time it has, and what its lease learns from it. */
import type { AnswerFacts } from '../core/answer.ts';
import type { Usage } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import type { IncomingResponse } from '../core/ports.ts';
import type { Call, Provider } from '../core/provider.ts';
import type { AnswerStamp } from '../answers/collector.ts';
import type { Answered } from '../attempt/manner.ts';
import type { Work } from '../attempt/send.ts';
import { Watch } from '../attempt/watch.ts';
import type { Gateway, Outcome, Plan } from './gateway.ts';
import type { Step } from '../resilience/request.ts';
import { providerOf } from './stops.ts';

export interface TimeLimits {
  /** Longest wait for a whole answer, and for the head of any. */
  firstByteMs: number;
  idleMs: number;
  /** Read whole answers as streams, where that shows a stall early. */
  wholeAsStream: 'auto' | 'always' | 'never';
}

/** Throws as soon as the time is up; what it throws is this attempt's failure, and nothing of it runs on. */
export async function attemptAt<Body>(
  gateway: Gateway,
  plan: Plan,
  step: Step,
  attempt: (work: Work) => Promise<Answered<Body>>,
): Promise<Answered<Body>> {
  const { clock } = gateway;
  const { lease, stop, startedAt } = step;
  const provider = providerOf(gateway, stop.candidate);
  const { totalMs = Infinity } = stop.candidate.deployment.timeouts ?? {};
  const lastAt = Math.min(plan.deadlineAt, startedAt + totalMs);
  const isStreamed = plan.request.stream === true || readsAsStream(gateway.times, plan, provider);
  lease.comesWhole = !isStreamed;
  const firstTokenMs = isStreamed ? lease.target.times.timeoutMs(stop.pace) : Infinity;
  const watch = new Watch(step.client, gateway.timers);
  watch.allow(Math.min(firstTokenMs, lastAt - startedAt));
  let hasBegun = false;
  const begun = () => {
    if (hasBegun) return;
    hasBegun = true;
    const now = clock.now();
    lease.answered('first', stop.pace, now - startedAt, now);
    watch.allow(lastAt - now);
  };
  try {
    const work = workOf(gateway, plan, step, { provider, watch, isStreamed, firstTokenMs, lastAt, begun });
    const answered = await attempt(work);
    if (!lease.comesWhole) begun();
    else answeredWhole(step, clock.now());
    refuseRefusal(answered.facts, plan);
    return answered;
  } catch (cause) {
    watch.client.leave(); // It may have been refused in the middle of a stream.
    throw watch.reason(cause);
  } finally {
    watch.stop();
  }
}

function answeredWhole({ lease, stop, startedAt }: Step, nowMs: number): void {
  lease.answered('whole', stop.pace, nowMs - startedAt, nowMs);
}

/** Longer answers than this are worth watching as they are written. */
const LONG_ANSWER_TOKENS = 4_096;

/** Answers that may pass as they are do, so of them only the operator's word makes streams. */
function readsAsStream(
  { wholeAsStream }: TimeLimits,
  { request, original, task }: Plan,
  { speaks }: Provider,
): boolean {
  if (task !== undefined || original.only !== undefined) return false;
  if (wholeAsStream !== 'auto') return wholeAsStream === 'always';
  if (original.passes && speaks.includes(original.wire)) return false;
  const limit = request.max_completion_tokens ?? request.max_tokens ?? Infinity;
  return limit > LONG_ANSWER_TOKENS;
}

/** A refusal with nothing in it, where the operator wants another provider asked. */
function refuseRefusal({ finishReason, characters }: AnswerFacts, { rules, candidates }: Plan): void {
  if (finishReason !== 'content_filter' || characters > 0) return;
  if (rules.onRefusal !== 'other' && !candidates.some(({ after }) => after === 'refusal')) return;
  throw new GatewayError('policy', 'The provider refused to answer');
}

interface Circumstances {
  provider: Provider;
  watch: Watch;
  isStreamed: boolean;
  firstTokenMs: number;
  lastAt: number;
  begun: () => void;
}

function workOf(gateway: Gateway, plan: Plan, step: Step, circumstances: Circumstances): Work {
  const { stop, lease, again, startedAt } = step;
  const { clock, transport, newId, times } = gateway;
  const { request, original, strict, pen, lost, fieldOf } = plan;
  const { provider, watch, isStreamed, firstTokenMs, lastAt, begun } = circumstances;
  const { endpoint, providerModel, capabilities, timeouts } = stop.candidate.deployment;
  const readAsStream = isStreamed && request.stream !== true;
  const call: Call = {
    request: readAsStream ? { ...request, stream: true } : request,
    original: readAsStream || !original.passes ? undefined : original,
    wire: original.wire,
    endpoint,
    providerModel,
    capabilities,
    newId: () => newId('call_', 24),
    omitReasoning: again === 'without_reasoning',
  };
  return {
    call,
    provider,
    transport,
    clock,
    client: watch.client,
    timeouts: {
      firstByteMs: Math.min(times.firstByteMs, firstTokenMs, lastAt - startedAt),
      wholeMs: Math.min(times.firstByteMs, lastAt - startedAt),
      idleMs: timeouts?.idleMs ?? times.idleMs,
    },
    stamp: stampOf(gateway, plan, providerModel),
    pen,
    lost,
    fieldOf,
    only: original.only,
    includeUsage: request.stream_options?.include_usage === true,
    strict,
    promptTokens: plan.estimate.inputTokens,
    readAsStream,
    begun,
    gather: () => {
      lease.comesWhole = true;
      watch.allow(lastAt - clock.now());
    },
    learn: (response: IncomingResponse) => {
      const readings = provider.readLimits((name) => response.header(name));
      lease.heard(readings, clock.now());
    },
  };
}

/** What is on an answer beside its words. */
export function stampOf({ newId }: Gateway, { request, startedAt }: Plan, model: string): AnswerStamp {
  return {
    newId,
    createdSeconds: Math.floor(startedAt / 1000),
    model,
    legacyFunctions: Boolean(request.functions && !request.tools),
  };
}

/** What the call held of its deployment: settled by what it really took. A break after the commit point counts too. */
export function giveBack(
  gateway: Gateway,
  { lease, candidate }: Outcome<unknown>,
  { usage, failure, nowMs }: { usage: Usage | undefined; failure: GatewayError | undefined; nowMs: number },
): void {
  if (failure) lease.failed(failure, undefined, nowMs);
  lease.settle(usage && providerOf(gateway, candidate).spent(usage), nowMs);
  if (usage && !failure) lease.target.noteOutput(usage.completion_tokens);
  gateway.dispatcher.room.wake(lease.target.account);
}
