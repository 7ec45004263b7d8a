/** An answer as a response's items, and the events by which they come about. */
import type { AnswerFacts, ChoiceSink, ToolCallHead } from '../../core/answer.ts';
import type { Annotation, FinishReason, Logprobs, ReasoningDetail } from '../../core/chat.ts';
import { turnOf } from '../../answers/facts.ts';
import type { Origin } from './calls.ts';
import { OpenCall } from './open-call.ts';
import { OpenMessage } from './open-message.ts';
import { OpenReasoning } from './open-reasoning.ts';
import { type Item, itemId, type Json } from './stored.ts';

/** What of the answer the client wants to see, and what it calls things. */
export interface Wanted {
  /** Visible reasoning. */
  summary: boolean;
  logprobs: boolean;
  /** What the functions of the request stand for. */
  origins: ReadonlyMap<string, Origin>;
}

export interface Stationery {
  responseId: string;
  wanted: Wanted;
  facts: AnswerFacts;
  /** One event of the stream; its items are to be written down at once, for they grow. */
  emit: (type: string, data: Json) => void;
}

/**
 * One item at a time is open, but for tool calls: some providers write several at once. An item is over when
 * another begins.
 */
export class Composer implements ChoiceSink {
  readonly output: Item[] = [];
  status: 'completed' | 'incomplete' = 'completed';
  /** Why it is incomplete. */
  reason: string | undefined;
  readonly #stationery: Stationery;
  readonly #calls: OpenCall[] = [];
  #open: OpenMessage | OpenReasoning | undefined;
  #last: OpenMessage | undefined;
  /** Reasoning that came behind what it led to. */
  readonly #late: ReasoningDetail[] = [];
  #characters = 0;

  constructor(stationery: Stationery) {
    this.#stationery = stationery;
  }

  text(delta: string): void {
    if (!delta) return;
    this.#heard(delta);
    this.#message().text(delta);
    this.#characters += delta.length;
  }

  refusal(delta: string): void {
    if (!delta) return;
    this.#stationery.facts.said = true; // No answer in it: another may be asked.
    this.#message().refusal(delta);
  }

  reasoning(delta: string): void {
    if (!delta) return;
    this.#heard(delta);
    this.#thought().text(delta);
  }

  reasoningDetail(detail: ReasoningDetail): void {
    turnOf(this.#stationery.facts, 0).reasoningDetails.push(detail);
    if (this.#open instanceof OpenReasoning) this.#open.details.push(detail);
    else if (this.output.length > 0) this.#late.push(detail);
    else this.#thought().details.push(detail);
  }

  toolCall(head: ToolCallHead): number {
    this.#closeOpen();
    const { facts, wanted } = this.#stationery;
    facts.said = true;
    turnOf(facts, 0).toolCallIds.push(head.id);
    return this.#calls.push(new OpenCall(this, head, originOf(head.name, wanted.origins))) - 1;
  }

  toolArguments(call: number, delta: string): void {
    if (delta) this.#calls[call]?.write(delta);
  }

  annotation(annotation: Annotation): void {
    this.#last?.annotate(annotation);
  }

  citation(citation: Record<string, unknown>): void {
    this.#last?.cite(citation);
  }

  /** As OpenAI's own images come. */
  image(url: string): void {
    this.#stationery.facts.said = true;
    this.#closeAll('completed');
    const [, format, data] = /^data:image\/(\w+)[^,]*,(.*)$/s.exec(url) ?? [];
    const made = { type: 'image_generation_call', result: data ?? url, ...(format && { output_format: format }) };
    const place = this.place('ig');
    this.open({ id: place.item_id, ...made, status: 'in_progress', result: null });
    this.close(place.output_index, { id: place.item_id, ...made, status: 'completed' });
  }

  logprobs({ content }: Logprobs): void {
    this.#last?.logprobs(content ?? []);
  }

  finish(reason: FinishReason, native: string | null): void {
    const { facts } = this.#stationery;
    if (reason === 'length' || reason === 'content_filter') this.status = 'incomplete';
    if (this.status === 'incomplete') this.reason = reason === 'length' ? 'max_output_tokens' : 'content_filter';
    this.#closeAll(this.status);
    if (this.#late.length > 0) {
      this.#thought().details.push(...this.#late);
      this.#closeAll(this.status);
    }
    facts.said = true;
    facts.finishReason = reason;
    facts.nativeFinishReason = native ?? undefined;
  }

  /** Text that waits for its probabilities goes out without. */
  settle(): void {
    this.#last?.settle();
  }

  /** Where the next item will stand, and its id. */
  place(prefix: string): { item_id: string; output_index: number } {
    const index = this.output.length;
    return { item_id: itemId(prefix, this.#stationery.responseId, index), output_index: index };
  }

  open(item: Item): void {
    this.output.push(item);
    this.emit('response.output_item.added', { output_index: this.output.length - 1, item });
  }

  close(index: number, item: Item): void {
    this.output[index] = item;
    this.emit('response.output_item.done', { output_index: index, item });
  }

  emit(type: string, data: Json): void {
    this.#stationery.emit(type, data);
  }

  #message(): OpenMessage {
    if (this.#open instanceof OpenMessage) return this.#open;
    this.#closeAll('completed');
    const message = new OpenMessage(this, { before: this.#characters, logprobs: this.#stationery.wanted.logprobs });
    this.#last = message;
    return (this.#open = message);
  }

  #thought(): OpenReasoning {
    if (this.#open instanceof OpenReasoning) return this.#open;
    this.#closeAll('completed');
    const thought = new OpenReasoning(this, this.#stationery.wanted.summary);
    return (this.#open = thought);
  }

  #closeAll(status: 'completed' | 'incomplete'): void {
    this.#closeOpen(status);
    for (const call of this.#calls) call.close(status);
  }

  #closeOpen(status: 'completed' | 'incomplete' = 'completed'): void {
    this.#open?.close(status);
    this.#open = undefined;
  }

  #heard(delta: string): void {
    const { facts } = this.#stationery;
    facts.said = true;
    facts.characters += delta.length;
  }
}

/** OpenAI's models name a tool without its namespace. */
function originOf(name: string, origins: Wanted['origins']): Origin {
  const meant = origins.get(name) ?? origins.values().find((origin) => origin.name === name);
  return meant ?? { kind: 'function', name };
}
