import { PRIORITIES, type Priority } from '../core/priority.ts';
import type { Waiter } from './waiter.ts';

export interface Bounds {
  /** Requests waiting at the same time. */
  maxWaiting: number;
  /** Of one tenant. */
  maxPerTenant: number;
}

/** All that wait, in order of arrival, and how many are too many. */
export class Crowd<L> {
  readonly by: Record<Priority, number> = { critical: 0, normal: 0, background: 0 };
  readonly #bounds: Bounds;
  readonly #waiters = new Set<Waiter<L>>();
  readonly #perTenant = new Map<string, number>();

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  get size(): number {
    return this.#waiters.size;
  }

  [Symbol.iterator](): Iterator<Waiter<L>> {
    return this.#waiters.values();
  }

  /** When the first came that is more urgent than background work; Infinity: there is none. */
  get urgentSince(): number {
    if (this.by.critical + this.by.normal === 0) return Infinity;
    for (const { visitor, enteredAt } of this) if (visitor.priority !== 'background') return enteredAt;
    return Infinity;
  }

  add(waiter: Waiter<L>): void {
    this.#waiters.add(waiter);
    this.#count(waiter, 1);
  }

  delete(waiter: Waiter<L>): void {
    if (this.#waiters.delete(waiter)) this.#count(waiter, -1);
  }

  /**
   * Who has to go now that this one has come: of the least urgent class, and there of the tenant with the most waiting,
   * the newest. Undefined while there are not too many.
   */
  surplus({ visitor }: Waiter<L>): Waiter<L> | undefined {
    const { maxWaiting, maxPerTenant } = this.#bounds;
    if (this.#waiters.size > maxWaiting) return leastUrgent([...this.#waiters]);
    if ((this.#perTenant.get(visitor.tenant) ?? 0) <= maxPerTenant) return undefined;
    return leastUrgent([...this.#waiters].filter((other) => other.visitor.tenant === visitor.tenant));
  }

  #count({ visitor }: Waiter<L>, by: 1 | -1): void {
    const { priority, tenant } = visitor;
    this.by[priority] += by;
    const count = (this.#perTenant.get(tenant) ?? 0) + by;
    if (count > 0) this.#perTenant.set(tenant, count);
    else this.#perTenant.delete(tenant);
  }
}

function leastUrgent<L>(waiters: readonly Waiter<L>[]): Waiter<L> | undefined {
  const lowest = PRIORITIES.findLast((priority) => waiters.some(({ visitor }) => visitor.priority === priority));
  const candidates = waiters.filter(({ visitor }) => visitor.priority === lowest);
  const counts = new Map<string, number>();
  for (const { visitor } of candidates) counts.set(visitor.tenant, (counts.get(visitor.tenant) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return candidates.findLast(({ visitor }) => counts.get(visitor.tenant) === most);
}
