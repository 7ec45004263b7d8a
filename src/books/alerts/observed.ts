/** What finished requests and the dispatcher tell, kept until the next look. */
import { ERROR_RULES } from '../../core/errors.ts';
import { isErrorKind } from '../../core/outcome.ts';
import type { LedgerEntry } from '../ledger/rows.ts';
import { type Counts, Window } from './window.ts';

/** What the dispatcher says; `src/resilience/dispatcher.ts`. */
export type DispatchAlert =
  | { event: 'parked'; scope: string; reason: string }
  | { event: 'back'; scope: string }
  | { event: 'emergency_began' | 'emergency_ended' };

/** The subject of what clients saw, whoever was asked. */
export const ALL_REQUESTS = 'all requests';

const DAY_MS = 86_400_000;
const MAX_PARKED = 1_000;

export class Observed {
  readonly #window: Window;
  readonly #windowMs: number;
  readonly #parked = new Map<string, string>();
  #isEmergency = false;
  #spentUsd = 0;
  #day = -Infinity;
  #dropped = 0;
  #droppedAtMs = -Infinity;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
    this.#window = new Window(windowMs);
  }

  note({ request, attempts }: LedgerEntry, nowMs: number): void {
    for (const { deployment, outcome, called } of attempts) {
      if (called) countCall(this.#window.at(deployment, nowMs), outcome);
    }
    this.#spend(request.costUsd ?? 0, nowMs);
    const isUnpriced = request.costUsd === null && request.deployment !== '' && hasTokens(request);
    if (isUnpriced) this.#window.at(request.deployment, nowMs).unpriced++;
    if (!request.shadow) countRequest(this.#window.at(ALL_REQUESTS, nowMs), request.outcome);
  }

  hear(alert: DispatchAlert): void {
    if (alert.event === 'back') this.#parked.delete(alert.scope);
    else if (alert.event === 'parked') {
      if (this.#parked.size < MAX_PARKED) this.#parked.set(alert.scope, alert.reason);
    } else this.#isEmergency = alert.event === 'emergency_began';
  }

  counts(nowMs: number): Map<string, Counts> {
    return this.#window.sums(nowMs);
  }

  get parked(): { scope: string; reason: string }[] {
    return Array.from(this.#parked, ([scope, reason]) => ({ scope, reason }));
  }

  get isEmergency(): boolean {
    return this.#isEmergency;
  }

  spentTodayUsd(nowMs: number): number {
    this.#spend(0, nowMs);
    return this.#spentUsd;
  }

  /** Whether rows were lost of late; `total` is the ledger's own count. */
  hasDropped(total: number, nowMs: number): boolean {
    if (total > this.#dropped) this.#droppedAtMs = nowMs;
    this.#dropped = total;
    return nowMs - this.#droppedAtMs < this.#windowMs;
  }

  #spend(usd: number, nowMs: number): void {
    const day = Math.floor(nowMs / DAY_MS);
    if (day > this.#day) [this.#day, this.#spentUsd] = [day, 0];
    this.#spentUsd += usd;
  }
}

/** What only says that the caller is wrong says nothing of the provider. */
function countCall(counts: Counts, outcome: string): void {
  counts.calls++;
  if (!isErrorKind(outcome)) return;
  const { origin, failover, status } = ERROR_RULES[outcome];
  if (origin !== 'provider' || !failover) return;
  if (status === 429) counts.throttles++;
  else counts.errors++;
}

function countRequest(counts: Counts, outcome: string): void {
  counts.calls++;
  if (!isErrorKind(outcome)) return;
  const { status } = ERROR_RULES[outcome];
  if (status === 429) counts.throttles++;
  else if (status >= 500) counts.errors++;
}

function hasTokens({ fresh, cacheRead, cacheWrite5m, cacheWrite1h, output, reasoning }: LedgerEntry['request']) {
  return fresh + cacheRead + cacheWrite5m + cacheWrite1h + output + reasoning > 0;
}
