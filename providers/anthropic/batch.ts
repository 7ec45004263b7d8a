/**
 * Anthropic's Message Batches. They keep no tag, so one whose creation was never confirmed cannot be found again.
 * Half the price: https://docs.claude.com/en/docs/build-with-claude/batch-processing ("50% of the standard API
 * prices", caching included), read 2026-11-22.
 */
import type { BatchAnswer, BatchApi, BatchCall, BatchLine, BatchOrder, UpstreamBatch } from '../../src/core/batch.ts';
import type { Endpoint } from '../../src/core/deployment.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseJson, record, text } from '../shared/refusal.ts';

const VERSION = '2023-06-01';

export const batches: BatchApi = {
  priceFactor: 0.5,
  serves: ({ baseUrl, settings }) =>
    settings.practice === true || /^https:\/\/api\.anthropic\.com(?:[:/]|$)/i.test(baseUrl),
  create,
  read: (body) => upstreamOf(parseJson(body)),
  look: (id, endpoint) => call('GET', endpoint, `/${encodeURIComponent(id)}`),
  cancel: (id, endpoint) => call('POST', endpoint, `/${encodeURIComponent(id)}/cancel`),
  results: ({ id }, endpoint) => [call('GET', endpoint, `/${encodeURIComponent(id)}/results`)],
  readResults,
};

function call(method: BatchCall['method'], { baseUrl }: Endpoint, rest: string): BatchCall {
  const path = `${baseUrl.endsWith('/v1') ? '' : '/v1'}/messages/batches${rest}`;
  return { method, path, headers: { 'anthropic-version': VERSION }, body: '' };
}

function create({ endpoint, lines }: BatchOrder): BatchCall {
  const requests = lines.map(({ id, body }) => `{"custom_id":${JSON.stringify(id)},"params":${body}}`);
  return {
    ...call('POST', endpoint, ''),
    headers: headersOf(lines),
    body: `{"requests":[${requests.join(',')}]}`,
  };
}

/** One head for all: the version of the first (one model has one), and every beta that any of them needs. */
function headersOf(lines: readonly BatchLine[]): Record<string, string> {
  const betas = new Set(lines.flatMap(({ headers }) => headers['anthropic-beta']?.split(',') ?? []));
  return {
    'content-type': 'application/json',
    'anthropic-version': lines[0]?.headers['anthropic-version'] ?? VERSION,
    ...(betas.size > 0 && { 'anthropic-beta': [...betas].join(',') }),
  };
}

function upstreamOf(value: unknown): UpstreamBatch {
  const batch = record(value);
  const id = text(batch?.['id']);
  if (!batch || id === undefined)
    throw new GatewayError('fault', 'The provider answered with something that is no batch');
  const counts = record(batch['request_counts']) ?? {};
  const count = (name: string) => Number(counts[name]) || 0;
  return {
    id,
    state: batch['processing_status'] === 'ended' ? 'ended' : 'running',
    completed: count('succeeded'),
    failed: count('errored') + count('expired') + count('canceled'),
    places: [],
  };
}

/** Without the status that a refusal alone would have. */
const STATUSES: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

function* readResults(body: string): Iterable<BatchAnswer> {
  for (const line of body.split('\n')) {
    const answered = record(parseJson(line));
    const id = text(answered?.['custom_id']);
    const result = record(answered?.['result']);
    if (id === undefined || !result) continue;
    const { type } = result;
    if (type === 'succeeded') yield { id, kind: 'answer', body: JSON.stringify(result['message']) };
    else if (type === 'canceled') yield { id, kind: 'cancelled' };
    else if (type === 'expired') yield { id, kind: 'expired' };
    else yield { id, kind: 'refusal', ...refusalOf(record(result['error']) ?? {}) };
  }
}

/** The API wraps the error as its own refusals do: `{"type":"error","error":{"type":…}}`. */
function refusalOf(wrapped: Record<string, unknown>): { status: number; body: string } {
  const error = record(wrapped['error']) ?? wrapped;
  return { status: STATUSES[text(error['type']) ?? ''] ?? 500, body: JSON.stringify({ type: 'error', error }) };
}
