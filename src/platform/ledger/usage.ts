/** Usage and latency, from the hours and days; only what is short enough is read row by row. */
import { type RawBuilder, sql } from 'kysely';
import type {
  Dimension,
  LatencyAnswer,
  LatencyGroup,
  LedgerFilter,
  Usage,
  UsageAnswer,
  UsageGroup,
  UsageQuery,
} from '../../core/ledger.ts';
import { bucketStart, type Oldest, type Source, sourceOf } from './calendar.ts';
import type { LedgerDatabase } from './database.ts';
import { tableOf } from './insert.ts';
import { percentilesOf, STEPS } from './steps.ts';
import { SUMS } from './tables.ts';

const DEFAULT_GROUPS = 1_000;
/** Lines over time: nobody can tell more of them apart, and D1 takes 100 parameters. */
const MAX_LINES = 50;
/** Of the others there are few. */
const MANY: ReadonlySet<Dimension> = new Set(['tenant', 'key', 'tag']);
const MINUTE_MS = 60_000;

type Sums = Record<string, number>;
type Found = Sums & { value?: string; at?: number };

export async function usageOf(database: LedgerDatabase, query: UsageQuery): Promise<UsageAnswer> {
  const source = sourceOf(query, await oldestIn(database));
  const sums = source.grain === 'minute' ? ROW_SUMS : CELL_SUMS;
  const only = await biggest(database, query, source);
  const found = await read(database, query, { source, sums, only });
  const groups = foldedBy(query, found).map((group) => ({
    value: group.value,
    atMs: group.atMs,
    ...toUsage(group.sums),
  }));
  return { range: source.range, groups: cut(groups, query) };
}

export async function latencyOf(database: LedgerDatabase, query: UsageQuery): Promise<LatencyAnswer> {
  const source = sourceOf(query, await oldestIn(database));
  const sums = source.grain === 'minute' ? ROW_STEPS : CELL_STEPS;
  const only = await biggest(database, query, source);
  const found = await read(database, query, { source, sums, only });
  const groups = foldedBy(query, found).map(({ value, atMs, sums: counted }): LatencyGroup => {
    const counts = (of: string) => Array.from({ length: STEPS }, (_, step) => counted[`${of}_${step}`] ?? 0);
    return {
      value,
      atMs,
      requests: counted.requests ?? 0,
      firstTokenMs: percentilesOf(counts('first')),
      totalMs: percentilesOf(counts('total')),
    };
  });
  return { range: source.range, groups: cut(groups, query) };
}

async function oldestIn({ kysely }: LedgerDatabase): Promise<Oldest> {
  const asked = sql<Partial<Record<keyof Oldest, number | null>>>`select
    (select min(at_ms) from requests) as minute,
    (select min(start_ms) from ${sql.table(tableOf('hour'))}) as hour,
    (select min(start_ms) from ${sql.table(tableOf('day'))}) as day`;
  const [found] = (await asked.execute(kysely)).rows;
  const { minute, hour, day } = found ?? {};
  return { minute: minute ?? Infinity, hour: hour ?? Infinity, day: day ?? Infinity };
}

/** What is summed up, by its name in the answer. */
type Summed = Readonly<Record<string, RawBuilder<unknown>>>;

const sumOf = (column: string) => sql`sum(${sql.ref(column)})`;
const countOf = (holds: RawBuilder<unknown>) => sql`sum(case when ${holds} then 1 else 0 end)`;

const COUNT = sql`count(*)`;
const CELL_SUMS: Summed = Object.fromEntries(Object.keys(SUMS).map((name) => [name, sumOf(name)]));

/** The same from the rows themselves. */
const ROW_SUMS: Summed = {
  ...CELL_SUMS,
  requests: COUNT,
  failures: countOf(sql`outcome <> 'ok'`),
  unpriced: countOf(
    sql`cost_usd is null and fresh + cache_read + cache_write_5m + cache_write_1h + output + reasoning > 0`,
  ),
  cache_hits: sumOf('cache_hit'),
  fallbacks: sumOf('fallback'),
};

function stepsBy(sum: (of: 'first' | 'total', step: number) => RawBuilder<unknown>): Summed {
  const steps = Array.from({ length: STEPS }, (_, step) => [
    [`first_${step}`, sum('first', step)] as const,
    [`total_${step}`, sum('total', step)] as const,
  ]);
  return Object.fromEntries(steps.flat());
}

const CELL_STEPS: Summed = { requests: sumOf('requests'), ...stepsBy((of, step) => sumOf(`${of}_${step}`)) };

const STEP_COLUMNS = { first: 'first_token_step', total: 'total_step' };
const ROW_STEPS: Summed = {
  requests: COUNT,
  ...stepsBy((of, step) => countOf(sql`${sql.ref(STEP_COLUMNS[of])} = ${sql.lit(step)}`)),
};

/** Over time, the values that are the biggest over all of it, so that the others need not be read. */
async function biggest(database: LedgerDatabase, query: UsageQuery, source: Source): Promise<RawBuilder<unknown>[]> {
  const { by, every, limit } = query;
  if (!by || !every || (limit === undefined && !MANY.has(by))) return [];
  const sums = source.grain === 'minute' ? ROW_SUMS : CELL_SUMS;
  const { requests = COUNT, cost_usd: cost = COUNT } = sums;
  const whole = { ...query, every: undefined };
  const found = await read(database, whole, { source, sums: { requests, cost_usd: cost }, only: [] });
  const ranked = found.toSorted(
    (a, b) => Number(b.cost_usd) - Number(a.cost_usd) || Number(b.requests) - Number(a.requests),
  );
  const values = ranked.slice(0, Math.min(limit ?? MAX_LINES, MAX_LINES)).map(({ value }) => value);
  return values.length < found.length ? [sql`${sql.ref(by)} in (${sql.join(values)})`] : [];
}

async function read(
  { kysely }: LedgerDatabase,
  { by, every, where = {}, shadow = false }: UsageQuery,
  { source, sums, only }: { source: Source; sums: Summed; only: readonly RawBuilder<unknown>[] },
): Promise<Found[]> {
  const { grain, range } = source;
  const [table, time] = grain === 'minute' ? (['requests', 'at_ms'] as const) : ([tableOf(grain), 'start_ms'] as const);
  const start = grain === 'minute' ? sql`at_ms - at_ms % ${sql.lit(MINUTE_MS)}` : sql.ref(time);
  const groups = [...(every ? [start] : []), ...(by ? [sql.ref(by)] : [])];
  const selected = [
    ...(every ? [sql`${start} as at`] : []),
    ...(by ? [sql`${sql.ref(by)} as value`] : []),
    ...Object.entries(sums).map(([name, sum]) => sql`${sum} as ${sql.ref(name)}`),
  ];
  const conditions = [
    sql`${sql.ref(time)} >= ${range.fromMs}`,
    sql`${sql.ref(time)} < ${range.toMs}`,
    sql`shadow = ${sql.lit(Number(shadow))}`,
    ...(grain === 'minute' ? [] : [tagCondition(by, where)]),
    ...equalities(where),
    ...only,
  ];
  const grouped = groups.length > 0 ? sql`group by ${sql.join(groups)}` : sql``;
  const asked = sql<Found>`select ${sql.join(selected)} from ${sql.table(table)} where ${sql.join(conditions, sql` and `)} ${grouped}`;
  return (await asked.execute(kysely)).rows;
}

/** A request counts once under no tag, and once more under each of its own. */
function tagCondition(by: Dimension | undefined, where: LedgerFilter): RawBuilder<unknown> {
  if (where.tag !== undefined) return sql`tag = ${where.tag}`;
  return by === 'tag' ? sql`tag <> ''` : sql`tag = ''`;
}

export function equalities(where: LedgerFilter): RawBuilder<unknown>[] {
  return Object.entries(where)
    .filter(([dimension, value]) => dimension !== 'tag' && value !== undefined)
    .map(([dimension, value]) => sql`${sql.ref(dimension)} = ${value}${rareness(dimension, value)}`);
}

/** Some indexes leave out what nobody looks for; a database uses them only where the statement says so too. */
const NOT_INDEXED: Readonly<Record<string, string>> = { outcome: 'ok', tenant: '', key: '' };

function rareness(dimension: string, value: unknown): RawBuilder<unknown> {
  const common = NOT_INDEXED[dimension];
  if (common === undefined || value === common) return sql``;
  return sql` and ${sql.ref(dimension)} <> ${sql.lit(common)}`;
}

interface Folded {
  value: string | undefined;
  atMs: number | undefined;
  sums: Sums;
}

/** Days into weeks and months; everything else is there already. */
function foldedBy({ every }: UsageQuery, found: readonly Found[]): Folded[] {
  const groups = new Map<string, Folded>();
  for (const { value, at, ...sums } of found) {
    const atMs = every && at !== undefined ? bucketStart(at, every) : undefined;
    const id = `${atMs} ${value}`;
    const group = groups.get(id);
    if (!group) groups.set(id, { value, atMs, sums });
    else for (const [name, sum] of Object.entries(sums)) group.sums[name] = (group.sums[name] ?? 0) + Number(sum);
  }
  return [...groups.values()].filter(({ sums }) => Number(sums.requests) > 0);
}

/** The biggest first; over time in the order of time, and then of the values that are the biggest over all of it. */
function cut<Group extends { value: string | undefined; atMs: number | undefined; requests: number; costUsd?: number }>(
  groups: readonly Group[],
  { every, limit = DEFAULT_GROUPS }: UsageQuery,
): Group[] {
  const weights = new Map<string | undefined, { costUsd: number; requests: number }>();
  for (const { value, requests, costUsd = 0 } of groups) {
    const weight = weights.get(value) ?? { costUsd: 0, requests: 0 };
    weights.set(value, { costUsd: weight.costUsd + costUsd, requests: weight.requests + requests });
  }
  const ranked = [...weights].toSorted(([, a], [, b]) => b.costUsd - a.costUsd || b.requests - a.requests);
  const ranks = new Map(ranked.slice(0, limit).map(([value], rank) => [value, rank]));
  const rankOf = ({ value }: Group) => ranks.get(value) ?? 0;
  const kept = groups.filter(({ value }) => ranks.has(value));
  return kept.toSorted((a, b) => (every ? (a.atMs ?? 0) - (b.atMs ?? 0) : 0) || rankOf(a) - rankOf(b));
}

function toUsage(sums: Sums): Usage {
  const of = (name: keyof typeof SUMS) => Number(sums[name] ?? 0);
  return {
    requests: of('requests'),
    failures: of('failures'),
    calls: of('calls'),
    fresh: of('fresh'),
    cacheRead: of('cache_read'),
    cacheWrite5m: of('cache_write_5m'),
    cacheWrite1h: of('cache_write_1h'),
    output: of('output'),
    reasoning: of('reasoning'),
    costUsd: of('cost_usd'),
    unpriced: of('unpriced'),
    estimated: of('estimated'),
    cacheHits: of('cache_hits'),
    fallbacks: of('fallbacks'),
    queuedMs: of('queued_ms'),
    totalMs: of('total_ms'),
  };
}

export const NO_USAGE: Usage = toUsage({});

export function addUp(groups: readonly UsageGroup[]): Usage {
  return groups.reduce<Usage>((sum, group) => {
    const entries = Object.entries(sum).map(([name, value]) => [name, value + group[name as keyof Usage]]);
    return Object.fromEntries(entries) as unknown as Usage;
  }, NO_USAGE);
}
