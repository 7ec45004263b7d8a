/**
 * All that wait for one resource, and whose turn it is. Classes go strictly one before the other. But whoever has
 * used up most of its time, in the background too, goes before normal ones that still can wait. And while somebody has,
 * critical ones leave a tenth.
 */
import { type Backlog, Lane } from './lane.ts';
import { Pace } from './pace.ts';
import type { Place } from './place.ts';
import type { Rank, Ticket } from './waiter.ts';

/** Waiters that one look asks at the most: who stands further behind will hardly have room where these have none. */
const LOOKS = 48;
/** A tenth of the whole, seen from the other nine. */
const TENTH = 1 / 9;
/** What a background waiter pays among the aged: for one of its kind, four normal ones. */
const BACKGROUND_PRICE = 4;

/** Who may go now, and where. */
export interface Turn<L> {
  ticket: Ticket<L>;
  place: Place<L>;
}

export class ResourceQueue<L> {
  /** When somebody here may have room, as of the last look. */
  roomAt = Infinity;
  readonly #pace: Pace;
  readonly #lanes: Record<Rank, Lane<L>> = {
    critical: new Lane(),
    aged: new Lane(),
    normal: new Lane(),
    background: new Lane(),
  };
  /** In order of claim. */
  readonly #inTurn: readonly Lane<L>[] = Object.values(this.#lanes);
  /** The same while the aged have something to get. */
  readonly #agedFirst: readonly Lane<L>[] = [this.#lanes.aged, ...this.#inTurn];
  /** Whom those behind it have to let go first, as of the last look. */
  #holder: Ticket<L> | undefined;
  /** What the aged still have to get of their tenth. */
  #due = 0;

  constructor(nowMs: number) {
    this.#pace = new Pace(nowMs);
  }

  get isEmpty(): boolean {
    return this.#inTurn.every(({ count }) => count === 0);
  }

  get isHeld(): boolean {
    return this.#holder !== undefined;
  }

  add(ticket: Ticket<L>): void {
    this.#lanes[ticket.waiter.rank].add(ticket);
  }

  /** True if it held the resource: others may be able to go now. */
  remove(ticket: Ticket<L>): boolean {
    this.#lanes[ticket.waiter.rank].remove(ticket);
    return ticket === this.#holder;
  }

  /**
   * The first in order of claim that may go; undefined if none may. Also one that would wait no longer: its own timer
   * ends it, and may be late.
   */
  next(nowMs: number): Turn<L> | undefined {
    this.roomAt = Infinity;
    this.#holder = undefined;
    let turn: Turn<L> | undefined;
    let looks = 0;
    const isEnough = (ticket: Ticket<L>) => {
      const place = this.#placeFor(ticket, nowMs);
      if (place) turn = { ticket, place };
      return place !== undefined || this.#holder !== undefined || ++looks === LOOKS;
    };
    (this.#due > 0 ? this.#agedFirst : this.#inTurn).some((lane) => lane.some(isEnough));
    return turn;
  }

  /** Where it may go now. If nowhere: when it may, and whether the resource is held for it until then. */
  #placeFor(ticket: Ticket<L>, nowMs: number): Place<L> | undefined {
    const { waiter, places } = ticket;
    let waitMs = Infinity;
    for (const place of places) {
      if (!waiter.isInTime(place, nowMs)) continue;
      const placeMs = place.waitMs(nowMs);
      if (placeMs <= 0) return place;
      waitMs = Math.min(waitMs, placeMs);
    }
    this.roomAt = Math.min(this.roomAt, nowMs + waitMs);
    if (waiter.holds(ticket, waitMs, nowMs)) this.#holder = ticket;
    return undefined;
  }

  /** It went. */
  serve(ticket: Ticket<L>, nowMs: number): void {
    const { rank, visitor } = ticket.waiter;
    this.#pace.granted(visitor.cost, nowMs);
    const isCheap = rank !== 'aged' || visitor.priority !== 'background';
    this.#lanes[rank].serve(ticket, isCheap ? visitor.cost : visitor.cost * BACKGROUND_PRICE);
    if (this.#lanes.aged.count === 0) this.#due = 0;
    else if (rank === 'critical') this.#due = Math.min(this.#due + visitor.cost * TENTH, visitor.cost);
    else if (this.#due > 0) this.#due -= visitor.cost;
  }

  /** What goes before it if all goes well: the critical, and of the rest no more than a fair share. */
  ahead(ticket: Ticket<L>): Backlog {
    const { critical, [ticket.waiter.rank]: own } = this.#lanes;
    const ahead = { cost: 0, count: 0 };
    for (const lane of this.#inTurn) {
      const { cost, count } = lane === critical && lane !== own ? lane : lane.ahead(ticket);
      ahead.cost += cost;
      ahead.count += count;
      if (lane === own) break;
    }
    return ahead;
  }

  /** Cost per millisecond that goes from here; undefined while nobody knows. */
  perMs(nowMs: number): number | undefined {
    return this.#pace.perMs(nowMs);
  }
}
