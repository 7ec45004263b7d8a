import type { AnswerFacts, AnswerHead, AnswerSink, ChoiceSink, ToolCallHead } from '../core/answer.ts';
import type { Annotation, FinishReason, Logprobs, ReasoningDetail, Usage } from '../core/chat.ts';
import type { AnswerStamp } from './collector.ts';
import { noFacts, noteHead, turnOf } from './facts.ts';

/** Everything of a text chunk but the text. */
const AFTER_DELTA = ',"logprobs":null,"finish_reason":null}]';

export interface ChunkOptions extends AnswerStamp {
  /** The client asked for `stream_options.include_usage`. */
  includeUsage: boolean;
}

/**
 * Writes an answer down as OpenAI chunks (`text/event-stream`).
 *
 * Strings are put together by hand because a text delta is most of what a gateway does: the frame around it is made
 * once a choice. `take` gives what has been written since the last call.
 */
export class ChunkWriter implements AnswerSink {
  readonly facts: AnswerFacts = noFacts();
  /** Goes out as `signalbox` with the chunk that ends a choice. */
  extension: Record<string, unknown> | undefined;
  readonly #options: ChunkOptions;
  readonly #id: string;
  readonly #choices = new Map<number, ChoiceWriter>();
  #serviceTier: string | undefined;
  #written = '';

  constructor(options: ChunkOptions) {
    this.#options = options;
    this.#id = options.newId('chatcmpl-', 29);
  }

  start(head: AnswerHead): void {
    noteHead(this.facts, head);
    this.#serviceTier = head.serviceTier ?? this.#serviceTier;
  }

  choice(index: number): ChoiceSink {
    const known = this.#choices.get(index);
    if (known) return known;
    const made = new ChoiceWriter(this, index, this.#options.legacyFunctions ?? false);
    this.#choices.set(index, made);
    return made;
  }

  usage(usage: Usage): void {
    this.facts.usage = usage;
  }

  /** The end of a complete answer: usage where it was asked for, then `[DONE]`. */
  close(): void {
    if (this.#options.includeUsage && this.facts.usage) {
      this.#written += `${this.#head()}"choices":[],"usage":${JSON.stringify(this.facts.usage)}}\n\n`;
    }
    this.#written += 'data: [DONE]\n\n';
  }

  take(): string {
    const written = this.#written;
    this.#written = '';
    return written;
  }

  append(frame: string): void {
    this.#written += frame;
  }

  /** Opens a frame of one choice, up to and including `"delta":`. */
  frame(index: number): string {
    return `${this.#head()}"choices":[{"index":${index},"delta":`;
  }

  /** Closes a frame after its choices: with `include_usage` every chunk says that its usage is still to come. */
  get tail(): string {
    return this.#options.includeUsage ? ',"usage":null}\n\n' : '}\n\n';
  }

  /** The same for a choice's last frame. */
  get ending(): string {
    return this.extension ? `,"signalbox":${JSON.stringify(this.extension)}${this.tail}` : this.tail;
  }

  #head(): string {
    const { createdSeconds, model } = this.#options;
    const tier = this.#serviceTier ? `,"service_tier":${JSON.stringify(this.#serviceTier)}` : '';
    const named = JSON.stringify(this.facts.model ?? model);
    return `data: {"id":"${this.#id}","object":"chat.completion.chunk","created":${createdSeconds},"model":${named}${tier},`;
  }
}

/** What JSON must escape, and lone surrogates, which `JSON.stringify` escapes too. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** The text as JSON, without its quotes. Most text needs no escapes, and to see that is faster than to stringify. */
function escaped(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(String(text)).slice(1, -1) : text; // A provider may send no string at all.
}

class ChoiceWriter implements ChoiceSink {
  readonly #out: ChunkWriter;
  readonly #index: number;
  readonly #legacyFunctions: boolean;
  /** Kept for the end: accumulators replace unknown arrays, so each list goes out once and whole. */
  readonly #lists: {
    reasoning_details: ReasoningDetail[];
    annotations: Annotation[];
    citations: Record<string, unknown>[];
  } = {
    reasoning_details: [],
    annotations: [],
    citations: [],
  };
  #before = '';
  #after = '';
  /** What stands around a piece of text, of the field that came last. */
  #field = '';
  #opening = '';
  #closing = '';
  #toolCalls = 0;

  constructor(out: ChunkWriter, index: number, legacyFunctions: boolean) {
    this.#out = out;
    this.#index = index;
    this.#legacyFunctions = legacyFunctions;
  }

  text(delta: string): void {
    if (delta) this.#sayText('content', delta);
  }

  refusal(delta: string): void {
    if (delta) this.#sayText('refusal', delta);
  }

  reasoning(delta: string): void {
    if (delta) this.#sayText('reasoning_content', delta);
  }

  reasoningDetail(detail: ReasoningDetail): void {
    this.#lists.reasoning_details.push(detail);
    turnOf(this.#out.facts, this.#index).reasoningDetails.push(detail);
  }

  toolCall(call: ToolCallHead): number {
    const index = this.#toolCalls++;
    turnOf(this.#out.facts, this.#index).toolCallIds.push(call.id);
    const name = JSON.stringify(call.name);
    if (this.#legacyFunctions) {
      this.#say(`{"function_call":{"name":${name},"arguments":""}}`);
      return index;
    }
    const extra = call.extra ? `,"extra_content":${JSON.stringify(call.extra)}` : '';
    const body =
      call.type === 'custom'
        ? `"type":"custom","custom":{"name":${name},"input":""}`
        : `"type":"function","function":{"name":${name},"arguments":""}`;
    this.#say(`{"tool_calls":[{"index":${index},"id":${JSON.stringify(call.id)},${body}${extra}}]}`);
    this.#customCalls[index] = call.type === 'custom';
    return index;
  }

  readonly #customCalls: boolean[] = [];

  toolArguments(call: number, delta: string): void {
    if (!delta) return;
    const text = JSON.stringify(delta);
    if (this.#legacyFunctions) return this.#say(`{"function_call":{"arguments":${text}}}`);
    const body = this.#customCalls[call] ? `"custom":{"input":${text}}` : `"function":{"arguments":${text}}`;
    this.#say(`{"tool_calls":[{"index":${call},${body}}]}`);
  }

  annotation(annotation: Annotation): void {
    this.#lists.annotations.push(annotation);
  }

  citation(citation: Record<string, unknown>): void {
    this.#lists.citations.push(citation);
  }

  image(url: string): void {
    this.#say(`{"images":[{"type":"image_url","image_url":{"url":${JSON.stringify(url)}}}]}`);
  }

  logprobs(logprobs: Logprobs): void {
    this.#greet();
    const frame = `${this.#out.frame(this.#index)}{},"logprobs":${JSON.stringify(logprobs)},"finish_reason":null}]`;
    this.#out.append(frame + this.#out.tail);
  }

  finish(reason: FinishReason, native: string | null): void {
    for (const [name, list] of Object.entries(this.#lists)) {
      if (list.length > 0) this.#say(`{"${name}":${JSON.stringify(list)}}`);
    }
    const word = this.#legacyFunctions && reason === 'tool_calls' ? 'function_call' : reason;
    this.#greet();
    const end = `{},"logprobs":null,"finish_reason":"${word}"}]`;
    this.#out.append(this.#out.frame(this.#index) + end + this.#out.ending);
    this.#out.facts.said = true;
    this.#out.facts.finishReason = reason;
    this.#out.facts.nativeFinishReason = native ?? undefined;
  }

  #sayText(field: string, delta: string): void {
    this.#greet();
    if (field !== this.#field) {
      this.#field = field;
      this.#opening = `${this.#before}{"${field}":"`;
    }
    const { facts } = this.#out;
    facts.said = true;
    if (field !== 'refusal') facts.characters += delta.length; // No answer in one: another may be asked.
    this.#out.append(this.#opening + escaped(delta) + this.#closing);
  }

  #say(delta: string): void {
    this.#greet();
    this.#out.facts.said = true;
    this.#out.append(this.#before + delta + this.#after);
  }

  /** The first chunk of a choice names the role; by then the model that answers is known. */
  #greet(): void {
    if (this.#before) return;
    this.#before = this.#out.frame(this.#index);
    this.#after = AFTER_DELTA + this.#out.tail;
    this.#closing = `"}${this.#after}`;
    this.#out.append(`${this.#before}{"role":"assistant","content":""}${this.#after}`);
  }
}
