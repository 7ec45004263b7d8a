import type { LedgerStore, Retention } from '../../core/ledger.ts';

/** For how many days what is kept; without a number, for ever. */
export interface RetentionRules {
  /** Requests and attempts. */
  rows?: number | undefined;
  hours?: number | undefined;
  days?: number | undefined;
}

const DAY_MS = 86_400_000;
const MAX_BATCHES = 10_000;

/** A batch at a time, so that writers come in between. Returns how many; rejects where the store does. */
export async function forgetOld(
  store: Pick<LedgerStore, 'forget'>,
  rules: RetentionRules,
  nowMs: number,
): Promise<number> {
  const retention = retentionAt(rules, nowMs);
  let batches = 0;
  while (batches < MAX_BATCHES && (await store.forget(retention))) batches++;
  return batches;
}

export function retentionAt({ rows, hours, days }: RetentionRules, nowMs: number): Retention {
  const before = (kept: number | undefined) => (kept === undefined ? undefined : nowMs - kept * DAY_MS);
  return { rowsBeforeMs: before(rows), hoursBeforeMs: before(hours), daysBeforeMs: before(days) };
}
