/** A request that is over, as the log, the ledger and the numbers want to know it. */
import { OPERATIONS, type TaskKind } from '../core/ability.ts';
import type { Usage } from '../core/chat.ts';
import type { Candidate } from '../core/deployment.ts';
import type { GatewayError } from '../core/errors.ts';
import type { RequestFact } from '../core/ports.ts';
import type { Gateway, Inbound, Outcome, Plan } from './gateway.ts';
import { recordedChoice } from './remember.ts';

export interface Ended {
  outcome: Outcome<unknown> | undefined;
  failure: GatewayError | undefined;
  usage: Usage | undefined;
  costUsd: number | undefined;
  nowMs: number;
}

export function factOf(gateway: Gateway, plan: Plan, { outcome, failure, usage, costUsd, nowMs }: Ended): RequestFact {
  const { choice, candidates, request, startedAt, task = 'chat' } = plan;
  const candidate = outcome?.candidate;
  const { requestId, key, tenant, tags, asked, priority, route, traceparent } = whose(gateway, plan);
  const { tier, reason } = why(plan, candidate);
  return {
    requestId,
    key,
    tenant,
    tags,
    asked,
    priority,
    route,
    traceparent,
    tier,
    reason,
    operation: OPERATIONS[task],
    startedAtMs: startedAt,
    session: choice.facts.knownSession,
    deployment: candidate?.deployment.id,
    outcome: failure?.kind ?? 'ok',
    stream: request.stream === true,
    finishReason: outcome?.facts.finishReason,
    usage,
    costUsd,
    firstTokenMs: plan.firstTokenMs,
    queuedMs: outcome?.stay?.waitedMs,
    durationMs: nowMs - startedAt,
    attempts: plan.attempts,
    cacheHit: false,
    continued: plan.broken !== undefined,
    shadow: plan.isShadow === true,
    routing: recordedChoice(gateway, plan),
    deploymentOf: (id) => candidates.find(({ deployment }) => deployment.id === id)?.deployment,
    failure,
  };
}

function why({ choice, candidates }: Plan, served: Candidate | undefined) {
  const tier = served?.tier ?? choice.decision?.tier ?? '';
  return { tier, reason: (served ?? candidates[0])?.reason ?? '' };
}

/** Refused before anybody was chosen. */
export function refusedFact(
  gateway: Gateway,
  inbound: Inbound,
  failure: GatewayError,
  task: TaskKind | 'chat' = 'chat',
): RequestFact {
  return {
    ...whose(gateway, inbound),
    operation: OPERATIONS[task],
    startedAtMs: gateway.clock.now(),
    session: '',
    tier: '',
    reason: '',
    deployment: undefined,
    outcome: failure.kind,
    stream: inbound.request.stream === true,
    finishReason: undefined,
    usage: undefined,
    costUsd: undefined,
    firstTokenMs: undefined,
    queuedMs: undefined,
    durationMs: 0,
    attempts: [],
    cacheHit: false,
    continued: false,
    shadow: false,
    deploymentOf: () => undefined,
    failure,
  };
}

function whose({ routing }: Gateway, { requestId, caller, request, priority, header }: Inbound) {
  const { model: asked } = request;
  const isRoute = routing.rules.routes.has(asked) && !routing.models.has(asked);
  const { name: key, tenant = key, tags } = caller;
  return {
    requestId,
    key,
    tenant,
    tags,
    asked,
    priority,
    route: isRoute ? asked : '',
    traceparent: header('traceparent'),
  };
}
