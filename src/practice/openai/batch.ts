/** OpenAI's files (of purpose `batch`) and batches. */
import { type Batch, type BatchLine, type BatchWire, jsonOf, type Shelf, type Told } from '../batch-shelf.ts';
import { Rejected } from '../rejected.ts';
import type { Asked } from '../wire.ts';
import { invalid, openaiWire } from './errors.ts';

const PATH = /^\/openai\/v1\/(?:(files)(?:\/([\w-]+)\/content)?|(batches)(?:\/([\w-]+)(\/cancel)?)?)$/u;
const PREFIX = '/openai';

export const openaiBatches: BatchWire = {
  wire: openaiWire,
  route(asked) {
    const [, files, file, batches, id, cancel] = PATH.exec(asked.url.pathname) ?? [];
    const isPost = asked.method === 'POST';
    if (files) return file === undefined && isPost ? (shelf) => upload(asked, shelf) : (shelf) => content(file, shelf);
    if (!batches) return undefined;
    if (id === undefined) return isPost ? (shelf) => create(asked, shelf) : (shelf) => list(asked, shelf);
    return async (shelf) => {
      const batch = await shelf.find(id, asked);
      if (cancel) shelf.cancel(batch, asked);
      return { json: shown(batch) };
    };
  },
};

function upload(asked: Asked, shelf: Shelf): Told {
  const boundary = /boundary=([^\s;]+)/u.exec(asked.headers.get('content-type') ?? '')?.[1];
  const parts = boundary === undefined ? [] : `\r\n${asked.text}`.split(`\r\n--${boundary}`);
  const valueOf = (name: string) => parts.find((part) => part.includes(`name="${name}"`))?.split('\r\n\r\n')[1];
  if (valueOf('purpose') !== 'batch') throw invalid("'purpose' must be 'batch' here.", 'purpose');
  const text = valueOf('file');
  if (text === undefined) throw invalid("'file' is a required property", 'file', 'missing_required_parameter');
  const id = `file-${shelf.newId(asked, 24)}`;
  shelf.keep(shelf.files, id, text);
  const created = Math.floor(asked.nowMs / 1_000);
  return {
    json: { id, object: 'file', bytes: text.length, created_at: created, filename: 'lines.jsonl', purpose: 'batch' },
  };
}

function content(file: string | undefined, shelf: Shelf): Told {
  const text = file === undefined ? undefined : shelf.files.get(file);
  if (text !== undefined) return { lines: jsonLines(text) };
  const [, id = '', which] = /^file-(\w+?)(output|error)$/u.exec(file ?? '') ?? [];
  const batch = shelf.batches.get(`batch_${id}`);
  if (!batch?.answers) throw new Rejected(404, `No such File object: ${file}`);
  return { lines: resultsOf(batch).filter((line) => isAnswer(line) === (which === 'output')) };
}

function create(asked: Asked, shelf: Shelf): Told {
  const { input_file_id: file, endpoint, completion_window: window, metadata = null } = jsonOf(asked);
  const text = shelf.files.get(String(file));
  if (text === undefined) throw invalid(`No such File object: ${String(file)}`, 'input_file_id');
  if (window !== '24h') throw invalid("Invalid value for 'completion_window'.", 'completion_window');
  const raw = jsonLines(text) as { custom_id: string; url: string; body: { model?: string } }[];
  const lines = raw.map((line): BatchLine => ({ key: line.custom_id, path: PREFIX + line.url, body: line.body }));
  const failed = wrongWith(raw, String(endpoint));
  const id = `batch_${shelf.newId(asked, 24)}`;
  return {
    json: shown(shelf.begin(asked, { id, tag: { metadata, endpoint, file }, lines, ...(failed && { failed }) })),
  };
}

/** As the real one says it of a batch that it has taken. */
function wrongWith(lines: readonly { url: string; body: { model?: string } }[], endpoint: string): Batch['failed'] {
  const other = lines.findIndex(({ url }) => url !== endpoint);
  if (other >= 0)
    return { code: 'url_mismatch', message: "The URL does not match the batch's endpoint.", line: other + 1 };
  const models = new Set(lines.map(({ body }) => body.model));
  if (models.size <= 1) return undefined;
  return { code: 'mismatched_model', message: 'All requests of a batch must be for one model.', line: null };
}

function list(asked: Asked, shelf: Shelf): Told {
  const limit = Number(asked.url.searchParams.get('limit') ?? 20);
  const data = [...shelf.batches.values()]
    .filter(({ id }) => id.startsWith('batch_'))
    .toReversed()
    .slice(0, limit);
  return { json: { object: 'list', data: data.map(shown), has_more: false } };
}

function shown(batch: Batch) {
  const { id, tag, createdMs, cancelledMs, lines, answers, failed } = batch;
  const { metadata, endpoint, file } = tag as Record<string, unknown>;
  const results = resultsOf(batch);
  const completed = results.filter(isAnswer).length;
  const status = cancelledMs === undefined ? 'completed' : 'cancelled';
  const ended = answers && { output_file_id: fileOf(id, 'output'), error_file_id: fileOf(id, 'error') };
  return {
    id,
    object: 'batch',
    endpoint,
    input_file_id: file,
    completion_window: '24h',
    status: failed ? 'failed' : answers ? status : cancelledMs === undefined ? 'in_progress' : 'cancelling',
    created_at: Math.floor(createdMs / 1_000),
    expires_at: Math.floor(createdMs / 1_000) + 86_400,
    errors: failed ? { object: 'list', data: [{ ...failed, param: null }] } : null,
    ...(ended && completed > 0 && { output_file_id: ended.output_file_id }),
    ...(ended && completed < lines.length && { error_file_id: ended.error_file_id }),
    request_counts: { total: lines.length, completed, failed: results.length - completed },
    metadata,
  };
}

function fileOf(id: string, which: 'output' | 'error'): string {
  return `file-${id.replace(/^batch_/u, '')}${which}`;
}

type ResultLine = ReturnType<typeof resultsOf>[number];

function resultsOf({ id, answers = [] }: Batch) {
  return answers.map(({ key, answer }, place) => ({
    id: `batch_req_${id.slice(6)}${place}`,
    custom_id: key,
    response: answer ? { status_code: answer.status, request_id: `${id}-${place}`, body: answer.body } : null,
    error: answer ? null : { code: 'batch_cancelled', message: 'This request was cancelled.' },
  }));
}

function isAnswer({ response }: ResultLine): boolean {
  return response !== null && response.status_code < 300;
}

function jsonLines(text: string): unknown[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as unknown);
}
