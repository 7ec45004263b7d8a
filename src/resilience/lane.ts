/**
 * One class of waiters at one resource. Tenants share it by cost (start-time fair queueing: the tenant that has had
 * least goes first, and who comes new begins level with who is being served); a tenant's own waiters go by deadline.
 * Deadlines do not count between tenants: a client sets its own, and the hastiest would take all.
 */
import type { Ticket } from './waiter.ts';

/** How many of one tenant are looked at before the next tenant's turn: small ones may pass a big one that has to wait. */
const LOOKS_PER_TENANT = 8;
/** Tenants remembered beyond those that wait. */
const MAX_IDLE = 64;

/** The waiters of one tenant. */
interface Line<L> {
  tenant: string;
  /** What it has had, on the lane's scale. */
  tag: number;
  /** Breaks ties. */
  joined: number;
  tickets: Ticket<L>[];
  cost: number;
}

export interface Backlog {
  cost: number;
  count: number;
}

export class Lane<L> {
  #cost = 0;
  #count = 0;
  /** The tag that was served last. */
  #virtual = 0;
  #joins = 0;
  /** Also those that wait no more but have had more than their share. */
  readonly #lines = new Map<string, Line<L>>();
  /** Those that wait; who has had least is first. */
  readonly #order: Line<L>[] = [];

  /** Of all that wait. */
  get cost(): number {
    return this.#cost;
  }

  get count(): number {
    return this.#count;
  }

  /** Asks in order of claim, until one says true. No generator: half of all requests come by here. */
  some(ask: (ticket: Ticket<L>) => boolean): boolean {
    for (const { tickets } of this.#order) {
      for (const [index, ticket] of tickets.entries()) {
        if (index === LOOKS_PER_TENANT) break;
        if (ask(ticket)) return true;
      }
    }
    return false;
  }

  add(ticket: Ticket<L>): void {
    const line = this.#line(ticket.waiter.visitor.tenant);
    const { tickets } = line;
    if (tickets.length === 0) {
      line.tag = Math.max(line.tag, this.#virtual);
      line.joined = this.#joins++;
      this.#enqueue(line);
    }
    let index = tickets.length;
    while (index > 0 && isBefore(ticket, tickets[index - 1])) index--;
    tickets.splice(index, 0, ticket);
    this.#count += 1;
    this.#weigh(line, ticket.waiter.visitor.cost);
  }

  remove(ticket: Ticket<L>): void {
    const { tenant, cost } = ticket.waiter.visitor;
    const line = this.#lines.get(tenant);
    const index = line?.tickets.indexOf(ticket) ?? -1;
    if (!line || index < 0) return;
    line.tickets.splice(index, 1);
    this.#count -= 1;
    this.#weigh(line, -cost);
    if (line.tickets.length > 0) return;
    this.#dequeue(line);
    if (line.tag <= this.#virtual) this.#lines.delete(tenant);
  }

  /** Removes it and charges its tenant. */
  serve(ticket: Ticket<L>, cost: number): void {
    const line = this.#lines.get(ticket.waiter.visitor.tenant);
    if (!line) return;
    this.#virtual = Math.max(this.#virtual, line.tag);
    this.#dequeue(line);
    line.tag += cost;
    this.#enqueue(line);
    this.remove(ticket);
  }

  /** What goes before it, here or on its way here: its tenant's own, and of others no more than they are due. */
  ahead(ticket: Ticket<L>): Backlog {
    const { tenant, cost } = ticket.waiter.visitor;
    const own = this.#lines.get(tenant);
    const ahead = own ? before(ticket, own) : { cost: 0, count: 0 };
    const due = { cost: ahead.cost + cost, count: ahead.count + 1 };
    for (const line of this.#order) {
      if (line === own) continue;
      ahead.cost += Math.min(line.cost, due.cost);
      ahead.count += Math.min(line.tickets.length, due.count);
    }
    return ahead;
  }

  #weigh(line: Line<L>, cost: number): void {
    line.cost += cost;
    this.#cost += cost;
  }

  #line(tenant: string): Line<L> {
    const known = this.#lines.get(tenant);
    if (known) return known;
    if (this.#lines.size >= this.#order.length + MAX_IDLE) this.#forget();
    const line = { tenant, tag: 0, joined: 0, tickets: [], cost: 0 };
    this.#lines.set(tenant, line);
    return line;
  }

  #forget(): void {
    for (const [tenant, { tickets }] of this.#lines) if (tickets.length === 0) this.#lines.delete(tenant);
  }

  #enqueue(line: Line<L>): void {
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isAhead(line, this.#order[middle])) high = middle;
      else low = middle + 1;
    }
    this.#order.splice(low, 0, line);
  }

  #dequeue(line: Line<L>): void {
    this.#order.splice(this.#order.indexOf(line), 1);
  }
}

/** Counted from the end: it is mostly asked by whoever has just come. One that does not stand there has all before it. */
function before<L>(ticket: Ticket<L>, { tickets, cost }: Line<L>): Backlog {
  let behind = 0;
  for (let index = tickets.length - 1; index >= 0; index--) {
    const waiter = tickets[index]?.waiter;
    behind += waiter?.visitor.cost ?? 0;
    if (waiter === ticket.waiter) return { cost: Math.max(0, cost - behind), count: index };
  }
  return { cost, count: tickets.length };
}

function isAhead<L>(line: Line<L>, other: Line<L> | undefined): boolean {
  if (!other) return true;
  return line.tag === other.tag ? line.joined < other.joined : line.tag < other.tag;
}

function isBefore<L>({ waiter }: Ticket<L>, other: Ticket<L> | undefined): boolean {
  if (!other) return true;
  const difference = waiter.visitor.deadlineMs - other.waiter.visitor.deadlineMs;
  return difference === 0 ? waiter.serial < other.waiter.serial : difference < 0;
}
