/**
 * Who may still use how much. A request takes what it may need at most from every limit and budget over it, or it takes
 * nothing and is refused; when it is over, what it really used is counted in that place. All of it is synchronous, so
 * nothing comes between the look and the taking.
 */
import type { Account } from './account.ts';
import { Accounts } from './accounts.ts';
import { type Amounts, amountsOf, missingOf, NOTHING } from './amounts.ts';
import type { Counting } from './catch-up.ts';
import type { Actual, Claim, Hold, Reading, Refusal, Scope, SpentRow, ThresholdEvent } from './claim.ts';
import { fromNanos, type Measure, MEASURES } from './declared.ts';
import type { GatewayError } from '../../core/errors.ts';
import { rateHeaders } from './headers.ts';
import { Held, type Lender, UNLIMITED } from './held.ts';
import { type Moment, Time } from './moment.ts';
import { firstRefusal, refused, unknownPrice } from './refusal.ts';

/** What a request holds is kept so much longer than the request may run. */
const GRACE_MS = 60_000;
/** Keys (tenants, models, routes) that declare something; beyond it the sums of one are forgotten for each new one. */
const MAX_ACCOUNTS = 50_000;
/** More requests at the same time than a process serves; beyond it the oldest hold expires for each new one. */
const MAX_HOLDS = 50_000;

/** What a request counts for whose price nobody knows. */
export type UnknownCost =
  /** Nothing. */
  | { policy: 'allow' }
  /** Whoever has a budget in dollars may not ask for it. */
  | { policy: 'block' }
  /** As much as if it had this price; US dollars per million tokens. */
  | { policy: 'ceiling'; input: number; output: number };

export interface SpendingOptions {
  unknownCost?: UnknownCost | undefined;
  /** Must not throw. */
  onThreshold?: ((event: ThresholdEvent) => void) | undefined;
  /** A window of the calendar is counted from now on; more may have been used in it before. Must not throw. */
  onCounting?: ((counting: Counting) => void) | undefined;
  graceMs?: number | undefined;
  maxAccounts?: number | undefined;
  maxHolds?: number | undefined;
}

export class Spending implements Lender {
  readonly #unknownCost: UnknownCost;
  readonly #onThreshold: ((event: ThresholdEvent) => void) | undefined;
  readonly #graceMs: number;
  readonly #maxHolds: number;
  readonly #time = new Time();
  readonly #accounts: Accounts;
  /** Neither settled nor expired, in the order in which they began. */
  readonly #open = new Set<Held>();
  #firstExpiresAtMs = Infinity;

  constructor(options: SpendingOptions = {}) {
    this.#unknownCost = options.unknownCost ?? { policy: 'allow' };
    this.#onThreshold = options.onThreshold;
    this.#graceMs = options.graceMs ?? GRACE_MS;
    this.#maxHolds = options.maxHolds ?? MAX_HOLDS;
    this.#accounts = new Accounts(options.maxAccounts ?? MAX_ACCOUNTS, options.onCounting);
  }

  /** Takes from everything over the request, or throws and takes nothing. Whoever gets a hold settles or releases it. */
  admit(claim: Claim, nowMs: number): Hold {
    const moment = this.#at(nowMs);
    const accounts = this.#accounts.over(claim.scopes, moment);
    if (accounts.length === 0) return UNLIMITED;
    const amounts = amountsOf(claim, this.#costOf(claim));
    const refusal = this.#refusal({ claim, accounts, amounts }, moment);
    if (refusal) throw refused(refusal, nowMs);
    if (this.#open.size >= this.#maxHolds) this.#expireOldest(moment);
    const lastsMs = claim.lastsMs + this.#graceMs;
    const held = new Held(this, { requestId: claim.requestId, accounts, amounts, lastsMs }, moment);
    this.#open.add(held);
    if (held.expiresAtMs < this.#firstExpiresAtMs) this.#firstExpiresAtMs = held.expiresAtMs;
    return held;
  }

  /** Why it would be refused now; takes nothing. */
  check(claim: Claim, nowMs: number): Refusal | undefined {
    const moment = this.#at(nowMs);
    const accounts = this.#accounts.over(claim.scopes, moment);
    return this.#refusal({ claim, accounts, amounts: amountsOf(claim, this.#costOf(claim)) }, moment);
  }

  lacks(held: Held, costUsd: number | undefined, nowMs: number): GatewayError | undefined {
    const moment = this.#at(nowMs);
    const amounts = missingOf(held.amounts, this.#costWithin(held, costUsd));
    if (amounts === NOTHING && costUsd !== undefined) return undefined;
    const refusal = this.#refusal({ claim: { costUsd }, accounts: held.accounts, amounts }, moment);
    return refusal && refused(refusal, nowMs);
  }

  /** What is missing is taken from every budget that the request took from, or from none. */
  raise(held: Held, costUsd: number | undefined, nowMs: number): GatewayError | undefined {
    const refusal = this.lacks(held, costUsd, nowMs);
    if (!refusal) held.take(missingOf(held.amounts, this.#costWithin(held, costUsd)), this.#at(nowMs));
    return refusal;
  }

  settle(held: Held, actual: Actual | undefined, nowMs: number): void {
    const moment = this.#at(nowMs);
    this.#open.delete(held);
    const amounts = actual && amountsOf(actual, this.#costOf(actual, held.amounts));
    if (held.end(amounts, moment)) this.#tell(held, moment);
  }

  release(held: Held, nowMs: number): void {
    const moment = this.#at(nowMs);
    this.#open.delete(held);
    held.cancel(moment);
  }

  /** What the client is told on every answer, a refusal too: OpenAI's `x-ratelimit-…` of the scarcest limits. */
  headers(from: readonly Scope[] | Held, nowMs: number): Readonly<Record<string, string>> {
    const moment = this.#at(nowMs);
    return rateHeaders(from instanceof Held ? from.accounts : this.#accounts.over(from, moment), moment);
  }

  /** Of the budget of which least is left, 0 to 1; 1 without any. For rules that save. */
  budgetLeft(scopes: readonly Scope[], nowMs: number): number {
    const moment = this.#at(nowMs);
    let least = 1;
    for (const { meters } of this.#accounts.over(scopes, moment)) {
      for (const meter of meters) {
        if (meter.rule.isBudget) least = Math.min(least, 1 - meter.used(moment) / meter.rule.limit);
      }
    }
    return Math.max(0, least);
  }

  /** Every limit and budget over these, as it stands. */
  readings(scopes: readonly Scope[], nowMs: number): Reading[] {
    const moment = this.#at(nowMs);
    return this.#accounts.over(scopes, moment).flatMap((account) => account.readings(moment));
  }

  /** The windows of the calendar that these are counted in, and what is counted so far; what is reserved, too. */
  windows(scopes: readonly Scope[], nowMs: number): SpentRow[] {
    const moment = this.#at(nowMs);
    return this.#accounts.over(scopes, moment).flatMap((account) => account.snapshot(moment));
  }

  snapshot(nowMs: number): SpentRow[] {
    return this.#accounts.snapshot(this.#at(nowMs));
  }

  /**
   * Adds what was used before this process began, or elsewhere. The same window again takes the place of what was said
   * of it before; windows that are over are ignored.
   */
  restore(rows: readonly SpentRow[], nowMs: number): void {
    this.#accounts.restore(rows, this.#at(nowMs));
  }

  /** Requests that are neither settled nor expired. */
  get open(): number {
    return this.#open.size;
  }

  /** Sums lost because there were too many to keep; for a metric. */
  get forgotten(): number {
    return this.#accounts.forgotten;
  }

  #refusal({ claim, accounts, amounts }: Asked, moment: Moment): Refusal | undefined {
    const isUnknown = claim.costUsd === undefined && this.#unknownCost.policy === 'block';
    return (isUnknown ? unknownPrice(accounts, moment) : undefined) ?? firstRefusal(accounts, amounts, moment);
  }

  /** In US dollars. What turns out to have no price counts as reserved, where nothing without a price may begin. */
  #costOf({ inputTokens, outputTokens, costUsd }: Actual, reserved: Amounts = NOTHING): number {
    if (costUsd !== undefined) return costUsd;
    const unknown = this.#unknownCost;
    if (unknown.policy === 'ceiling') return (inputTokens * unknown.input + outputTokens * unknown.output) / 1e6;
    return unknown.policy === 'allow' ? 0 : fromNanos(reserved[MEASURES.indexOf('usd')] ?? 0);
  }

  /** As it was claimed, at another price. */
  #costWithin({ amounts }: Held, costUsd: number | undefined): number {
    const tokens = (measure: Measure) => amounts[MEASURES.indexOf(measure)] ?? 0;
    return this.#costOf({ inputTokens: tokens('inputTokens'), outputTokens: tokens('outputTokens'), costUsd });
  }

  /** Now; and what has expired until then is over. */
  #at(nowMs: number): Moment {
    const moment = this.#time.at(nowMs);
    if (moment.steadyMs < this.#firstExpiresAtMs) return moment;
    this.#firstExpiresAtMs = Infinity;
    for (const held of this.#open) {
      if (held.expiresAtMs <= moment.steadyMs) this.#expire(held, moment);
      else this.#firstExpiresAtMs = Math.min(this.#firstExpiresAtMs, held.expiresAtMs);
    }
    return moment;
  }

  #expireOldest(moment: Moment): void {
    const [oldest] = this.#open;
    if (oldest) this.#expire(oldest, moment);
  }

  #expire(held: Held, moment: Moment): void {
    this.#open.delete(held);
    held.expire(moment);
    this.#tell(held, moment);
  }

  #tell({ accounts }: Held, moment: Moment): void {
    if (!this.#onThreshold) return;
    for (const account of accounts) account.news(moment, this.#onThreshold);
  }
}

interface Asked {
  claim: Pick<Claim, 'costUsd'>;
  accounts: readonly Account[];
  amounts: Amounts;
}
