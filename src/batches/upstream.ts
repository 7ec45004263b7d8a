/**
 * A shard on its way through a provider's batch endpoint. Its state is written before and after every call that counts,
 * so that no line is executed twice: what may have been created is looked for, never sent again blindly.
 */
import type { BatchAnswer, BatchLine, UpstreamBatch } from '../core/batch.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import { type Called, callUpstream, isTransient, type Upstream } from './calls.ts';
import type { ShardEnd } from './endings.ts';
import { deploymentOf, translated } from './place.ts';
import { doorOf, entryOf, linesOf } from './shard-lines.ts';
import type { Batch, BatchPorts, Leg, Shard } from './terms.ts';
import type { Holds } from './holds.ts';

/** A new batch may not be in the provider's list at once. */
const LISTED_AFTER_MS = 60_000;
const MAX_BACKOFF_MS = 3_600_000;
/** How long behind its window an upstream may still say how it ended. */
const PATIENCE_MS = 3_600_000;
/** A batch that its provider has forgotten: so often that is believed to be a mistake. */
const FORGOTTEN = 3;

export interface UpstreamParts {
  ports: BatchPorts;
  holds: Holds;
  end: ShardEnd;
}

/** As far as it goes now. */
export async function stepUpstream(parts: UpstreamParts, leg: Leg): Promise<void> {
  const { batch, shard } = leg;
  const upstream = upstreamOf(parts.ports, shard);
  if (!upstream) return parts.end.unanswered(leg, 'batch_undeliverable');
  const nowMs = parts.ports.clock.now();
  const isOver = batch.status === 'cancelling' || nowMs >= batch.dueAtMs;
  if (shard.state === 'planned') {
    if (isOver) return parts.end.unanswered(leg, batch.status === 'cancelling' ? 'batch_cancelled' : 'batch_expired');
    if (nowMs >= shard.atMs) await submit(parts, leg, upstream);
  } else if (shard.state === 'sending') {
    await lookFor(parts, leg, upstream);
  } else {
    if (isOver && !shard.isCancelled) await cancel(parts, leg, upstream);
    if (nowMs >= shard.atMs) await look(parts, leg, upstream);
  }
}

function upstreamOf({ gateway }: BatchPorts, shard: Shard): Upstream | undefined {
  const deployment = deploymentOf(gateway, shard);
  const provider = deployment && gateway.providers.get(deployment.endpoint.dialect);
  return deployment && provider?.batches && { deployment, provider, api: provider.batches };
}

async function submit(parts: UpstreamParts, leg: Leg, upstream: Upstream): Promise<void> {
  const { ports, holds, end } = parts;
  const { batch, shard, caller, save } = leg;
  const { api, deployment } = upstream;
  if (!caller) return end.refused(leg, new GatewayError('unauthenticated', 'The key of this batch is no longer valid'));
  try {
    holds.take(batch, shard, caller);
  } catch (refusal) {
    return end.refused(leg, asGatewayError(refusal));
  }
  const lines = await translatedLines(ports, leg, upstream);
  if (lines.length === 0) return end.answered(leg, upstream, new Map());
  shard.round++;
  const { endpoint, providerModel } = deployment;
  const order = { endpoint, providerModel, tag: tagOf(batch, shard), lines, file: shard.file };
  if (api.upload && !shard.file) {
    const uploaded = await callUpstream(ports, upstream, api.upload.call(order));
    if (!uploaded.ok) return notTaken(parts, leg, uploaded.failure);
    shard.file = order.file = api.upload.read(uploaded.body);
  }
  shard.state = 'sending';
  shard.atMs = ports.clock.now();
  await save();
  const created = await callUpstream(ports, upstream, api.create(order));
  if (created.ok) return sent(parts, leg, () => api.read(created.body));
  if (!created.mayBeDone) return notTaken(parts, leg, created.failure);
  await save(); // It stays `sending`: the next step looks for it.
}

/** Unique, whatever else uses the provider's account. */
function tagOf({ id }: Batch, { number, round }: Shard): string {
  return `signalbox-${id}-${number}-${round}`;
}

async function sent({ ports }: UpstreamParts, { shard, save }: Leg, read: () => UpstreamBatch): Promise<void> {
  try {
    shard.upstream = read().id;
    shard.state = 'sent';
    shard.tries = 0;
  } catch (cause) {
    ports.onTrouble(shard.deployment, cause); // Created, and nobody can say as what: it is looked for.
  }
  shard.atMs = ports.clock.now() + (shard.state === 'sent' ? ports.rules.pollMs : 0);
  await save();
}

/** The provider did nothing. */
async function notTaken({ ports, end }: UpstreamParts, leg: Leg, failure: GatewayError): Promise<void> {
  const { shard, save } = leg;
  if (!isTransient(failure)) return end.refused(leg, failure);
  const { pollMs } = ports.rules;
  const waitMs = Math.min(Math.max(failure.retryAfterMs ?? 0, pollMs * 2 ** shard.tries), MAX_BACKOFF_MS);
  shard.state = 'planned';
  shard.tries = Math.min(shard.tries + 1, 20);
  shard.atMs = ports.clock.now() + waitMs;
  await save();
}

/** Whether the call whose answer was lost did its work. */
async function lookFor(parts: UpstreamParts, leg: Leg, upstream: Upstream): Promise<void> {
  const { ports, end } = parts;
  const { batch, shard } = leg;
  const { recent } = upstream.api;
  if (!recent) return end.unanswered(leg, 'batch_unconfirmed');
  const listed = await callUpstream(ports, upstream, recent.call(upstream.deployment.endpoint));
  const nowMs = ports.clock.now();
  const isTooLate = nowMs >= batch.dueAtMs + PATIENCE_MS;
  if (!listed.ok) return isTooLate ? end.unanswered(leg, 'batch_unconfirmed') : undefined;
  const found = recent.find(listed.body, tagOf(batch, shard));
  if (found) return sent(parts, leg, () => found);
  if (nowMs < shard.atMs + LISTED_AFTER_MS) return;
  shard.state = 'planned'; // It never came there.
  shard.atMs = nowMs;
  await leg.save();
}

async function cancel({ ports }: UpstreamParts, { shard, save }: Leg, upstream: Upstream): Promise<void> {
  const { api, deployment } = upstream;
  const cancelled = await callUpstream(ports, upstream, api.cancel(shard.upstream ?? '', deployment.endpoint));
  if (!cancelled.ok && cancelled.mayBeDone) return; // Again with the next step.
  shard.isCancelled = true; // Refused: it is over already, as the next look will tell.
  shard.atMs = ports.clock.now();
  await save();
}

async function look(parts: UpstreamParts, leg: Leg, upstream: Upstream): Promise<void> {
  const { ports, end } = parts;
  const { batch, shard, save } = leg;
  const { api, deployment } = upstream;
  const looked = await callUpstream(ports, upstream, api.look(shard.upstream ?? '', deployment.endpoint));
  const nowMs = ports.clock.now();
  shard.atMs = nowMs + ports.rules.pollMs;
  if (!looked.ok) return notSeen(parts, leg, looked);
  const seen = api.read(looked.body);
  shard.tries = 0;
  if (seen.state === 'running') {
    if (nowMs >= batch.dueAtMs + PATIENCE_MS) return end.unanswered(leg, 'batch_expired');
    if (seen.completed === shard.completed && seen.failed === shard.failed) return;
    Object.assign(shard, { completed: seen.completed, failed: seen.failed });
    return save();
  }
  if (seen.state === 'failed') return failed(parts, leg, seen);
  const answers = new Map<string, BatchAnswer>();
  for (const call of api.results(seen, deployment.endpoint)) {
    const results = await callUpstream(ports, upstream, call);
    if (!results.ok) return notSeen(parts, leg, results);
    for (const answer of api.readResults(results.body)) answers.set(answer.id, answer);
  }
  await end.answered(leg, upstream, answers);
}

async function notSeen(
  { ports, end }: UpstreamParts,
  leg: Leg,
  { failure, status }: Called & { ok: false },
): Promise<void> {
  const { batch, shard } = leg;
  const isTooLate = ports.clock.now() >= batch.dueAtMs + PATIENCE_MS;
  shard.tries = status === 404 ? shard.tries + 1 : 0;
  if (isTooLate || shard.tries >= FORGOTTEN) return end.unanswered(leg, 'batch_unanswered');
  ports.onTrouble(batch.id, failure);
}

/** None of its lines was executed. */
async function failed(parts: UpstreamParts, leg: Leg, { error }: UpstreamBatch): Promise<void> {
  const { code = 'batch_failed', message = 'The provider failed the batch', isTransient: mayCome } = error ?? {};
  leg.shard.file = undefined;
  leg.shard.upstream = undefined;
  return notTaken(parts, leg, new GatewayError(mayCome ? 'rate' : 'caller', message, { code }));
}

/** What cannot be translated any more is refused with the results. */
async function translatedLines(ports: BatchPorts, { batch, shard }: Leg, upstream: Upstream): Promise<BatchLine[]> {
  const door = doorOf(batch, ports);
  const { newId } = ports;
  const lines: BatchLine[] = [];
  for await (const line of linesOf(batch, shard, ports)) {
    try {
      const { exchange } = translated(entryOf(line, door, ports), { ...upstream, newId });
      const { path, headers, body } = exchange;
      if (path === shard.path) lines.push({ id: String(line.number), path, headers, body });
    } catch {
      // Told with the results.
    }
  }
  return lines;
}
