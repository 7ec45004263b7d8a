/** What is read when Prometheus asks: the state of the moment, told by those who have it. */
import type { Priority } from '../../core/priority.ts';
import type { WriterState } from '../ledger/writer.ts';
import type { Reading } from '../spending/claim.ts';
import { burnRate } from './burn-rate.ts';
import { METRICS, type MetricName } from './names.ts';
import { familyText, labelsText, type Sample } from './text.ts';

/** A deployment as it stands. */
export interface TargetReading {
  deployment: string;
  /** Deployments with the same one draw on the same limits. */
  resource: string;
  circuit: 'closed' | 'open' | 'half_open';
  /** 0 to 1. */
  room: number;
}

export interface ProcessReading {
  cpuSeconds: number;
  residentBytes: number;
  startedAtMs: number;
  heapUsedBytes: number;
  eventLoopLagP99Ms: number;
}

export interface SpansReading {
  sent: number;
  dropped: Readonly<Record<string, number>>;
}

export interface AlertsReading {
  firing: readonly { rule: string; severity: string }[];
  messages: readonly { receiver: string; outcome: string; count: number }[];
}

/** All optional: what is not there has no lines. None may be slow or throw. */
export interface Sources {
  waiting?: (() => Readonly<Record<Priority, number>>) | undefined;
  targets?: (() => Iterable<TargetReading>) | undefined;
  parked?: (() => Iterable<{ reason: string }>) | undefined;
  isEmergency?: (() => boolean) | undefined;
  retryBudgets?: (() => Iterable<{ model: string; level: number }>) | undefined;
  budgets?: (() => Iterable<Reading>) | undefined;
  ledger?: (() => WriterState) | undefined;
  spans?: (() => SpansReading) | undefined;
  alerts?: (() => AlertsReading) | undefined;
  process?: (() => ProcessReading) | undefined;
}

/** Lines of one metric at most, whoever brings them. */
const MAX_LINES = 1_000;
const CIRCUITS = ['closed', 'half_open', 'open'] as const;

type Line = readonly [values: readonly string[], value: number];

export function sourcesText(sources: Sources): string {
  return [
    ...dispatchFamilies(sources),
    ...budgetFamilies(sources.budgets?.() ?? []),
    ...bookFamilies(sources),
    ...processFamilies(sources.process?.()),
  ].join('');
}

function family(name: MetricName, lines: Iterable<Line>): string {
  const samples: Sample[] = [];
  const seen = new Set<string>(); // Prometheus refuses a page that has a series twice.
  for (const [values, value] of lines) {
    const labels = labelsText(METRICS[name].labels, values);
    if (seen.has(labels)) continue;
    seen.add(labels);
    samples.push({ labels, value });
    if (samples.length === MAX_LINES) break;
  }
  return familyText(name, samples);
}

function dispatchFamilies({ waiting, targets, parked, isEmergency, retryBudgets }: Sources): string[] {
  const budgets = Array.from(retryBudgets?.() ?? [], ({ model, level }): Line => [[model], level]);
  return [
    family('signalbox_queue_waiting', linesOf(waiting?.() ?? {})),
    ...targetFamilies([...(targets?.() ?? [])]),
    family(
      'signalbox_parked',
      tally(parked?.() ?? [], ({ reason }) => [reason]),
    ),
    family('signalbox_emergency', isEmergency ? [[[], isEmergency() ? 1 : 0]] : []),
    family('signalbox_retry_budget', budgets),
  ];
}

function targetFamilies(readings: readonly TargetReading[]): string[] {
  const circuits = readings.flatMap(({ deployment, circuit }) =>
    CIRCUITS.map((state): Line => [[deployment, state], state === circuit ? 1 : 0]),
  );
  return [
    family('signalbox_limiter_room_ratio', linesOf(Object.fromEntries(roomsOf(readings)))),
    family('signalbox_circuit_state', circuits),
  ];
}

/** By resource: what the deployment with the least room has. */
export function roomsOf(readings: readonly TargetReading[]): Map<string, number> {
  const rooms = new Map<string, number>();
  for (const { resource, room } of readings) rooms.set(resource, Math.min(room, rooms.get(resource) ?? 1));
  return rooms;
}

function budgetFamilies(readings: Iterable<Reading>): string[] {
  const used: Line[] = [];
  const burning: Line[] = [];
  for (const reading of readings) {
    if (!reading.isBudget) continue;
    const values = [reading.kind, reading.name, reading.measure, reading.span ?? ''];
    used.push([values, reading.limit > 0 ? reading.used / reading.limit : 1]);
    const rate = burnRate(reading);
    if (rate !== undefined) burning.push([values, rate]);
  }
  return [family('signalbox_budget_used_ratio', used), family('signalbox_budget_burn_rate', burning)];
}

function bookFamilies({ ledger, spans, alerts }: Sources): string[] {
  return [
    ...(ledger ? ledgerFamilies(ledger()) : []),
    ...(spans ? spanFamilies(spans()) : []),
    ...(alerts ? alertFamilies(alerts()) : []),
  ];
}

function ledgerFamilies({ waiting, written, dropped, failures }: WriterState): string[] {
  return [
    family('signalbox_ledger_waiting_rows', [[[], waiting]]),
    family('signalbox_ledger_written_rows_total', [[[], written]]),
    family('signalbox_ledger_dropped_rows_total', linesOf({ ...dropped })),
    family('signalbox_ledger_failures_total', [[[], failures]]),
  ];
}

function spanFamilies({ sent, dropped }: SpansReading): string[] {
  return [
    family('signalbox_spans_sent_total', [[[], sent]]),
    family('signalbox_spans_dropped_total', linesOf(dropped)),
  ];
}

function alertFamilies({ firing, messages }: AlertsReading): string[] {
  const told = messages.map(({ receiver, outcome, count }): Line => [[receiver, outcome], count]);
  return [
    family(
      'signalbox_alerts_firing',
      tally(firing, ({ rule, severity }) => [rule, severity]),
    ),
    family('signalbox_alert_messages_total', told),
  ];
}

function processFamilies(reading: ProcessReading | undefined): string[] {
  if (!reading) return [];
  return [
    family('process_cpu_seconds_total', [[[], reading.cpuSeconds]]),
    family('process_resident_memory_bytes', [[[], reading.residentBytes]]),
    family('process_start_time_seconds', [[[], reading.startedAtMs / 1_000]]),
    family('nodejs_heap_size_used_bytes', [[[], reading.heapUsedBytes]]),
    family('nodejs_eventloop_lag_p99_seconds', [[[], reading.eventLoopLagP99Ms / 1_000]]),
  ];
}

function linesOf(values: Readonly<Record<string, number>>): Line[] {
  return Object.entries(values).map(([label, value]) => [[label], value]);
}

/** How many there are of each. */
function tally<Item>(items: Iterable<Item>, labelsOf: (item: Item) => readonly string[]): Iterable<Line> {
  const lines = new Map<string, Line>();
  for (const item of items) {
    const labels = labelsOf(item);
    const name = labels.join(' ');
    lines.set(name, [labels, (lines.get(name)?.[1] ?? 0) + 1]);
  }
  return lines.values();
}
