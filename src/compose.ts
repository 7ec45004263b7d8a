import type { Hono } from 'hono';
import { type Accounting, accountingOf, type Stores } from './compose/accounting.ts';
import models from '../routing-rules/models.json' with { type: 'json' };
import { providers } from '../providers/index.ts';
import { type CredentialSources, endpointsOf } from './config/endpoints.ts';
import type { Environment } from './config/parse.ts';
import type { Configuration } from './config/schema.ts';
import type { Endpoint } from './core/deployment.ts';
import type { GatewayError } from './core/errors.ts';
import type { Clock, Timers, Transport } from './core/ports.ts';
import type { Provider } from './core/provider.ts';
import { dispatcherOf } from './compose/dispatcher.ts';
import { leftBehind, type LeftBehind } from './compose/left-behind.ts';
import { rulesOf } from './compose/model-rules.ts';
import type { Loaded } from './books/prices/price-book.ts';
import { knownPriceIn, pricesOf } from './compose/prices.ts';
import { sourcesOf } from './compose/readings.ts';
import { memoryOf, routingOf, type RoutingDocuments } from './compose/routing.ts';
import type { Gateway } from './gateway/gateway.ts';
import { createApp } from './http/app.ts';
import type { HttpPort } from './http/port.ts';
import type { Limiters } from './limits/limiters.ts';
import { fetchHttp } from './platform/fetch-http.ts';
import { forwardClock } from './platform/forward-clock.ts';
import { newId as randomId } from './platform/ids.ts';
import { KEY_CHECK } from './platform/key-hash.ts';
import type { Log } from './platform/log.ts';
import { machineTimers } from './platform/machine-timers.ts';
import { memoryCache } from './platform/memory-cache.ts';
import { memoryObjects } from './platform/objects/memory.ts';
import { pruneSometimes } from './platform/objects/prune.ts';
import { createCatalog } from './routing/catalog.ts';
import type { Alert } from './resilience/dispatcher.ts';
import { Shadows } from './gateway/shadow.ts';

/** Signed reasoning of running tool loops, in characters. */
const REASONING_CHARACTERS = 32 * 1024 * 1024;

/** What differs between Node and Workers. */
export interface Runtime {
  http: HttpPort;
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
  stores?: Stores | undefined;
  /** The operator's own prices: the document of `prices.file`. */
  prices?: unknown;
  /** Without any key nobody needs one: only where only this machine can ask. */
  isOpenWhenEmpty?: boolean;
  version?: string;
  isWorker?: boolean;
  /** The longest that a finished request waits to be booked together with others; at once by default. */
  bookTogetherMs?: number;
  /** In virtual time, for tests and the storm; the machine's own without them. */
  clock?: Clock;
  timers?: Timers;
  /** 0 to 1. */
  random?: () => number;
  newId?: (prefix: string, length: number) => string;
}

export type { RoutingDocuments } from './compose/routing.ts';

export interface Composed extends LeftBehind {
  app: Pick<Hono, 'fetch'>;
  /** The same by the web's own types, for the page's playground. */
  appForPage: Pick<Hono, 'fetch'>;
  gateway: Gateway;
  endpoints: ReadonlyMap<string, Endpoint>;
  accounting: Accounting;
  limiters: Limiters;
  /** Those in force. */
  documents: () => RoutingDocuments;
  /** What documents would make. Throws an error that names every mistake; nothing changes. */
  viewOf: (documents: RoutingDocuments) => Gateway['routing'];
  /** Puts other rules in force, all at once. Throws an error that names every mistake, and then nothing changes. */
  reroute: (documents: RoutingDocuments) => void;
  /** The same for the operator's own prices; says what is new. */
  reprice: (document: unknown) => Loaded;
}

function machineClock(): Clock {
  return forwardClock(
    () => Date.now(),
    () => performance.now(),
  );
}

/** The one place that joins providers, rules, configuration and ports into an application. */
export function compose(configuration: Configuration, runtime: Runtime): Composed {
  const byName = new Map<string, Provider>(providers.map((provider) => [provider.name, provider]));
  const { environment, source, credentials, log, clock = machineClock(), timers = machineTimers } = runtime;
  const { random = Math.random, newId = randomId, practice } = runtime;
  const found = { source, environment, providers: byName, credentials, practice };
  const endpoints = endpointsOf(configuration.providers, found);
  const catalog = createCatalog(models);
  const prices = pricesOf(configuration, { catalog, clock, document: runtime.prices, source });
  const context = { source, endpoints, catalog, now: clock.now, priceOf: knownPriceIn(prices) };
  const routing = routingOf(configuration, context);
  const { stores, transport, version = '0', isWorker = false, isOpenWhenEmpty = true, bookTogetherMs = 0 } = runtime;
  const view = routing(runtime.routing);
  const deployments = [...view.models.values()].flat().map(({ id }) => id);
  const told = { stores, transport, version, isWorker, isOpenWhenEmpty, bookTogetherMs };
  const made = { prices, deployments, log, clock, timers, random, source };
  const accounting = accountingOf(configuration, endpoints, { ...told, ...made });
  const onAlert = (alert: Alert) => {
    accounting.alerts.hear(alert);
    log.warn({ alert: alert.event, ...alert }, 'alert');
  };
  const { dispatcher, limiters } = dispatcherOf(configuration.reliability, byName, { clock, timers, random, onAlert });
  const objects = stores?.objects ?? memoryObjects();
  const prune = pruneSometimes(objects, clock);
  const gateway: Gateway = {
    ...settingsOf(configuration),
    providers: byName,
    routing: view,
    memory: memoryOf(dispatcher, random),
    dispatcher,
    shadows: new Shadows(),
    transport,
    reasoning: memoryCache(REASONING_CHARACTERS),
    books: accounting.books,
    recorder: accounting.recorder,
    clock,
    timers,
    random,
    newId,
    afterwards: isWorker
      ? async () => void (await Promise.all([accounting.flush(sourcesOf({ accounting, gateway }, Infinity)), prune()]))
      : undefined,
  };
  const onLost = (error: GatewayError, requestId: string) => logInternal(log, error, requestId);
  const left = leftBehind(configuration, gateway, { objects, accounting, log, onLost });
  const parts = { ...runtime, ...left, accounting, clock, newId };
  const app = appOf(gateway, configuration, parts);
  const appForPage = appOf(gateway, configuration, { ...parts, http: fetchHttp });
  return {
    app,
    appForPage,
    gateway,
    endpoints,
    accounting,
    limiters,
    ...left,
    reprice: (document) => prices.load(document),
    ...rulesInForce(gateway, routing, runtime.routing),
  };
}

function rulesInForce(
  gateway: Gateway,
  routing: ReturnType<typeof routingOf>,
  documents: RoutingDocuments = {},
): Pick<Composed, 'documents' | 'viewOf' | 'reroute'> {
  let inForce = documents;
  const reroute = (others: RoutingDocuments) => {
    gateway.routing = routing(others);
    inForce = others;
  };
  return { documents: () => inForce, viewOf: routing, reroute };
}

/** What the operator says of every request. */
function settingsOf(configuration: Configuration) {
  const { server, reliability, stream, log } = configuration;
  const { firstByteTimeoutMs: firstByteMs, idleTimeoutMs: idleMs } = server;
  return {
    rulesOf: rulesOf(configuration),
    times: { firstByteMs, idleMs, wholeAsStream: reliability.wholeAsStream },
    onBreak: stream.onBreak,
    emergencyAnswer: reliability.emergency.answer,
    logsAsks: log.asks,
  };
}

type AppParts = Pick<Runtime, 'http' | 'isReady' | 'log'> &
  Pick<Gateway, 'clock' | 'newId'> &
  LeftBehind & { accounting: Accounting };

function appOf(gateway: Gateway, { server, store }: Configuration, parts: AppParts): Composed['app'] {
  const { http, isReady, log, accounting, objects, runs, batches, clock, newId } = parts;
  return createApp({
    gateway,
    http,
    keys: accounting.directory,
    keyCheck: KEY_CHECK,
    limits: server,
    objects,
    keepDays: store.objects.keepDays,
    batches,
    runs,
    keepAliveMs: server.keepAliveMs,
    clock,
    newId,
    isReady,
    onFeedback: (feedback) => log.info(feedback, 'feedback'),
    onInternalError: (error, requestId) => logInternal(log, error, requestId),
  });
}

function logInternal(log: Log, { message, cause }: GatewayError, requestId: string): void {
  log.error({ requestId, cause: cause instanceof Error ? cause.stack : String(cause) }, message);
}
