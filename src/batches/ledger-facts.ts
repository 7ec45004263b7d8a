/** A line that a provider's batch has answered or refused, as the log and the ledger want to know it. */
import type { AnswerFacts } from '../core/answer.ts';
import type { Usage } from '../core/chat.ts';
import type { Deployment } from '../core/deployment.ts';
import type { GatewayError } from '../core/errors.ts';
import type { RequestFact } from '../core/ports.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Batch, Shard } from './terms.ts';

export interface EndedLine {
  /** The same for the same line, whenever it is booked: the ledger keeps one row of it. */
  requestId: string;
  /** With the price of its batches. */
  deployment: Deployment;
  facts: AnswerFacts | undefined;
  usage: Usage | undefined;
  costUsd: number | undefined;
  failure: GatewayError | undefined;
}

/** A batch takes hours because nobody waits, so its time says nothing of anybody's speed: it counts as none. */
export function factOfLine({ routing }: Gateway, batch: Batch, shard: Shard, ended: EndedLine): RequestFact {
  const { requestId, deployment, facts, usage, costUsd, failure } = ended;
  const { name: key, tenant = key, tags } = batch.caller;
  const { asked, tier } = shard;
  const outcome = failure?.kind ?? 'ok';
  return {
    requestId,
    operation: 'chat',
    startedAtMs: batch.createdAtMs,
    key,
    tenant,
    tags,
    session: '',
    priority: 'background',
    asked,
    route: routing.rules.routes.has(asked) && !routing.models.has(asked) ? asked : '',
    tier,
    reason: `batch ${batch.id}`,
    deployment: failure ? undefined : deployment.id,
    outcome,
    stream: false,
    finishReason: facts?.finishReason,
    usage,
    costUsd,
    firstTokenMs: undefined,
    queuedMs: undefined,
    durationMs: 0,
    attempts: [{ deployment: deployment.id, outcome, durationMs: 0, startedAtMs: batch.createdAtMs }],
    cacheHit: false,
    continued: false,
    shadow: false,
    deploymentOf: (id) => (id === deployment.id ? deployment : undefined),
    failure,
  };
}
