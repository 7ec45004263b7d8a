/** The ledger as files, a page at a time: however much there is, little of it is in memory. */
import type { LedgerStore, RequestQuery, RequestRow, Statement, UsageGroup } from '../../core/ledger.ts';

export type ExportFormat = 'csv' | 'jsonl';

const PAGE_ROWS = 1_000;

const COLUMNS = [
  'requestId',
  'atMs',
  'tenant',
  'key',
  'session',
  'asked',
  'route',
  'model',
  'provider',
  'deployment',
  'tier',
  'reason',
  'priority',
  'outcome',
  'origin',
  'finishReason',
  'fresh',
  'cacheRead',
  'cacheWrite5m',
  'cacheWrite1h',
  'output',
  'reasoning',
  'costUsd',
  'price',
  'queuedMs',
  'firstTokenMs',
  'totalMs',
  'calls',
  'stream',
  'estimated',
  'cacheHit',
  'fallback',
  'continued',
  'shadow',
  'tags',
] as const satisfies (keyof RequestRow)[];

/** The newest first. */
export async function* exportRows(
  store: Pick<LedgerStore, 'requests'>,
  query: Omit<RequestQuery, 'limit' | 'cursor'>,
  format: ExportFormat,
): AsyncGenerator<string, void> {
  if (format === 'csv') yield line(['at', ...COLUMNS]);
  let cursor: string | undefined;
  do {
    const page = await store.requests({ ...query, limit: PAGE_ROWS, cursor });
    yield page.requests.map(format === 'csv' ? csvOf : jsonOf).join('');
    cursor = page.cursor;
  } while (cursor !== undefined);
}

function jsonOf(row: RequestRow): string {
  return `${JSON.stringify(row)}\n`;
}

function csvOf(row: RequestRow): string {
  return line([new Date(row.atMs).toISOString(), ...COLUMNS.map((column) => row[column])]);
}

/** One line for each day, model and key, and one for all of it. */
export function statementCsv({ tenant, month, total, byDay, byModel, byKey }: Statement): string {
  const counts = Object.keys(total) as (keyof Statement['total'])[];
  const rowOf = (of: string, name: string, group: Statement['total']) =>
    line([tenant, month, of, name, ...counts.map((count) => group[count])]);
  const dayOf = ({ atMs = 0 }: UsageGroup) => new Date(atMs).toISOString().slice(0, 10);
  return [
    line(['tenant', 'month', 'of', 'name', ...counts]),
    rowOf('total', '', total),
    ...byDay.map((group) => rowOf('day', dayOf(group), group)),
    ...byModel.map((group) => rowOf('model', group.value ?? '', group)),
    ...byKey.map((group) => rowOf('key', group.value ?? '', group)),
  ].join('');
}

function line(values: readonly unknown[]): string {
  return `${values.map(field).join(',')}\r\n`;
}

/** Spreadsheets run what begins like a formula, and tenants choose some of these words. */
const FORMULA = /^[\s\0]*[=+\-@\t\r|%]/;

function field(value: unknown): string {
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
