import type { Hono } from 'hono';
import models from '../routing-rules/models.json' with { type: 'json' };
import complexity from '../routing-rules/complexity.json' with { type: 'json' };
import shippedRules from '../routing-rules/rules.json' with { type: 'json' };
import { providers } from '../providers/index.ts';
import { type CredentialSources, endpointsOf } from './config/endpoints.ts';
import { type DeploymentContext, directModels, modelsOf, tiersOf } from './config/deployments.ts';
import type { Environment } from './config/parse.ts';
import type { Reliability } from './config/reliability.ts';
import type { Configuration } from './config/schema.ts';
import type { Endpoint } from './core/deployment.ts';
import type { Clock, Timers, Transport } from './core/ports.ts';
import type { Provider } from './core/provider.ts';
import type { Gateway, ModelRules } from './gateway.ts';
import { createApp } from './http/app.ts';
import type { Door } from './http/door.ts';
import { newId as randomId } from './platform/ids.ts';
import { hashKey, sameHash } from './platform/key-hash.ts';
import { Limiters } from './limits/limiters.ts';
import { type Log, logRecorder } from './platform/log.ts';
import { memoryCache } from './platform/memory-cache.ts';
import { opossumFuse } from './platform/opossum-circuit.ts';
import { type Alert, Dispatcher } from './resilience/dispatcher.ts';
import { createCatalog } from './routing/catalog.ts';
import { createOverlay } from './routing/learn/overlay.ts';
import { Leads } from './routing/pool/leads.ts';
import { SpeedBook } from './routing/pool/speed-book.ts';
import { fieldsAsked } from './routing/record.ts';
import { createRules } from './routing/rules/rules.ts';
import { parseComplexity } from './routing/score/file.ts';
import { createScorer } from './routing/score/scorer.ts';
import { Sessions } from './routing/sessions/sessions.ts';
import { createRoutingView, type RoutingMemory, type RoutingView } from './routing/view.ts';
import { Shadows } from './shadow.ts';

/** Signed reasoning of running tool loops, in characters. */
const REASONING_CHARACTERS = 32 * 1024 * 1024;

/** Conversations that are remembered, each in some 300 bytes. */
const MAX_SESSIONS = 20_000;
/** Deployments and pools whose measurements are kept: clients may name models of their own. */
const MAX_MEASURED = 1_000;
/** Providers slow down and recover within minutes. */
const SPEED_HALF_LIFE_MS = 5 * 60_000;

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
  /** The operator's rules and learned weights, where there are any. */
  routing?: RoutingDocuments;
  /** In virtual time, for tests and the storm; the machine's own without them. */
  clock?: Clock;
  timers?: Timers;
  /** 0 to 1. */
  random?: () => number;
  newId?: (prefix: string, length: number) => string;
}

export interface Composed {
  app: Pick<Hono, 'fetch'>;
  gateway: Gateway;
  endpoints: ReadonlyMap<string, Endpoint>;
  /** Puts other rules in force, all at once. Throws an error that names every mistake, and then nothing changes. */
  reroute(documents: RoutingDocuments): void;
}

const machineClock: Clock = { now: () => Date.now() };
const machineTimers: Timers = {
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};

/** The one place that joins providers, rules, configuration and ports into an application. */
export function compose(configuration: Configuration, runtime: Runtime): Composed {
  const byName = new Map<string, Provider>(providers.map((provider) => [provider.name, provider]));
  const { environment, source, credentials, log, clock = machineClock, timers = machineTimers } = runtime;
  const { random = Math.random, newId = randomId } = runtime;
  const endpoints = endpointsOf(configuration.providers, {
    source,
    environment,
    providers: byName,
    credentials,
    practice: runtime.practice,
  });
  const { server, keys } = configuration;
  const context = { source, endpoints, catalog: createCatalog(models), now: clock.now };
  const routing = routingOf(configuration, context);
  const dispatcher = dispatcherOf(configuration.reliability, byName, {
    clock,
    timers,
    random,
    onAlert: (alert) => log.warn({ alert: alert.event, ...alert }, 'alert'),
  });
  const gateway: Gateway = {
    providers: byName,
    routing: routing(runtime.routing),
    memory: memoryOf(dispatcher, random),
    dispatcher,
    shadows: new Shadows(),
    rulesOf: rulesOf(configuration),
    transport: runtime.transport,
    reasoning: memoryCache(REASONING_CHARACTERS),
    recorder: logRecorder(log, configuration.log.level),
    clock,
    timers,
    random,
    times: {
      firstByteMs: server.firstByteTimeoutMs,
      idleMs: server.idleTimeoutMs,
      wholeAsStream: configuration.reliability.wholeAsStream,
    },
    onBreak: configuration.stream.onBreak,
    emergencyAnswer: configuration.reliability.emergency.answer,
    logsAsks: configuration.log.asks,
    newId,
  };
  const app = createApp({
    gateway,
    door: runtime.door,
    keys: keys.map(({ name, key, priority, ...ceilings }) => ({ name, priority, ceilings, hash: hashKey(key) })),
    keyCheck: { hash: hashKey, same: sameHash },
    limits: server,
    keepAliveMs: server.keepAliveMs,
    clock,
    newId,
    isReady: runtime.isReady,
    onFeedback: (feedback) => log.info(feedback, 'feedback'),
    onInternalError: ({ message, cause }, requestId) =>
      log.error({ requestId, cause: cause instanceof Error ? cause.stack : String(cause) }, message),
  });
  const reroute = (documents: RoutingDocuments) => {
    gateway.routing = routing(documents);
  };
  return { app, gateway, endpoints, reroute };
}

/** The rules and the learned weights as documents; read again while the server runs. */
export interface RoutingDocuments {
  /** The operator's own, over the shipped ones. */
  rules?: unknown;
  overlay?: unknown;
}

/** Throws an error that names every mistake in the documents. */
function routingOf(
  configuration: Configuration,
  context: DeploymentContext,
): (documents?: RoutingDocuments) => RoutingView {
  const served = modelsOf(configuration, context);
  const tiers = tiersOf(served, context);
  const direct = directModels(configuration, context);
  const prior = parseComplexity(complexity);
  return ({ rules, overlay } = {}) =>
    createRoutingView({
      models: served,
      direct,
      rules: createRules(shippedRules, rules),
      scorer: createScorer(prior, overlay === undefined ? undefined : createOverlay(overlay)),
      tierOf: (model) => tiers.get(model),
      recorded: fieldsAsked(shippedRules, rules ?? {}),
    });
}

function memoryOf(dispatcher: Dispatcher, random: () => number): RoutingMemory {
  return {
    sessions: new Sessions(MAX_SESSIONS),
    speeds: new SpeedBook({ halfLifeMs: SPEED_HALF_LIFE_MS, maxDeployments: MAX_MEASURED }),
    leads: new Leads(MAX_MEASURED),
    roomOf: (deployment, nowMs) => dispatcher.target(deployment).room(nowMs),
    random,
  };
}

interface DispatchPorts {
  clock: Clock;
  timers: Timers;
  random: () => number;
  onAlert: (alert: Alert) => void;
}

/** Circuits and limits are built on first use, because Workers forbid the clock before. */
function dispatcherOf(
  reliability: Reliability,
  byName: ReadonlyMap<string, Provider>,
  ports: DispatchPorts,
): Dispatcher {
  const { probeMs, maxProbeMs, retryBudget, firstTokenMs, maxFirstTokenMs, reasoningFirstTokenMs } = reliability;
  const { clock, random } = ports;
  const limiters = new Limiters({ timeZoneOf: (dialect) => byName.get(dialect)?.quotaTimeZone });
  return new Dispatcher(
    {
      ...ports,
      fuse: () => opossumFuse(clock, random, reliability.circuit),
      limits: (deployment) => limiters.of(deployment, clock.now()),
    },
    {
      parking: { probeMs, maxProbeMs },
      retryBudget,
      firstToken: { floorMs: firstTokenMs, capMs: maxFirstTokenMs, reasoningFloorMs: reasoningFirstTokenMs },
      emergency: reliability.emergency,
      queue: reliability.queue,
    },
  );
}

/** Made once for every name of the configuration; other names go by the defaults. */
function rulesOf({ reliability, models: declared }: Configuration): Gateway['rulesOf'] {
  const { deadlineMs, maxCalls, maxCostUsd, hedge, queue } = reliability;
  const usual: ModelRules = {
    deadlineMs,
    maxCalls,
    maxCostUsd,
    hedge,
    maxWaitMs: queue.maxWaitMs,
    balance: 'ordered',
    onContext: 'fail',
    onRefusal: 'return',
  };
  const rules = new Map(
    Object.entries(declared).map(([name, model]) => [
      name,
      {
        ...usual,
        balance: model.balance,
        onContext: model.onContext,
        onRefusal: model.onRefusal,
        maxCalls: model.maxCalls ?? maxCalls,
        hedge: model.hedge ?? hedge,
      },
    ]),
  );
  return (name) => rules.get(name) ?? usual;
}
