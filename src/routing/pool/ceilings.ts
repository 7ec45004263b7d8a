/** Who would cost or take more than a request may. */
import type { Ceilings } from '../../core/ceilings.ts';
import type { Deployment } from '../../core/deployment.ts';
import { expectedMs, type PoolView } from './view.ts';

export interface WithinCeilings {
  kept: Deployment[];
  dropped: { deployment: Deployment; why: string }[];
}

/** In the order they came. An unknown price may be any price, so it is dropped; an unknown speed has to be tried first. */
export function withinCeilings(
  deployments: readonly Deployment[],
  ceilings: Ceilings,
  view: Pick<PoolView, 'costOf' | 'speedOf' | 'expectedOutputTokens'>,
): WithinCeilings {
  const within: WithinCeilings = { kept: [], dropped: [] };
  for (const deployment of deployments) {
    const why = tooDear(view.costOf(deployment), ceilings) ?? tooSlow(expectedMs(deployment, view), ceilings);
    if (why === undefined) within.kept.push(deployment);
    else within.dropped.push({ deployment, why });
  }
  return within;
}

function tooDear(costUsd: number | undefined, { maxCostUsd }: Ceilings): string | undefined {
  if (maxCostUsd === undefined) return undefined;
  if (costUsd === undefined) return 'its price is unknown, and there is a ceiling on cost';
  if (costUsd <= maxCostUsd) return undefined;
  return `costs about $${dollars(costUsd)}, more than $${dollars(maxCostUsd)}`;
}

function tooSlow(ms: number | undefined, { maxLatencyMs }: Ceilings): string | undefined {
  if (maxLatencyMs === undefined || ms === undefined || ms <= maxLatencyMs) return undefined;
  return `takes about ${Math.round(ms)} ms, more than ${Math.round(maxLatencyMs)} ms`;
}

/** 0.0123, and never 1.2e-7. */
function dollars(usd: number): string {
  return usd
    .toFixed(usd >= 1 ? 2 : 6)
    .replace(/0+$/, '')
    .replace(/\.$/, '');
}
