/** A batch's requests added up by hour or day, before the database adds them to what it has. */
import type { RequestRow } from '../../core/ledger.ts';
import { stepOf } from './steps.ts';
import { type CellName, namesOf, storedBuckets, type Sums } from './tables.ts';

export type Grain = 'hour' | 'day';

export const GRAIN_MS: Record<Grain, number> = { hour: 3_600_000, day: 86_400_000 };

/** One line of `usage_hours` or `usage_days`. Counters of a histogram are there where they are not 0. */
export type Cell = CellName & Sums & Record<string, string | number>;

/** By the hour. */
export function hoursOf(requests: readonly RequestRow[]): Cell[] {
  const cells = new Map<string, Cell>();
  for (const row of requests) {
    const names = { start_ms: startOf(row.atMs, 'hour'), shadow: Number(row.shadow), ...namesOf(row) };
    const sums = sumsOf(row);
    for (const tag of ['', ...row.tags]) gather(cells, { ...names, tag }, sums);
  }
  return inOrder(cells);
}

export function daysOf(hours: readonly Cell[]): Cell[] {
  const cells = new Map<string, Cell>();
  for (const {
    start_ms,
    shadow,
    tag,
    tenant,
    key,
    model,
    provider,
    deployment,
    route,
    tier,
    outcome,
    ...sums
  } of hours) {
    const names = { tenant, key, model, provider, deployment, route, tier, outcome };
    gather(cells, { start_ms: startOf(start_ms, 'day'), shadow, tag, ...names }, sums as Sums);
  }
  return inOrder(cells);
}

function startOf(atMs: number, grain: Grain): number {
  return atMs - (atMs % GRAIN_MS[grain]);
}

function gather(cells: Map<string, Cell>, name: CellName, sums: Sums): void {
  const { start_ms, shadow, tag, tenant, key, model, provider, deployment, route, tier, outcome } = name;
  const id = [start_ms, shadow, tag, tenant, key, model, provider, deployment, route, tier, outcome].join('\0');
  const cell = cells.get(id);
  if (cell) add(cell, sums);
  else cells.set(id, { ...name, ...sums });
}

/** The same for all, so that two servers do not wait for each other's rows. */
function inOrder(cells: ReadonlyMap<string, Cell>): Cell[] {
  return [...cells].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, cell]) => cell);
}

function add(cell: Record<string, string | number>, sums: Readonly<Record<string, number>>): void {
  for (const name in sums) cell[name] = Number(cell[name] ?? 0) + (sums[name] ?? 0);
}

function sumsOf(row: RequestRow): Sums & Record<string, number> {
  const buckets = storedBuckets(row);
  const usedTokens = Object.values(buckets).some((tokens) => tokens > 0);
  return {
    requests: 1,
    failures: Number(row.outcome !== 'ok'),
    calls: row.calls,
    ...buckets,
    cost_usd: row.costUsd ?? 0,
    unpriced: Number(usedTokens && row.costUsd === null),
    estimated: Number(row.estimated),
    cache_hits: Number(row.cacheHit),
    fallbacks: Number(row.fallback),
    queued_ms: row.queuedMs,
    total_ms: row.totalMs,
    ...(row.firstTokenMs !== null && { [`first_${stepOf(row.firstTokenMs)}`]: 1 }),
    [`total_${stepOf(row.totalMs)}`]: 1,
  };
}
