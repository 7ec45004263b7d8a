import {
  type Amounts,
  type DeclaredLimits,
  type Dimension,
  DIMENSIONS,
  type Excess,
  type LimitLease,
  type LimitName,
  type LimitReading,
  type Limits,
  type Throttle,
} from '../core/limits.ts';
import { Bucket } from './bucket.ts';
import { Slots } from './concurrency.ts';
import { Cooling } from './cooling.ts';
import { type Lease, Leases } from './lease.ts';
import { type Quota, quotasOf } from './quotas.ts';
import type { LimitStanding, Standing } from './standing.ts';

/** Longer than answers take; a lease that is still open then was forgotten. */
const LEASE_MS = 15 * 60_000;
/** A limit that so many answers in a row left out, which named others, is no longer the provider's word. */
const LEFT_OUT = 16;

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

/** A dimension that has a limit. */
interface Limited {
  dimension: Dimension;
  bucket: Bucket;
  /** Reserved by calls whose answers have not begun: the provider may not have counted them yet. */
  unheard: number;
  /** Answers in a row that named other limits and not this one. */
  leftOut: number;
}

/** What one account allows one family of models in one region: declared, learned from headers, learned from refusals. */
export class Limiter implements Limits {
  readonly resource: string;
  readonly account: string;
  readonly #burst: number | undefined;
  readonly #limited: Limited[] = [];
  readonly #quotas: readonly Quota[];
  readonly #slots: Slots;
  readonly #cooling = new Cooling();
  readonly #leases: Leases;
  /** Output that is reserved by calls whose answers have begun. */
  #writing = 0;

  constructor(options: LimiterOptions, nowMs: number) {
    const { resource, declared = {}, adaptive = true, timeZone, leaseMs = LEASE_MS } = options;
    this.resource = this.account = resource;
    this.#burst = declared.burst;
    for (const dimension of DIMENSIONS) {
      const perMinute = declared[PER_MINUTE[dimension]];
      if (perMinute === undefined) continue;
      const bucket = new Bucket({ perMinute, isDeclared: true, burst: this.#burst }, nowMs);
      this.#limited.push({ dimension, bucket, unheard: 0, leftOut: 0 });
    }
    this.#quotas = quotasOf(declared, timeZone);
    this.#slots = new Slots({ limit: declared.concurrency, adaptive });
    this.#leases = new Leases(leaseMs, {
      counted: (lease) => this.#counted(lease),
      learn: (readings, atMs) => this.learn(readings, atMs),
      answered: (lease, came, atMs) => this.#answered(lease, came, atMs),
      over: (lease, actual, atMs) => this.#over(lease, actual, atMs),
    });
  }

  waitMs(need: Amounts, nowMs: number): number {
    this.#leases.sweep(nowMs);
    let longest = Math.max(this.#cooling.waitMs(need, nowMs), this.#slots.waitMs());
    for (const limited of this.#limited) longest = Math.max(longest, waitMsOf(limited, need, nowMs));
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
      ...this.#limited.map((limited) => [limited.dimension, waitMsOf(limited, need, nowMs)] as const),
      ...this.#quotas.map(({ name, dimension, quota }) => [name, quota.waitMs(need[dimension] ?? 0, nowMs)] as const),
    ];
    const [name, wait] = waits.reduce((longest, other) => (other[1] > longest[1] ? other : longest));
    return wait > 0 ? name : undefined;
  }

  exceeded(need: Amounts): Excess | undefined {
    for (const { dimension, bucket } of this.#limited) {
      const needed = need[dimension] ?? 0;
      if (needed > bucket.declared) return { limit: PER_MINUTE[dimension], allowed: bucket.declared, needed };
    }
    for (const { field, dimension, quota } of this.#quotas) {
      const needed = need[dimension] ?? 0;
      if (needed > quota.limit) return { limit: field, allowed: quota.limit, needed };
    }
    return undefined;
  }

  take(need: Amounts, nowMs: number): LimitLease {
    this.#cooling.taken(need, nowMs);
    const usualMs = this.#slots.take();
    for (const limited of this.#limited) {
      const amount = need[limited.dimension] ?? 0;
      limited.unheard += amount;
      limited.bucket.take(amount, nowMs);
    }
    for (const { dimension, quota } of this.#quotas) quota.take(need[dimension] ?? 0, nowMs);
    return this.#leases.add(need, { nowMs, usualMs });
  }

  /** What an answer's headers said. */
  learn(readings: readonly LimitReading[], nowMs: number): void {
    for (const limited of this.#limited) limited.leftOut++;
    for (const reading of readings) {
      const { dimension, limit } = reading;
      let limited = this.#limited.find((each) => each.dimension === dimension);
      if (limit !== undefined) {
        this.#slots.stopAdapting();
        limited ??= this.#limit(dimension, limit, nowMs);
      }
      if (!limited) continue;
      limited.leftOut = 0;
      const pending = limited.unheard + (reading.countsAsWritten ? this.#writing : 0);
      limited.bucket.learn(reading, pending, nowMs);
    }
    this.#forget();
  }

  /**
   * What the provider once named and no longer does: our count of it would only fall, and hold up requests that nobody
   * else holds up. Whoever still enforces it says so with a refusal.
   */
  #forget(): void {
    const at = this.#limited.findIndex(({ bucket, leftOut }) => leftOut >= LEFT_OUT && !bucket.isDeclared);
    if (at >= 0) this.#limited.splice(at, 1);
  }

  /** The provider has said that there is a limit. */
  #limit(dimension: Dimension, perMinute: number, nowMs: number): Limited {
    const bucket = new Bucket({ perMinute, isDeclared: false, burst: this.#burst }, nowMs);
    const limited = { dimension, bucket, unheard: this.#leases.unheard(dimension), leftOut: 0 };
    bucket.take(limited.unheard, nowMs); // The calls that went before it was known.
    this.#limited.push(limited);
    this.#limited.sort((a, b) => DIMENSIONS.indexOf(a.dimension) - DIMENSIONS.indexOf(b.dimension));
    return limited;
  }

  throttled(throttle: Throttle, nowMs: number, random: () => number): void {
    if (!this.#cooling.note(throttle, nowMs, random)) return;
    const { dimension } = throttle;
    if (dimension === undefined || dimension === 'concurrency') this.#slots.throttled();
    if (dimension === 'concurrency') return;
    const short = this.#limited.filter((limited) => dimension === undefined || limited.dimension === dimension);
    // Where nobody says which of them is short, it is most likely the one that was used most.
    const given = Math.max(...short.map(({ bucket }) => bucket.given(nowMs)));
    const restUntilMs = nowMs + this.#cooling.causeMs(dimension, nowMs);
    for (const { bucket } of short) bucket.slow(nowMs, given, restUntilMs);
  }

  rest(forMs: number, nowMs: number, random: () => number): void {
    this.#cooling.rest('throttled', forMs, { nowMs, random });
  }

  room(nowMs: number): number {
    this.#leases.sweep(nowMs);
    let least = this.#slots.room();
    for (const { bucket } of this.#limited) least = Math.min(least, bucket.room(nowMs));
    for (const { quota } of this.#quotas) least = Math.min(least, quota.room(nowMs));
    return least;
  }

  /** For people. */
  standing(nowMs: number): Standing {
    const limits: LimitStanding[] = this.#limited.map(({ dimension, bucket }) => {
      const left = Math.max(0, bucket.room(nowMs) * bucket.capacity);
      return { limit: dimension, per: 'minute', allowed: bucket.perMinute, left };
    });
    for (const { name, quota } of this.#quotas) {
      limits.push({ limit: name, per: quota.period, allowed: quota.limit, left: quota.left(nowMs) });
    }
    const { limit, inUse } = this.#slots;
    limits.push({ limit: 'concurrency', per: undefined, allowed: limit, left: Math.max(0, limit - inUse) });
    const cooling = this.#cooling.resting(nowMs);
    return { resource: this.resource, room: this.room(nowMs), running: this.open, limits, cooling };
  }

  /** Leases that are neither settled nor expired. */
  get open(): number {
    return this.#leases.size;
  }

  #counted({ need }: Lease): void {
    for (const limited of this.#limited) limited.unheard -= need[limited.dimension] ?? 0;
    this.#writing += need.output ?? 0;
  }

  #answered({ takenAtMs }: Lease, came: 'first' | 'whole', nowMs: number): void {
    this.#cooling.answered(takenAtMs);
    this.#slots.answered(came, nowMs - takenAtMs);
  }

  #over({ need, takenAtMs, usualMs, isHeard }: Lease, actual: Amounts | undefined, nowMs: number): void {
    this.#slots.free(nowMs - takenAtMs, usualMs);
    if (isHeard) this.#writing -= need.output ?? 0;
    for (const limited of this.#limited) {
      const reserved = need[limited.dimension] ?? 0;
      if (!isHeard) limited.unheard -= reserved;
      if (actual) limited.bucket.giveBack(reserved - (actual[limited.dimension] ?? 0), nowMs);
    }
    if (!actual) return;
    for (const { dimension, quota } of this.#quotas) {
      quota.giveBack((need[dimension] ?? 0) - (actual[dimension] ?? 0), takenAtMs, nowMs);
    }
  }
}

function waitMsOf({ dimension, bucket }: Limited, need: Amounts, nowMs: number): number {
  const amount = need[dimension];
  return amount ? bucket.waitMs(amount, nowMs) : 0;
}

const PER_MINUTE = {
  requests: 'requestsPerMinute',
  input: 'inputTokensPerMinute',
  output: 'outputTokensPerMinute',
  tokens: 'tokensPerMinute',
} as const satisfies Record<Dimension, keyof DeclaredLimits>;
