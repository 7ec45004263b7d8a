import type { ChoiceSink } from '../../src/core/answer.ts';
import { refuseBrokenEnd } from '../../src/core/broken-end.ts';
import type { Annotation, Logprobs } from '../../src/core/chat.ts';
import { record, text } from '../shared/refusal.ts';
import { toFinishReason, type Reading } from './reading.ts';
import { ReasoningDetails } from './reasoning-details.ts';

import { ToolCallReader } from './tool-call.ts';

type Json = Record<string, unknown>;

/** Where the one call of OpenAI's old `function_call` is kept: it has no index. */
const LEGACY_CALL = -1;
/** Where the calls of servers that number nothing follow each other. */
const UNNUMBERED = -2;

/** One choice, whole or a delta at a time. */
export class ChoiceReader {
  ended = false;
  readonly #sink: ChoiceSink;
  readonly #reading: Reading;
  readonly #calls: ToolCallReader[] = [];
  /** The call that goes on at each index. */
  readonly #open = new Map<number, ToolCallReader>();
  readonly #details: ReasoningDetails;

  constructor(sink: ChoiceSink, reading: Reading) {
    this.#sink = sink;
    this.#reading = reading;
    this.#details = new ReasoningDetails(reading.issuer);
  }

  read(choice: Json, field: 'delta' | 'message'): void {
    if (this.ended) return; // Some servers send an empty delta with the count, after the end.
    const said = record(choice[field]) ?? {};
    if (!this.#reading.hideReasoning) this.#sink.reasoning(text(said.reasoning_content ?? said.reasoning) ?? '');
    this.#content(said.content);
    this.#sink.refusal(text(said.refusal) ?? '');
    for (const detail of records(said.reasoning_details)) this.#details.add(detail, field);
    this.#toolCalls(said, field);
    for (const annotation of records(said.annotations)) this.#sink.annotation(annotation as unknown as Annotation);
    for (const image of records(said.images)) this.#image(text(record(image.image_url)?.url));
    this.#logprobs(record(choice.logprobs));
    const native = text(choice.finish_reason);
    if (native !== undefined || field === 'message') this.#finish(native);
  }

  /** Mistral's reasoning models answer in parts. */
  #content(content: unknown): void {
    if (typeof content === 'string') return this.#sink.text(content);
    for (const part of records(content)) {
      if (part.type !== 'thinking') this.#sink.text(text(part.text) ?? '');
      else if (!this.#reading.hideReasoning) this.#sink.reasoning(textOf(part.thinking));
    }
  }

  #image(url: string | undefined): void {
    if (url) this.#sink.image(url);
  }

  #toolCalls(said: Json, field: 'delta' | 'message'): void {
    for (const [position, entry] of records(said.tool_calls).entries()) {
      if (field === 'message') this.#call(position).read(entry);
      else this.#callOf(entry).read(entry);
    }
    const legacy = record(said.function_call);
    if (legacy) this.#call(LEGACY_CALL).read({ function: legacy });
  }

  /** Some servers give all calls one index (Ollama, older vLLM and Gemini), or none: names and ids tell them apart. */
  #callOf(entry: Json): ToolCallReader {
    const index = typeof entry.index === 'number' ? entry.index : UNNUMBERED;
    if (!this.#open.get(index)?.isEndedBy(entry)) return this.#call(index);
    return this.#calls.find((call) => call.id !== '' && call.id === entry.id) ?? this.#begin(index);
  }

  #call(index: number): ToolCallReader {
    return this.#open.get(index) ?? this.#begin(index);
  }

  #begin(index: number): ToolCallReader {
    const made = new ToolCallReader(this.#sink, this.#reading, this.#open.get(index));
    this.#calls.push(made);
    this.#open.set(index, made);
    return made;
  }

  #logprobs(logprobs: Json | undefined): void {
    if (!logprobs) return;
    const { content, refusal } = logprobs as unknown as Logprobs;
    if (content?.length || refusal?.length) this.#sink.logprobs({ content, refusal });
  }

  #finish(native: string | undefined): void {
    refuseBrokenEnd(native);
    for (const call of this.#calls) call.end();
    for (const detail of this.#details.all()) this.#sink.reasoningDetail(detail);
    this.ended = true;
    this.#sink.finish(toFinishReason(native, this.#calls.length > 0), native ?? null);
  }
}

function textOf(parts: unknown): string {
  return records(parts)
    .map((part) => text(part.text) ?? '')
    .join('');
}

function records(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(record).filter((entry) => entry !== undefined) : [];
}
