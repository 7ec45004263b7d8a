/** One attempt at what is no conversation: sent, timed and refused as `whole.ts` and `live.ts` do it. */
import type { Usage } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';
import { named, namedWarnings } from '../core/field-names.ts';
import type { IncomingResponse } from '../core/ports.ts';
import {
  type Task,
  type TaskAnswer,
  taskDialectOf,
  type TaskExchange,
  type TaskListener,
  type TaskReply,
  type TaskRequest,
} from '../core/task.ts';
import { noFacts } from '../answers/facts.ts';
import type { Flow } from './flow.ts';
import { LiveFrames } from './live.ts';
import type { Answered } from './manner.ts';
import { MAX_ANSWER_BYTES, refuseLoss, send, type Work } from './send.ts';

/** What a door asks for, and how it writes the answer down. */
export interface TaskOrder {
  task: Task;
  write: (answer: TaskAnswer, model: string) => string;
}

/** An answer in the client's API. */
export interface TaskBody {
  contentType: string;
  content: string | LiveFrames;
}

export async function attemptTask(work: Work, order: TaskOrder): Promise<Answered<TaskBody>> {
  const { task } = order;
  const exchange = translate(work, task);
  refuseLoss(work, exchange.warnings);
  if (!exchange.listen) return read(work, exchange, order, await sendAll(work, exchange.requests));
  const [request] = exchange.requests;
  if (!request) throw new GatewayError('internal', 'There is nothing to send');
  const response = await send(work, request);
  const listener = exchange.listen(response.header('content-type'));
  if (!listener) return read(work, exchange, order, [await replyIn(response)]);
  return { ...(await passed(response, listener, task)), warnings: exchange.warnings };
}

function translate({ provider, call, fieldOf }: Work, task: Task): TaskExchange {
  const { endpoint, providerModel } = call;
  try {
    const exchange = taskDialectOf(provider, task.kind).task({ task, endpoint, providerModel });
    return fieldOf ? { ...exchange, warnings: namedWarnings(exchange.warnings, fieldOf) } : exchange;
  } catch (cause) {
    throw named(cause, fieldOf);
  }
}

function read(
  work: Work,
  exchange: TaskExchange,
  { task, write }: TaskOrder,
  replies: readonly Reply[],
): Answered<TaskBody> {
  const answer = exchange.read(replies);
  const usage = answer.usage ? completed(answer.usage, task) : { ...task.expected, usage_estimated: true };
  const facts = { ...noFacts(), model: answer.model, usage, said: true, upstreamId: replies[0]?.requestId };
  const isTheirs = answer.body !== undefined;
  const contentType = (isTheirs && replies[0]?.header('content-type')) || 'application/json';
  const content = write(answer, work.call.providerModel);
  return { body: { contentType, content }, facts, warnings: exchange.warnings };
}

/** The provider's own bytes, untouched. Resolves when the first have come. */
async function passed(
  response: IncomingResponse,
  listener: TaskListener,
  task: Task,
): Promise<Omit<Answered<TaskBody>, 'warnings'>> {
  const facts = noFacts();
  facts.upstreamId = response.requestId;
  facts.usage = { ...task.expected, usage_estimated: true };
  const note = () => {
    if (listener.usage) facts.usage = completed(listener.usage, task);
    if (listener.ended) facts.finishReason = 'stop';
  };
  const flow: Flow = {
    source: response.body[Symbol.asyncIterator](),
    facts,
    push(bytes) {
      listener.push(bytes);
      facts.said ||= bytes.length > 0;
      note();
      return listener.failure ? '' : bytes; // It is told once, and in our words.
    },
    get failure() {
      return listener.failure;
    },
    end() {
      listener.end();
      note();
      return '';
    },
    done: false,
    get ended() {
      return listener.ended;
    },
  };
  const content = new LiveFrames(flow);
  await content.commit();
  const contentType = response.header('content-type') ?? 'application/octet-stream';
  return { body: { contentType, content }, facts };
}

/** What only the request tells: a model may be paid by the minute or the character, whatever its answer counts. */
function completed(usage: Usage, { expected: { media } }: Task): Usage {
  if (media?.seconds === undefined && media?.characters === undefined) return usage;
  const { seconds, characters } = media;
  const known = { ...(seconds !== undefined && { seconds }), ...(characters !== undefined && { characters }) };
  return { ...usage, media: { ...known, ...usage.media } };
}

interface Reply extends TaskReply {
  requestId: string | undefined;
}

/** At the same time: enough that a thousand texts are no thousand waits, few enough that the provider bears it. */
const MAX_TOGETHER = 8;

/** All or none: when one call fails, the others are not wanted. */
async function sendAll(work: Work, requests: readonly TaskRequest[]): Promise<Reply[]> {
  const [first] = requests;
  if (first && requests.length === 1) return [await replyTo(work, first)];
  const siblings = work.client.child();
  const together = { ...work, client: siblings };
  const replies: Reply[] = [];
  const queue = requests.entries();
  const drain = async () => {
    for (const [index, request] of queue) replies[index] = await replyTo(together, request);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(MAX_TOGETHER, requests.length) }, drain));
    return replies;
  } catch (cause) {
    siblings.leave();
    throw cause;
  }
}

async function replyTo(work: Work, request: TaskRequest): Promise<Reply> {
  return replyIn(await send(work, request));
}

async function replyIn(response: IncomingResponse): Promise<Reply> {
  const text = await response.text(MAX_ANSWER_BYTES);
  return { text, header: (name) => response.header(name), requestId: response.requestId };
}
