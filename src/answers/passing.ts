import type { ChoiceSink, EndDetails, ToolCallHead } from '../core/answer.ts';
import type { Annotation, FinishReason, Logprobs, ReasoningDetail } from '../core/chat.ts';

/** Passes everything on. Who wants to see or change something on its way overrides that alone. */
export class PassingChoice implements ChoiceSink {
  protected readonly inner: ChoiceSink;

  constructor(inner: ChoiceSink) {
    this.inner = inner;
  }

  text(delta: string): void {
    this.inner.text(delta);
  }

  refusal(delta: string): void {
    this.inner.refusal(delta);
  }

  reasoning(delta: string): void {
    this.inner.reasoning(delta);
  }

  reasoningDetail(detail: ReasoningDetail): void {
    this.inner.reasoningDetail(detail);
  }

  toolCall(call: ToolCallHead): number {
    return this.inner.toolCall(call);
  }

  toolArguments(call: number, delta: string): void {
    this.inner.toolArguments(call, delta);
  }

  working(): void {
    this.inner.working?.();
  }

  annotation(annotation: Annotation): void {
    this.inner.annotation(annotation);
  }

  citation(citation: Record<string, unknown>): void {
    this.inner.citation(citation);
  }

  image(url: string): void {
    this.inner.image(url);
  }

  logprobs(logprobs: Logprobs): void {
    this.inner.logprobs(logprobs);
  }

  finish(reason: FinishReason, native: string | null, more?: EndDetails): void {
    this.inner.finish(reason, native, more);
  }
}
