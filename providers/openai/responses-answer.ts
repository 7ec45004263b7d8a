import type { Response, ResponseOutputItem, ResponseOutputMessage } from 'openai/resources/responses/responses';
import type { AnswerSink, ChoiceSink } from '../../src/core/answer.ts';
import type { FinishReason, Usage } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { parseJson, record } from '../shared/refusal.ts';
import { usageOf } from '../shared/usage.ts';
import { fromError } from './errors.ts';
import type { Reading } from './reading.ts';
import { toAnnotation, toLogprobs } from './responses-parts-out.ts';
import { toDetails } from './responses-reasoning.ts';

type Reasoning = Extract<ResponseOutputItem, { type: 'reasoning' }>;
type ToolCall = Extract<ResponseOutputItem, { type: 'function_call' | 'custom_tool_call' }>;

/** Reads a whole response into the sink. */
export function fromResponses(body: string, sink: AnswerSink, reading: Reading): void {
  const response = record(parseJson(body));
  if (response?.error) throw fromError(response);
  if (!Array.isArray(response?.output)) throw new GatewayError('fault', 'The provider sent an answer without output');
  new ResponseReader(sink, reading).end(response as unknown as Response);
}

/**
 * A response, item by item. Deltas say an item bit by bit; the whole item that follows says only what they have not,
 * so a whole answer is a stream without deltas.
 */
export class ResponseReader {
  ended = false;
  readonly #sink: AnswerSink;
  readonly #reading: Reading;
  #choice: ChoiceSink | undefined;
  /** Parts that have been said, each by its place. */
  readonly #said = new Set<string>();
  /** Where in the whole text each part begins. */
  readonly #starts = new Map<string, number>();
  readonly #calls = new Map<number, number>();
  readonly #finished = new Set<number>();
  readonly #reasoned = new Map<number, Reasoning>();
  #textLength = 0;
  #hasReasoning = false;

  constructor(sink: AnswerSink, reading: Reading) {
    this.#sink = sink;
    this.#reading = reading;
  }

  start({ model, id, service_tier: tier }: Response): void {
    this.#sink.start({ model, upstreamId: id, serviceTier: tier ?? undefined });
    this.#choice ??= this.#sink.choice(0);
  }

  text(place: string, delta: string, logprobs: unknown): void {
    if (!this.#starts.has(place)) this.#starts.set(place, this.#textLength);
    this.#said.add(place);
    this.#textLength += delta.length;
    this.#out.text(delta);
    const tokens = this.#reading.logprobs ? toLogprobs(logprobs) : undefined;
    if (tokens) this.#out.logprobs(tokens);
  }

  refusal(place: string, delta: string): void {
    this.#said.add(place);
    this.#out.refusal(delta);
  }

  /** A summary comes in parts, each a paragraph. */
  reasoning(place: string, delta: string): void {
    const isNew = !this.#said.has(place);
    this.#said.add(place);
    if (this.#reading.hideReasoning || !delta) return;
    this.#out.reasoning(isNew && this.#hasReasoning ? `\n\n${delta}` : delta);
    this.#hasReasoning = true;
  }

  arguments(index: number, delta: string): void {
    const call = this.#calls.get(index);
    if (call === undefined || !delta) return; // A call that was not announced is said whole when it is done.
    this.#said.add(`${index}`);
    this.#out.toolArguments(call, delta);
  }

  open(index: number, item: ResponseOutputItem): void {
    if (item.type === 'function_call' || item.type === 'custom_tool_call') this.#open(index, item);
    else if (item.type !== 'message' && item.type !== 'reasoning') this.#out.working?.();
  }

  /** The whole item. Items that chat has no word for (searches, for one) stay unsaid. */
  item(index: number, item: ResponseOutputItem): void {
    this.#finished.add(index);
    switch (item.type) {
      case 'message':
        return this.#message(index, item);
      case 'reasoning':
        return this.#reason(index, item);
      case 'function_call':
        return this.#call(index, item, item.arguments || '{}');
      case 'custom_tool_call':
        return this.#call(index, item, item.input);
      default:
    }
  }

  /** The last word, which repeats everything. */
  end(response: Response): void {
    if (response.status === 'failed') throw fromError(response.error);
    if (response.status !== 'completed' && response.status !== 'incomplete') {
      throw new GatewayError('fault', `The provider left the answer ${String(response.status)}`);
    }
    this.start(response);
    for (const [index, item] of response.output.entries()) {
      if (!this.#finished.has(index)) this.item(index, item);
      if (item.type === 'reasoning') this.#reasoned.set(index, item); // Encrypted anew; the last one counts.
    }
    this.#tellDetails();
    const usage = toUsage(response.usage);
    if (usage) this.#sink.usage(usage);
    const native = response.incomplete_details?.reason ?? response.status;
    this.ended = true;
    this.#out.finish(toFinishReason(native, this.#calls.size > 0), native);
  }

  get #out(): ChoiceSink {
    if (this.#choice) return this.#choice;
    this.#sink.start({ model: '' }); // A stream that does not introduce itself.
    return (this.#choice = this.#sink.choice(0));
  }

  #message(index: number, { content }: ResponseOutputMessage): void {
    for (const [position, part] of content.entries()) {
      const place = `${index}.${position}`;
      if (part.type === 'refusal') {
        if (!this.#said.has(place)) this.refusal(place, part.refusal);
        continue;
      }
      if (part.type !== 'output_text') continue;
      if (!this.#said.has(place)) this.text(place, part.text, part.logprobs);
      for (const annotation of part.annotations ?? []) {
        const cited = toAnnotation(annotation, this.#starts.get(place) ?? 0);
        if (cited) this.#out.annotation(cited);
      }
    }
  }

  #reason(index: number, item: Reasoning): void {
    for (const parts of [item.summary ?? [], item.content ?? []]) {
      for (const [position, { type, text }] of parts.entries()) {
        const place = `${index}.${type}.${position}`;
        if (!this.#said.has(place)) this.reasoning(place, text);
      }
    }
    this.#reasoned.set(index, item);
  }

  #tellDetails(): void {
    const details = [...this.#reasoned.values()].map((item, index) => toDetails(item, index, this.#reading.issuer));
    for (const detail of details.flat()) this.#out.reasoningDetail(detail);
  }

  #open(index: number, { type, call_id: id, name }: ToolCall): number {
    const known = this.#calls.get(index);
    if (known !== undefined) return known;
    const call = this.#out.toolCall({
      id: this.#reading.callId(id),
      name: this.#reading.toolName(name),
      ...(type === 'custom_tool_call' && { type: 'custom' }),
    });
    this.#calls.set(index, call);
    return call;
  }

  #call(index: number, item: ToolCall, input: string): void {
    const call = this.#open(index, item);
    if (!this.#said.has(`${index}`) && input) this.#out.toolArguments(call, input);
  }
}

function toFinishReason(native: string, hasCalls: boolean): FinishReason {
  if (native === 'max_output_tokens') return 'length';
  if (native === 'content_filter') return 'content_filter';
  return hasCalls ? 'tool_calls' : 'stop';
}

function toUsage(usage: Response['usage']): Usage | undefined {
  if (!usage) return undefined;
  return usageOf({
    prompt: usage.input_tokens,
    completion: usage.output_tokens,
    cached: usage.input_tokens_details?.cached_tokens,
    written: usage.input_tokens_details?.cache_write_tokens,
    reasoning: usage.output_tokens_details?.reasoning_tokens,
  });
}
