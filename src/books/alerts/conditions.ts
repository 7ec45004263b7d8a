/** What is so now, by the operator's rules. Pure. */
import { roomsOf, type Sources, type TargetReading } from '../metrics/sources.ts';
import type { Reading } from '../spending/claim.ts';
import { ALL_REQUESTS, type Observed } from './observed.ts';
import type { AlertSettings, Condition, Severity } from './rules.ts';
import type { Counts } from './window.ts';

/** Shorter ones come and go with every burst. */
const LONG_SPANS = new Set(['hour', 'day', 'week', 'month', 'total']);

export function conditionsOf(
  observed: Observed,
  sources: Sources,
  settings: AlertSettings,
  nowMs: number,
): Condition[] {
  const { targets, budgets, ledger, isEmergency } = sources;
  const readings = [...(targets?.() ?? [])];
  const { full = 0, rejected = 0 } = ledger?.().dropped ?? {};
  const all: Condition[] = [
    ...limitConditions(readings, settings),
    ...circuitConditions(readings),
    ...[...(budgets?.() ?? [])].flatMap((reading) => spendingCondition(reading, settings)),
    ...dayCondition(observed.spentTodayUsd(nowMs), settings),
    ...[...observed.counts(nowMs)].flatMap(([subject, counts]) => shareConditions(subject, counts, settings)),
    ...parkedConditions(observed),
  ];
  if (isEmergency?.() ?? observed.isEmergency) {
    all.push(single('emergency', 'capacity', 'critical', 'Background work is refused while others have to wait'));
  }
  if (observed.hasDropped(full + rejected, nowMs)) {
    const summary = `${full + rejected} rows were dropped since the start: the store is slow, down or refuses them`;
    all.push(single('ledger_drops', 'ledger', 'warning', summary));
  }
  return all.filter(({ rule }) => !settings.off.includes(rule));
}

function limitConditions(readings: readonly TargetReading[], { thresholdsPercent }: AlertSettings): Condition[] {
  return [...roomsOf(readings)].flatMap(([subject, room]) => {
    const percent = Math.round((1 - room) * 100);
    const reached = reachedOf(percent, thresholdsPercent);
    return reached ? [{ rule: 'provider_limit', subject, ...reached, summary: `${subject}: ${percent} % used` }] : [];
  });
}

function circuitConditions(readings: readonly TargetReading[]): Condition[] {
  const open = new Set(readings.filter(({ circuit }) => circuit !== 'closed').map(({ deployment }) => deployment));
  return [...open].map((subject) => single('circuit_open', subject, 'warning', `${subject} is not called: it fails`));
}

/** Whether it is anything that somebody is told of. */
export function isReached(reading: Reading, settings: AlertSettings): boolean {
  return spendingCondition(reading, settings).length > 0;
}

function spendingCondition(reading: Reading, { thresholdsPercent }: AlertSettings): Condition[] {
  const { kind, name, measure, span = '', isBudget, limit, used } = reading;
  if (!LONG_SPANS.has(span) || limit <= 0) return [];
  const percent = Math.floor((used / limit) * 100);
  const reached = reachedOf(percent, [...thresholdsPercent, 100]);
  if (!reached) return [];
  const subject = `${kind} ${name}: ${measure} ${span === 'total' ? 'in total' : `per ${span}`}`;
  const summary = `${subject}: ${percent} % used, ${amount(measure, used)} of ${amount(measure, limit)}`;
  return [{ rule: isBudget ? 'budget' : 'quota', subject, ...reached, summary }];
}

function dayCondition(spentUsd: number, { dailySpendUsd, thresholdsPercent }: AlertSettings): Condition[] {
  if (dailySpendUsd === undefined) return [];
  const percent = Math.floor((spentUsd / dailySpendUsd) * 100);
  const reached = reachedOf(percent, [...thresholdsPercent, 100]);
  if (!reached) return [];
  const summary = `${percent} % of the day's ${amount('usd', dailySpendUsd)} is spent: ${amount('usd', spentUsd)}`;
  return [{ rule: 'daily_spend', subject: 'today (UTC)', ...reached, summary }];
}

function shareConditions(subject: string, counts: Counts, settings: AlertSettings): Condition[] {
  const { calls, errors, throttles, unpriced } = counts;
  const { errorPercent, throttlePercent, minimumCalls } = settings;
  const conditions: Condition[] = [];
  const noun = subject === ALL_REQUESTS ? 'requests' : 'calls';
  const share = (
    rule: 'error_share' | 'throttle_share',
    count: number,
    thresholds: readonly number[],
    what: string,
  ) => {
    const percent = Math.floor((count / calls) * 100);
    const reached = calls >= minimumCalls ? reachedOf(percent, thresholds) : undefined;
    const summary = `${subject}: ${percent} % of ${calls} ${noun} ${what}`;
    if (reached) conditions.push({ rule, subject, ...reached, summary });
  };
  share('error_share', errors, errorPercent, 'failed');
  share('throttle_share', throttles, throttlePercent, 'were refused for limits (429)');
  if (unpriced > 0) {
    const summary = `${subject} has no price: ${unpriced} requests of late cost nobody knows what`;
    conditions.push(single('unknown_price', subject, 'warning', summary));
  }
  return conditions;
}

function parkedConditions({ parked }: Observed): Condition[] {
  return parked.map(({ scope, reason }) =>
    single('parked', scope, 'critical', `${scope} is out of use: ${reason}. One call in ten minutes tries it`),
  );
}

/** The highest threshold that is reached; the last of them is critical, and what comes after it. */
function reachedOf(percent: number, thresholds: readonly number[]): { level: number; severity: Severity } | undefined {
  const level = thresholds.filter((threshold) => percent >= threshold).length;
  if (level === 0) return undefined;
  const last = thresholds.at(-1) === 100 && thresholds.length > 1 ? thresholds.length - 1 : thresholds.length;
  return { level, severity: level >= last ? 'critical' : 'warning' };
}

function single(rule: Condition['rule'], subject: string, severity: Severity, summary: string): Condition {
  return { rule, subject, severity, level: 1, summary };
}

function amount(measure: string, value: number): string {
  return measure === 'usd' ? `$${value.toFixed(2)}` : String(Math.round(value));
}
