import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Panic } from '../../src/resilience/panic.ts';

function noted(requests: number, accepts: number, options = {}) {
  const panic = new Panic(() => 0.5, options);
  for (let count = 0; count < requests; count++) panic.noteRequest(0);
  for (let count = 0; count < accepts; count++) panic.noteAccept(0);
  return panic;
}

const table = [
  { name: 'nothing known admits', requests: 0, accepts: 0, rejects: 0 },
  { name: 'all accepted admits', requests: 100, accepts: 100, rejects: 0 },
  { name: 'half accepted admits', requests: 100, accepts: 50, rejects: 0 },
  { name: 'less than half rejects a part', requests: 99, accepts: 25, rejects: 0.49 },
  { name: 'nothing accepted rejects nearly all', requests: 99, accepts: 0, rejects: 0.99 },
  { name: 'a larger K lets more through', requests: 99, accepts: 25, k: 3, rejects: 0.24 },
];

describe('Panic', () => {
  it.each(table)('$name', ({ requests, accepts, rejects, k }) => {
    const panic = noted(requests, accepts, k ? { k } : {});
    expect(panic.rejectProbability(0)).toBeCloseTo(rejects, 10);
    expect(panic.admits(0)).toBe(rejects <= 0.5);
  });

  it('forgets after two minutes, ten seconds at a time', () => {
    const panic = noted(99, 0);
    panic.noteRequest(60_000);
    expect(panic.rejectProbability(119_999)).toBeCloseTo(100 / 101, 10);
    expect(panic.rejectProbability(120_000)).toBeCloseTo(1 / 2, 10);
    expect(panic.rejectProbability(180_000)).toBe(0);
  });

  /** Fifty requests a second for ten minutes; of the calls that go, `accepts` says which succeed. */
  function live(accepts: (random: () => number, sentThisSecond: number) => boolean) {
    let seed = 1;
    const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
    const panic = new Panic(random);
    const calls = { sent: 0, accepted: 0 };
    let sentThisSecond = 0;
    for (let nowMs = 0; nowMs < 600_000; nowMs += 20) {
      if (nowMs % 1_000 === 0) sentThisSecond = 0;
      if (!panic.admits(nowMs)) continue;
      panic.noteRequest(nowMs);
      calls.sent++;
      if (!accepts(random, sentThisSecond++)) continue;
      panic.noteAccept(nowMs);
      calls.accepted++;
    }
    return { sent: calls.sent / 600, accepted: calls.accepted / 600 };
  }

  it.each([
    { name: 'nearly nothing where nothing works', accepts: () => false, sent: [0, 1], accepted: [0, 0] },
    {
      name: 'all where three of five work',
      accepts: (random: () => number) => random() < 0.6,
      sent: [49, 50],
      accepted: [28, 32],
    },
    {
      name: 'twice the share that works by chance',
      accepts: (random: () => number) => random() < 0.2,
      sent: [16, 24],
      accepted: [3, 5],
    },
    {
      name: 'what fills a capacity of ten',
      accepts: (_: unknown, sent: number) => sent < 10,
      sent: [20, 35],
      accepted: [9.5, 10],
    },
  ])('sends $name', ({ accepts, sent, accepted }) => {
    const perSecond = live(accepts);
    for (const [value, [least = 0, most = 0]] of [
      [perSecond.sent, sent],
      [perSecond.accepted, accepted],
    ] as const) {
      expect(value).toBeGreaterThanOrEqual(least);
      expect(value).toBeLessThanOrEqual(most);
    }
  });

  it('keeps what it knows when the clock steps back', () => {
    const panic = new Panic(() => 0.5);
    panic.noteRequest(100_000);
    panic.noteRequest(50_000);
    expect(panic.rejectProbability(100_000)).toBeCloseTo(2 / 3, 10);
  });

  it('always has a probability below one, and a clock that steps back does no harm', () => {
    const event = fc.record({ nowMs: fc.integer({ min: 0, max: 400_000 }), accepted: fc.boolean() });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 100 }), (events) => {
        const panic = new Panic(() => 0);
        for (const { nowMs, accepted } of events) {
          panic.noteRequest(nowMs);
          if (accepted) panic.noteAccept(nowMs);
          const probability = panic.rejectProbability(nowMs);
          expect(probability >= 0 && probability < 1).toBe(true);
        }
        expect(panic.rejectProbability(520_000)).toBe(0);
      }),
    );
  });
});
