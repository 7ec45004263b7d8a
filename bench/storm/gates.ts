/** What the storm must not get worse than. The aims are the project's own promises (docs/reliability.md). */
import type { Metrics } from './metrics.ts';
import { mean, type Summary, summaryOf } from './summary.ts';

export interface Gate {
  name: string;
  value: number;
  aim: string;
  passed: boolean;
}

interface Aim {
  name: string;
  of: (runs: readonly Metrics[], summary: Summary) => number;
  least?: number;
  most?: number;
}

const worst = (pick: (metrics: Metrics) => number) => (runs: readonly Metrics[]) => Math.max(...runs.map(pick));
const average = (pick: (metrics: Metrics) => number) => (runs: readonly Metrics[]) => mean(runs.map(pick));

/** Under every load. */
const ALWAYS: readonly Aim[] = [
  { name: 'silent corruption, worst run', of: worst(({ silent }) => silent), most: 0 },
  { name: 'judgements of one caller fault, worst', of: worst(({ callerCalls }) => callerCalls), most: 1 },
  { name: 'abandoned calls, worst run', of: worst(({ abandoned }) => abandoned), most: 0 },
  { name: 'impolite calls, worst run', of: worst(({ impolite }) => impolite), most: 5 },
];

/** A target that was used again by nobody counts as never. */
const reuse = (runs: readonly Metrics[]) =>
  Math.max(...runs.flatMap(({ outages }) => outages.map(({ reuseMs }) => reuseMs ?? Infinity)), 0);

const USUAL: readonly Aim[] = [
  { name: "clients' 429, percent, worst run", of: worst(({ throttled }) => throttled), most: 0 },
  { name: 'wasted calls per 100', of: average(({ wastedPer100 }) => wastedPer100), most: 6 },
  { name: 'calls per request', of: average(({ callsPerRequest }) => callsPerRequest), most: 1.08 },
  { name: 'caller faults not answered 400, worst run', of: worst(({ callerMisjudged }) => callerMisjudged), most: 0 },
  { name: 'ms until a recovered provider is used again, worst', of: reuse, most: 3_000 },
];

const OVERLOADED: readonly Aim[] = [
  { name: 'success of critical requests', of: (_, { critical }) => critical, least: 99 },
  { name: 'success of the worst small tenant', of: (_, { small }) => small, least: 98 },
  { name: 'success', of: (_, { success }) => success, least: 96 },
];

/** `continued`: broken streams were to be continued. Loads without aims of their own are held to `ALWAYS`. */
export function gatesOf(load: number, runs: readonly Metrics[], continued: boolean): Gate[] {
  const own: readonly Aim[] =
    load === 1
      ? [{ name: 'success', of: (_, { success }) => success, least: continued ? 99.9 : 99.5 }, ...USUAL]
      : load === 1.6
        ? OVERLOADED
        : [];
  const summary = summaryOf(load, runs);
  return [...own, ...ALWAYS].map(({ name, of, least, most }) => {
    const value = of(runs, summary);
    const passed = (least === undefined || value >= least) && (most === undefined || value <= most);
    return { name, value, aim: least === undefined ? `≤ ${most}` : `≥ ${least}`, passed };
  });
}
