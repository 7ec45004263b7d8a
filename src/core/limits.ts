/**
 * What providers limit, in words that fit all of them. A dialect says what a request takes and what an answer's headers
 * tell; `src/limits/` counts.
 */

/** `tokens` is what the provider's one limit on tokens counts: input and output together, or what it counts of them. */
export type Dimension = 'requests' | 'input' | 'output' | 'tokens';

export const DIMENSIONS: readonly Dimension[] = ['requests', 'input', 'output', 'tokens'];

/** How much of each dimension: requests, or tokens. What is missing is nothing. */
export type Amounts = Readonly<Partial<Record<Dimension, number>>>;

/** What a request weighs before anybody counted it; tokens. */
export interface Weight {
  inputTokens: number;
  /** What the answer will probably take. */
  outputTokens: number;
  /** The limit that the client set for the answer. */
  maxOutputTokens: number | undefined;
  /** The most that the model can write. */
  outputCap: number;
}

/** One dimension, as an answer's headers describe it. A field that is missing or nonsense is undefined. */
export interface LimitReading {
  dimension: Dimension;
  /** Allowed per minute. */
  limit?: number | undefined;
  /** Left at this moment; where the provider rounds, the most that it can be. */
  remaining?: number | undefined;
  /** It counts answers as they are written. Without it, all that a call may take, from its start. */
  countsAsWritten?: true | undefined;
}

/** A provider's refusal because of a limit. */
export interface Throttle {
  /** Which limit; undefined: the provider did not say. */
  dimension?: Dimension | 'concurrency' | undefined;
  /** How long it asked us to stay away; undefined: it did not say. */
  waitMs?: number | undefined;
  /** When the refused call was made. Calls that were on their way together and are refused together are one throttle. */
  sentAtMs?: number | undefined;
}

/** Why a request has to wait. `throttled`: the provider refused a call and did not say which limit it was. */
export type LimitName =
  | Dimension
  | 'concurrency'
  | 'throttled'
  | `${'requests' | 'tokens'}_per_${'day' | 'week' | 'month'}`;

/** More than a declared limit allows in all of its time. */
export interface Excess {
  limit: keyof DeclaredLimits;
  allowed: number;
  needed: number;
}

/** Everything that limits one deployment. All of it is synchronous; times are milliseconds since 1970. */
export interface Limits {
  /** Deployments with the same one draw on the same limits. */
  readonly resource: string;
  /** What it has in common with others, whose resources begin so: what one of them gives back is there for all. */
  readonly account: string;
  /** Until there is room for this; 0: now, Infinity: never. A guess where only a call's end makes room. */
  waitMs(need: Amounts, nowMs: number): number;
  /** What it has to wait for longest. */
  why(need: Amounts, nowMs: number): LimitName | undefined;
  /** What the operator declared and this is more than, however long it waits. */
  exceeded(need: Amounts): Excess | undefined;
  /** Takes the room; only in the turn in which `waitMs` said 0. */
  take(need: Amounts, nowMs: number): LimitLease;
  throttled(throttle: Throttle, nowMs: number, random: () => number): void;
  /** It is to be left alone for so long, for a reason that says nothing of its limits: it is overloaded, or not ready. */
  rest(forMs: number, nowMs: number, random: () => number): void;
  /** How much room is left, 0 to 1. */
  room(nowMs: number): number;
}

/** Room that one call has taken. What is not given back expires. */
export interface LimitLease {
  readonly takenAtMs: number;
  readonly expiresAtMs: number;
  /** The head of its answer came, and said this of the limits: from now on the provider has counted the call. */
  heard(readings: readonly LimitReading[], nowMs: number): void;
  /** The call succeeded. `first`: here is its first content; `whole`: here is all of it, and it was not streamed. */
  answered(came: 'first' | 'whole', nowMs: number): void;
  /**
   * The call is over. What was reserved and not used is given back, what was used beyond it is taken; undefined: it
   * used what was reserved. `{}` gives everything back. Only the first of several counts.
   */
  settle(actual: Amounts | undefined, nowMs: number): void;
}

/** Limits as the operator declares them; every one optional. */
export interface DeclaredLimits {
  requestsPerMinute?: number | undefined;
  inputTokensPerMinute?: number | undefined;
  outputTokensPerMinute?: number | undefined;
  tokensPerMinute?: number | undefined;
  /** Calls at the same time. */
  concurrency?: number | undefined;
  requestsPerDay?: number | undefined;
  requestsPerWeek?: number | undefined;
  requestsPerMonth?: number | undefined;
  tokensPerDay?: number | undefined;
  tokensPerWeek?: number | undefined;
  tokensPerMonth?: number | undefined;
  /** Share of a minute's allowance that may go at once, 0 to 1; how much the provider's bucket holds. */
  burst?: number | undefined;
}
