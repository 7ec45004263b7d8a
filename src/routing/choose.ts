/** Which deployments may serve a request, best first, and why. Pure. */
import type { ChatRequest } from '../core/chat.ts';
import type { Candidate, Deployment, Estimate } from '../core/deployment.ts';
import { GatewayError } from '../core/errors.ts';
import { type Complexity, scoreComplexity } from './complexity.ts';
import { nearNames } from './near.ts';
import { needsOf, obstacleFor, type Obstacle } from './needs.ts';
import type { Rules } from './rules.ts';

/** What choosing reads of the gateway. */
export interface RoutingView {
  /** Names clients may ask for, each with its deployments in order. */
  models: ReadonlyMap<string, readonly Deployment[]>;
  /** `provider/model`: any model of a configured provider. */
  direct(model: string): Deployment | undefined;
  rules: Rules;
  /** The tier that a model is fit for whose name the rules do not list. */
  tierOf(model: string): string | undefined;
}

/** Throws `model_not_found`, or why nothing can serve the request: `context` or `unsupported`. */
export function choose(request: ChatRequest, estimate: Estimate, view: RoutingView): Candidate[] {
  const found = candidatesFor(request, view);
  const needs = needsOf(request, estimate);
  const obstacles: Obstacle[] = [];
  const fit = found.filter(({ deployment }) => {
    const obstacle = obstacleFor(deployment, needs);
    if (obstacle) obstacles.push(obstacle);
    return !obstacle;
  });
  if (fit.length === 0) throw refusal(request.model, obstacles);
  return fit;
}

function candidatesFor(request: ChatRequest, view: RoutingView): Candidate[] {
  const named = view.models.get(request.model);
  if (named?.length) return named.map((deployment) => ({ deployment, reason: 'by name' }));
  if (Object.hasOwn(view.rules.routes, request.model)) return routed(request, view);
  const direct = view.direct(request.model);
  if (direct) return [{ deployment: direct, reason: 'by name' }];
  throw notFound(request.model, view);
}

/** The tier that the request deserves, then the tiers above it, then those below. */
function routed(request: ChatRequest, view: RoutingView): Candidate[] {
  const complexity = scoreComplexity(request, view.rules);
  const score = explain(complexity);
  const unlisted = unlistedModels(view);
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  const order = tierOrder(request.model, complexity.tier, view.rules);
  for (const tier of order) {
    const reason = `${request.model} -> ${tier} (${tier === order[0] ? '' : `after ${order[0]}, `}${score})`;
    for (const deployment of [...listedModels(tier, view), ...(unlisted.get(tier) ?? [])]) {
      if (seen.has(deployment.id)) continue;
      seen.add(deployment.id);
      candidates.push({ deployment, reason });
    }
  }
  if (candidates.length > 0) return candidates;
  throw new GatewayError('model_not_found', `No configured model belongs to a tier of "${request.model}"`, {
    param: 'model',
  });
}

function tierOrder(route: string, deserved: string, { routes, tiers }: Rules): string[] {
  const names = tiers.map(({ name }) => name);
  const { atLeast, atMost } = routes[route] ?? {};
  const lowest = atLeast === undefined ? 0 : names.indexOf(atLeast);
  const highest = atMost === undefined ? names.length - 1 : names.indexOf(atMost);
  const start = Math.min(Math.max(names.indexOf(deserved), lowest), highest);
  return [...names.slice(start, highest + 1), ...names.slice(lowest, start).toReversed()];
}

/** The deployments of the models that the rules name for a tier, in their order. */
function listedModels(tier: string, view: RoutingView): Deployment[] {
  const found: Deployment[] = [];
  for (const name of view.rules.tiers.find((each) => each.name === tier)?.models ?? []) {
    const direct = name.includes('/') ? view.direct(name) : undefined;
    found.push(...(view.models.get(name) ?? (direct ? [direct] : [])));
  }
  return found;
}

/** Models that the rules do not name, by the tier that the catalog thinks them fit for. */
function unlistedModels(view: RoutingView): Map<string, Deployment[]> {
  const byTier = new Map<string, Deployment[]>();
  for (const [name, deployments] of view.models) {
    const tier = view.rules.listed.has(name) ? undefined : view.tierOf(name);
    if (tier === undefined) continue;
    byTier.set(tier, [...(byTier.get(tier) ?? []), ...deployments]);
  }
  return byTier;
}

/** `score 0.42: code 0.2, tools 0.15`. */
function explain({ score, contributions }: Complexity): string {
  const visible = contributions.filter(({ value }) => Math.abs(value) >= 0.005).slice(0, 3);
  const parts = visible.map(({ name, value }) => `${name} ${Number(value.toFixed(2))}`);
  return `score ${score.toFixed(2)}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

function refusal(model: string, obstacles: readonly Obstacle[]): GatewayError {
  const tooSmall = obstacles.filter((obstacle) => obstacle.kind === 'context');
  const widest = tooSmall.toSorted((a, b) => b.contextTokens - a.contextTokens)[0];
  if (widest) {
    const { neededTokens, contextTokens } = widest;
    const message = `prompt is too long: about ${neededTokens} tokens with the answer > ${contextTokens} maximum`;
    return new GatewayError('context', message, { param: 'messages' });
  }
  const lacking = obstacles.find((obstacle) => obstacle.kind === 'unsupported');
  const message = `Nothing configured as "${model}" takes ${lacking?.what}`;
  return new GatewayError('unsupported', message, { param: lacking?.param });
}

function notFound(asked: string, view: RoutingView): GatewayError {
  const near = nearNames(asked, [...Object.keys(view.rules.routes), ...view.models.keys()]);
  const message = `The model "${asked.slice(0, 200)}" does not exist here. Near it: ${near.join(', ')}`;
  return new GatewayError('model_not_found', message, { param: 'model' });
}
