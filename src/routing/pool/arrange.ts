/** A pool in the order in which it should be tried: the best first, the rest for failing over. */
import type { Deployment } from '../../core/deployment.ts';
import { contest, putFirst } from './contest.ts';
import { byDraw, drawnBy } from './draw.ts';
import type { Strategy } from './strategy.ts';
import { expectedMs, type PoolView } from './view.ts';
import { weightsOf } from './weights.ts';

/** Measurements wander by more than a twentieth; a challenger has to be an eighth better than the leader. */
const MEASURED = { near: 0.05, clearly: 0.12 };
/** Prices do not wander: only the same price is near. */
const PRICED = { near: 0.001, clearly: 0 };

/** Always the same deployments, each once. */
export function arrange(strategy: Strategy, pool: readonly Deployment[], view: PoolView): Deployment[] {
  if (pool.length < 2) return [...pool];
  switch (strategy) {
    case 'order':
      return [...pool];
    case 'weighted':
      return byDraw(pool, weightsOf(pool, view.weights), view.random);
    case 'cheapest':
      return contest(pool, { ...PRICED, scoreOf: (each) => view.costOf(each) }, view);
    case 'fastest':
      return fastest(pool, view);
    case 'balanced':
      return balanced(pool, view);
    case 'sticky':
      return sticky(pool, view);
  }
}

function fastest(pool: readonly Deployment[], view: PoolView): Deployment[] {
  const scoreOf = (deployment: Deployment) => expectedMs(deployment, view);
  return contest(pool, { ...MEASURED, scoreOf, isMeasured: (each) => scoreOf(each) !== undefined }, view);
}

/** Below this much a request is free; 0 would make speed worthless. */
const FREE_USD = 1e-6;
/** A full one counts as four times as dear: 256 ** (1/4). */
const LEAST_ROOM = 1 / 256;

/**
 * `sqrt(cost * time) / room ** (1/4)`: half the price is worth as much as half the time, or as 16 times the room. A
 * product needs no units and no weights between dollars and seconds. An unknown price counts as the dearest of the pool;
 * an unknown time as the usual one, the geometric mean.
 */
function balanced(pool: readonly Deployment[], view: PoolView): Deployment[] {
  const costs = pool.map((each) => view.costOf(each));
  const times = pool.map((each) => expectedMs(each, view));
  const dearest = Math.max(FREE_USD, ...costs.filter((cost) => cost !== undefined));
  const known = times.filter((ms) => ms !== undefined);
  const usualMs = Math.exp(known.reduce((sum, ms) => sum + Math.log(Math.max(ms, 1)), 0) / Math.max(known.length, 1));
  const scores = new Map(
    pool.map((deployment, index) => {
      const cost = Math.max(costs[index] ?? dearest, FREE_USD);
      const ms = Math.max(times[index] ?? usualMs, 1);
      return [deployment, Math.sqrt(cost * ms) / Math.max(view.roomOf(deployment), LEAST_ROOM) ** 0.25];
    }),
  );
  const isMeasured = (deployment: Deployment) => view.speedOf(deployment) !== undefined;
  return contest(pool, { ...MEASURED, scoreOf: (each) => scores.get(each), isMeasured }, view);
}

/** Where the session is, then by rendezvous; without a session in the pool's own order. */
function sticky(pool: readonly Deployment[], { session, pinned, weights }: PoolView): Deployment[] {
  const order =
    session === undefined
      ? [...pool]
      : byDraw(pool, weightsOf(pool, weights), ({ id }) => drawnBy(`${session}\n${id}`));
  const home = order.find(({ id }) => id === pinned);
  return home ? putFirst(order, home) : order;
}
