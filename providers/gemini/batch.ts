/**
 * Gemini's batches (AI Studio): requests and answers are part of the batch itself, found again by its display name.
 * Half the price: https://ai.google.dev/gemini-api/docs/optimization ("50% discount"), read 2026-11-22.
 * Vertex has batches of another kind, by way of buckets and tables.
 */
import type { BatchAnswer, BatchApi, BatchCall, BatchOrder, UpstreamBatch } from '../../src/core/batch.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { versionOf } from './path.ts';
import { parseJson, record, text } from '../shared/refusal.ts';

const RECENT = 100;
/** What generateContent's own address ends in. */
const VERB = /:generateContent$/;

export const batches: BatchApi = {
  priceFactor: 0.5,
  serves: ({ baseUrl, settings }) =>
    settings.project === undefined &&
    (settings.practice === true || /^https:\/\/generativelanguage\.googleapis\.com(?:[:/]|$)/i.test(baseUrl)),
  create,
  read: (body) => upstreamOf(parseJson(body)),
  recent: {
    call: (endpoint) => get(`${versionOf(endpoint)}/batches?pageSize=${RECENT}`),
    find: (body, tag) => {
      const operations = record(parseJson(body))?.['operations'];
      const found = (Array.isArray(operations) ? operations : []).find(
        (each) => record(record(each)?.['metadata'])?.['displayName'] === tag,
      );
      return found === undefined ? undefined : upstreamOf(found);
    },
  },
  look: (id, endpoint) => get(`${versionOf(endpoint)}/${id}`),
  cancel: (id, endpoint) => ({ ...get(`${versionOf(endpoint)}/${id}:cancel`), method: 'POST' }),
  results: ({ id }, endpoint) => [get(`${versionOf(endpoint)}/${id}`)],
  readResults,
};

function get(path: string): BatchCall {
  return { method: 'GET', path, headers: {}, body: '' };
}

function create({ lines, tag }: BatchOrder): BatchCall {
  const path = (lines[0]?.path ?? '').replace(VERB, ':batchGenerateContent');
  const requests = lines.map(({ id, body }) => `{"request":${body},"metadata":{"key":${JSON.stringify(id)}}}`);
  const name = JSON.stringify(tag);
  return {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: `{"batch":{"displayName":${name},"inputConfig":{"requests":{"requests":[${requests.join(',')}]}}}}`,
  };
}

const STATES: Record<string, UpstreamBatch['state']> = {
  SUCCEEDED: 'ended',
  CANCELLED: 'ended',
  EXPIRED: 'ended',
  FAILED: 'failed',
};

/** An operation; `BATCH_STATE_…` at the API, `JOB_STATE_…` in its examples. */
function upstreamOf(value: unknown): UpstreamBatch {
  const operation = record(value);
  const id = text(operation?.['name']);
  if (!operation || id === undefined || !/^batches\/[\w-]+$/.test(id)) {
    throw new GatewayError('fault', 'The provider answered with something that is no batch');
  }
  const metadata = record(operation['metadata']) ?? {};
  const word = (text(metadata['state']) ?? '').replace(/^(?:BATCH|JOB)_STATE_/, '');
  const stats = record(metadata['batchStats']) ?? {};
  const state = STATES[word] ?? 'running';
  return {
    id,
    state,
    completed: Number(stats['successfulRequestCount']) || 0,
    failed: Number(stats['failedRequestCount']) || 0,
    places: [],
    error: state === 'failed' ? errorOf(record(operation['error']) ?? {}) : undefined,
  };
}

function errorOf({ code, message, status }: Record<string, unknown>): UpstreamBatch['error'] {
  return {
    code: text(status) ?? 'batch_failed',
    message: text(message) ?? 'The provider failed the batch',
    isTransient: code === 8 || code === 429 || code === 14 || code === 503,
  };
}

/** Of gRPC's codes, as HTTP says them. */
const STATUSES: Record<number, number> = { 1: 499, 3: 400, 4: 504, 5: 404, 7: 403, 8: 429, 9: 400, 14: 503, 16: 401 };

/** In the order of the requests, each with its key. */
function* readResults(body: string): Iterable<BatchAnswer> {
  const operation = record(parseJson(body)) ?? {};
  const output = record(operation['response']) ?? record(record(operation['metadata'])?.['output']) ?? {};
  const answers = record(output['inlinedResponses'])?.['inlinedResponses'];
  for (const each of Array.isArray(answers) ? answers : []) {
    const answered = record(each) ?? {};
    const id = text(record(answered['metadata'])?.['key']);
    if (id === undefined) continue;
    const error = record(answered['error']);
    if (!error) yield { id, kind: 'answer', body: JSON.stringify(answered['response'] ?? null) };
    else if (error['code'] === 1) yield { id, kind: 'cancelled' };
    else yield { id, kind: 'refusal', ...refusalOf(error) };
  }
}

function refusalOf(error: Record<string, unknown>): { status: number; body: string } {
  const code = Number(error['code']) || 13;
  const status = code >= 400 ? code : (STATUSES[code] ?? 500);
  return { status, body: JSON.stringify({ error: { ...error, code: status } }) };
}
