import type { Amounts, Dimension, LimitLease } from '../core/limits.ts';

/** Who gave a lease and hears of it. */
interface Lender {
  answered(lease: Lease, came: 'first' | 'whole', nowMs: number): void;
  /** Once for each lease, whether it was settled or has expired. */
  over(lease: Lease, actual: Amounts | undefined, nowMs: number): void;
}

export class Lease implements LimitLease {
  readonly need: Amounts;
  readonly takenAtMs: number;
  readonly expiresAtMs: number;
  readonly #book: Leases;

  constructor(book: Leases, need: Amounts, nowMs: number) {
    this.#book = book;
    this.need = need;
    this.takenAtMs = nowMs;
    this.expiresAtMs = nowMs + book.lastMs;
  }

  answered(came: 'first' | 'whole', nowMs: number): void {
    this.#book.answered(this, came, nowMs);
  }

  settle(actual: Amounts | undefined, nowMs: number): void {
    this.#book.end(this, actual, nowMs);
  }
}

/** The leases of one limiter that are not settled. A lease that nobody settles ends when something is asked after it expired. */
export class Leases {
  /** How long a lease lasts, in milliseconds. */
  readonly lastMs: number;
  readonly #lender: Lender;
  /** All last equally long, so they stand in the order in which they expire. */
  readonly #open = new Set<Lease>();
  #firstExpiresAtMs = Infinity;

  constructor(lastMs: number, lender: Lender) {
    this.lastMs = lastMs;
    this.#lender = lender;
  }

  get size(): number {
    return this.#open.size;
  }

  add(need: Amounts, nowMs: number): Lease {
    const lease = new Lease(this, need, nowMs);
    this.#open.add(lease);
    if (lease.expiresAtMs < this.#firstExpiresAtMs) this.#firstExpiresAtMs = lease.expiresAtMs;
    return lease;
  }

  /** What they have reserved of one dimension. */
  pending(dimension: Dimension): number {
    let sum = 0;
    for (const { need } of this.#open) sum += need[dimension] ?? 0;
    return sum;
  }

  answered(lease: Lease, came: 'first' | 'whole', nowMs: number): void {
    if (this.#open.has(lease)) this.#lender.answered(lease, came, nowMs);
  }

  end(lease: Lease, actual: Amounts | undefined, nowMs: number): void {
    if (this.#open.delete(lease)) this.#lender.over(lease, actual, nowMs);
  }

  /** Ends those that have expired. */
  sweep(nowMs: number): void {
    if (nowMs < this.#firstExpiresAtMs) return;
    this.#firstExpiresAtMs = Infinity;
    for (const lease of this.#open) {
      if (lease.expiresAtMs > nowMs) {
        this.#firstExpiresAtMs = lease.expiresAtMs;
        return;
      }
      this.end(lease, undefined, nowMs);
    }
  }
}
