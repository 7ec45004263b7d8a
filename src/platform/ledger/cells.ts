/** A batch's requests added up by hour or day, before the database adds them to what it has. */
import type { RequestRow } from '../../core/ledger.ts';
import { stepOf, STEPS } from './steps.ts';
import { type CellName, namesOf, type Sums, SUMS } from './tables.ts';

export type Grain = 'hour' | 'day';

export const GRAIN_MS: Record<Grain, number> = { hour: 3_600_000, day: 86_400_000 };

/** One line of `usage_hours` or `usage_days`. Counters of a histogram are there where they are not 0. */
export type Cell = CellName & Sums & Record<string, string | number>;

const NO_SUMS = Object.fromEntries(Object.keys(SUMS).map((name) => [name, 0])) as Sums;

const FIRST_STEPS = Array.from({ length: STEPS }, (_, step) => `first_${step}`);
const TOTAL_STEPS = Array.from({ length: STEPS }, (_, step) => `total_${step}`);

/** By the hour. */
export function hoursOf(requests: readonly RequestRow[]): Cell[] {
  const cells = new Map<string, Cell>();
  for (const row of requests) {
    const start_ms = startOf(row.atMs, 'hour');
    addRow(cellOf(cells, row, { start_ms, tag: '' }), row);
    for (const tag of row.tags) addRow(cellOf(cells, row, { start_ms, tag }), row);
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

/** Once for every request, so nothing is made that the next one would make again. */
function cellOf(
  cells: Map<string, Cell>,
  row: RequestRow,
  { start_ms, tag }: Pick<CellName, 'start_ms' | 'tag'>,
): Cell {
  const { shadow, tenant, key, model, provider, deployment, route, tier, outcome } = row;
  const id = `${start_ms}\0${Number(shadow)}\0${tag}\0${tenant}\0${key}\0${model}\0${provider}\0${deployment}\0${route}\0${tier}\0${outcome}`;
  const known = cells.get(id);
  if (known) return known;
  const made: Cell = { start_ms, shadow: Number(shadow), tag, ...namesOf(row), ...NO_SUMS };
  cells.set(id, made);
  return made;
}

function addRow(cell: Cell, row: RequestRow): void {
  const tokens = row.fresh + row.cacheRead + row.cacheWrite5m + row.cacheWrite1h + row.output + row.reasoning;
  cell.requests++;
  cell.failures += Number(row.outcome !== 'ok');
  cell.calls += row.calls;
  cell.fresh += row.fresh;
  cell.cache_read += row.cacheRead;
  cell.cache_write_5m += row.cacheWrite5m;
  cell.cache_write_1h += row.cacheWrite1h;
  cell.output += row.output;
  cell.reasoning += row.reasoning;
  cell.cost_usd += row.costUsd ?? 0;
  cell.unpriced += Number(tokens > 0 && row.costUsd === null);
  cell.estimated += Number(row.estimated);
  cell.cache_hits += Number(row.cacheHit);
  cell.fallbacks += Number(row.fallback);
  cell.queued_ms += row.queuedMs;
  cell.total_ms += row.totalMs;
  if (row.firstTokenMs !== null) countStep(cell, FIRST_STEPS[stepOf(row.firstTokenMs)]);
  countStep(cell, TOTAL_STEPS[stepOf(row.totalMs)]);
}

function countStep(cell: Record<string, string | number>, name = ''): void {
  cell[name] = Number(cell[name] ?? 0) + 1;
}
