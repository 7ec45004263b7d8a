/** What choosing reads: the models, the rules in force, and what is known of sessions and speeds. */
import type { Deployment } from '../core/deployment.ts';
import type { Leads } from './pool/leads.ts';
import type { SpeedBook } from './pool/speed-book.ts';
import type { AskedFields } from './record.ts';
import type { Effect } from './rules/effect.ts';
import { invalid } from './rules/mistake.ts';
import type { Rules } from './rules/rules.ts';
import { unservedMistakes } from './rules/unserved.ts';
import type { Scorer } from './score/scorer.ts';
import type { Sessions } from './sessions/sessions.ts';

/** Replaced as a whole when the rules change, so that a request never sees half of them. */
export interface RoutingView {
  /** Names clients may ask for, each with its deployments in order. */
  models: ReadonlyMap<string, readonly Deployment[]>;
  /** `provider/model`: any model of a configured provider. */
  direct: (model: string) => Deployment | undefined;
  rules: Rules;
  scorer: Scorer;
  /** The deployments of each tier: of the models that the rules name, then of those that the catalog thinks fit. */
  tiers: ReadonlyMap<string, readonly Deployment[]>;
  /** Those of the rules' routes that somebody may serve: the others are no use to offer. */
  servedRoutes: ReadonlySet<string>;
  /** Whose tier a deployment is in, by its id; the lowest of several. */
  tierOf: (deployment: Deployment) => string | undefined;
  /** Which headers and metadata the log keeps of a request: those that the rules name. */
  recorded: AskedFields;
}

/** Survives a change of the rules. */
export interface RoutingMemory {
  sessions: Sessions;
  speeds: SpeedBook;
  leads: Leads;
  /** Of a deployment's limits, 0 to 1. */
  roomOf: (deployment: Deployment, nowMs: number) => number;
  /** 0 to 1. */
  random: () => number;
}

export interface RoutingSources extends Omit<RoutingView, 'tiers' | 'servedRoutes' | 'tierOf'> {
  /** The tier that a model is fit for whose name the rules do not list. */
  tierOf: (model: string) => string | undefined;
}

export function createRoutingView({ tierOf, ...sources }: RoutingSources): RoutingView {
  const { rules, models } = sources;
  const mistakes = unservedMistakes(rules, (name) => deploymentsOf([name], sources), [...models.keys()]);
  if (mistakes.length > 0) throw invalid(mistakes);
  const tiers = new Map(rules.tiers.map((tier) => [tier.name, deploymentsOf(tier.models, sources)]));
  const listed = new Set(rules.tiers.flatMap((tier) => tier.models));
  for (const [name, deployments] of models) {
    const tier = listed.has(name) ? undefined : tierOf(name);
    if (tier !== undefined) tiers.get(tier)?.push(...deployments);
  }
  const tierOfId = new Map<string, string>();
  for (const [tier, pool] of [...tiers].toReversed()) for (const { id } of pool) tierOfId.set(id, tier);
  return {
    ...sources,
    tiers: new Map([...tiers].map(([name, pool]) => [name, distinct(pool)])),
    servedRoutes: servedRoutes(rules, tiers),
    tierOf: ({ id }) => tierOfId.get(id),
  };
}

/** By a tier within its bounds, or by models that it or a rule names, of which some are served or the rules were wrong. */
function servedRoutes({ routes, steps, ranks }: Rules, tiers: RoutingView['tiers']): ReadonlySet<string> {
  const filled = [...tiers].filter(([, pool]) => pool.length > 0).map(([name]) => ranks.get(name) ?? 0);
  const isLed = steps.some(({ effect }) => namesModels(effect));
  const served = [...routes].filter(([, { effect }]) => {
    const { atLeast = 0, atMost = Infinity } = effect;
    return isLed || namesModels(effect) || filled.some((rank) => rank >= atLeast && rank <= atMost);
  });
  return new Set(served.map(([name]) => name));
}

function namesModels({ use, canary, fallbacks }: Effect): boolean {
  return use !== undefined || canary !== undefined || fallbacks?.outage !== undefined;
}

/** What stands behind names that clients may ask for; those that are not configured are skipped. */
export function deploymentsOf(
  names: readonly string[],
  { models, direct }: Pick<RoutingView, 'models' | 'direct'>,
): Deployment[] {
  return names.flatMap((name) => {
    const named = models.get(name);
    if (named) return named;
    const found = name.includes('/') ? direct(name) : undefined;
    return found ? [found] : [];
  });
}

function distinct(deployments: readonly Deployment[]): Deployment[] {
  return [...new Map(deployments.map((deployment) => [deployment.id, deployment])).values()];
}
