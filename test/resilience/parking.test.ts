import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/core/errors.ts';
import { Parking, type ParkingAlert, type Probe } from '../../src/resilience/parking.ts';

const MINUTE = 60_000;
const OPTIONS = { probeMs: MINUTE, maxProbeMs: 10 * MINUTE };
const SCOPE = 'credential:anthropic';
const dead = (retryAfterMs?: number) => new GatewayError('credential', 'invalid x-api-key', { retryAfterMs });

function bench() {
  const alerts: ParkingAlert[] = [];
  return { parking: new Parking(OPTIONS, (alert) => alerts.push(alert)), alerts };
}

/** `probe`: goes as soon as it may, and is refused again, with the printed time if there is one. */
const table: { name: string; refusals: { atMs: number; printedMs?: number }[]; untilMs: number }[] = [
  { name: 'a minute where nothing is printed', refusals: [{ atMs: 0 }], untilMs: MINUTE },
  {
    name: 'a minute, however far the printed reset',
    refusals: [{ atMs: 0, printedMs: 9 * 24 * 60 * MINUTE }],
    untilMs: MINUTE,
  },
  { name: 'a printed zero is not printed', refusals: [{ atMs: 0, printedMs: 0 }], untilMs: MINUTE },
  { name: 'two minutes after a failed probe', refusals: [{ atMs: 0 }, { atMs: MINUTE }], untilMs: 3 * MINUTE },
  { name: 'then four', refusals: [{ atMs: 0 }, { atMs: MINUTE }, { atMs: 3 * MINUTE }], untilMs: 7 * MINUTE },
  {
    name: 'ten at most',
    refusals: [0, 1, 3, 7, 15, 25].map((minute) => ({ atMs: minute * MINUTE })),
    untilMs: 35 * MINUTE,
  },
  {
    name: 'until a printed reset that is sooner than the next probe',
    refusals: [{ atMs: 0 }, { atMs: MINUTE }, { atMs: 3 * MINUTE, printedMs: 90_000 }],
    untilMs: 3 * MINUTE + 90_000,
  },
  { name: 'a minute at least', refusals: [{ atMs: 0, printedMs: 5_000 }], untilMs: MINUTE },
  {
    name: 'not longer for calls that were on their way',
    refusals: [{ atMs: 0 }, { atMs: 10 }, { atMs: 59_000 }],
    untilMs: MINUTE,
  },
];

describe('Parking', () => {
  it.each(table)('parks $name', ({ refusals, untilMs }) => {
    const { parking, alerts } = bench();
    for (const { atMs, printedMs } of refusals) {
      parking.take(SCOPE, atMs);
      parking.park(SCOPE, dead(printedMs), atMs);
    }
    const lastMs = refusals.at(-1)?.atMs ?? 0;
    expect(parking.waitMs(SCOPE, lastMs)).toBe(untilMs - lastMs);
    expect(parking.waitMs(SCOPE, untilMs - 1)).toBe(1);
    expect(parking.waitMs(SCOPE, untilMs)).toBe(0);
    expect(alerts.map(({ event }) => event)).toEqual(['parked']);
  });

  it('leaves other scopes alone', () => {
    const { parking } = bench();
    parking.park(SCOPE, dead(), 0);
    expect(parking.waitMs('credential:openai', 0)).toBe(0);
    expect(parking.take('credential:openai', 0)).toBeUndefined();
    expect(parking.take(SCOPE, 0)).toBeUndefined();
  });

  it('tells a client why, and how much longer', () => {
    const { parking } = bench();
    parking.park(SCOPE, dead(), 0);
    expect(parking.whyParked(SCOPE, 20_000)).toMatchObject({
      kind: 'credential',
      message: 'invalid x-api-key',
      retryAfterMs: 40_000,
    });
    expect(parking.whyParked(SCOPE, MINUTE)).toBeUndefined();
    parking.take(SCOPE, MINUTE);
    expect(parking.whyParked(SCOPE, MINUTE)).toMatchObject({ kind: 'credential', retryAfterMs: 250 });
  });

  it('tells the operator why until a probe succeeds, not until one is due', () => {
    const { parking } = bench();
    expect(parking.reason(SCOPE)).toBeUndefined();
    parking.park(SCOPE, dead(), 0);
    expect(parking.waitMs(SCOPE, MINUTE)).toBe(0);
    expect(parking.reason(SCOPE)).toBe('credential');
    parking.take(SCOPE, MINUTE)?.succeeded();
    expect(parking.reason(SCOPE)).toBeUndefined();
  });

  it('lets exactly one call find out, and everybody back once it succeeds', () => {
    const { parking, alerts } = bench();
    parking.park(SCOPE, dead(), 0);
    const probe = parking.take(SCOPE, MINUTE);
    expect([parking.waitMs(SCOPE, MINUTE), parking.take(SCOPE, MINUTE)]).toEqual([250, undefined]);
    probe?.succeeded();
    expect([parking.waitMs(SCOPE, MINUTE), parking.take(SCOPE, MINUTE)]).toEqual([0, undefined]);
    expect(alerts).toEqual([
      { event: 'parked', scope: SCOPE, reason: 'credential', untilMs: MINUTE },
      { event: 'back', scope: SCOPE },
    ]);
  });

  it('starts from a minute again, and says so again, after it was back', () => {
    const { parking, alerts } = bench();
    parking.park(SCOPE, dead(), 0);
    parking.park(SCOPE, dead(), MINUTE);
    parking.take(SCOPE, 3 * MINUTE)?.succeeded();
    parking.park(SCOPE, dead(), 4 * MINUTE);
    expect(parking.waitMs(SCOPE, 4 * MINUTE)).toBe(MINUTE);
    expect(alerts.map(({ event }) => event)).toEqual(['parked', 'back', 'parked']);
  });

  it('lets the next call try where a probe found out nothing', () => {
    const { parking } = bench();
    parking.park(SCOPE, dead(), 0);
    const first = parking.take(SCOPE, MINUTE);
    first?.void();
    const second = parking.take(SCOPE, MINUTE);
    expect(second).toBeDefined();
    first?.void();
    first?.succeeded();
    expect(parking.waitMs(SCOPE, MINUTE)).toBe(250);
  });

  it('gives up a probe that nobody reports', () => {
    const { parking } = bench();
    parking.park(SCOPE, dead(), 0);
    const lost = parking.take(SCOPE, MINUTE);
    expect(parking.waitMs(SCOPE, 2 * MINUTE - 100)).toBe(100);
    expect(parking.waitMs(SCOPE, 2 * MINUTE)).toBe(0);
    expect(parking.take(SCOPE, 2 * MINUTE)).toBeDefined();
    lost?.succeeded();
    expect(parking.waitMs(SCOPE, 2 * MINUTE)).toBe(250);
  });

  it('does not hear a probe whose scope was parked anew meanwhile', () => {
    const { parking } = bench();
    parking.park(SCOPE, dead(), 0);
    const probe = parking.take(SCOPE, MINUTE);
    parking.park(SCOPE, dead(), MINUTE);
    probe?.succeeded();
    probe?.void();
    expect(parking.waitMs(SCOPE, MINUTE)).toBe(2 * MINUTE);
  });

  it('remembers ten thousand scopes and forgets the oldest', () => {
    const { parking } = bench();
    for (let scope = 0; scope <= 10_000; scope++) parking.park(`quota:${scope}`, dead(), 0);
    expect(parking.waitMs('quota:0', 0)).toBe(0);
    expect(parking.waitMs('quota:1', 0)).toBe(MINUTE);
    expect(parking.waitMs('quota:10000', 0)).toBe(MINUTE);
  });

  it('never has two probes out, never shortens a time, alerts in turn, and comes back from every history', () => {
    const step = fc.record({
      ms: fc.constantFrom(0, 0, 100, 5_000, 30_000, 200_000),
      act: fc.constantFrom('take', 'take', 'park', 'succeeded', 'void'),
      which: fc.nat(5),
      printedMs: fc.constantFrom(undefined, undefined, 0, 700, 400_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const { parking, alerts } = bench();
        const probes: { probe: Probe; untilMs: number }[] = [];
        let now = 0;
        let parkedUntilMs = 0;
        parking.park(SCOPE, dead(), 0);
        for (const { ms, act, which, printedMs } of steps) {
          now += ms;
          const waitMs = parking.waitMs(SCOPE, now);
          expect(waitMs === 0).toBe(parking.whyParked(SCOPE, now) === undefined);
          expect(now >= parkedUntilMs || waitMs === parkedUntilMs - now).toBe(true);
          const probe = act === 'take' ? parking.take(SCOPE, now) : undefined;
          const rivals = probes.filter(({ untilMs }) => untilMs > now);
          expect(probe === undefined || (waitMs === 0 && rivals.length === 0)).toBe(true);
          if (probe) probes.push({ probe, untilMs: now + MINUTE });
          if (act === 'park') {
            parking.park(SCOPE, dead(printedMs), now);
            parkedUntilMs = now + parking.waitMs(SCOPE, now);
            probes.length = 0;
          }
          if (act === 'void' || act === 'succeeded') probes.splice(which, 1)[0]?.probe[act]();
          if (alerts.at(-1)?.event === 'back') parkedUntilMs = 0;
        }
        alerts.forEach(({ event }, turn) => expect(event).toBe(turn % 2 ? 'back' : 'parked'));
        parking.take(SCOPE, now + 20 * MINUTE)?.succeeded();
        expect(parking.waitMs(SCOPE, now)).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
