/** The names that clients may ask for, and the deployments behind each. */
import type { Deployment, Endpoint, Price } from '../core/deployment.ts';
import { type Catalog, priceAt } from '../routing/catalog.ts';
import { limitFamily } from '../routing/limit-family.ts';
import { ConfigurationError } from './parse.ts';
import { endpointsNamed } from './endpoints.ts';
import type { Configuration, DeploymentEntry, ModelEntry } from './schema.ts';

/** `provider/model` names are the client's to choose, so what is kept of them is bounded. */
const MAX_DIRECT = 1_000;

export interface DeploymentContext {
  source: string;
  endpoints: ReadonlyMap<string, Endpoint>;
  catalog: Catalog;
  now: () => number;
  /** The operator's own prices over the catalog's. */
  priceOf?: (deployment: Deployment, nowMs: number) => Price | undefined;
}

export function modelsOf(configuration: Configuration, context: DeploymentContext): Map<string, readonly Deployment[]> {
  const declared = Object.entries(configuration.models);
  if (declared.length === 0) return shippedModels(context);
  return new Map(
    declared.map(([name, { deployments, timeouts }]) => [
      name,
      deployments.flatMap((entry) => declaredDeployments(name, { ...entry, timeouts }, context)),
    ]),
  );
}

/** The tier of each model, whatever name it has here: that of its first deployment. */
export function tiersOf(
  models: ReadonlyMap<string, readonly Deployment[]>,
  { catalog, now }: DeploymentContext,
): Map<string, string | undefined> {
  return new Map(
    [...models].map(([name, [first]]) => [
      name,
      first && catalog.lookup(first.endpoint.dialect, first.providerModel, now()).tier,
    ]),
  );
}

/** What a client gets that asks for `provider/model`; undefined where that is not allowed or leads nowhere. */
export function directModels(
  configuration: Configuration,
  context: DeploymentContext,
): (model: string) => Deployment | undefined {
  const allowed = configuration.directModels ?? Object.keys(configuration.models).length === 0;
  const known = new Map<string, Deployment>();
  return (model) => {
    const slash = model.indexOf('/');
    const endpoint = allowed && slash > 0 ? context.endpoints.get(model.slice(0, slash)) : undefined;
    const providerModel = model.slice(slash + 1);
    if (!endpoint || !providerModel) return undefined;
    const deployment = known.get(model) ?? directDeployment(model, endpoint, providerModel, context);
    if (known.size < MAX_DIRECT) known.set(model, deployment);
    return deployment;
  };
}

function directDeployment(...named: Parameters<typeof makeDeployment>): Deployment {
  return Object.assign(makeDeployment(...named), { isDirect: true });
}

type Declared = DeploymentEntry & Pick<ModelEntry, 'timeouts'>;

/** One for each credential of the provider. */
function declaredDeployments(name: string, entry: Declared, context: DeploymentContext): Deployment[] {
  const endpoints = endpointsNamed(entry.provider, context.endpoints);
  if (endpoints.length > 0) return endpoints.map((endpoint) => declaredDeployment(name, endpoint, entry, context));
  throw new ConfigurationError(context.source, [`models.${name}: there is no provider "${entry.provider}"`]);
}

function declaredDeployment(name: string, endpoint: Endpoint, entry: Declared, context: DeploymentContext): Deployment {
  const made = makeDeployment(name, endpoint, entry.model, context);
  const { price, capabilities, limits, timeouts } = entry;
  const { id, providerModel, model, family, tokenFactor, promptCache, priceAt: priceThen } = made;
  return {
    id,
    endpoint,
    providerModel,
    model,
    family,
    tokenFactor,
    promptCache,
    prices: price ? undefined : made.prices,
    priceAt: price ? undefined : priceThen,
    limits,
    timeouts,
    capabilities: { ...made.capabilities, ...(capabilities as Partial<Deployment['capabilities']>) },
    get price() {
      return (price as Deployment['price']) ?? made.price;
    },
  };
}

/** Every model of the catalog that one of the endpoints serves, in the order of the endpoints. */
function shippedModels(context: DeploymentContext): Map<string, Deployment[]> {
  const models = new Map<string, Deployment[]>();
  for (const endpoint of context.endpoints.values()) {
    for (const { name, providerModel } of context.catalog.offered(
      endpoint.dialect,
      endpoint.settings.region,
      context.now(),
    )) {
      if (!servesCatalog(endpoint)) continue;
      const deployment = makeDeployment(name, endpoint, providerModel, context);
      models.set(name, [...(models.get(name) ?? []), deployment]);
    }
  }
  return models;
}

/** An OpenAI-compatible server has its own models; they are asked for as `provider/model`. */
function servesCatalog({ dialect, baseUrl, settings }: Endpoint): boolean {
  return dialect !== 'openai' || settings.practice === true || new URL(baseUrl).hostname === 'api.openai.com';
}

function makeDeployment(
  model: string,
  endpoint: Endpoint,
  providerModel: string,
  context: DeploymentContext,
): Deployment {
  const { capabilities, prices, tokenFactor, promptCache } = context.catalog.lookup(
    endpoint.dialect,
    providerModel,
    context.now(),
  );
  const made: Deployment = {
    id: `${endpoint.name}/${providerModel}`,
    endpoint,
    providerModel,
    model,
    family: limitFamily(endpoint.dialect, providerModel),
    capabilities,
    prices,
    tokenFactor,
    promptCache,
    priceAt: (nowMs) => (context.priceOf ? context.priceOf(made, nowMs) : priceAt(prices, nowMs)),
    /** Prices change at dates, and by the operator's word, while the process runs. */
    get price() {
      return made.priceAt?.(context.now());
    },
  };
  return made;
}
