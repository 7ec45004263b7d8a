import { asGatewayError, type GatewayError } from '../../core/errors.ts';
import type { AnswerCollector, AnswerStamp, CollectedChoice } from '../../answers/collector.ts';
import type { ChunkOptions } from '../../answers/chunk-writer.ts';
import type { Pen, StreamWriter } from '../../answers/pen.ts';
import type { ChoiceSink } from '../../core/answer.ts';
import { isObject } from '../json.ts';
import { errorOf } from './echo.ts';
import { type Json, newResponseId, type Opening, type ResponseObject, shown } from './stored.ts';
import { type Letterhead, ResponseWriter } from './writer.ts';

/** Of one request. What it has written is kept until the request is over, for the store. */
export class ResponsesPen implements Pen {
  readonly wire = 'responses';
  /** The response with which a stream ended. */
  ended: ResponseObject | undefined;
  /** Whole ones, by their ids: several where attempts were hedged. */
  readonly wholes = new Map<string, ResponseObject>();
  readonly #letterhead: Letterhead;
  readonly #opening: Partial<Opening>;
  #live: ResponseWriter | undefined;
  /** The last that passed, and the response as it was announced. */
  #passed: string | undefined;
  #announced: Json | undefined;

  constructor(letterhead: Letterhead, opening: Partial<Opening> = {}) {
    this.#letterhead = letterhead;
    this.#opening = opening;
  }

  whole(answer: AnswerCollector, stamp: AnswerStamp): string {
    const writer = this.#writer(stamp);
    const { model, usage, upstreamId } = answer.facts;
    const { service_tier: serviceTier } = answer.answer(stamp);
    writer.start({ model: model ?? '', upstreamId, serviceTier: serviceTier ?? undefined });
    const choice = answer.choices.get(0);
    if (choice) sayAgain(choice, writer.choice());
    if (usage) writer.usage(usage);
    const response = writer.whole();
    this.wholes.set(response.id, response);
    return JSON.stringify(shown(response, this.#letterhead.body.include ?? []));
  }

  stream(options: ChunkOptions): StreamWriter {
    return this.#writer(options);
  }

  heard(data: string): void {
    this.#live = undefined;
    this.#passed = data;
    if (!LIFECYCLE.test(data)) return;
    const event: unknown = parsed(data);
    if (!isObject(event) || !isResponse(event.response)) return;
    if (event.type === 'response.created') this.#announced = event.response;
    if (typeof event.type === 'string' && TERMINAL.has(event.type)) this.ended = event.response;
  }

  broken(cause: unknown): string {
    const error = asGatewayError(cause);
    if (!this.#live) return this.#breakPassed(error);
    this.ended = this.#live.failed(error);
    return this.#live.break(error);
  }

  #writer(stamp: AnswerStamp): ResponseWriter {
    const writer: ResponseWriter = new ResponseWriter({
      createdSeconds: stamp.createdSeconds,
      model: stamp.model,
      id: this.#opening.id ?? newResponseId(stamp.newId),
      letterhead: this.#letterhead,
      onTaken: () => (this.#live = writer),
      onClosed: (response) => (this.ended = response),
    });
    return writer;
  }

  /** What passed cannot be taken back: its last words are said in its own numbers. */
  #breakPassed(error: GatewayError): string {
    const last = this.#passed === undefined ? undefined : parsed(this.#passed);
    let sequence = isObject(last) && typeof last.sequence_number === 'number' ? last.sequence_number + 1 : 0;
    const said = frame('error', { sequence_number: sequence++, error: errorOf(error) });
    if (!isResponse(this.#announced)) return said;
    const response = { ...this.#announced, status: 'failed', error: errorOf(error) };
    this.ended = response;
    return said + frame('response.failed', { sequence_number: sequence, response });
  }
}

/** Only lifecycle events hold a response. Inside a text its quotes would be escaped. */
const LIFECYCLE = /"response":\s*\{/;
const TERMINAL = new Set(['response.completed', 'response.incomplete', 'response.failed']);

export function isResponse(value: unknown): value is ResponseObject {
  return isObject(value) && typeof value.id === 'string' && Array.isArray(value.output);
}

/** In the order of a response, whatever it was collected in. */
function sayAgain(choice: CollectedChoice, sink: ChoiceSink): void {
  sink.reasoning(choice.reasoningText);
  for (const detail of choice.reasoningDetails) sink.reasoningDetail(detail);
  sink.text(choice.content);
  if (choice.logprobTokens.length > 0) sink.logprobs({ content: choice.logprobTokens, refusal: null });
  for (const annotation of choice.annotations) sink.annotation(annotation);
  for (const citation of choice.citations) sink.citation(citation);
  sink.refusal(choice.refusalText);
  for (const url of choice.images) sink.image(url);
  for (const call of choice.toolCalls) sink.toolArguments(sink.toolCall(call), call.arguments);
  sink.finish(choice.finishReason, choice.native);
}

function frame(type: string, data: Json): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
}

export function parsed(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // Its reader complains.
  }
}
