import type { AnswerFacts, AnswerHead, AnswerSink, ChoiceSink, ToolCallHead } from '../core/answer.ts';
import type { FinishReason, ReasoningDetail, Usage } from '../core/chat.ts';
import { noFacts, noteHead, turnOf } from './facts.ts';

/** Writes nothing down: it knows of an answer what the books need. */
export class Listener implements AnswerSink {
  readonly facts: AnswerFacts = noFacts();
  readonly #choices = new Map<number, HeardChoice>();

  start(head: AnswerHead): void {
    noteHead(this.facts, head);
  }

  choice(index: number): ChoiceSink {
    const known = this.#choices.get(index);
    if (known) return known;
    const made = new HeardChoice(this.facts, index);
    this.#choices.set(index, made);
    return made;
  }

  usage(usage: Usage): void {
    this.facts.usage = usage;
  }
}

class HeardChoice implements ChoiceSink {
  readonly #facts: AnswerFacts;
  readonly #index: number;
  #toolCalls = 0;

  constructor(facts: AnswerFacts, index: number) {
    this.#facts = facts;
    this.#index = index;
  }

  text(delta: string): void {
    if (!delta) return;
    this.#facts.said = true;
    this.#facts.characters += delta.length;
  }

  refusal(delta: string): void {
    if (delta) this.#facts.said = true;
  }

  reasoning(delta: string): void {
    this.text(delta);
  }

  reasoningDetail(detail: ReasoningDetail): void {
    turnOf(this.#facts, this.#index).reasoningDetails.push(detail);
  }

  toolCall(call: ToolCallHead): number {
    this.#facts.said = true;
    turnOf(this.#facts, this.#index).toolCallIds.push(call.id);
    return this.#toolCalls++;
  }

  toolArguments(): void {}

  /** Who hears an answer pass sees the tool at work; other writers have no word for it, and may still go elsewhere. */
  working(): void {
    this.#facts.said = true;
  }

  annotation(): void {}

  citation(): void {}

  image(): void {
    this.#facts.said = true;
  }

  logprobs(): void {}

  finish(reason: FinishReason, native: string | null): void {
    this.#facts.said = true;
    this.#facts.finishReason = reason;
    this.#facts.nativeFinishReason = native ?? undefined;
  }
}
