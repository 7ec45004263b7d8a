import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Emergency, type EmergencyAlert, type EmergencyMode } from '../../src/resilience/emergency.ts';

const OPTIONS = { mode: 'auto' as EmergencyMode, belowPercent: 34, afterMs: 2_000, untilMs: 10_000 };

function bench(mode: EmergencyMode = 'auto') {
  const alerts: EmergencyAlert[] = [];
  return { emergency: new Emergency({ ...OPTIONS, mode }, (alert) => alerts.push(alert)), alerts };
}

const BEGUN: [number, number][] = [
  [0, 1],
  [2_001, 1],
];

/** Notes: [when, how many of three deployments are usable]. */
const table: { name: string; notes: [number, number][]; atMs: number; active: boolean; alerts: number }[] = [
  { name: 'off while nothing was noted', notes: [], atMs: 60_000, active: false, alerts: 0 },
  {
    name: 'off while two of three can serve',
    notes: [
      [0, 2],
      [9_000, 2],
    ],
    atMs: 9_000,
    active: false,
    alerts: 0,
  },
  {
    name: 'off while it was short for two seconds only',
    notes: [
      [0, 1],
      [2_000, 1],
    ],
    atMs: 2_000,
    active: false,
    alerts: 0,
  },
  { name: 'on once it was short for longer', notes: BEGUN, atMs: 2_001, active: true, alerts: 1 },
  {
    name: 'off when it was back in between',
    notes: [
      [0, 1],
      [1_900, 2],
      [2_100, 0],
      [4_000, 0],
    ],
    atMs: 4_000,
    active: false,
    alerts: 0,
  },
  { name: 'off after a single note, however old', notes: [[0, 0]], atMs: 90_000, active: false, alerts: 0 },
  {
    name: 'still on just after capacity came back',
    notes: [...BEGUN, [3_000, 3]],
    atMs: 12_999,
    active: true,
    alerts: 1,
  },
  {
    name: 'over once it was back for ten seconds',
    notes: [...BEGUN, [3_000, 3]],
    atMs: 13_000,
    active: false,
    alerts: 2,
  },
  {
    name: 'still on where it was short again meanwhile',
    notes: [...BEGUN, [3_000, 3], [9_000, 0], [9_500, 3]],
    atMs: 19_000,
    active: true,
    alerts: 1,
  },
  { name: 'on where nothing changes', notes: BEGUN, atMs: 900_000, active: true, alerts: 1 },
];

describe('Emergency', () => {
  it.each(table)('is $name', ({ notes, atMs, active, alerts: expected }) => {
    const { emergency, alerts } = bench();
    for (const [nowMs, usable] of notes) emergency.note(usable, 3, nowMs);
    expect(emergency.active(atMs)).toBe(active);
    expect(alerts).toHaveLength(expected);
  });

  it('tells the operator when it begins and when it ends', () => {
    const { emergency, alerts } = bench();
    for (const [nowMs, usable] of [...BEGUN, [5_000, 3], [15_000, 3]] as const) emergency.note(usable, 3, nowMs);
    expect(alerts).toEqual([
      { event: 'emergency_began', by: 'capacity', usable: 1 / 3 },
      { event: 'emergency_ended', by: 'capacity', usable: 1 },
    ]);
  });

  it("obeys the operator, whatever capacity says, until it is the machine's turn again", () => {
    const { emergency, alerts } = bench();
    emergency.force('on', 0);
    emergency.note(3, 3, 0);
    expect(emergency.active(90_000)).toBe(true);
    emergency.force('off', 90_000);
    for (const nowMs of [90_000, 95_000]) emergency.note(0, 3, nowMs);
    expect(emergency.active(95_000)).toBe(false);
    emergency.force('auto', 95_000);
    expect(emergency.active(95_000)).toBe(true);
    expect(alerts.map(({ event, by }) => `${event} ${by}`)).toEqual([
      'emergency_began operator',
      'emergency_ended operator',
      'emergency_began operator',
    ]);
  });

  it('is on from the start, without an alert, where the configuration says so', () => {
    const { emergency, alerts } = bench('on');
    expect([emergency.active(0), alerts]).toEqual([true, []]);
  });

  it('lets answers live longer while it lasts', () => {
    const { emergency } = bench();
    expect(emergency.lifetimeMs(3_600_000, 0)).toBe(3_600_000);
    emergency.force('on', 0);
    expect(emergency.lifetimeMs(3_600_000, 0)).toBe(86_400_000);
  });

  const refusals: {
    name: string;
    notes?: [number, number][];
    crowdedAt?: number[];
    atMs: number;
    refusalMs: number;
  }[] = [
    { name: 'nothing while nobody urgent has to wait', atMs: 3_000, refusalMs: 0 },
    { name: 'what can wait while somebody urgent does', crowdedAt: [3_000], atMs: 3_000, refusalMs: 2_000 },
    { name: 'it until that is two seconds ago', crowdedAt: [3_000], atMs: 4_999, refusalMs: 1 },
    { name: 'it no longer', crowdedAt: [3_000], atMs: 5_000, refusalMs: 0 },
    { name: 'it for longer where they wait again', crowdedAt: [3_000, 4_000], atMs: 5_000, refusalMs: 1_000 },
    { name: 'it only until it is over', notes: [[3_000, 3]], crowdedAt: [12_500], atMs: 12_500, refusalMs: 500 },
    { name: 'nothing once it is over', notes: [[3_000, 3]], crowdedAt: [12_500], atMs: 13_000, refusalMs: 0 },
  ];
  it.each(refusals)('refuses $name', ({ notes = [], crowdedAt = [], atMs, refusalMs }) => {
    const { emergency } = bench();
    for (const [nowMs, usable] of [...BEGUN, ...notes]) emergency.note(usable, 3, nowMs);
    for (const nowMs of crowdedAt) emergency.noteCrowd(nowMs);
    expect(emergency.refusalMs(atMs)).toBe(refusalMs);
  });

  it("refuses nothing while it is not on, and by the operator's word without a crowd", () => {
    const { emergency } = bench();
    emergency.noteCrowd(0);
    expect(emergency.refusalMs(0)).toBe(0);
    emergency.force('on', 0);
    expect(emergency.refusalMs(90_000)).toBe(10_000);
  });

  it('ignores a pool of nothing', () => {
    const { emergency } = bench();
    emergency.note(0, 3, 0);
    emergency.note(0, 0, 1_000);
    emergency.note(0, 3, 2_001);
    expect(emergency.active(2_001)).toBe(true);
  });

  it('never begins without a shortage of two seconds, always ends after ten of plenty, and alerts in turn', () => {
    const note = fc.record({ ms: fc.integer({ min: 0, max: 3_000 }), usable: fc.nat(3), isCrowded: fc.boolean() });
    fc.assert(
      fc.property(fc.array(note, { maxLength: 100 }), (notes) => {
        const { emergency, alerts } = bench();
        let now = 0;
        let shortSince = Infinity;
        let crowdedAt = -Infinity;
        for (const { ms, usable, isCrowded } of notes) {
          now += ms;
          shortSince = usable < 2 ? Math.min(shortSince, now) : Infinity;
          const before = alerts.length;
          emergency.note(usable, 3, now);
          const began = alerts.slice(before).some(({ event }) => event === 'emergency_began');
          const isShort = now - shortSince > 2_000;
          expect(isShort || !began).toBe(true);
          expect(emergency.active(now) || !isShort).toBe(true);
          if (isCrowded) emergency.noteCrowd((crowdedAt = now));
          expect(emergency.refusalMs(now)).toBeLessThanOrEqual(Math.max(crowdedAt + 2_000 - now, 0));
          expect(emergency.refusalMs(now) > 0 && !emergency.active(now)).toBe(false);
        }
        alerts.forEach(({ event }, turn) => expect(event).toBe(turn % 2 ? 'emergency_ended' : 'emergency_began'));
        emergency.note(3, 3, now);
        expect(emergency.active(now + 10_000)).toBe(false);
      }),
      { numRuns: 300 },
    );
  });
});
