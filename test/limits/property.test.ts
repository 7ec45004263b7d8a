/** Whatever is taken, settled, forgotten, learned and refused in whatever order: limits hold, and nothing is lost. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Amounts,
  type DeclaredLimits,
  DIMENSIONS,
  type Dimension,
  type LimitLease,
  type LimitReading,
} from '../../src/core/limits.ts';
import { Limiter } from '../../src/limits/limiter.ts';

const LEASE_MS = 20_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const BURST = 0.1;
const DECLARED = {
  requestsPerMinute: 120,
  inputTokensPerMinute: 20_000,
  outputTokensPerMinute: 6_000,
  tokensPerMinute: 24_000,
  concurrency: 8,
  requestsPerDay: 300,
  burst: BURST,
} satisfies DeclaredLimits;
const PER_MINUTE: Record<Dimension, number> = { requests: 120, input: 20_000, output: 6_000, tokens: 24_000 };

type Step =
  | { do: 'wait'; ms: number }
  | { do: 'ask'; input: number; output: number }
  /** `used`: share of what was reserved; undefined: nobody knows. */
  | { do: 'settle'; which: number; used: number | undefined }
  | { do: 'answered'; which: number; came: 'first' | 'whole' }
  | { do: 'heard'; which: number; reading: LimitReading }
  | { do: 'throttle'; dimension: Dimension | 'concurrency' | undefined; waitMs: number | undefined; luck: number };

const which = fc.nat(1_000);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const ask = (most: number) =>
  fc.record({ do: fc.constant('ask' as const), input: fc.nat(most * 20), output: fc.nat(most * 6) });
const calm = (most: number): fc.Arbitrary<Step>[] => [
  fc.record({ do: fc.constant('wait' as const), ms: fc.oneof(fc.nat(50), fc.nat(3_000), fc.nat(30_000)) }),
  ask(most),
  ask(most),
  fc.record({ do: fc.constant('settle' as const), which, used: maybe(fc.double({ min: 0, max: 1, noNaN: true })) }),
];
const rough: fc.Arbitrary<Step>[] = [
  fc.record({ do: fc.constant('answered' as const), which, came: fc.constantFrom('first', 'whole') }),
  fc.record({
    do: fc.constant('heard' as const),
    which,
    reading: fc.record({
      dimension: fc.constantFrom(...DIMENSIONS),
      limit: maybe(fc.integer({ min: 1, max: 40_000 })),
      remaining: maybe(fc.nat(40_000)),
      countsAsWritten: maybe(fc.constant(true as const)),
    }),
  }),
  fc.record({
    do: fc.constant('throttle' as const),
    dimension: maybe(fc.constantFrom(...DIMENSIONS, 'concurrency' as const)),
    waitMs: maybe(fc.nat(5_000)),
    luck: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  }),
];
const story = (...steps: fc.Arbitrary<Step>[]) => fc.array(fc.oneof(...steps), { minLength: 1, maxLength: 250 });
/** Steps that are no bigger than what the bucket holds, and those that are. */
const CALM = story(...calm(90));
const ROUGH = story(...calm(100), ...rough);
const LARGE = story(...calm(900), ...rough);

interface Held {
  lease: LimitLease;
  need: Amounts;
  takenAt: number;
}
/** What was taken (above 0) or given back. */
interface Entry {
  atMs: number;
  takenAt: number;
  amounts: Amounts;
}

/** One limiter's life in virtual time. `held` is what is neither settled nor expired. */
class Life {
  readonly limiter: Limiter;
  readonly entries: Entry[] = [];
  held: Held[] = [];
  now = 1_000_000;

  constructor(declared: DeclaredLimits = DECLARED) {
    this.limiter = new Limiter({ resource: 'a', declared, leaseMs: LEASE_MS }, this.now);
  }

  live(steps: readonly Step[], check: () => void): void {
    for (const step of steps) {
      this.#take(step);
      this.held = this.held.filter(({ lease }) => lease.expiresAtMs > this.now);
      check();
    }
  }

  #take(step: Step): void {
    switch (step.do) {
      case 'wait':
        this.now += step.ms;
        return;
      case 'ask':
        return this.#ask({ requests: 1, input: step.input, output: step.output, tokens: step.input + step.output });
      case 'settle':
        return this.#settle(this.held[step.which % this.held.length], step.used);
      case 'answered':
        return this.held[step.which % this.held.length]?.lease.answered(step.came, this.now);
      case 'heard':
        return this.#heard(this.held[step.which % this.held.length], step.reading);
      case 'throttle':
        return this.limiter.throttled(step, this.now, () => step.luck);
    }
  }

  #ask(need: Amounts): void {
    if (this.limiter.waitMs(need, this.now) > 0) return;
    this.held.push({ lease: this.limiter.take(need, this.now), need, takenAt: this.now });
    this.entries.push({ atMs: this.now, takenAt: this.now, amounts: need });
  }

  /** Now and then something is heard when nothing is under way. */
  #heard(held: Held | undefined, reading: LimitReading): void {
    if (held) held.lease.heard([reading], this.now);
    else this.limiter.learn([reading], this.now);
  }

  #settle(held: Held | undefined, used: number | undefined): void {
    if (!held) return;
    const { lease, need, takenAt } = held;
    const actual = used === undefined ? undefined : scaled(need, used);
    lease.settle(actual, this.now);
    lease.settle({}, this.now);
    this.held = this.held.filter((other) => other !== held);
    if (used !== undefined) this.entries.push({ atMs: this.now, takenAt, amounts: scaled(need, used - 1) });
  }
}

function scaled(need: Amounts, by: number): Amounts {
  return Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, (need[dimension] ?? 0) * by]));
}

/** The most by which any stretch of time took more than the rate allows. */
function mostAbove(entries: readonly Entry[], dimension: Dimension, perMs: number): number {
  let [sum, least, most] = [0, Infinity, 0];
  for (const { atMs, amounts } of entries) {
    least = Math.min(least, sum - atMs * perMs);
    sum += amounts[dimension] ?? 0;
    most = Math.max(most, sum - atMs * perMs - least);
  }
  return most;
}

describe('in any stretch of time', () => {
  it.each([
    { name: 'calm', steps: CALM, beyond: 0 },
    // A request that is larger than the bucket, which a reading may have made small, goes when it is full.
    { name: 'with readings and refusals', steps: ROUGH, beyond: 1 },
    { name: 'with requests larger than a bucket', steps: LARGE, beyond: 1 },
  ])('no more goes than 96 % of the rate and what the bucket holds: $name', ({ steps, beyond }) => {
    fc.assert(
      fc.property(steps, (taken) => {
        const life = new Life();
        life.live(taken, () => {});
        for (const dimension of DIMENSIONS) {
          const perMinute = PER_MINUTE[dimension];
          const largest = Math.max(0, ...life.entries.map(({ amounts }) => amounts[dimension] ?? 0));
          const allowed = perMinute * BURST + beyond * largest;
          const above = mostAbove(life.entries, dimension, (perMinute * 0.96) / MINUTE_MS);
          expect({ dimension, tooMuch: Math.max(0, above - allowed - 0.01) }).toEqual({ dimension, tooMuch: 0 });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('a provider that counts as it says never refuses', () => {
    fc.assert(
      fc.property(CALM, (taken) => {
        const life = new Life();
        life.live(taken, () => {});
        const missing = DIMENSIONS.filter((dimension) => lowest(life.entries, dimension) < -0.01);
        expect(missing).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('a quota of a day is never exceeded in a day', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('wait' as const), ms: fc.nat(DAY_MS / 8) }),
      fc.record({ do: fc.constant('ask' as const), input: fc.nat(400), output: fc.nat(100) }),
      fc.record({ do: fc.constant('settle' as const), which, used: maybe(fc.double({ min: 0, max: 1, noNaN: true })) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 250 }), (taken) => {
        const life = new Life({ tokensPerDay: 1_000 });
        life.live(taken, () => {});
        const days = new Map<number, number>();
        for (const { atMs, takenAt, amounts } of life.entries) {
          const day = Math.floor(atMs / DAY_MS);
          if (day !== Math.floor(takenAt / DAY_MS)) continue;
          days.set(day, (days.get(day) ?? 0) + (amounts.tokens ?? 0));
          expect(days.get(day)).toBeLessThanOrEqual(1_000.01);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** A provider's own bucket: its whole rate, filled at first. The lowest that it fell to. */
function lowest(entries: readonly Entry[], dimension: Dimension): number {
  const capacity = PER_MINUTE[dimension] * BURST;
  let [level, at, least] = [capacity, entries[0]?.atMs ?? 0, Infinity];
  for (const { atMs, amounts } of entries) {
    level = Math.min(capacity, level + ((atMs - at) * PER_MINUTE[dimension]) / MINUTE_MS);
    level = Math.min(capacity, level - (amounts[dimension] ?? 0));
    at = atMs;
    least = Math.min(least, level);
  }
  return least;
}

describe('whatever happens', () => {
  const SMALL: Amounts = { requests: 1, input: 1, output: 1, tokens: 1 };

  it('no lease and no slot is lost, and none is given twice', () => {
    fc.assert(
      fc.property(LARGE, (taken) => {
        const life = new Life();
        life.live(taken, () => {
          life.limiter.waitMs(SMALL, life.now); // Sweeps.
          expect(life.limiter.open).toBe(life.held.length);
          expect(life.limiter.open).toBeLessThanOrEqual(DECLARED.concurrency);
        });
        life.now += LEASE_MS;
        expect(life.limiter.why(SMALL, life.now)).not.toBe('concurrency');
        expect(life.limiter.open).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('all figures are finite, and who waits as long as it is told gets in', () => {
    fc.assert(
      fc.property(LARGE, fc.boolean(), (taken, isDeclared) => {
        const life = new Life(isDeclared ? DECLARED : {});
        life.live(taken, () => {
          const wait = life.limiter.waitMs(SMALL, life.now);
          expect(wait).toBeGreaterThanOrEqual(0);
          expect(wait).toBeLessThan(Infinity);
          expect(life.limiter.why(SMALL, life.now) === undefined).toBe(wait === 0);
          const room = life.limiter.room(life.now);
          expect(room).toBeGreaterThanOrEqual(0);
          expect(room).toBeLessThanOrEqual(1);
        });
        life.now += LEASE_MS;
        let turns = 0;
        for (let wait = 1; wait > 0; turns++) {
          wait = life.limiter.waitMs(SMALL, life.now);
          life.now += wait;
          expect(turns).toBeLessThan(10);
        }
      }),
      { numRuns: 300 },
    );
  });
});
