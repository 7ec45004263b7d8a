/** Who asks, what they may spend, and what was spent: the parts of the books, joined. */
import { Alerts } from '../books/alerts/alerts.ts';
import { receiverOf } from '../books/alerts/receivers.ts';
import { RecentPlans } from '../admin/recent-plans.ts';
import { Books, type CeilingOf } from '../books/books.ts';
import { LedgerWriter, WRITER_RULES } from '../books/ledger/writer.ts';
import { genAiProvider } from '../books/metrics/gen-ai.ts';
import { Metrics } from '../books/metrics/metrics.ts';
import type { Sources } from '../books/metrics/sources.ts';
import type { CatchUp } from '../books/spending/catch-up.ts';
import type { Scope } from '../books/spending/claim.ts';
import type { PriceBook } from '../books/prices/price-book.ts';
import { Spending } from '../books/spending/spending.ts';
import type { Book, BookStore } from '../books/tenants/book.ts';
import { declaredBook } from '../books/tenants/declared.ts';
import { LiveDirectory } from '../books/tenants/live-directory.ts';
import { Tracer } from '../books/traces/tracer.ts';
import { ConfigurationError } from '../config/parse.ts';
import type { Configuration } from '../config/schema.ts';
import type { Endpoint } from '../core/deployment.ts';
import type { LedgerStore } from '../core/ledger.ts';
import type { ObjectStore } from '../core/objects.ts';
import type { Clock, Timers, Transport } from '../core/ports.ts';
import { hashKey, hexOf } from '../platform/key-hash.ts';
import { type Log, logRecorder } from '../platform/log.ts';
import { Health, text } from './health.ts';
import { catchUpOf } from './read-back.ts';
import { Booking, type Listener } from './recorder.ts';

/** Where the books are kept; without them nothing but the log is. */
export interface Stores {
  ledger: LedgerStore;
  keys: BookStore;
  /** Responses, files, batches; without it they are kept in memory. */
  objects?: ObjectStore;
}

export interface AccountingPorts {
  stores: Stores | undefined;
  log: Log;
  transport: Transport;
  clock: Clock;
  timers: Timers;
  random: () => number;
  prices: PriceBook;
  deployments: Iterable<string>;
  version: string;
  /** The configuration's name in messages. */
  source: string;
  /** Without any key nobody needs one: only where only this machine can ask. */
  isOpenWhenEmpty: boolean;
  /** Timers and connections die with their request: what waits is written by the next one. */
  isWorker: boolean;
  /** The longest that a finished request waits to be booked; 0: it is booked at once. */
  bookTogetherMs: number;
}

export interface Accounting {
  books: Books;
  /** Of a server with stores. */
  catchUp: CatchUp | undefined;
  directory: LiveDirectory;
  declared: Book;
  /** Limits and budgets of models and routes; those of keys and tenants are in the directory. */
  scopes: readonly Scope[];
  recorder: Booking;
  metrics: Metrics;
  writer: LedgerWriter | undefined;
  tracer: Tracer | undefined;
  alerts: Alerts;
  stores: Stores | undefined;
  /** What was last tried to write was written. */
  isLedgerWell: () => boolean;
  plans: RecentPlans;
  /** For Workers: one batch of what waits. Never rejects. */
  flush: (sources: Sources) => Promise<void>;
}

/** D1 counts statements, and every row is one. */
const WORKER_BATCH_ROWS = 20;

export function accountingOf(
  configuration: Configuration,
  endpoints: ReadonlyMap<string, Endpoint>,
  ports: AccountingPorts,
): Accounting {
  const { log, clock, stores } = ports;
  const declared = declaredBook(configuration, (secret) => hexOf(hashKey(secret)));
  const scopes = scopesOf(configuration);
  const catchUp =
    stores && !ports.isWorker
      ? catchUpOf({ ...ports, ledger: stores.ledger, directory: () => directory, spending: () => spending })
      : undefined;
  const spending = new Spending({
    unknownCost: ports.prices.unknownCost(clock.now()),
    onThreshold: (event) => log.warn({ alert: 'threshold', ...event }, 'alert'),
    onCounting: catchUp && ((counting) => catchUp.note(counting)),
  });
  const directory = directoryOf(configuration, declared, ports);
  const health = new Health(log, 'the ledger');
  const writer = stores && writerOf(stores.ledger, ports, (cause) => health.note(cause));
  const providerOf = (name: string) => {
    const endpoint = endpoints.get(name);
    return endpoint ? genAiProvider(endpoint) : name;
  };
  const parts = {
    metrics: metricsOf(configuration, providerOf, ports),
    alerts: alertsOf(configuration, ports),
    tracer: tracerOf(configuration, providerOf, ports),
    plans: new RecentPlans(),
    writer,
  };
  return {
    ...parts,
    books: new Books(spending, new Map(scopes.map((scope) => [scope.name, scope])), ceilingIn(configuration, ports)),
    catchUp,
    directory,
    declared,
    scopes,
    recorder: new Booking(logRecorder(log, configuration.log.level), listenersOf(parts, ports), {
      timers: ports.timers,
      togetherMs: ports.bookTogetherMs,
      onMistake: (cause) => log.error({ cause: text(cause) }, 'a request could not be booked'),
    }),
    stores,
    isLedgerWell: () => health.isWell,
    flush: async (sources) => {
      await Promise.all([writer?.writeOne(), parts.tracer?.sendOne(), parts.alerts.lookSometimes(sources)]);
    },
  };
}

function ceilingIn({ prices }: Configuration, ports: AccountingPorts): CeilingOf {
  if (prices.unknown !== 'ceiling') return () => undefined;
  return (deployment, nowMs) => {
    const priced = ports.prices.of(deployment, nowMs);
    return priced.kind === 'ceiling' ? priced.price : undefined;
  };
}

type Parts = Pick<Accounting, 'metrics' | 'alerts' | 'tracer' | 'plans' | 'writer'>;

function listenersOf({ metrics, alerts, plans, writer, tracer }: Parts, { isWorker }: AccountingPorts): Listener[] {
  const listeners: Listener[] = [
    (entry) => metrics.observe(entry),
    (entry) => alerts.note(entry),
    (_, fact) => plans.note(fact),
  ];
  if (writer) listeners.push((entry) => (isWorker ? writer.keep(entry) : writer.add(entry)));
  if (!tracer) return listeners;
  listeners.push((entry, { traceparent }) =>
    isWorker ? tracer.keep(entry, traceparent) : tracer.record(entry, traceparent),
  );
  return listeners;
}

function directoryOf(configuration: Configuration, declared: Book, ports: AccountingPorts): LiveDirectory {
  const { log, clock, stores, source, isOpenWhenEmpty, timers } = ports;
  const health = new Health(log, 'the store of keys');
  const live = {
    declared,
    clock,
    isOpenWhenEmpty: isOpenWhenEmpty && configuration.keys.length === 0,
    onProblems: (problems: readonly string[]) => log.warn({ problems }, 'stored keys and tenants'),
    onTrouble: (cause: unknown) => health.note(cause),
  };
  const directory = new LiveDirectory(stores ? { ...live, store: stores.keys, timers } : live);
  const { problems } = directory.directory;
  if (problems.length > 0) throw new ConfigurationError(source, [...problems]);
  return directory;
}

function metricsOf(
  { models, tenants, keys }: Configuration,
  providerOf: (entry: string) => string,
  { deployments }: AccountingPorts,
): Metrics {
  return new Metrics({
    models: Object.keys(models),
    deployments,
    tenants: [...Object.keys(tenants), ...keys.map(({ name }) => name)],
    providerOf,
  });
}

/** Of models and routes, by the names that clients ask for. */
function scopesOf({ models, routing }: Configuration): Scope[] {
  const declared = [
    ...Object.entries(models).map(([name, entry]) => ({ kind: 'model' as const, name, ...entry })),
    ...Object.entries(routing.routes ?? {}).map(([name, entry]) => ({ kind: 'route' as const, name, ...entry })),
  ];
  return declared
    .filter(({ limits, budgets }) => limits ?? budgets)
    .map(({ kind, name, limits, budgets }) => ({ kind, name, limits, budgets }));
}

function writerOf(
  store: LedgerStore,
  { timers, random, isWorker }: AccountingPorts,
  onTrouble: (cause: unknown) => void,
): LedgerWriter {
  const rules = isWorker ? { ...WRITER_RULES, maxBatchRows: WORKER_BATCH_ROWS } : WRITER_RULES;
  return new LedgerWriter({ store, timers, random, onTrouble }, rules);
}

function tracerOf(
  { telemetry }: Configuration,
  providerOf: (entry: string) => string,
  { transport, timers, random, version, log }: AccountingPorts,
): Tracer | undefined {
  const { otlp } = telemetry;
  if (!otlp) return undefined;
  const { attributes, ...options } = otlp;
  const resource = { attributes: { 'service.name': 'signalbox', ...attributes }, version };
  return new Tracer(
    { ...options, resource, providerOf },
    {
      transport,
      timers,
      random,
      onTrouble: (why) => log.warn({ why }, why ? 'traces are not taken' : 'traces are taken again'),
    },
  );
}

function alertsOf({ alerts }: Configuration, { transport, timers, clock, log }: AccountingPorts): Alerts {
  const { receivers, source, dailySpendUsd, ...settings } = alerts;
  return new Alerts(
    { settings: { ...settings, dailySpendUsd }, receivers: receivers.map(receiverOf), source },
    {
      transport,
      timers,
      clock,
      onMistake: (cause) => log.error({ cause: String(cause) }, 'the alerts could not be looked at'),
      onTrouble: (receiver, why) => log.error({ receiver, why }, 'an alert did not arrive'),
    },
  );
}
