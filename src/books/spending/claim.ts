/** What a request asks of the books, and what it gets. */
import type { GatewayError } from '../../core/errors.ts';
import type { Budgets, Measure, Span, SpendingLimits } from './declared.ts';

export type ScopeKind = 'key' | 'tenant' | 'model' | 'route';

/** Whose limits and budgets. Pass the same objects again and again: another object means another declaration. */
export interface Scope {
  kind: ScopeKind;
  name: string;
  limits?: SpendingLimits | undefined;
  budgets?: Budgets | undefined;
}

export interface Claim {
  requestId: string;
  /** The key, its tenant and that one's parents, the model and the route, in any order. */
  scopes: readonly Scope[];
  /** 0: a batch, which nobody waits for; it is no request, and none at the same time as others. 1 without it. */
  requests?: number | undefined;
  /** What it takes at most, as far as anybody can say. */
  inputTokens: number;
  outputTokens: number;
  /** Undefined where the price is unknown. */
  costUsd: number | undefined;
  /** How long the request may run; what it holds expires some time after. */
  lastsMs: number;
}

/** What a request really used. */
export interface Actual {
  /** As it was claimed. */
  requests?: number | undefined;
  inputTokens: number;
  outputTokens: number;
  /** Undefined where the price is unknown. */
  costUsd: number | undefined;
}

/** What one request has taken of every limit and budget over it. */
export interface Hold {
  readonly requestId: string;
  /** Why the request may not cost so much in all, as it stands; takes nothing. */
  lacks(costUsd: number | undefined, nowMs: number): GatewayError | undefined;
  /** Holds so much money, if it holds less; or says why not, and then nothing changes. */
  raise(costUsd: number | undefined, nowMs: number): GatewayError | undefined;
  /**
   * The request is over. What it did not use is given back, what it used beyond is charged; undefined: nobody knows, so
   * it used what it had reserved. Only the first of several counts.
   */
  settle(actual: Actual | undefined, nowMs: number): void;
  /** It never began: nothing of it counts, not even as a request. */
  release(nowMs: number): void;
  /** `x-ratelimit-…`; see `Spending.headers`. */
  headers(nowMs: number): Readonly<Record<string, string>>;
}

/** Why a request may not begin. Amounts are requests, tokens or US dollars. */
export interface Refusal {
  why: 'limit' | 'budget' | 'unknown_price';
  kind: ScopeKind;
  name: string;
  measure: Measure | 'concurrency';
  span: Span | undefined;
  limit: number;
  /** Spent and reserved. */
  used: number;
  asked: number;
  /** Until there is room for it; Infinity: never, as it is. A guess where only another request's end makes room. */
  retryAfterMs: number;
}

/** A share of a budget has been spent; told once a window. */
export interface ThresholdEvent {
  kind: ScopeKind;
  name: string;
  measure: Measure;
  span: Span;
  /** 0.8 */
  threshold: number;
  /** Tokens or US dollars. */
  limit: number;
  spent: number;
  startMs: number;
  /** Infinity for a total. */
  endMs: number;
}

/** One limit or budget as it stands. */
export interface Reading {
  kind: ScopeKind;
  name: string;
  measure: Measure | 'concurrency';
  span: Span | undefined;
  isBudget: boolean;
  limit: number;
  used: number;
  /** Of `used`, what requests hold that are not over. */
  reserved: number;
  /** Until all of it is free; 0: it is. */
  resetMs: number;
}

/** What was used in one window of the calendar: from a snapshot, or summed up by the ledger. */
export interface SpentRow {
  kind: ScopeKind;
  name: string;
  span: Span;
  /** When the window began; 0 for a total. */
  startMs: number;
  /** Where its days begin; UTC without it. */
  timeZone?: string | undefined;
  used: Readonly<Partial<Record<Measure, number>>>;
}
