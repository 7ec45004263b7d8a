/**
 * OpenAI's Batch API: the lines go up as a file, the answers come down as one or two.
 * Half the price: https://platform.openai.com/docs/guides/batch ("50% cost discount"), read 2026-11-22.
 */
import type { BatchAnswer, BatchApi, BatchCall, BatchOrder, UpstreamBatch } from '../../src/core/batch.ts';
import type { Endpoint } from '../../src/core/deployment.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseJson, record, text } from '../shared/refusal.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
/** No line of JSON holds it: JSON has no bare line ends, and this begins with one. */
const BOUNDARY = 'signalbox-batch-lines';
const RECENT = 100;

export const batches: BatchApi = {
  priceFactor: 0.5,
  serves,
  upload: { call: upload, read: (body) => idOf(parseJson(body)) },
  create,
  read: (body) => upstreamOf(parseJson(body)),
  recent: {
    call: () => get(`/batches?limit=${RECENT}`),
    find: (body, tag) => {
      const listed = list(record(parseJson(body))?.['data']).find((batch) => tagOf(batch) === tag);
      return listed && upstreamOf(listed);
    },
  },
  look: (id) => get(`/batches/${encodeURIComponent(id)}`),
  cancel: (id) => ({ ...get(`/batches/${encodeURIComponent(id)}/cancel`), method: 'POST' }),
  results: ({ places }) => places.map((file) => get(`/files/${encodeURIComponent(file)}/content`)),
  readResults,
};

/** Azure's batches are of another kind, and other servers that speak the dialect have none. */
function serves({ baseUrl, settings }: Endpoint): boolean {
  return settings.practice === true || /^https:\/\/(?:[\w-]+\.)*api\.openai\.com(?:[:/]|$)/i.test(baseUrl);
}

function get(path: string): BatchCall {
  return { method: 'GET', path, headers: {}, body: '' };
}

function upload({ lines, tag }: BatchOrder): BatchCall {
  const content = lines.map(({ id, path, body }) => {
    // The body is JSON already, and may be large: it is not read and written again.
    return `{"custom_id":${JSON.stringify(id)},"method":"POST","url":"/v1${path}","body":${body}}`;
  });
  const part = (about: string, value: string) =>
    `--${BOUNDARY}\r\ncontent-disposition: form-data; ${about}\r\n\r\n${value}\r\n`;
  const file = `name="file"; filename="${tag}.jsonl"\r\ncontent-type: application/jsonl`;
  const body = `${part('name="purpose"', 'batch')}${part(file, `${content.join('\n')}\n`)}--${BOUNDARY}--\r\n`;
  return {
    method: 'POST',
    path: '/files',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body,
  };
}

function create({ lines, file, tag }: BatchOrder): BatchCall {
  const [first] = lines;
  const body = {
    input_file_id: file,
    endpoint: `/v1${first?.path ?? '/chat/completions'}`,
    completion_window: '24h',
    metadata: { signalbox: tag },
  };
  return { method: 'POST', path: '/batches', headers: JSON_TYPE, body: JSON.stringify(body) };
}

const RUNNING = new Set(['validating', 'in_progress', 'finalizing', 'cancelling']);

function upstreamOf(value: unknown): UpstreamBatch {
  const batch = record(value) ?? {};
  const status = text(batch['status']) ?? '';
  const counts = record(batch['request_counts']) ?? {};
  return {
    id: idOf(value),
    state: status === 'failed' ? 'failed' : RUNNING.has(status) ? 'running' : 'ended',
    completed: Number(counts['completed']) || 0,
    failed: Number(counts['failed']) || 0,
    places: [text(batch['output_file_id']), text(batch['error_file_id'])].filter((id) => id !== undefined),
    error: status === 'failed' ? firstError(batch['errors']) : undefined,
  };
}

/** More lines than the account may have waiting is no fault of the lines: they may come again. */
const TRANSIENT = new Set(['token_limit_exceeded', 'rate_limit_exceeded']);

function firstError(errors: unknown): UpstreamBatch['error'] {
  const [first = {}] = list(record(errors)?.['data']);
  const code = text(first['code']) ?? 'batch_failed';
  return { code, message: text(first['message']) ?? 'The provider failed the batch', isTransient: TRANSIENT.has(code) };
}

function* readResults(body: string): Iterable<BatchAnswer> {
  for (const line of body.split('\n')) {
    const result = record(parseJson(line));
    const id = text(result?.['custom_id']);
    if (!result || id === undefined) continue;
    yield { id, ...answerOf(result) };
  }
}

type Answered = BatchAnswer extends infer Each ? (Each extends unknown ? Omit<Each, 'id'> : never) : never;

function answerOf(result: Record<string, unknown>): Answered {
  const response = record(result['response']);
  if (response) {
    const status = Number(response['status_code']);
    const body = JSON.stringify(response['body'] ?? null);
    return status >= 200 && status < 300 ? { kind: 'answer', body } : { kind: 'refusal', status, body };
  }
  const error = record(result['error']) ?? {};
  if (error['code'] === 'batch_expired') return { kind: 'expired' };
  if (error['code'] === 'batch_cancelled') return { kind: 'cancelled' };
  return { kind: 'refusal', status: 500, body: JSON.stringify({ error }) };
}

function list(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((each) => record(each) ?? {}) : [];
}

function tagOf(batch: Record<string, unknown>): string | undefined {
  return text(record(batch['metadata'])?.['signalbox']);
}

function idOf(value: unknown): string {
  const id = text(record(value)?.['id']);
  if (id !== undefined) return id;
  throw new GatewayError('fault', 'The provider answered with something that is no batch');
}
