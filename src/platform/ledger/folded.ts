/**
 * Most requests have one call, which answered them, and their own row says all of it but when it began and how long it
 * took. Those two are kept in that row (`call_at_ms`, `call_ms`), and `attempts` has none: a third of all that is written.
 */
import type { AttemptRow, LedgerBatch, RequestRow } from '../../core/ledger.ts';
import { mapped } from '../../core/lists.ts';
import type { StoredAttempt, StoredRequest } from './tables.ts';

export interface Folded {
  /** One for each request; undefined where there is none. */
  calls: readonly (AttemptRow | undefined)[];
  /** Have a row of their own. */
  others: readonly AttemptRow[];
}

/** Attempts come in the order of their requests; one that does not has a row of its own. */
export function foldedCalls({ requests, attempts }: LedgerBatch): Folded {
  const others: AttemptRow[] = [];
  let next = 0;
  const calls = mapped(requests, (request) => {
    const first = attempts[next];
    const begin = next;
    while (attempts[next]?.requestId === request.requestId) next++;
    if (first && next - begin === 1 && saysAllOf(request, first)) return first;
    others.push(...attempts.slice(begin, next));
    return undefined;
  });
  others.push(...attempts.slice(next));
  return { calls, others };
}

/** But for `atMs` and `durationMs`. */
function saysAllOf(request: RequestRow, attempt: AttemptRow): boolean {
  return (
    attempt.number === 1 &&
    attempt.called &&
    attempt.outcome === request.outcome &&
    attempt.tenant === request.tenant &&
    attempt.deployment === request.deployment &&
    attempt.model === request.model &&
    attempt.provider === request.provider &&
    attempt.shadow === request.shadow &&
    attempt.costUsd === request.costUsd &&
    attempt.price === request.price &&
    tookTheSame(request, attempt)
  );
}

function tookTheSame(request: RequestRow, attempt: AttemptRow): boolean {
  return (
    attempt.fresh === request.fresh &&
    attempt.cacheRead === request.cacheRead &&
    attempt.cacheWrite5m === request.cacheWrite5m &&
    attempt.cacheWrite1h === request.cacheWrite1h &&
    attempt.output === request.output &&
    attempt.reasoning === request.reasoning
  );
}

/** The call that was folded into its request's row. */
export function unfolded(row: StoredRequest): StoredAttempt[] {
  if (row.call_at_ms === null || row.call_ms === null) return [];
  return [{ ...row, number: 1, called: 1, at_ms: row.call_at_ms, duration_ms: row.call_ms }];
}
