import type { AttemptRow, RequestRow } from '../../../src/core/ledger.ts';
import { NO_TOKENS } from '../../../src/books/ledger/buckets.ts';

/** The first day of November, a Sunday. */
export const START_MS = Date.parse('2026-11-01T00:00:00Z');
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

let last = 0;

export function requestRow(rest: Partial<RequestRow> = {}): RequestRow {
  return {
    requestId: `req_${String(++last).padStart(8, '0')}`,
    atMs: START_MS,
    tenant: 'acme',
    key: 'app',
    session: '',
    asked: 'auto',
    route: 'auto',
    model: 'claude-haiku-4-5',
    provider: 'anthropic',
    deployment: 'anthropic/claude-haiku-4-5',
    tier: 'haiku',
    reason: 'score 0.21',
    priority: 'normal',
    outcome: 'ok',
    origin: '',
    finishReason: 'stop',
    ...NO_TOKENS,
    fresh: 100,
    output: 20,
    costUsd: 0.0002,
    price: '{"input":1,"output":5}',
    queuedMs: 0,
    firstTokenMs: 300,
    totalMs: 1_000,
    calls: 1,
    stream: true,
    estimated: false,
    cacheHit: false,
    fallback: false,
    continued: false,
    shadow: false,
    tags: [],
    ...rest,
  };
}

export function attemptRow(rest: Partial<AttemptRow> = {}): AttemptRow {
  return {
    requestId: 'req_none',
    number: 1,
    atMs: START_MS,
    tenant: 'acme',
    provider: 'anthropic',
    deployment: 'anthropic/claude-haiku-4-5',
    model: 'claude-haiku-4-5',
    outcome: 'ok',
    called: true,
    shadow: false,
    ...NO_TOKENS,
    durationMs: 900,
    costUsd: null,
    price: null,
    ...rest,
  };
}
