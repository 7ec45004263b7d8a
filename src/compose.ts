import type { Hono } from 'hono';
import models from '../routing-rules/models.json' with { type: 'json' };
import defaultRules from '../routing-rules/default.json' with { type: 'json' };
import { providers } from '../providers/index.ts';
import { type CredentialSources, endpointsOf } from './config/endpoints.ts';
import { type DeploymentContext, directModels, modelsOf, tiersOf } from './config/deployments.ts';
import type { Environment } from './config/parse.ts';
import type { Configuration } from './config/schema.ts';
import type { Endpoint } from './core/deployment.ts';
import type { Clock, Transport } from './core/ports.ts';
import type { Provider } from './core/provider.ts';
import type { Gateway } from './gateway.ts';
import { createApp } from './http/app.ts';
import type { Door } from './http/door.ts';
import { newId } from './platform/ids.ts';
import { hashKey, sameHash } from './platform/key-hash.ts';
import { type Log, logRecorder } from './platform/log.ts';
import { memoryCache } from './platform/memory-cache.ts';
import { opossumCircuit } from './platform/opossum-circuit.ts';
import { RestingDeployments } from './resilience/rest.ts';
import { createCatalog } from './routing/catalog.ts';
import { createRules } from './routing/rules.ts';

const CIRCUIT = { failurePercent: 50, minimumCalls: 10, windowMs: 30_000, openMs: 5_000 };
/** Signed reasoning of running tool loops, in characters. */
const REASONING_CHARACTERS = 32 * 1024 * 1024;

/** What differs between Node and Workers. */
export interface Runtime {
  door: Door;
  transport: Transport;
  log: Log;
  credentials: CredentialSources;
  environment: Environment;
  /** The configuration's name in messages. */
  source: string;
  /** The providers are practice ones. */
  practice: boolean;
  isReady: () => boolean;
}

export interface Composed {
  app: Pick<Hono, 'fetch'>;
  gateway: Gateway;
  endpoints: ReadonlyMap<string, Endpoint>;
}

const clock: Clock = { now: () => Date.now() };

/** The one place that joins providers, rules, configuration and ports into an application. */
export function compose(configuration: Configuration, runtime: Runtime): Composed {
  const byName = new Map<string, Provider>(providers.map((provider) => [provider.name, provider]));
  const { environment, source, credentials, log } = runtime;
  const endpoints = endpointsOf(configuration.providers, {
    source,
    environment,
    providers: byName,
    credentials,
    practice: runtime.practice,
  });
  const { server, keys } = configuration;
  const gateway: Gateway = {
    providers: byName,
    routing: routingOf(configuration, { source, endpoints, catalog: createCatalog(models), now: clock.now }),
    circuit: memoize(() => opossumCircuit(clock, CIRCUIT)),
    resting: new RestingDeployments(),
    transport: runtime.transport,
    reasoning: memoryCache(REASONING_CHARACTERS),
    recorder: logRecorder(log, configuration.log.level),
    clock,
    timeouts: { firstByteMs: server.firstByteTimeoutMs, idleMs: server.idleTimeoutMs },
    newId,
  };
  const app = createApp({
    gateway,
    door: runtime.door,
    keys: keys.map(({ name, key }) => ({ name, hash: hashKey(key) })),
    keyCheck: { hash: hashKey, same: sameHash },
    limits: server,
    keepAliveMs: server.keepAliveMs,
    clock,
    newId,
    isReady: runtime.isReady,
    onInternalError: ({ message, cause }, requestId) =>
      log.error({ requestId, cause: cause instanceof Error ? cause.stack : String(cause) }, message),
  });
  return { app, gateway, endpoints };
}

function routingOf(configuration: Configuration, context: DeploymentContext): Gateway['routing'] {
  const served = modelsOf(configuration, context);
  const tiers = tiersOf(served, context);
  return {
    models: served,
    direct: directModels(configuration, context),
    rules: createRules(defaultRules),
    tierOf: (model) => tiers.get(model),
  };
}

/** At most as many as there are deployments in use; circuits are built on first use because Workers forbid it before. */
function memoize<T>(make: () => T): (key: string) => T {
  const made = new Map<string, T>();
  return (key) => {
    const value = made.get(key) ?? make();
    if (made.size < MAX_CIRCUITS) made.set(key, value);
    return value;
  };
}

const MAX_CIRCUITS = 2_000;
