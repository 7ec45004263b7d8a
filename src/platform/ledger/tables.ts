/** The ledger's tables, said once: from here come the migrations, what is written and what is read. */
import type { ColumnType } from 'kysely';
import type { AttemptRow, RequestRow } from '../../core/ledger.ts';
import { STEPS } from './steps.ts';

/** PostgreSQL adds up integers of 32 bits faster; SQLite's are as wide as they must be. */
type Kind = 'text' | 'integer' | 'bigint' | 'double precision';

export type Columns = Readonly<Record<string, Kind>>;

const BUCKETS = {
  fresh: 'bigint',
  cache_read: 'bigint',
  cache_write_5m: 'bigint',
  cache_write_1h: 'bigint',
  output: 'bigint',
  reasoning: 'bigint',
} as const satisfies Columns;

/** What usage is grouped and filtered by, besides tags. */
const NAMES = {
  tenant: 'text',
  key: 'text',
  model: 'text',
  provider: 'text',
  deployment: 'text',
  route: 'text',
  tier: 'text',
  outcome: 'text',
} as const satisfies Columns;

/** As the first migration makes them. */
export const FIRST_REQUESTS = {
  request_id: 'text',
  at_ms: 'bigint',
  ...NAMES,
  ...BUCKETS,
  cost_usd: 'double precision',
  calls: 'bigint',
  total_ms: 'bigint',
  total_step: 'bigint',
  first_token_ms: 'bigint',
  first_token_step: 'bigint',
  queued_ms: 'bigint',
  stream: 'bigint',
  estimated: 'bigint',
  cache_hit: 'bigint',
  fallback: 'bigint',
  continued: 'bigint',
  shadow: 'bigint',
  session: 'text',
  asked: 'text',
  priority: 'text',
  origin: 'text',
  finish_reason: 'text',
  reason: 'text',
  tags: 'text',
  price: 'text',
} as const satisfies Columns;

/** When its only call began and how long it took, where the request's own row says all else of it; see `foldedCalls`. */
export const CALL = { call_at_ms: 'bigint', call_ms: 'bigint' } as const satisfies Columns;

export const REQUESTS = { ...FIRST_REQUESTS, ...CALL } as const satisfies Columns;

/** Requests of one time are often alike in these. */
export const OFTEN_ALIKE: ReadonlySet<string> = new Set<keyof typeof REQUESTS>([
  ...(Object.keys(NAMES) as (keyof typeof NAMES)[]),
  'calls',
  'stream',
  'estimated',
  'cache_hit',
  'fallback',
  'continued',
  'shadow',
  'asked',
  'priority',
  'origin',
  'finish_reason',
  'tags',
  'price',
]);

export const ATTEMPTS = {
  request_id: 'text',
  number: 'bigint',
  at_ms: 'bigint',
  tenant: 'text',
  deployment: 'text',
  outcome: 'text',
  provider: 'text',
  model: 'text',
  called: 'bigint',
  shadow: 'bigint',
  duration_ms: 'bigint',
  ...BUCKETS,
  cost_usd: 'double precision',
  price: 'text',
} as const satisfies Columns;

/** Who an hour's or a day's sums are of. A request counts under the tag `''`, and under each of its tags once more. */
export const CELL_NAMES = { start_ms: 'bigint', shadow: 'bigint', tag: 'text', ...NAMES } as const satisfies Columns;

export const SUMS = {
  requests: 'bigint',
  failures: 'bigint',
  calls: 'bigint',
  ...BUCKETS,
  cost_usd: 'double precision',
  unpriced: 'bigint',
  estimated: 'bigint',
  cache_hits: 'bigint',
  fallbacks: 'bigint',
  queued_ms: 'bigint',
  total_ms: 'bigint',
} as const satisfies Columns;

/** How many took how long: `first_0`, `total_0`, … */
const HISTOGRAMS: Columns = Object.fromEntries(
  ['first', 'total'].flatMap((of) => Array.from({ length: STEPS }, (_, step) => [`${of}_${step}`, 'integer'] as const)),
);

export const CELLS: Columns = { ...CELL_NAMES, ...SUMS, ...HISTOGRAMS };

const NULLABLE = ['cost_usd', 'price', 'first_token_ms', 'first_token_step', 'call_at_ms', 'call_ms'] as const;

/** Null means that it is not known; a sum always is. */
export function isNullable(columns: Columns, name: string): boolean {
  return columns !== CELLS && NULLABLE.some((nullable) => nullable === name);
}

type Value<K extends Kind> = K extends 'text' ? string : number;
type Row<Of extends Columns> = {
  [Name in keyof Of]: Name extends (typeof NULLABLE)[number] ? Value<Of[Name]> | null : Value<Of[Name]>;
};
/** Never written through Kysely: batches go in as one JSON text. */
type ReadOnly<Of> = { [Name in keyof Of]: ColumnType<Of[Name], never, never> };

export type StoredRequest = Row<typeof REQUESTS>;
export type StoredAttempt = Row<typeof ATTEMPTS>;
export type CellName = Row<typeof CELL_NAMES>;
export type Sums = { -readonly [Name in keyof typeof SUMS]: number };

export interface LedgerTables {
  requests: ReadOnly<StoredRequest>;
  attempts: ReadOnly<StoredAttempt>;
  usage_hours: ReadOnly<CellName & Sums>;
  usage_days: ReadOnly<CellName & Sums>;
  ledger_migrations: { id: number; name: string; at_ms: number };
}

/** `call`: its only one, where that needs no row of its own. In the order of the columns. Once for every request: no spreads. */
export function storedRequest(
  row: RequestRow,
  call: AttemptRow | undefined,
  step: (ms: number) => number,
): StoredRequest {
  return {
    request_id: row.requestId,
    at_ms: row.atMs,
    tenant: row.tenant,
    key: row.key,
    model: row.model,
    provider: row.provider,
    deployment: row.deployment,
    route: row.route,
    tier: row.tier,
    outcome: row.outcome,
    fresh: row.fresh,
    cache_read: row.cacheRead,
    cache_write_5m: row.cacheWrite5m,
    cache_write_1h: row.cacheWrite1h,
    output: row.output,
    reasoning: row.reasoning,
    cost_usd: row.costUsd,
    calls: row.calls,
    total_ms: row.totalMs,
    total_step: step(row.totalMs),
    first_token_ms: row.firstTokenMs,
    first_token_step: row.firstTokenMs === null ? null : step(row.firstTokenMs),
    queued_ms: row.queuedMs,
    stream: Number(row.stream),
    estimated: Number(row.estimated),
    cache_hit: Number(row.cacheHit),
    fallback: Number(row.fallback),
    continued: Number(row.continued),
    shadow: Number(row.shadow),
    session: row.session,
    asked: row.asked,
    priority: row.priority,
    origin: row.origin,
    finish_reason: row.finishReason,
    reason: row.reason,
    tags: row.tags.length === 0 ? '[]' : JSON.stringify(row.tags),
    price: row.price,
    call_at_ms: call ? call.atMs : null,
    call_ms: call ? call.durationMs : null,
  };
}

export function storedAttempt(row: AttemptRow): StoredAttempt {
  return {
    request_id: row.requestId,
    number: row.number,
    at_ms: row.atMs,
    tenant: row.tenant,
    deployment: row.deployment,
    outcome: row.outcome,
    provider: row.provider,
    model: row.model,
    called: Number(row.called),
    shadow: Number(row.shadow),
    duration_ms: row.durationMs,
    fresh: row.fresh,
    cache_read: row.cacheRead,
    cache_write_5m: row.cacheWrite5m,
    cache_write_1h: row.cacheWrite1h,
    output: row.output,
    reasoning: row.reasoning,
    cost_usd: row.costUsd,
    price: row.price,
  };
}

export function namesOf({ tenant, key, model, provider, deployment, route, tier, outcome }: RequestRow) {
  return { tenant, key, model, provider, deployment, route, tier, outcome };
}
