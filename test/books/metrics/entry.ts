import type { LedgerEntry } from '../../../src/books/ledger/rows.ts';
import type { AttemptRow, RequestRow } from '../../../src/core/ledger.ts';
import { attemptRow, requestRow } from '../ledger/sample.ts';

const SERVED = { asked: 'gpt-5.5', model: 'gpt-5.5', provider: 'openai', deployment: 'openai/gpt-5.5' };

/** A request that gpt-5.5 answered at once and whole; tests say what is otherwise. */
export function entryWith(request: Partial<RequestRow> = {}, attempts?: Partial<AttemptRow>[]): LedgerEntry {
  const whole = { stream: false, firstTokenMs: null, costUsd: 0.001 };
  const row = requestRow({ requestId: 'req_1', ...SERVED, ...whole, ...request });
  const { requestId, atMs, tenant, shadow, deployment, provider, model, outcome } = row;
  const parts = attempts ?? [{ deployment, provider, model, outcome }];
  const of = { requestId, atMs, tenant, shadow, provider: 'openai', deployment: 'openai/gpt-5.5', model: 'gpt-5.5' };
  return {
    operation: 'chat',
    request: row,
    attempts: parts.map((part, index) => attemptRow({ ...of, number: index + 1, ...part })),
  };
}
