/** Gemini's batches, with their requests inside. */
import { type Batch, type BatchAnswer, type BatchWire, jsonOf, type Shelf, type Told } from '../batch-shelf.ts';
import { Rejected } from '../rejected.ts';
import type { Asked } from '../wire.ts';
import { geminiWire } from './wire.ts';

const PATH = /^\/gemini\/v1(?:beta)?\/(?:models\/([^/:]+):batchGenerateContent|(batches)(?:\/(\w+)(:cancel)?)?)$/u;

export const geminiBatches: BatchWire = {
  wire: geminiWire,
  route(asked) {
    const [, model, batches, id, cancel] = PATH.exec(asked.url.pathname) ?? [];
    if (model !== undefined) return (shelf) => create(asked, model, shelf);
    if (!batches) return undefined;
    if (id === undefined) return (shelf) => list(shelf);
    return async (shelf) => {
      const batch = await shelf.find(`batches/${id}`, asked);
      if (!cancel) return { json: shown(batch) };
      shelf.cancel(batch, asked);
      return { json: {} };
    };
  },
};

interface Created {
  batch?: {
    displayName?: string;
    inputConfig?: { requests?: { requests?: { request: unknown; metadata?: { key?: string } }[] } };
  };
}

function create(asked: Asked, model: string, shelf: Shelf): Told {
  const { batch } = jsonOf(asked) as Created;
  const requests = batch?.inputConfig?.requests?.requests ?? [];
  if (requests.length === 0) throw new Rejected(400, 'BatchGenerateContentRequest.batch.input_config: is required');
  const lines = requests.map(({ request, metadata }, place) => {
    const path = `/gemini/v1beta/models/${model}:generateContent`;
    return { key: metadata?.key ?? String(place), path, body: request };
  });
  const tag = { displayName: batch?.displayName, model: `models/${model}` };
  return { json: shown(shelf.begin(asked, { id: `batches/${shelf.newId(asked, 24)}`, tag, lines })) };
}

function list(shelf: Shelf): Told {
  const all = [...shelf.batches.values()].filter(({ id }) => id.startsWith('batches/')).toReversed();
  return { json: { operations: all.map(shown) } };
}

function shown({ id, tag, createdMs, cancelledMs, lines, answers }: Batch) {
  const { displayName, model } = tag as Record<string, unknown>;
  const done = answers?.filter(({ answer }) => answer && answer.status < 300).length ?? 0;
  const output = answers && { inlinedResponses: { inlinedResponses: answers.map(answerOf) } };
  const ended = cancelledMs === undefined ? 'BATCH_STATE_SUCCEEDED' : 'BATCH_STATE_CANCELLED';
  return {
    name: id,
    metadata: {
      '@type': 'type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch',
      name: id,
      displayName,
      model,
      state: answers ? ended : 'BATCH_STATE_RUNNING',
      createTime: new Date(createdMs).toISOString(),
      batchStats: {
        requestCount: String(lines.length),
        ...(answers
          ? { successfulRequestCount: String(done), failedRequestCount: String(lines.length - done) }
          : { pendingRequestCount: String(lines.length) }),
      },
      ...(output && { output }),
    },
    ...(output && { done: true, response: output }),
  };
}

/** A status without HTTP: gRPC's code in its place. */
const CODES: Record<number, number> = { 400: 3, 403: 7, 404: 5, 429: 8, 503: 14 };

function answerOf({ key, answer }: BatchAnswer) {
  const metadata = { key };
  if (!answer) return { metadata, error: { code: 1, message: 'The operation was cancelled.' } };
  const { status, body } = answer;
  if (status < 300) return { metadata, response: body };
  const { message = '' } = (body as { error?: { message?: string } }).error ?? {};
  return { metadata, error: { code: CODES[status] ?? 13, message } };
}
