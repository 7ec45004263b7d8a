import {
  type Amounts,
  type DeclaredLimits,
  type Dimension,
  DIMENSIONS,
  type LimitLease,
  type LimitName,
  type LimitReading,
  type Limits,
  type Throttle,
} from '../core/limits.ts';
import { Bucket } from './bucket.ts';
import { CalendarQuota, type Period } from './calendar.ts';
import { Slots } from './concurrency.ts';
import { Cooling } from './cooling.ts';
import { type Lease, Leases } from './lease.ts';

/** Longer than answers take; a lease that is still open then was forgotten. */
const LEASE_MS = 15 * 60_000;

export interface LimiterOptions {
  resource: string;
  declared?: DeclaredLimits | undefined;
  /** Find out how many calls at the same time are too many, where nobody says. Default: yes. */
  adaptive?: boolean | undefined;
  /** Where its days begin; UTC without it. */
  timeZone?: string | undefined;
  /** After this a lease that was not settled is over, in milliseconds. */
  leaseMs?: number | undefined;
}

/** A dimension's bucket, if it has a limit. */
type Buckets = Record<Dimension, Bucket | undefined>;

interface Quota {
  name: LimitName;
  dimension: 'requests' | 'tokens';
  quota: CalendarQuota;
}

/** What one account allows one family of models in one region: declared, learned from headers, learned from refusals. */
export class Limiter implements Limits {
  readonly resource: string;
  readonly #burst: number | undefined;
  readonly #buckets: Buckets = { requests: undefined, input: undefined, output: undefined, tokens: undefined };
  /** Reserved by calls that are not over. */
  readonly #pending = { requests: 0, input: 0, output: 0, tokens: 0 };
  readonly #quotas: readonly Quota[];
  readonly #slots: Slots;
  readonly #cooling = new Cooling();
  readonly #leases: Leases;

  constructor(options: LimiterOptions, nowMs: number) {
    const { resource, declared = {}, adaptive = true, timeZone, leaseMs = LEASE_MS } = options;
    this.resource = resource;
    this.#burst = declared.burst;
    for (const dimension of DIMENSIONS) {
      const perMinute = declared[PER_MINUTE[dimension]];
      if (perMinute === undefined) continue;
      this.#buckets[dimension] = new Bucket({ perMinute, isDeclared: true, burst: this.#burst }, nowMs);
    }
    this.#quotas = quotasOf(declared, timeZone);
    this.#slots = new Slots({ limit: declared.concurrency, adaptive });
    this.#leases = new Leases(leaseMs, {
      answered: (lease, came, atMs) => this.#answered(lease, came, atMs),
      over: (lease, actual, atMs) => this.#over(lease, actual, atMs),
    });
  }

  waitMs(need: Amounts, nowMs: number): number {
    this.#leases.sweep(nowMs);
    let longest = Math.max(this.#cooling.waitMs(need, nowMs), this.#slots.waitMs());
    for (const dimension of DIMENSIONS) {
      const wait = this.#bucketWaitMs(dimension, need, nowMs);
      if (wait > longest) longest = wait;
    }
    for (const { dimension, quota } of this.#quotas) {
      longest = Math.max(longest, quota.waitMs(need[dimension] ?? 0, nowMs));
    }
    return longest;
  }

  why(need: Amounts, nowMs: number): LimitName | undefined {
    this.#leases.sweep(nowMs);
    const waits: readonly (readonly [LimitName | undefined, number])[] = [
      [this.#cooling.why(need, nowMs), this.#cooling.waitMs(need, nowMs)],
      ['concurrency', this.#slots.waitMs()],
      ...DIMENSIONS.map((dimension) => [dimension, this.#bucketWaitMs(dimension, need, nowMs)] as const),
      ...this.#quotas.map(({ name, dimension, quota }) => [name, quota.waitMs(need[dimension] ?? 0, nowMs)] as const),
    ];
    const [name, wait] = waits.reduce((longest, other) => (other[1] > longest[1] ? other : longest));
    return wait > 0 ? name : undefined;
  }

  take(need: Amounts, nowMs: number): LimitLease {
    this.#slots.take();
    for (const dimension of DIMENSIONS) {
      const amount = need[dimension] ?? 0;
      this.#pending[dimension] += amount;
      this.#buckets[dimension]?.take(amount, nowMs);
    }
    for (const { dimension, quota } of this.#quotas) quota.take(need[dimension] ?? 0, nowMs);
    return this.#leases.add(need, nowMs);
  }

  learn(readings: readonly LimitReading[], nowMs: number): void {
    for (const reading of readings) {
      const { dimension, limit } = reading;
      if (limit !== undefined) {
        this.#slots.stopAdapting();
        this.#buckets[dimension] ??= new Bucket({ perMinute: limit, isDeclared: false, burst: this.#burst }, nowMs);
      }
      this.#buckets[dimension]?.learn(reading, this.#pending[dimension], nowMs);
    }
  }

  throttled(throttle: Throttle, nowMs: number, random: () => number): void {
    if (!this.#cooling.note(throttle, nowMs, random)) return;
    const { dimension } = throttle;
    if (dimension === undefined || dimension === 'concurrency') this.#slots.throttled();
    if (dimension === 'concurrency') return;
    for (const each of dimension ? [dimension] : DIMENSIONS) this.#buckets[each]?.slow(nowMs);
  }

  rest(forMs: number, nowMs: number, random: () => number): void {
    this.#cooling.rest('throttled', forMs, { nowMs, random });
  }

  room(nowMs: number): number {
    this.#leases.sweep(nowMs);
    let least = this.#slots.room();
    for (const dimension of DIMENSIONS) least = Math.min(least, this.#buckets[dimension]?.room(nowMs) ?? 1);
    for (const { quota } of this.#quotas) least = Math.min(least, quota.room(nowMs));
    return least;
  }

  /** Leases that are neither settled nor expired. */
  get open(): number {
    return this.#leases.size;
  }

  #bucketWaitMs(dimension: Dimension, need: Amounts, nowMs: number): number {
    const amount = need[dimension];
    const bucket = this.#buckets[dimension];
    return amount && bucket ? bucket.waitMs(amount, nowMs) : 0;
  }

  #answered({ takenAtMs }: Lease, came: 'first' | 'whole', nowMs: number): void {
    this.#cooling.answered(takenAtMs);
    this.#slots.answered(came, nowMs - takenAtMs);
  }

  #over({ need, takenAtMs }: Lease, actual: Amounts | undefined, nowMs: number): void {
    this.#slots.free(nowMs - takenAtMs);
    for (const dimension of DIMENSIONS) this.#pending[dimension] -= need[dimension] ?? 0;
    if (actual === undefined) return;
    for (const dimension of DIMENSIONS) {
      this.#buckets[dimension]?.giveBack((need[dimension] ?? 0) - (actual[dimension] ?? 0), nowMs);
    }
    for (const { dimension, quota } of this.#quotas) {
      quota.giveBack((need[dimension] ?? 0) - (actual[dimension] ?? 0), takenAtMs, nowMs);
    }
  }
}

const PER_MINUTE = {
  requests: 'requestsPerMinute',
  input: 'inputTokensPerMinute',
  output: 'outputTokensPerMinute',
  tokens: 'tokensPerMinute',
} as const satisfies Record<Dimension, keyof DeclaredLimits>;

const QUOTAS: readonly (readonly [keyof DeclaredLimits, 'requests' | 'tokens', Period])[] = [
  ['requestsPerDay', 'requests', 'day'],
  ['requestsPerWeek', 'requests', 'week'],
  ['requestsPerMonth', 'requests', 'month'],
  ['tokensPerDay', 'tokens', 'day'],
  ['tokensPerWeek', 'tokens', 'week'],
  ['tokensPerMonth', 'tokens', 'month'],
];

function quotasOf(declared: DeclaredLimits, timeZone: string | undefined): Quota[] {
  return QUOTAS.flatMap(([field, dimension, period]) => {
    const limit = declared[field];
    if (limit === undefined) return [];
    return { name: `${dimension}_per_${period}`, dimension, quota: new CalendarQuota({ limit, period, timeZone }) };
  });
}
