/** The runs as markdown: means, each seed, each outage, and the gates. */
import type { Gate } from './gates.ts';
import type { Metrics } from './metrics.ts';
import { mean, type Summary, summaryOf } from './summary.ts';

const COLUMNS: readonly [head: string, cell: (summary: Summary) => string][] = [
  ['load', ({ load }) => `×${load}`],
  ['runs', ({ runs }) => String(runs)],
  ['success %', ({ success }) => success.toFixed(2)],
  ['critical %', ({ critical }) => critical.toFixed(2)],
  ['normal %', ({ normal }) => normal.toFixed(2)],
  ['background %', ({ background }) => background.toFixed(2)],
  ['worst small tenant %', ({ small }) => small.toFixed(2)],
  ["clients' 429 %", ({ throttled }) => throttled.toFixed(2)],
  ['silent corruption', ({ silent }) => count(silent)],
  ['calls per request', ({ callsPerRequest }) => callsPerRequest.toFixed(3)],
  ['wasted per 100', ({ wastedPer100 }) => wastedPer100.toFixed(1)],
  ['impolite', ({ impolite }) => count(impolite)],
  ['duplicates', ({ duplicates }) => count(duplicates)],
  ['most judgements of a caller fault', ({ callerCalls }) => String(callerCalls)],
  ['abandoned', ({ abandoned }) => count(abandoned)],
  ['p50 ms', ({ p50Ms }) => p50Ms.toFixed(0)],
  ['p99 ms', ({ p99Ms }) => p99Ms.toFixed(0)],
];

/** One row a load. */
export function summaryTable(byLoad: ReadonlyMap<number, readonly Metrics[]>): string {
  const rows = [...byLoad].map(([load, runs]) => summaryOf(load, runs));
  return table(
    COLUMNS.map(([head]) => head),
    rows.map((row) => COLUMNS.map(([, cell]) => cell(row))),
  );
}

export function seedTable(runs: readonly Metrics[]): string {
  return table(
    ['seed', 'load', 'requests', 'success %', 'what the others saw'],
    runs.map(({ seed, load, requests, success, verdicts }) => [
      String(seed),
      `×${load}`,
      String(requests),
      success.toFixed(2),
      Object.entries(verdicts)
        .filter(([verdict]) => verdict !== 'ok')
        .map(([verdict, times]) => `${verdict} ${times}`)
        .join(', '),
    ]),
  );
}

/** Means over the runs of one load. */
export function outageTable(runs: readonly Metrics[]): string {
  const ids = runs[0]?.outages.map(({ id }) => id) ?? [];
  return table(
    ['outage', 'of', 'success % during it', 'calls to the sick', 'used again after ms (worst)'],
    ids.map((id) => {
      const same = runs.flatMap(({ outages }) => outages.filter((outage) => outage.id === id));
      const reuse = same.map(({ reuseMs }) => reuseMs ?? Infinity);
      const worst = Math.max(...reuse);
      return [
        id,
        same[0]?.provider ?? '',
        mean(same.map(({ success }) => success)).toFixed(2),
        mean(same.map(({ callsToSick }) => callsToSick)).toFixed(1),
        worst === Infinity ? `never in ${reuse.filter((ms) => ms === Infinity).length} of ${same.length}` : `${worst}`,
      ];
    }),
  );
}

export function gateTable(load: number, gates: readonly Gate[]): string {
  return table(
    [`gate at ×${load}`, 'measured', 'aim', ''],
    gates.map(({ name, value, aim, passed }) => [name, count(value), aim, passed ? 'held' : 'NOT HELD']),
  );
}

/** Also after the Unix fashion: every column as wide as its widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, at) => Math.max(3, title.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${widths.map((width, at) => (cells[at] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function count(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(2);
}
