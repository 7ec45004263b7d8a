import { describe, expect, it } from 'vitest';
import { burnRate } from '../../../src/books/metrics/burn-rate.ts';
import { type Sources, sourcesText } from '../../../src/books/metrics/sources.ts';
import { pageOf } from './page.ts';

const SOURCES: Sources = {
  waiting: () => ({ critical: 0, normal: 3, background: 1 }),
  targets: () => [
    { deployment: 'a/1', resource: 'a||x', circuit: 'open', room: 0.4 },
    { deployment: 'a/2', resource: 'a||x', circuit: 'closed', room: 0.2 },
    { deployment: 'a/2', resource: 'a||x', circuit: 'closed', room: 0.9 },
  ],
  parked: () => [{ reason: 'credential' }, { reason: 'credential' }, { reason: 'exhausted' }],
  isEmergency: () => true,
  retryBudgets: () => [{ model: 'auto', level: 12.5 }],
  budgets: () => [
    {
      kind: 'tenant',
      name: 'acme',
      measure: 'usd',
      span: 'day',
      isBudget: true,
      limit: 10,
      used: 5,
      reserved: 0,
      resetMs: 18 * 3_600_000,
    },
    {
      kind: 'key',
      name: 'app',
      measure: 'requests',
      span: 'minute',
      isBudget: false,
      limit: 10,
      used: 5,
      reserved: 0,
      resetMs: 1,
    },
  ],
  ledger: () => ({ waiting: 7, written: 100, dropped: { full: 2, rejected: 1 }, failures: 4 }),
  spans: () => ({ sent: 9, dropped: { full: 1, refused: 0 } }),
  alerts: () => ({
    firing: [
      { rule: 'circuit_open', severity: 'warning' },
      { rule: 'circuit_open', severity: 'warning' },
    ],
    messages: [{ receiver: 'ops', outcome: 'sent', count: 5 }],
  }),
  process: () => ({
    cpuSeconds: 1.5,
    residentBytes: 1e8,
    startedAtMs: 2_000,
    heapUsedBytes: 5e7,
    eventLoopLagP99Ms: 12,
  }),
};

describe('what is read on the scrape', () => {
  const page = pageOf(sourcesText(SOURCES));
  it.each<[string, number | undefined]>([
    ['signalbox_queue_waiting{priority="normal"}', 3],
    ['signalbox_limiter_room_ratio{resource="a||x"}', 0.2],
    ['signalbox_circuit_state{deployment="a/1",state="open"}', 1],
    ['signalbox_circuit_state{deployment="a/1",state="closed"}', 0],
    ['signalbox_circuit_state{deployment="a/2",state="closed"}', 1],
    ['signalbox_parked{reason="credential"}', 2],
    ['signalbox_emergency', 1],
    ['signalbox_retry_budget{model="auto"}', 12.5],
    ['signalbox_budget_used_ratio{kind="tenant",name="acme",measure="usd",span="day"}', 0.5],
    ['signalbox_budget_burn_rate{kind="tenant",name="acme",measure="usd",span="day"}', 2],
    ['signalbox_budget_used_ratio{kind="key",name="app",measure="requests",span="minute"}', undefined],
    ['signalbox_ledger_waiting_rows', 7],
    ['signalbox_ledger_dropped_rows_total{reason="full"}', 2],
    ['signalbox_ledger_failures_total', 4],
    ['signalbox_spans_sent_total', 9],
    ['signalbox_spans_dropped_total{reason="full"}', 1],
    ['signalbox_alerts_firing{rule="circuit_open",severity="warning"}', 2],
    ['signalbox_alert_messages_total{receiver="ops",outcome="sent"}', 5],
    ['process_resident_memory_bytes', 1e8],
    ['nodejs_eventloop_lag_p99_seconds', 0.012],
  ])('%s is %s', (series, value) => expect(page.get(series)).toBe(value));

  it('has no lines for what nobody tells', () => {
    expect(sourcesText({})).toBe('');
  });

  it('is bounded, whoever tells how much', () => {
    const many = Array.from({ length: 5_000 }, (_, index) => ({ model: `m${index}`, level: 1 }));
    expect(pageOf(sourcesText({ retryBudgets: () => many })).size).toBe(1_000);
  });
});

describe('the burn rate', () => {
  const HOUR = 3_600_000;
  it.each<[string, Parameters<typeof burnRate>[0], number | undefined]>([
    ['is 1 where the budget just lasts', reading('day', 50, 12 * HOUR), 1],
    ['is 4 where half went in an eighth of the time', reading('day', 50, 21 * HOUR), 4],
    ['is calm in the first minutes', reading('day', 1, 24 * HOUR - 1), 0.2],
    ['is 0 where nothing was used', reading('day', 0, 0), 0],
    ['is unknown for a total, which has no end', reading('total', 50, Infinity), undefined],
  ])('%s', (_name, budget, rate) => {
    const burning = burnRate(budget);
    expect(burning === undefined ? undefined : Number(burning.toFixed(6))).toBe(rate);
  });

  function reading(span: 'day' | 'total', used: number, resetMs: number) {
    return { measure: 'usd' as const, span, isBudget: true, limit: 100, used, reserved: 0, resetMs };
  }
});
