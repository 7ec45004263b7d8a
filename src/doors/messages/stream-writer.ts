import type { AnswerFacts, AnswerHead, ChoiceSink, EndDetails, ToolCallHead } from '../../core/answer.ts';
import type { Annotation, FinishReason, ReasoningDetail, Usage } from '../../core/chat.ts';
import type { ChunkOptions } from '../../answers/chunk-writer.ts';
import { noFacts, noteHead, turnOf } from '../../answers/facts.ts';
import type { StreamWriter } from '../../answers/pen.ts';
import {
  bareCitation,
  type Ending,
  imageText,
  isClaudes,
  messageHead,
  toCitation,
  toEnding,
  toUsage,
} from './answer.ts';
import { Blocks } from './blocks.ts';

/** Writes an answer down as Anthropic's events. There is one choice: the wire has no more. */
export class MessageWriter implements StreamWriter, ChoiceSink {
  readonly facts: AnswerFacts = noFacts();
  extension: Record<string, unknown> | undefined;
  readonly #options: ChunkOptions;
  readonly #id: string;
  readonly #blocks: Blocks;
  #serviceTier: string | undefined;
  #toolCalls = 0;
  #said = '';
  #refusal = '';
  #finish: Pick<Ending, 'reason' | 'native' | 'stopSequence'> | undefined;
  #written = '';
  #hasBegun = false;

  constructor(options: ChunkOptions) {
    this.#options = options;
    this.#id = options.newId('msg_', 24);
    this.#blocks = new Blocks((frame) => this.#write(frame));
  }

  start(head: AnswerHead): void {
    noteHead(this.facts, head);
    this.#serviceTier = head.serviceTier ?? this.#serviceTier;
  }

  choice(index: number): ChoiceSink {
    return index === 0 ? this : NOBODY;
  }

  usage(usage: Usage): void {
    this.facts.usage = usage;
  }

  text(delta: string): void {
    if (!delta) return;
    this.#heard(delta);
    this.#said += delta;
    this.#blocks.text(delta);
  }

  refusal(delta: string): void {
    if (!delta) return;
    this.facts.said = true; // No answer in it: another may be asked.
    this.#refusal += delta;
  }

  reasoning(delta: string): void {
    if (!delta) return;
    this.#heard(delta);
    this.#blocks.thought(delta);
  }

  reasoningDetail(detail: ReasoningDetail): void {
    turnOf(this.facts, 0).reasoningDetails.push(detail);
    if (!isClaudes(detail)) this.#blocks.keep(detail);
    else if (detail.type === 'reasoning.encrypted') this.#blocks.redacted(detail);
    else this.#blocks.signed(detail);
  }

  toolCall(call: ToolCallHead): number {
    this.facts.said = true;
    turnOf(this.facts, 0).toolCallIds.push(call.id);
    this.#blocks.toolCall(this.#toolCalls, call);
    return this.#toolCalls++;
  }

  toolArguments(call: number, delta: string): void {
    if (delta) this.#blocks.toolArguments(call, delta);
  }

  annotation(annotation: Annotation): void {
    const citation = toCitation(annotation, this.#said);
    if (citation) this.#blocks.citation(citation);
  }

  citation(citation: Record<string, unknown>): void {
    this.#blocks.citation(bareCitation(citation));
  }

  image(url: string): void {
    this.facts.said = true;
    this.#blocks.text(imageText(url));
  }

  logprobs(): void {} // Nobody can ask for them here.

  finish(reason: FinishReason, native: string | null, more?: EndDetails): void {
    this.#finish = { reason, native, stopSequence: more?.stopSequence };
    this.facts.said = true;
    this.facts.finishReason = reason;
    this.facts.nativeFinishReason = native ?? undefined;
  }

  /** The usage may come after the end: both are in one event. */
  close(): void {
    const { reason = 'stop', native = null, stopSequence } = this.#finish ?? {};
    this.#blocks.end();
    const delta = { ...toEnding({ reason, native, refusal: this.#refusal, stopSequence }), container: null };
    const usage = toUsage(this.facts.usage, this.#serviceTier);
    this.#write(frameOf({ type: 'message_delta', delta, usage, ...(this.extension && { signalbox: this.extension }) }));
    this.#write(frameOf({ type: 'message_stop' }));
  }

  take(): string {
    const written = this.#written;
    this.#written = '';
    return written;
  }

  /** By the first frame the model that answers is known. */
  #write(frame: string): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      const head = messageHead(this.#id, this.facts.model ?? this.#options.model);
      const ending = { stop_reason: null, stop_sequence: null, stop_details: null };
      const usage = toUsage(this.facts.usage, this.#serviceTier);
      this.#written += frameOf({ type: 'message_start', message: { ...head, ...ending, usage } });
    }
    this.#written += frame;
  }

  #heard(delta: string): void {
    this.facts.said = true;
    this.facts.characters += delta.length;
  }
}

/** Hears what this wire has no place for. */
const NOBODY: ChoiceSink = {
  text: () => {},
  refusal: () => {},
  reasoning: () => {},
  reasoningDetail: () => {},
  toolCall: () => 0,
  toolArguments: () => {},
  annotation: () => {},
  citation: () => {},
  image: () => {},
  logprobs: () => {},
  finish: () => {},
};

function frameOf(event: { type: string; [field: string]: unknown }): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
