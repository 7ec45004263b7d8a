import { mapped } from '../core/lists.ts';
import type { Priority } from '../core/priority.ts';
import type { Place, Visitor } from './place.ts';

/**
 * After this share of its time a waiter goes before those that still can wait. Late, because then the classes keep their
 * order for as long as it costs nobody an answer: in the storm at 1.6 times the load 0.75 lost fewest.
 */
const AGED = 0.75;
/** After this share of its time nobody behind a waiter may take what it could have soonest. */
const PATIENT = 0.25;

/** Of its time, the most that is kept back for an answer that may take longer than usual. */
const RESERVE = 0.25;

/** The class a waiter goes by: what it came with, until it has aged. The critical do not age: they go first anyway. */
export type Rank = Priority | 'aged';

/** A waiter's place in the queue for one resource. */
export interface Ticket<L> {
  readonly waiter: Waiter<L>;
  readonly resource: string;
  readonly places: readonly Place<L>[];
}

/** A visitor that did not find room at once. It ends once: with a lease or with an error. */
export class Waiter<L> {
  readonly visitor: Visitor<L>;
  readonly serial: number;
  /** Later it does not wait on: it will not, or an answer would come too late from anywhere. */
  readonly untilMs: number;
  readonly enteredAt: number;
  readonly agedAt: number;
  readonly tickets: readonly Ticket<L>[];
  rank: Rank;
  /** Calls off its timer and its listener. */
  onEnd: (() => void) | undefined;
  #end: { lease: L } | { error: unknown } | undefined;
  #promise: PromiseWithResolvers<L> | undefined;
  readonly #patientUntil: number;
  readonly #latestMs: number;
  readonly #reserveMs: number;

  constructor(visitor: Visitor<L>, nowMs: number, serial: number) {
    const { arrivedAt, deadlineMs, minimumMs = 0, priority, untilMs = Infinity } = visitor;
    this.visitor = visitor;
    this.serial = serial;
    this.enteredAt = nowMs;
    this.#latestMs = deadlineMs - minimumMs;
    this.#reserveMs = Math.max(minimumMs, RESERVE * (deadlineMs - arrivedAt));
    const lastMs = visitor.places.reduce((latest, place) => Math.max(latest, this.#lastMs(place)), -Infinity);
    this.untilMs = Math.min(untilMs, lastMs);
    const allowanceMs = Math.max(0, this.untilMs - arrivedAt);
    this.agedAt = arrivedAt + AGED * allowanceMs;
    this.#patientUntil = arrivedAt + PATIENT * allowanceMs;
    this.rank = priority;
    this.tickets = this.#tickets(nowMs);
  }

  get isOver(): boolean {
    return this.#end !== undefined;
  }

  end(end: { lease: L } | { error: unknown }): void {
    this.#end = end;
    this.onEnd?.();
    if (!this.#promise) return;
    if ('lease' in end) this.#promise.resolve(end.lease);
    else this.#promise.reject(end.error);
  }

  /** The lease if it has one, else a promise of it. Throws what refused it. */
  outcome(): L | Promise<L> {
    const end = this.#end;
    if (!end) return (this.#promise ??= Promise.withResolvers<L>()).promise;
    if ('lease' in end) return end.lease;
    throw end.error;
  }

  /** Milliseconds until one of its places has room; Infinity: there is nothing to wait for. */
  soonestMs(nowMs: number): number {
    return this.tickets.reduce((soonest, ticket) => Math.min(soonest, soonestMs(ticket, nowMs)), Infinity);
  }

  /** Whether an answer from there would still come in time. */
  isInTime(place: Place<L>, nowMs: number): boolean {
    return nowMs < this.#lastMs(place);
  }

  /** No place will have room soon enough. */
  isHopeless(nowMs: number): boolean {
    return this.tickets.every((ticket) => this.usefulMs(ticket, nowMs) === Infinity);
  }

  /** Milliseconds until one of these places has room, soon enough for it and for an answer; Infinity: none will. */
  usefulMs({ places }: Ticket<L>, nowMs: number): number {
    let soonest = Infinity;
    for (const place of places) {
      const waitMs = place.waitMs(nowMs);
      if (waitMs < soonest && this.isInTime(place, nowMs + waitMs)) soonest = waitMs;
    }
    return soonest > 0 && nowMs + soonest > this.untilMs ? Infinity : soonest;
  }

  /** Whether it keeps this resource from those behind it, so that many small ones do not eat what a big one needs. */
  holds({ places, resource }: Ticket<L>, waitMs: number, nowMs: number): boolean {
    if (nowMs < this.#patientUntil || nowMs + waitMs > this.untilMs) return false;
    const isShort = places.some((place) => place.waitMs(nowMs) === waitMs && (place.isShort?.(nowMs) ?? true));
    return (
      isShort && this.tickets.every((other) => other.resource === resource || this.usefulMs(other, nowMs) >= waitMs)
    );
  }

  #lastMs({ answerMs = 0 }: Place<L>): number {
    return Math.min(this.#latestMs, this.visitor.deadlineMs - Math.min(answerMs, this.#reserveMs));
  }

  /** Deployments of the same resource share a ticket. */
  #tickets(nowMs: number): Ticket<L>[] {
    const tickets: { waiter: Waiter<L>; resource: string; places: Place<L>[] }[] = [];
    for (const place of preferred(this.visitor, nowMs)) {
      const { resource } = place;
      const known = tickets.find((ticket) => ticket.resource === resource);
      if (known) known.places.push(place);
      else tickets.push({ waiter: this, resource, places: [place] });
    }
    return tickets;
  }
}

function soonestMs<L>({ places }: Ticket<L>, nowMs: number): number {
  let soonest = Infinity;
  for (const place of places) soonest = Math.min(soonest, place.waitMs(nowMs));
  return soonest;
}

function preferred<L>({ places, balance }: Visitor<L>, nowMs: number): readonly Place<L>[] {
  if (balance !== 'headroom') return places;
  const roomy = mapped(places, (place) => ({ place, room: place.room?.(nowMs) ?? 0 }));
  roomy.sort((a, b) => b.room - a.room);
  return mapped(roomy, ({ place }) => place);
}
