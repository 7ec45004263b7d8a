import type { CountedRule, Rule } from './declared.ts';
import type { Meter } from './meter.ts';
import type { Moment } from './moment.ts';

/** A window is so many slots; what was taken counts until its slot is out, up to a hundredth of the window longer. */
const SLOTS = 100;
const LENGTH = SLOTS + 1;

/**
 * The last second or minute, whenever it is looked at: in no such stretch of time more is used than the limit. (A bucket
 * that refills would let twice as much go in the first minute.) What a request used beyond its reservation counts when
 * it is known, since it slows down what comes next.
 */
export class Rolling implements Meter {
  rule: CountedRule;
  readonly #slotMs: number;
  readonly #slots = new Float64Array(LENGTH);
  #sum = 0;
  #reserved = 0;
  /** Number of the slot that is now; slots are numbered from the beginning of time. */
  #now = 0;

  constructor(rule: CountedRule, windowMs: number) {
    this.rule = rule;
    this.#slotMs = windowMs / SLOTS;
  }

  declare(rule: Rule): void {
    if (rule.measure !== 'concurrency') this.rule = rule;
  }

  waitMs(amount: number, moment: Moment): number {
    const { limit } = this.rule;
    if (amount > limit) return Infinity;
    this.#advance(moment);
    let over = amount === 0 ? 0 : this.#sum + amount - limit;
    if (over <= 0) return 0;
    let slot = this.#now - SLOTS;
    for (; slot < this.#now && over > 0; slot++) over -= this.#at(slot);
    const last = over > 0 ? this.#now : slot - 1;
    return this.#leavesInMs(last, moment);
  }

  take(amount: number, moment: Moment): number {
    this.#advance(moment);
    this.#add(this.#now, amount);
    this.#reserved += amount;
    return this.#now;
  }

  close(_stamp: number, amount: number): void {
    this.#reserved -= amount;
  }

  correct(stamp: number, more: number, moment: Moment): void {
    this.#advance(moment);
    if (more > 0) this.#add(this.#now, more);
    else if (stamp >= this.#now - SLOTS) this.#add(stamp, more);
  }

  used(moment: Moment): number {
    this.#advance(moment);
    return this.#sum;
  }

  /** A request that runs longer than the window is no longer in it. */
  reserved(moment: Moment): number {
    return Math.min(this.#reserved, this.used(moment));
  }

  resetMs(moment: Moment): number {
    this.#advance(moment);
    let slot = this.#now;
    while (slot >= this.#now - SLOTS && this.#at(slot) === 0) slot--;
    return slot < this.#now - SLOTS ? 0 : this.#leavesInMs(slot, moment);
  }

  #leavesInMs(slot: number, { steadyMs }: Moment): number {
    return Math.max(1, Math.ceil((slot + LENGTH) * this.#slotMs - steadyMs));
  }

  #at(slot: number): number {
    return this.#slots[slot % LENGTH] ?? 0;
  }

  #add(slot: number, amount: number): void {
    const index = slot % LENGTH;
    this.#slots[index] = (this.#slots[index] ?? 0) + amount;
    this.#sum += amount;
  }

  #advance({ steadyMs }: Moment): void {
    const now = Math.floor(steadyMs / this.#slotMs);
    if (now <= this.#now) return;
    if (now - this.#now >= LENGTH) {
      this.#slots.fill(0);
      this.#sum = 0;
    } else {
      for (let slot = this.#now + 1; slot <= now; slot++) {
        this.#sum -= this.#at(slot);
        this.#slots[slot % LENGTH] = 0;
      }
    }
    this.#now = now;
  }
}
