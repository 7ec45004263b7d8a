import type { Amounts, Dimension, LimitLease, LimitReading } from '../core/limits.ts';

/** Who gave a lease and hears of it. */
interface Lender {
  /** Its answer has begun: the provider has counted it. Once for each lease, and not after it is over. */
  counted(lease: Lease): void;
  learn(readings: readonly LimitReading[], nowMs: number): void;
  answered(lease: Lease, came: 'first' | 'whole', nowMs: number): void;
  /** Once for each lease, whether it was settled or has expired. */
  over(lease: Lease, actual: Amounts | undefined, nowMs: number): void;
}

interface Beginning {
  nowMs: number;
  /** What calls take by then. */
  usualMs: number;
}

export class Lease implements LimitLease {
  readonly need: Amounts;
  readonly takenAtMs: number;
  readonly expiresAtMs: number;
  /** Its neighbours among those that are open. */
  before: Lease | undefined;
  after: Lease | undefined;
  isOpen = true;
  /** What calls took when it began. */
  readonly usualMs: number;
  /** Its answer has begun. */
  isHeard = false;
  readonly #book: Leases;

  constructor(book: Leases, need: Amounts, { nowMs, usualMs }: Beginning) {
    this.#book = book;
    this.need = need;
    this.usualMs = usualMs;
    this.takenAtMs = nowMs;
    this.expiresAtMs = nowMs + book.lastMs;
  }

  heard(readings: readonly LimitReading[], nowMs: number): void {
    this.#book.heard(this, readings, nowMs);
  }

  answered(came: 'first' | 'whole', nowMs: number): void {
    this.#book.answered(this, came, nowMs);
  }

  settle(actual: Amounts | undefined, nowMs: number): void {
    this.#book.end(this, actual, nowMs);
  }
}

/**
 * The leases of one limiter that are not settled. A lease that nobody settles ends when something is asked after it
 * expired. All last equally long, so they stand in the order in which they expire, each holding its neighbours: a `Set`
 * that lives long makes itself anew again and again, in the old space.
 */
export class Leases {
  /** How long a lease lasts, in milliseconds. */
  readonly lastMs: number;
  readonly #lender: Lender;
  #first: Lease | undefined;
  #last: Lease | undefined;
  #size = 0;

  constructor(lastMs: number, lender: Lender) {
    this.lastMs = lastMs;
    this.#lender = lender;
  }

  get size(): number {
    return this.#size;
  }

  add(need: Amounts, beginning: Beginning): Lease {
    const lease = new Lease(this, need, beginning);
    lease.before = this.#last;
    if (this.#last) this.#last.after = lease;
    else this.#first = lease;
    this.#last = lease;
    this.#size++;
    return lease;
  }

  /** What those have reserved of one dimension whose answers have not begun. */
  unheard(dimension: Dimension): number {
    let sum = 0;
    for (let lease = this.#first; lease; lease = lease.after) if (!lease.isHeard) sum += lease.need[dimension] ?? 0;
    return sum;
  }

  heard(lease: Lease, readings: readonly LimitReading[], nowMs: number): void {
    if (lease.isOpen && !lease.isHeard) {
      lease.isHeard = true;
      this.#lender.counted(lease);
    }
    if (readings.length > 0) this.#lender.learn(readings, nowMs);
  }

  answered(lease: Lease, came: 'first' | 'whole', nowMs: number): void {
    if (lease.isOpen) this.#lender.answered(lease, came, nowMs);
  }

  end(lease: Lease, actual: Amounts | undefined, nowMs: number): void {
    if (!lease.isOpen) return;
    lease.isOpen = false;
    this.#remove(lease);
    this.#lender.over(lease, actual, nowMs);
  }

  /** Ends those that have expired. */
  sweep(nowMs: number): void {
    while (this.#first && this.#first.expiresAtMs <= nowMs) this.end(this.#first, undefined, nowMs);
  }

  #remove(lease: Lease): void {
    const { before, after } = lease;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    lease.before = lease.after = undefined;
    this.#size--;
  }
}
