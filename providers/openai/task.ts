/** What OpenAI's API has beside conversation: the client's words pass, and so does the answer. */
import type { TaskKind } from '../../src/core/ability.ts';
import type { Usage } from '../../src/core/chat.ts';
import type { Endpoint } from '../../src/core/deployment.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type {
  EmbeddingsTask,
  Task,
  TaskAnswer,
  TaskCall,
  TaskExchange,
  TaskListener,
  TaskReply,
  Vector,
} from '../../src/core/task.ts';
import { reading } from '../shared/fault.ts';
import { parseJson, record, text } from '../shared/refusal.ts';
import { isOpenAi, toPath } from './endpoint.ts';
import { fromError } from './errors.ts';
import { bytesListener, eventsListener } from './task-listener.ts';
import { toTaskUsage } from './task-usage.ts';

const PATHS: Record<TaskKind, string> = {
  embeddings: '/embeddings',
  moderations: '/moderations',
  images: '/images/generations',
  image_edits: '/images/edits',
  transcriptions: '/audio/transcriptions',
  translations: '/audio/translations',
  speech: '/audio/speech',
};

export function task({ task, endpoint, providerModel }: TaskCall): TaskExchange {
  const { type, body } = task.original(providerModel);
  const refused = task.kind === 'embeddings' ? refusedOf(task, endpoint) : [];
  const said = typeof body === 'string' ? { body: without(refused, body) } : { body: '', bytes: [body] };
  const path = toPath(PATHS[task.kind], endpoint.settings);
  return {
    requests: [{ path, headers: { 'content-type': type }, ...said }],
    warnings: refused.map((param) => ({ param, action: 'dropped' })),
    read: ([reply]) => reading(() => readAnswer(task, reply)),
    ...(task.stream && { listen: (contentType) => listenerOf(task, contentType) }),
  };
}

/** Whether it is a stream, the answer says: whisper-1 and many a server heed no wish for events. */
function listenerOf({ kind, stream }: Task, contentType = 'text/event-stream'): TaskListener | undefined {
  if (stream === 'events' && contentType.startsWith('text/event-stream')) return eventsListener();
  return kind === 'speech' ? bytesListener() : undefined;
}

/** Compatible servers know `input_type`; OpenAI has nothing like it, and nobody has titles. */
function refusedOf({ inputType, titles }: EmbeddingsTask, endpoint: Endpoint): string[] {
  const refused: string[] = [];
  if (inputType !== undefined && isOpenAi(endpoint)) refused.push('input_type');
  if (titles !== undefined) refused.push('title');
  return refused;
}

function without(fields: readonly string[], body: string): string {
  if (fields.length === 0) return body;
  const kept = Object.entries(record(parseJson(body)) ?? {}).filter(([name]) => !fields.includes(name));
  return JSON.stringify(Object.fromEntries(kept));
}

function readAnswer(task: Task, reply: TaskReply | undefined): TaskAnswer {
  if (!reply) throw new GatewayError('fault', 'The provider sent no answer');
  const { text: body } = reply;
  const isJson = reply.header('content-type')?.includes('json') ?? false;
  const answer = isJson || body.startsWith('{') ? record(parseJson(body)) : undefined; // Some servers call JSON text.
  if (!answer) return plainAnswer(task, body, isJson);
  if (answer['error']) throw fromError(answer);
  const usage = toTaskUsage(answer, task);
  const model = text(answer['model']);
  if (task.kind !== 'embeddings') return { usage, model, body };
  const vectors = vectorsOf(answer);
  const isAsAsked = vectors.every((vector) => (typeof vector === 'string') === (task.format === 'base64'));
  return { usage, model, vectors, ...(isAsAsked && { body }) };
}

/** Transcriptions may come as text or subtitles. */
function plainAnswer(task: Task, body: string, isJson: boolean): TaskAnswer {
  if (isJson || (task.kind !== 'transcriptions' && task.kind !== 'translations')) {
    throw new GatewayError('fault', 'The provider sent an answer that is no JSON');
  }
  return { usage: guessed(task.expected, body), model: undefined, body };
}

const CHARS_PER_TOKEN = 4;

function guessed(expected: Usage, said: string): Usage {
  const completion = Math.ceil(said.length / CHARS_PER_TOKEN);
  const { prompt_tokens: prompt } = expected;
  return { ...expected, completion_tokens: completion, total_tokens: prompt + completion, usage_estimated: true };
}

function vectorsOf({ data }: Record<string, unknown>): Vector[] {
  if (!Array.isArray(data) || data.length === 0) throw new GatewayError('fault', 'The provider sent no vectors');
  return data.map((row) => {
    const vector = record(row)?.['embedding'];
    if (typeof vector === 'string' || Array.isArray(vector)) return vector as Vector;
    throw new GatewayError('fault', 'The provider sent a row without a vector');
  });
}
