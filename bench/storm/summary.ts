/** Several runs under the same load as one row. */
import type { Metrics } from './metrics.ts';
import { TENANTS } from './scenario.ts';

type Shared =
  | 'load'
  | 'success'
  | 'throttled'
  | 'silent'
  | 'callsPerRequest'
  | 'wastedPer100'
  | 'impolite'
  | 'duplicates';

/** As of one run, but `callerCalls` is the most in any. */
export interface Summary extends Pick<Metrics, Shared | 'callerCalls' | 'abandoned' | 'p50Ms' | 'p99Ms'> {
  runs: number;
  critical: number;
  normal: number;
  background: number;
  /** Of the small tenants, the one that fared worst. */
  small: number;
}

const SMALL = TENANTS.map(({ name }) => name).filter((name) => name.startsWith('small'));

/** Means over the runs; the worst small tenant is the worst of the tenants' means. */
export function summaryOf(load: number, runs: readonly Metrics[]): Summary {
  const of = (pick: (metrics: Metrics) => number) => mean(runs.map(pick));
  return {
    load,
    runs: runs.length,
    success: of(({ success }) => success),
    critical: of(({ byPriority }) => byPriority.critical),
    normal: of(({ byPriority }) => byPriority.normal),
    background: of(({ byPriority }) => byPriority.background),
    small: Math.min(...SMALL.map((name) => of(({ byTenant }) => byTenant[name] ?? 0))),
    throttled: of(({ throttled }) => throttled),
    silent: of(({ silent }) => silent),
    callsPerRequest: of(({ callsPerRequest }) => callsPerRequest),
    wastedPer100: of(({ wastedPer100 }) => wastedPer100),
    impolite: of(({ impolite }) => impolite),
    duplicates: of(({ duplicates }) => duplicates),
    callerCalls: Math.max(...runs.map(({ callerCalls }) => callerCalls), 0),
    abandoned: of(({ abandoned }) => abandoned),
    p50Ms: of(({ p50Ms }) => p50Ms),
    p99Ms: of(({ p99Ms }) => p99Ms),
  };
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
