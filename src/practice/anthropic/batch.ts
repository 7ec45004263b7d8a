/** Anthropic's Message Batches. */
import { type Batch, type BatchAnswer, type BatchWire, jsonOf, type Shelf, type Told } from '../batch-shelf.ts';
import { Rejected } from '../rejected.ts';
import type { Asked } from '../wire.ts';
import { anthropicWire } from './wire.ts';

const PATH = /^\/anthropic\/v1\/messages\/batches(?:\/(\w+)(?:\/(cancel|results))?)?$/u;
const KEY = /^[\w-]{1,64}$/u;

export const anthropicBatches: BatchWire = {
  wire: anthropicWire,
  route(asked) {
    const path = PATH.exec(asked.url.pathname);
    if (!path) return undefined;
    const [, id, act] = path;
    if (id === undefined) return asked.method === 'POST' ? (shelf) => create(asked, shelf) : (shelf) => list(shelf);
    return async (shelf) => {
      const batch = await shelf.find(id, asked);
      if (act === 'cancel') shelf.cancel(batch, asked);
      if (act !== 'results') return { json: shown(batch) };
      if (batch.answers) return { lines: batch.answers.map(resultOf) };
      throw new Rejected(404, 'The results of this batch are not there yet.');
    };
  },
};

function create(asked: Asked, shelf: Shelf): Told {
  const { requests } = jsonOf(asked);
  if (!Array.isArray(requests) || requests.length === 0) throw new Rejected(400, 'requests: Field required');
  const keys = new Set<string>();
  const lines = requests.map((request: { custom_id: string; params: unknown }, place) => {
    const { custom_id: key, params: body } = request;
    if (!KEY.test(key)) throw new Rejected(400, `requests.${place}.custom_id: String should match pattern`);
    if (keys.has(key)) throw new Rejected(400, `requests.${place}.custom_id: must be unique`);
    keys.add(key);
    return { key, path: '/anthropic/v1/messages', body };
  });
  return { json: shown(shelf.begin(asked, { id: `msgbatch_01${shelf.newId(asked, 22)}`, tag: undefined, lines })) };
}

function list(shelf: Shelf): Told {
  const data = [...shelf.batches.values()].filter(({ id }) => id.startsWith('msgbatch_')).toReversed();
  return { json: { data: data.map(shown), has_more: false, first_id: data[0]?.id ?? null, last_id: null } };
}

function shown({ id, createdMs, endsMs, cancelledMs, lines, answers }: Batch) {
  const count = (type: string) => answers?.filter((answer) => resultOf(answer).result.type === type).length ?? 0;
  const at = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString());
  return {
    id,
    type: 'message_batch',
    processing_status: answers ? 'ended' : cancelledMs === undefined ? 'in_progress' : 'canceling',
    request_counts: {
      processing: answers ? 0 : lines.length,
      succeeded: count('succeeded'),
      errored: count('errored'),
      canceled: count('canceled'),
      expired: 0,
    },
    created_at: at(createdMs),
    expires_at: at(createdMs + 86_400_000),
    ended_at: answers ? at(cancelledMs ?? endsMs) : null,
    archived_at: null,
    cancel_initiated_at: at(cancelledMs),
    results_url: answers ? `/v1/messages/batches/${id}/results` : null,
  };
}

function resultOf({ key, answer }: BatchAnswer) {
  if (!answer) return { custom_id: key, result: { type: 'canceled' } };
  const { status, body } = answer;
  const result = status < 300 ? { type: 'succeeded', message: body } : { type: 'errored', error: body };
  return { custom_id: key, result };
}
