/** One request as the plan sees it: where it may go, what it may cost, and how far it has come. */
import type { Candidate } from '../core/deployment.ts';
import type { Departure } from '../core/departure.ts';
import type { GatewayError } from '../core/errors.ts';
import type { Amounts } from '../core/limits.ts';
import type { Attempt, Clock, Timers } from '../core/ports.ts';
import type { Priority } from '../core/priority.ts';
import type { Again, PlanRules } from './decide.ts';
import type { Durations } from './durations.ts';
import type { Pace } from './first-token.ts';
import type { Panic } from './panic.ts';
import type { Stay } from './place.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Lease, Target } from './target.ts';
import type { WaitingRoom } from './waiting-room.ts';

/** What all plans of one pool share. */
export interface Pool {
  budget: RetryBudget;
  panic: Panic;
}

export interface PlanPorts {
  clock: Clock;
  timers: Timers;
  /** 0 to 1. */
  random: () => number;
  room: WaitingRoom<Lease>;
}

/** A candidate as this request sees it. */
export interface Stop {
  candidate: Candidate;
  target: Target;
  /** How long it takes there to what this request waits for: a whole answer, or the first content of a stream. */
  durations: Durations;
  /** What the request takes from its limits. */
  need: Amounts;
  /** Whether the model thinks before it speaks. */
  pace: Pace;
  /** US dollars that one attempt may cost; undefined where the price is unknown. */
  costUsd: number | undefined;
}

/** What the client's budgets have room for. `beside`: a call that runs at the same time. */
export interface Purse {
  /** Why a call there may not be paid, as it stands; takes nothing. */
  lacks(stop: Stop, beside?: Stop): GatewayError | undefined;
  /** Sets aside what a call there may cost; or says why not. */
  take(stop: Stop, beside?: Stop): GatewayError | undefined;
}

export interface PlanRequest {
  /** In the order of preference. */
  stops: readonly Stop[];
  pool: Pool;
  rules: PlanRules;
  balance: 'ordered' | 'headroom';
  /** What breaks off after its first words is lost to the client: a stream. */
  isLive?: boolean;
  priority: Priority;
  tenant: string;
  /** For fairness between tenants: larger requests count more. */
  cost: number;
  arrivedAt: number;
  client: Departure;
  /** What became of each candidate, in order. */
  attempts: Attempt[];
  /** Undefined where no budget is over it. */
  purse?: Purse | undefined;
  /** Where it had to wait for room; written by the plan. */
  stay: Stay | undefined;
}

/** One attempt: a deployment that has room, and how to ask it. */
export interface Step {
  stop: Stop;
  lease: Lease;
  again: Again;
  /** Milliseconds since 1970. */
  startedAt: number;
  /** The client, or whoever stands between it and this attempt: gone, the attempt is not wanted any more. */
  client: Departure;
}

/** How long what this attempt waits for takes there: a stream's answer may have to be gathered whole. */
export function durationsOf({ stop, lease }: Step): Durations {
  return lease.comesWhole ? stop.target.durations.whole : stop.durations;
}

/** An answer, and who gave it. */
export interface Arrival<T> {
  value: T;
  candidate: Candidate;
  /** Still held: settle it when the answer is over. */
  lease: Lease;
}

/** How to make an attempt, and what to do with an answer that nobody wants any more. */
export interface Caller<T> {
  attempt: (step: Step) => Promise<T>;
  discard: (value: T) => void;
}
