/** The figures of one run, from what the clients saw and what the providers' books say. Pure. */
import type { Arrival } from './arrivals.ts';
import { SILENT, type Verdict } from './judge.ts';
import type { UpstreamCall } from './provider.ts';
import { OUTAGES, type Priority, TENANTS, type Weather } from './scenario.ts';

/** One request as its client saw it. */
export interface Experience {
  arrival: Arrival;
  verdict: Verdict;
  /** Of the answer; 0 where there was none. */
  status: number;
  /** Until its end, in milliseconds. */
  tookMs: number;
  /** When the client was answered or gave up, since the start of the storm. */
  endedMs: number;
}

export interface OutageMetrics {
  id: string;
  provider: string;
  success: number;
  callsToSick: number;
  /** Until the provider gave a good answer again; undefined if it never did. */
  reuseMs: number | undefined;
}

export interface Metrics {
  seed: number;
  load: number;
  requests: number;
  /** Of the requests that could have been served; percent, as all shares here. */
  success: number;
  verdicts: Partial<Record<Verdict, number>>;
  byPriority: Record<Priority, number>;
  byTenant: Record<string, number>;
  throttled: number;
  silent: number;
  callsPerRequest: number;
  wastedPer100: number;
  impolite: number;
  /** Requests that were answered whole, and billed, more than once. */
  duplicates: number;
  /** The most often that one request at fault was judged by providers (500s and 429s are no judgement): 1 is right. */
  callerCalls: number;
  /** Requests at fault whose client was not told so by a 400. */
  callerMisjudged: number;
  /** Calls that ran on after their client had hung up. */
  abandoned: number;
  /** Of the requests that succeeded. */
  p50Ms: number;
  p99Ms: number;
  outages: readonly OutageMetrics[];
}

/** A gateway needs a moment to hear that its client has gone. */
const HEARING_MS = 50;

export function metricsOf(
  { seed, load, durationMs }: Weather,
  experiences: readonly Experience[],
  calls: readonly UpstreamCall[],
): Metrics {
  const plain = experiences.filter(({ arrival }) => arrival.kind === 'plain');
  const atFault = experiences.filter(({ arrival }) => arrival.kind === 'bad' || arrival.kind === 'too_long');
  const leavers = experiences.filter(({ arrival }) => arrival.kind === 'leaver');
  const good = plain.filter(isGood);
  const byRequest = Map.groupBy(calls, ({ id }) => id);
  const callsFor = (some: readonly Experience[]) => some.flatMap(({ arrival }) => byRequest.get(arrival.id) ?? []);
  const took = good.map(({ tookMs }) => tookMs).toSorted((a, b) => a - b);
  const verdicts = countBy(plain.map(({ verdict }) => verdict));
  const plainCalls = callsFor(plain).length;
  return {
    seed,
    load,
    requests: experiences.length,
    success: successOf(plain),
    verdicts,
    byPriority: {
      critical: successOf(plain.filter(({ arrival }) => arrival.priority === 'critical')),
      normal: successOf(plain.filter(({ arrival }) => arrival.priority === 'normal')),
      background: successOf(plain.filter(({ arrival }) => arrival.priority === 'background')),
    },
    byTenant: Object.fromEntries(
      TENANTS.map(({ name }) => [name, successOf(plain.filter(({ arrival }) => arrival.tenant === name))]),
    ),
    throttled: percent(verdicts.throttled ?? 0, plain.length),
    silent: experiences.filter(({ verdict }) => SILENT.includes(verdict)).length,
    callsPerRequest: ratio(plainCalls, plain.length),
    wastedPer100: percent(plainCalls - good.length, plain.length),
    impolite: calls.filter(({ impolite }) => impolite).length,
    duplicates: plain.filter(({ arrival }) => completions(byRequest.get(arrival.id)) > 1).length,
    callerCalls: Math.max(...atFault.map(({ arrival }) => judgements(byRequest.get(arrival.id))), 0),
    callerMisjudged: atFault.filter(({ status }) => status !== 400).length,
    abandoned: leavers.filter(({ arrival, endedMs }) => runsOn(byRequest.get(arrival.id), endedMs)).length,
    p50Ms: quantile(took, 0.5),
    p99Ms: quantile(took, 0.99),
    outages: OUTAGES.filter(({ toMs }) => toMs <= durationMs).map((outage) => outageOf(outage, plain, calls)),
  };
}

function outageOf(
  { id, provider, fromMs, toMs }: (typeof OUTAGES)[number],
  plain: readonly Experience[],
  calls: readonly UpstreamCall[],
): OutageMetrics {
  const isDuring = (atMs: number) => atMs >= fromMs && atMs < toMs;
  const theirs = calls.filter((call) => call.provider === provider);
  const next = theirs.filter(({ atMs, completed }) => atMs >= toMs && completed).map(({ atMs }) => atMs);
  return {
    id,
    provider,
    success: successOf(plain.filter(({ arrival }) => isDuring(arrival.atMs))),
    callsToSick: theirs.filter(({ atMs }) => isDuring(atMs)).length,
    reuseMs: next.length > 0 ? Math.round(Math.min(...next) - toMs) : undefined,
  };
}

function isGood({ verdict }: Experience): boolean {
  return verdict === 'ok';
}

function successOf(experiences: readonly Experience[]): number {
  return percent(experiences.filter(isGood).length, experiences.length);
}

function completions(calls: readonly UpstreamCall[] | undefined): number {
  return calls?.filter(({ completed }) => completed).length ?? 0;
}

function judgements(calls: readonly UpstreamCall[] | undefined): number {
  return calls?.filter(({ status }) => status === 400).length ?? 0;
}

function runsOn(calls: readonly UpstreamCall[] | undefined, leftMs: number): boolean {
  return calls?.some(({ endedMs }) => endedMs > leftMs + HEARING_MS) ?? false;
}

function countBy<Key extends string>(keys: readonly Key[]): Partial<Record<Key, number>> {
  const counts: Partial<Record<Key, number>> = {};
  for (const key of keys.toSorted()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** 100 for a share of nothing. */
function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : round((100 * part) / whole);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : round(part / whole);
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** Of sorted values; 0 of none. */
function quantile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0);
}
