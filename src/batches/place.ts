/** Which way a line goes: chosen for as any request is, by the same names and rules. */
import { forbiddenName, mayUse } from '../core/caller.ts';
import type { Caller } from '../core/caller.ts';
import { lowest } from '../core/ceilings.ts';
import { type Candidate, type Deployment, entryNameOf } from '../core/deployment.ts';
import { GatewayError } from '../core/errors.ts';
import type { Call, Exchange, Provider } from '../core/provider.ts';
import type { Entry } from '../doors/door.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { choose } from '../routing/choose.ts';
import { costUsd } from '../routing/cost.ts';
import { estimate } from '../routing/estimate.ts';
import { inBatch } from './price.ts';
import type { Batch, BatchRules, Shard } from './terms.ts';

export type Place = Pick<Shard, 'deployment' | 'model' | 'asked' | 'tier' | 'way' | 'path' | 'estimate'>;

interface Circumstances {
  gateway: Gateway;
  caller: Caller;
  strict: boolean;
  rules: Pick<BatchRules, 'runs' | 'upstream'>;
}

/** Throws what the request itself would be refused with. */
export function placeOf(entry: Entry, { gateway, caller, strict, rules }: Circumstances): Place {
  const { request, original, ceilings } = entry;
  const { routing, memory, clock, books } = gateway;
  const nowMs = clock.now();
  if (!mayUse(caller, request.model, routing.rules.routes)) throw forbiddenName(caller, request.model);
  const guess = estimate(request, original.text.length);
  const budgetLeft = books.budgetLeft(caller, request.model, nowMs);
  const { candidates } = choose(
    {
      request,
      estimate: guess,
      key: caller.name,
      header: () => undefined,
      ceilings: lowest(caller.ceilings, ceilings ?? {}),
      budgetLeft,
      nowMs,
    },
    routing,
    memory,
  );
  const [first] = candidates;
  if (!first) throw new GatewayError('no_candidate', 'Nobody can serve this');
  const ways = candidates
    .filter(({ tier, after }) => tier === first.tier && after === undefined)
    .flatMap((candidate) => upstreamWay(entry, candidate, { gateway, strict, rules }) ?? []);
  const { deployment, tier = '', path, factor } = ways[0] ?? { ...first, path: '', factor: undefined };
  return {
    deployment: deployment.id,
    model: deployment.model,
    asked: request.model,
    tier,
    way: factor === undefined ? 'ourselves' : 'upstream',
    path,
    estimate: { ...guess, costUsd: costOf(inBatch(deployment, factor ?? 1), guess) },
  };
}

interface Way extends Candidate {
  path: string;
  factor: number;
}

/** Undefined where the provider has no batches, or the router would have to do something to the answer. */
function upstreamWay(
  entry: Entry,
  candidate: Candidate,
  { gateway, strict, rules }: Omit<Circumstances, 'caller'>,
): Way | undefined {
  const { deployment } = candidate;
  const { endpoint } = deployment;
  const provider = gateway.providers.get(endpoint.dialect);
  const api = provider?.batches;
  const entryName = entryNameOf(endpoint);
  const isServed = api?.serves(endpoint) || rules.upstream.includes(entryName);
  if (!provider || !api || !isServed || rules.runs.includes(entryName)) return undefined;
  try {
    const { exchange, passes } = translated(entry, { provider, deployment, newId: gateway.newId });
    const isLossy = strict && exchange.warnings.length + (passes ? 0 : entry.lost.length) > 0;
    if (exchange.emulate || isLossy) return undefined;
    return { ...candidate, path: exchange.path, factor: api.priceFactor };
  } catch {
    return undefined; // What it cannot do is told when the line is run, or another candidate can.
  }
}

export interface Translation {
  exchange: Exchange;
  /** The client's own words go and come back untouched. */
  passes: boolean;
}

/** The line in the provider's words, whole. */
export function translated(
  { request, original, pen }: Entry,
  {
    provider,
    deployment,
    newId,
  }: { provider: Provider; deployment: Deployment; newId: (prefix: string, length: number) => string },
): Translation {
  const call: Call = {
    request,
    original: original.passes ? original : undefined,
    endpoint: deployment.endpoint,
    providerModel: deployment.providerModel,
    capabilities: deployment.capabilities,
    newId: () => newId('call_', 24),
  };
  const exchange = provider.translate(call);
  const passes = call.original !== undefined && exchange.relay === pen.wire;
  if (original.only !== undefined && !passes) {
    throw new GatewayError('unsupported', `${provider.name} has nothing like "${original.only}"`, {
      param: original.only,
    });
  }
  return { exchange, passes };
}

/** The deployment of a shard, as the configuration has it now; undefined where it has gone. */
export function deploymentOf({ routing }: Gateway, { model, deployment }: Pick<Shard, 'model' | 'deployment'>) {
  const known = routing.models.get(model)?.find(({ id }) => id === deployment) ?? routing.direct(model);
  return known?.id === deployment ? known : undefined;
}

export function shardFor(batch: Batch, place: Place, nowMs: number): Shard {
  return {
    ...place,
    number: batch.shards.length,
    lines: 0,
    bytes: 0,
    estimate: { inputTokens: 0, outputTokens: 0, costUsd: 0 },
    state: 'planned',
    atMs: nowMs,
    tries: 0,
    round: 0,
    begun: 0,
    over: 0,
    parts: { asked: 0, answered: 0, refused: 0 },
    size: { answered: 0, refused: 0 },
    completed: 0,
    failed: 0,
  };
}

function costOf({ price }: Deployment, { inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }) {
  const usage = {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
  };
  return price && costUsd(usage, price);
}
