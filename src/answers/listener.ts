import type { AnswerFacts, AnswerHead, AnswerSink, ChoiceSink, ToolCallHead } from '../core/answer.ts';
import type { FinishReason, ReasoningDetail, Usage } from '../core/chat.ts';
import { noFacts, noteHead } from './facts.ts';

/** Writes nothing down: it knows of an answer what the books need. */
export class Listener implements AnswerSink, ChoiceSink {
  readonly facts: AnswerFacts = noFacts();
  #toolCalls = 0;

  start(head: AnswerHead): void {
    noteHead(this.facts, head);
  }

  choice(): ChoiceSink {
    return this;
  }

  usage(usage: Usage): void {
    this.facts.usage = usage;
  }

  text(delta: string): void {
    if (!delta) return;
    this.facts.said = true;
    this.facts.characters += delta.length;
  }

  refusal(delta: string): void {
    if (delta) this.facts.said = true;
  }

  reasoning(delta: string): void {
    this.text(delta);
  }

  reasoningDetail(detail: ReasoningDetail): void {
    this.facts.reasoningDetails.push(detail);
  }

  toolCall(call: ToolCallHead): number {
    this.facts.said = true;
    this.facts.toolCallIds.push(call.id);
    return this.#toolCalls++;
  }

  toolArguments(): void {}

  /** Who hears an answer pass sees the tool at work; other writers have no word for it, and may still go elsewhere. */
  working(): void {
    this.facts.said = true;
  }

  annotation(): void {}

  citation(): void {}

  image(): void {
    this.facts.said = true;
  }

  logprobs(): void {}

  finish(reason: FinishReason, native: string | null): void {
    this.facts.said = true;
    this.facts.finishReason = reason;
    this.facts.nativeFinishReason = native ?? undefined;
  }
}
