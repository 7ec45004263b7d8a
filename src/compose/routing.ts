/** The rules in force, and what routing remembers. */
import complexity from '../../routing-rules/complexity.json' with { type: 'json' };
import shippedRules from '../../routing-rules/rules.json' with { type: 'json' };
import { type DeploymentContext, directModels, modelsOf, tiersOf } from '../config/deployments.ts';
import { ConfigurationError } from '../config/parse.ts';
import type { Configuration } from '../config/schema.ts';
import type { Dispatcher } from '../resilience/dispatcher.ts';
import { createOverlay } from '../routing/learn/overlay.ts';
import { Leads } from '../routing/pool/leads.ts';
import { SpeedBook } from '../routing/pool/speed-book.ts';
import { fieldsAsked } from '../routing/record.ts';
import { unknown } from '../routing/rules/mistake.ts';
import { createRules } from '../routing/rules/rules.ts';
import { parseComplexity } from '../routing/score/file.ts';
import { createScorer } from '../routing/score/scorer.ts';
import { Sessions } from '../routing/sessions/sessions.ts';
import { createRoutingView, type RoutingMemory, type RoutingView } from '../routing/view.ts';

/** Conversations that are remembered, each in some 300 bytes. */
const MAX_SESSIONS = 20_000;
/** Deployments and pools whose measurements are kept: clients may name models of their own. */
const MAX_MEASURED = 1_000;
/** Providers slow down and recover within minutes. */
const SPEED_HALF_LIFE_MS = 5 * 60_000;

/** Its file may have no such setting any more. */
const SINCE_THE_START = ', as it was at the start; to rename or drop a route that has limits, restart';

/** The rules and the learned weights as documents; read again while the server runs. */
export interface RoutingDocuments {
  /** The operator's own, over the shipped ones. */
  rules?: unknown;
  overlay?: unknown;
}

/** Throws an error that names every mistake in the documents. */
export function routingOf(
  configuration: Configuration,
  context: DeploymentContext,
): (documents?: RoutingDocuments) => RoutingView {
  const served = modelsOf(configuration, context);
  const tiers = tiersOf(served, context);
  const direct = directModels(configuration, context);
  const prior = parseComplexity(complexity);
  const viewOf = ({ rules, overlay }: RoutingDocuments): RoutingView => {
    try {
      return createRoutingView({
        models: served,
        direct,
        rules: createRules(shippedRules, rules),
        scorer: createScorer(prior, overlay === undefined ? undefined : createOverlay(overlay)),
        tierOf: (model) => tiers.get(model),
        recorded: fieldsAsked(shippedRules, rules ?? {}),
      });
    } catch (cause) {
      const [, ...mistakes] = String(cause).split('\n- ');
      throw mistakes.length > 0 ? new ConfigurationError(`${context.source}: routing`, mistakes) : cause;
    }
  };
  let hasBegun = false;
  return (documents = {}) => {
    const view = viewOf(documents);
    const problems = unknownRoutes(configuration.routing, view.rules.routes);
    const told = hasBegun ? problems.map((problem) => problem + SINCE_THE_START) : problems;
    if (told.length > 0) throw new ConfigurationError(context.source, told);
    hasBegun = true;
    return view;
  };
}

/** Limits and budgets would hold for nobody; those of the start stay in force, so later rules may not drop their route. */
function unknownRoutes({ routes = {} }: Configuration['routing'], known: ReadonlyMap<string, unknown>): string[] {
  return Object.keys(routes)
    .filter((name) => !known.has(name))
    .map((name) => `routing.routes.${name}: ${unknown('route', name, known.keys())}`);
}

export function memoryOf(dispatcher: Dispatcher, random: () => number): RoutingMemory {
  return {
    sessions: new Sessions(MAX_SESSIONS),
    speeds: new SpeedBook({ halfLifeMs: SPEED_HALF_LIFE_MS, maxDeployments: MAX_MEASURED }),
    leads: new Leads(MAX_MEASURED),
    roomOf: (deployment, nowMs) => dispatcher.target(deployment).room(nowMs),
    random,
  };
}
