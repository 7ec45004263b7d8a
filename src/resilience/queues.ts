import { ResourceQueue, type Turn } from './resource-queue.ts';
import type { Waiter } from './waiter.ts';

/** How much faster it may go again. With 1, requests were turned away in the storm that would have been served. */
const RECOVERY = 1.5;

/** The queues of all resources that somebody waits for. A waiter stands in one for each resource that would do. */
export class Queues<L> {
  readonly #byResource = new Map<string, ResourceQueue<L>>();
  /** In which something has changed since the last look. */
  readonly #stale = new Set<ResourceQueue<L>>();

  has(resource: string): boolean {
    return this.#byResource.has(resource);
  }

  /** When somebody may have room, as far as the last looks can tell. */
  get roomAt(): number {
    let roomAt = Infinity;
    for (const queue of this.#byResource.values()) roomAt = Math.min(roomAt, queue.roomAt);
    return roomAt;
  }

  add(waiter: Waiter<L>, nowMs: number): void {
    for (const ticket of waiter.tickets) {
      const queue = this.#byResource.get(ticket.resource) ?? new ResourceQueue<L>(nowMs);
      this.#byResource.set(ticket.resource, queue);
      queue.add(ticket);
      // Those before it had no room at the last look: as long as it has none either, nobody need look again.
      const waitMs = waiter.usefulMs(ticket, nowMs);
      if (waitMs <= 0) this.#stale.add(queue);
      else queue.roomAt = Math.min(queue.roomAt, nowMs + waitMs);
    }
  }

  remove(waiter: Waiter<L>): void {
    for (const ticket of waiter.tickets) {
      const queue = this.#byResource.get(ticket.resource);
      if (queue?.remove(ticket)) this.#stale.add(queue);
      if (queue?.isEmpty) this.#byResource.delete(ticket.resource);
    }
  }

  /**
   * Something may have changed at the resources that begin so, or anywhere. Then who holds another may have better hopes
   * here, and hold it no more.
   */
  touch(account: string | undefined): void {
    for (const [name, queue] of this.#byResource) {
      if (account === undefined || isOf(name, account) || queue.isHeld) this.#stale.add(queue);
    }
  }

  /** The moment in which somebody may have room has come. */
  touchDue(nowMs: number): void {
    for (const queue of this.#byResource.values()) if (queue.roomAt <= nowMs) this.#stale.add(queue);
  }

  /** Who may go now, of those in whose queue something has changed. */
  next(nowMs: number): Turn<L> | undefined {
    for (const queue of this.#stale) {
      const turn = queue.next(nowMs);
      if (turn) return turn;
      this.#stale.delete(queue);
    }
    return undefined;
  }

  /** Those with whom it shares an account are looked at before it the next time. */
  serve({ ticket }: Turn<L>, nowMs: number): void {
    const { resource } = ticket;
    const queue = this.#byResource.get(resource);
    if (!queue) return;
    queue.serve(ticket, nowMs);
    this.#byResource.delete(resource);
    this.#byResource.set(resource, queue);
  }

  /** How long it will wait at the present pace: until its soonest place has room and those before it are gone. */
  expectedMs(waiter: Waiter<L>, nowMs: number): number {
    return Math.max(waiter.soonestMs(nowMs), this.#before(waiter, nowMs).ms);
  }

  /** How many go before it, and the same if all goes well: a provider that is in trouble now may come back. */
  prospect(waiter: Waiter<L>, nowMs: number): { ahead: number; leastMs: number } {
    const { count, ms } = this.#before(waiter, nowMs);
    return { ahead: count, leastMs: Math.max(waiter.soonestMs(nowMs), ms / RECOVERY) };
  }

  /**
   * How many go before it, where that is fewest, and how long that takes. They may go where it stands or elsewhere: the
   * more hopeful of the two counts; 0 while nobody knows.
   */
  #before({ tickets }: Waiter<L>, nowMs: number): { count: number; ms: number } {
    let count = Infinity;
    let least = Infinity;
    let most = 0;
    let perMs = 0;
    for (const ticket of tickets) {
      const queue = this.#byResource.get(ticket.resource);
      if (!queue) continue;
      const ahead = queue.ahead(ticket);
      const pace = queue.perMs(nowMs) ?? NaN; // Whatever is reckoned with it is not known either.
      count = Math.min(count, ahead.count);
      least = Math.min(least, ahead.cost / pace);
      most = Math.max(most, ahead.cost);
      perMs += pace;
    }
    return { count, ms: perMs > 0 ? Math.min(least, most / perMs) : 0 };
  }
}

/** `account|region|family`, and behind it what one deployment has for itself. */
function isOf(resource: string, account: string): boolean {
  return resource === account || resource.startsWith(`${account}|`);
}
