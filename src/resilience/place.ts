import type { Departure } from '../core/departure.ts';
import type { Priority } from '../core/priority.ts';

/** Something a visitor of the waiting room could take: a deployment as this request sees it. */
export interface Place<L> {
  /** Who draws on the same resource waits for each other; who draws on different ones does not. */
  readonly resource: string;
  /** Milliseconds until it has room for this request; 0: now; Infinity: nothing to wait for. */
  waitMs(nowMs: number): number;
  /** Takes the room; only in the turn in which `waitMs` said 0. */
  take(nowMs: number): L;
  /** What an answer probably takes there, in milliseconds: room that comes later than that before the deadline is no use. */
  readonly answerMs?: number;
  /** How much room is left, at most 1; only asked when `balance` is `headroom`. */
  room?(nowMs: number): number;
  /**
   * Whether the resource itself is short, not this deployment's health: only then it helps to keep others from the
   * resource. Without it, yes.
   */
  isShort?(nowMs: number): boolean;
}

/** One request on its way to a deployment. */
export interface Visitor<L> {
  /** In order of preference. */
  places: readonly Place<L>[];
  /** The first place with room, or the one with the most. Who had to wait takes what comes first. */
  balance?: 'ordered' | 'headroom' | undefined;
  priority: Priority;
  tenant: string;
  /** What it takes, in any unit that is the same for all: tenants share by it. */
  cost: number;
  /** When its answer must be there; milliseconds since 1970. */
  deadlineMs: number;
  /** What its answer takes at the least: later than this before the deadline, room is of no use to it. */
  minimumMs?: number | undefined;
  /** Until when it will wait, though an answer would come in time. */
  untilMs?: number;
  /** When the request came to the router; a second visit for the same request keeps it. */
  arrivedAt: number;
  client: Departure;
  /** Written by the waiting room where the visitor could not go on at once. */
  stay?: Stay;
}

export interface Stay {
  /** 1: nobody was before it. */
  position: number;
  /** So far; final once the visit is over. */
  waitedMs: number;
}
