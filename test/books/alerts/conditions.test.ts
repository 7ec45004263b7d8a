import { describe, expect, it } from 'vitest';
import { conditionsOf } from '../../../src/books/alerts/conditions.ts';
import { Observed } from '../../../src/books/alerts/observed.ts';
import type { AlertSettings } from '../../../src/books/alerts/rules.ts';
import { Window } from '../../../src/books/alerts/window.ts';
import type { LedgerEntry } from '../../../src/books/ledger/rows.ts';
import type { Sources } from '../../../src/books/metrics/sources.ts';
import type { Reading } from '../../../src/books/spending/claim.ts';
import { entryWith } from '../metrics/entry.ts';
import { HOUR, MINUTE, NOON, SETTINGS } from './world.ts';

const times = (count: number, entry: LedgerEntry) => Array.from({ length: count }, () => entry);
const failed = (outcome: string) => entryWith({ outcome }, [{ outcome }]);
const target = (room: number, circuit: 'closed' | 'open' | 'half_open' = 'closed'): Sources => ({
  targets: () => [{ deployment: 'a/1', resource: 'a||opus', circuit, room }],
});
const BUDGET: Reading = {
  kind: 'tenant',
  name: 'acme',
  measure: 'usd',
  span: 'month',
  isBudget: true,
  limit: 50,
  used: 0,
  reserved: 0,
  resetMs: 1,
};
const spent = (reading: Partial<Reading>): Sources => ({ budgets: () => [{ ...BUDGET, ...reading }] });
const ledger = (full: number): Sources => ({
  ledger: () => ({ waiting: 0, written: 0, dropped: { full, rejected: 0 }, failures: 0 }),
});

interface Row {
  name: string;
  noted?: readonly LedgerEntry[];
  sources?: Sources;
  settings?: Partial<AlertSettings>;
  /** `rule level severity` */
  holds: string[];
}

const table: Row[] = [
  { name: 'nothing where all is well', noted: times(100, entryWith()), sources: target(1), holds: [] },
  { name: "a provider's limit that is 79 % used is none", sources: target(0.21), holds: [] },
  { name: '80 % is the first', sources: target(0.2), holds: ['provider_limit 1 warning'] },
  { name: '90 % the second', sources: target(0.1), holds: ['provider_limit 2 warning'] },
  { name: '95 % is critical', sources: target(0.05), holds: ['provider_limit 3 critical'] },
  { name: 'an open circuit', sources: target(1, 'open'), holds: ['circuit_open 1 warning'] },
  { name: 'one that is being tried', sources: target(1, 'half_open'), holds: ['circuit_open 1 warning'] },
  { name: 'a budget at 79 %', sources: spent({ used: 39.9 }), holds: [] },
  { name: 'at 80 %', sources: spent({ used: 40 }), holds: ['budget 1 warning'] },
  { name: 'at 95 %', sources: spent({ used: 47.5 }), holds: ['budget 3 critical'] },
  { name: 'and used up', sources: spent({ used: 50 }), holds: ['budget 4 critical'] },
  {
    name: 'a limit of a day is a quota',
    sources: spent({ isBudget: false, measure: 'requests', span: 'day', used: 46 }),
    holds: ['quota 2 warning'],
  },
  {
    name: 'a limit of a minute comes and goes',
    sources: spent({ isBudget: false, measure: 'requests', span: 'minute', used: 50 }),
    holds: [],
  },
  {
    name: "the day's spending",
    noted: times(95, entryWith({ costUsd: 1 })),
    holds: ['daily_spend 3 critical'],
  },
  {
    name: "not the day's spending where no sum is set",
    noted: times(95, entryWith({ costUsd: 1 })),
    settings: { dailySpendUsd: undefined },
    holds: [],
  },
  {
    name: 'errors: a tenth of the calls, and of the requests',
    noted: [...times(18, entryWith()), ...times(2, failed('fault'))],
    holds: ['error_share 1 warning', 'error_share 1 warning'],
  },
  {
    name: 'errors: half of them is critical',
    noted: [...times(10, entryWith()), ...times(10, failed('overload'))],
    holds: ['error_share 2 critical', 'error_share 2 critical'],
  },
  { name: 'too few calls say nothing', noted: times(19, failed('fault')), holds: [] },
  {
    name: 'errors that another deployment made good are the deployment’s alone',
    noted: times(20, entryWith({}, [{ outcome: 'fault' }, { outcome: 'ok', deployment: 'b/2' }])),
    holds: ['error_share 2 critical'],
  },
  { name: 'what is the caller’s fault says nothing', noted: times(20, failed('context')), holds: [] },
  { name: 'who leaves says nothing', noted: times(20, failed('client_gone')), holds: [] },
  {
    name: '429s are not errors',
    noted: times(20, failed('rate')),
    holds: ['throttle_share 2 critical', 'throttle_share 2 critical'],
  },
  {
    name: 'what was passed over was not called',
    noted: times(20, entryWith({}, [{ outcome: 'circuit_open', called: false }, { outcome: 'ok' }])),
    holds: [],
  },
  { name: 'an unknown price', noted: [entryWith({ costUsd: null })], holds: ['unknown_price 1 warning'] },
  { name: 'rows that were dropped', sources: ledger(1), holds: ['ledger_drops 1 warning'] },
  {
    name: 'an emergency that the dispatcher tells',
    sources: { isEmergency: () => true },
    holds: ['emergency 1 critical'],
  },
  {
    name: 'nothing that is switched off',
    sources: { ...ledger(1), ...target(0, 'open') },
    settings: { off: ['ledger_drops', 'circuit_open', 'provider_limit'] },
    holds: [],
  },
];

describe('what is worth an alert', () => {
  it.each(table)('$name', ({ noted = [], sources = {}, settings = {}, holds }) => {
    const observed = new Observed(SETTINGS.windowMs);
    for (const entry of noted) observed.note(entry, NOON);
    const conditions = conditionsOf(observed, sources, { ...SETTINGS, ...settings }, NOON);
    expect(conditions.map(({ rule, level, severity }) => `${rule} ${level} ${severity}`)).toEqual(holds);
  });

  it('is parked until the dispatcher says that it is back', () => {
    const observed = new Observed(SETTINGS.windowMs);
    const rules = () => conditionsOf(observed, {}, SETTINGS, NOON).map(({ rule, subject }) => `${rule} ${subject}`);
    observed.hear({ event: 'parked', scope: 'credential a', reason: 'credential' });
    observed.hear({ event: 'emergency_began' });
    expect(rules()).toEqual(['parked credential a', 'emergency capacity']);
    observed.hear({ event: 'back', scope: 'credential a' });
    observed.hear({ event: 'emergency_ended' });
    expect(rules()).toEqual([]);
  });

  it('forgets after the window', () => {
    const observed = new Observed(SETTINGS.windowMs);
    for (const entry of times(20, failed('fault'))) observed.note(entry, NOON);
    observed.hasDropped(3, NOON);
    const at = (ms: number) => conditionsOf(observed, ledger(3), SETTINGS, NOON + ms).map(({ rule }) => rule);
    expect(at(4 * MINUTE)).toEqual(['error_share', 'error_share', 'ledger_drops']);
    expect(at(5 * MINUTE)).toEqual([]);
  });

  it('begins the day at midnight, UTC', () => {
    const observed = new Observed(SETTINGS.windowMs);
    observed.note(entryWith({ costUsd: 99 }), NOON);
    expect(observed.spentTodayUsd(NOON + 12 * HOUR - 1)).toBe(99);
    expect(observed.spentTodayUsd(NOON + 12 * HOUR)).toBe(0);
  });
});

describe('Window', () => {
  it('is bounded', () => {
    const window = new Window(MINUTE);
    for (let index = 0; index < 5_000; index++) window.at(`d${index}`, NOON);
    expect(window.sums(NOON).size).toBe(1_000);
  });

  it('keeps what is asked often, however many names are asked once', () => {
    const window = new Window(MINUTE);
    for (let index = 0; index < 5_000; index++) {
      window.at(`invented${index}`, NOON).calls++;
      if (index % 2_000 < 20) window.at('real', NOON).calls++;
    }
    expect(window.sums(NOON).get('real')?.calls).toBe(60);
  });

  it('goes on with a clock that is put back', () => {
    const window = new Window(MINUTE);
    for (const nowMs of [NOON, NOON - HOUR, NOON]) {
      const counts = window.at('a', nowMs);
      if (counts) counts.calls++;
    }
    expect(window.sums(NOON).get('a')?.calls).toBe(3);
  });
});
