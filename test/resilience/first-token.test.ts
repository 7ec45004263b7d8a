import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirstTokenTimes, type Pace } from '../../src/resilience/first-token.ts';

const OPTIONS = { floorMs: 5_000, capMs: 60_000, reasoningFloorMs: 60_000 };

/** `count` calls that took 1 to `count` times `stepMs`, in an order that is not sorted. */
function noted(pace: Pace, count: number, stepMs: number) {
  const times = new FirstTokenTimes(OPTIONS);
  for (let call = 0; call < count; call++) times.note(pace, ((call * 7) % count) * stepMs + stepMs);
  return times;
}

const table: { name: string; pace: Pace; count: number; stepMs: number; p95Ms?: number; timeoutMs: number }[] = [
  { name: 'nothing is known: four times the floor', pace: 'plain', count: 0, stepMs: 1, timeoutMs: 20_000 },
  { name: 'nineteen calls are not enough', pace: 'plain', count: 19, stepMs: 1, timeoutMs: 20_000 },
  { name: 'a fast model has the floor', pace: 'plain', count: 20, stepMs: 10, p95Ms: 190, timeoutMs: 5_000 },
  { name: 'three times the p95', pace: 'plain', count: 20, stepMs: 200, p95Ms: 3_800, timeoutMs: 11_400 },
  { name: 'a slow model has the cap', pace: 'plain', count: 20, stepMs: 2_000, p95Ms: 38_000, timeoutMs: 60_000 },
  { name: 'thinking: a minute at least', pace: 'reasoning', count: 0, stepMs: 1, timeoutMs: 60_000 },
  {
    name: 'thinking: three times its own p95',
    pace: 'reasoning',
    count: 20,
    stepMs: 2_000,
    p95Ms: 38_000,
    timeoutMs: 114_000,
  },
  {
    name: 'thinking: four minutes at most',
    pace: 'reasoning',
    count: 20,
    stepMs: 9_000,
    p95Ms: 171_000,
    timeoutMs: 240_000,
  },
];

describe('FirstTokenTimes', () => {
  it.each(table)('$name', ({ pace, count, stepMs, p95Ms, timeoutMs }) => {
    const times = noted(pace, count, stepMs);
    expect(times.p95Ms(pace)).toBe(p95Ms);
    expect(times.timeoutMs(pace)).toBe(timeoutMs);
  });

  it('keeps those who think apart from those who do not', () => {
    const times = noted('reasoning', 100, 1_000);
    expect(times.p95Ms('plain')).toBeUndefined();
    expect(times.timeoutMs('plain')).toBe(20_000);
  });

  it('follows a model that became slow, because waits in vain are noted too', () => {
    const times = noted('plain', 200, 1);
    const waits: number[] = [];
    for (let call = 0; call < 100; call++) {
      waits.push(times.timeoutMs('plain'));
      times.note('plain', times.timeoutMs('plain'));
    }
    expect(waits[0]).toBe(5_000);
    expect(waits.at(-1)).toBe(60_000);
  });

  it('forgets all but the last two hundred', () => {
    const times = noted('plain', 200, 10_000);
    for (let call = 0; call < 200; call++) times.note('plain', 100);
    expect(times.p95Ms('plain')).toBe(100);
  });

  it('is the p95 of the last two hundred, and the wait is within its bounds', () => {
    const elapsed = fc.oneof(fc.constantFrom(1, 500, 90_000), fc.double({ min: 0, max: 90_000, noNaN: true }));
    fc.assert(
      fc.property(fc.array(elapsed, { minLength: 1, maxLength: 450, size: 'max' }), (samples) => {
        const times = new FirstTokenTimes(OPTIONS);
        samples.forEach((elapsedMs, index) => {
          times.note('plain', elapsedMs);
          const sorted = samples.slice(Math.max(index - 199, 0), index + 1).toSorted((a, b) => a - b);
          expect(times.p95Ms('plain')).toBe(index < 19 ? undefined : sorted[Math.ceil(sorted.length * 0.95) - 1]);
          const timeoutMs = times.timeoutMs('plain');
          expect(timeoutMs >= 5_000 && timeoutMs <= 60_000).toBe(true);
        });
      }),
      { numRuns: 30 },
    );
  });
});
