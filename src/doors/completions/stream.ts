import type { AnswerFacts, AnswerHead, ChoiceSink, ToolCallHead } from '../../core/answer.ts';
import type { FinishReason, Logprobs, ReasoningDetail, Usage } from '../../core/chat.ts';
import type { ChunkOptions } from '../../answers/chunk-writer.ts';
import { Listener } from '../../answers/listener.ts';
import type { StreamWriter } from '../../answers/pen.ts';
import { lengthOf, toLegacyLogprobs, toLegacyReason } from './words.ts';

/** An answer as legacy chunks: text, and nothing beside it. */
export class CompletionStream implements StreamWriter {
  extension: Record<string, unknown> | undefined;
  readonly heard = new Listener();
  readonly #options: ChunkOptions;
  readonly #id: string;
  readonly #echo: string | undefined;
  readonly #choices = new Map<number, TextWriter>();
  #written = '';

  constructor(options: ChunkOptions, echo: string | undefined) {
    this.#options = options;
    this.#echo = echo;
    this.#id = options.newId('cmpl-', 29);
  }

  get facts(): AnswerFacts {
    return this.heard.facts;
  }

  start(head: AnswerHead): void {
    this.heard.start(head);
  }

  choice(index: number): ChoiceSink {
    const known = this.#choices.get(index);
    if (known) return known;
    const made = new TextWriter(this, index, this.#echo);
    this.#choices.set(index, made);
    return made;
  }

  usage(usage: Usage): void {
    this.heard.usage(usage);
  }

  close(): void {
    const { usage } = this.facts;
    if (this.#options.includeUsage && usage) this.#append({ choices: [], usage });
    this.#written += 'data: [DONE]\n\n';
  }

  take(): string {
    const written = this.#written;
    this.#written = '';
    return written;
  }

  /** One choice's chunk. */
  say(choice: { index: number; text: string; logprobs: object | null; finish_reason: string | null }): void {
    const isLast = choice.finish_reason !== null;
    this.#append({
      choices: [choice],
      ...(isLast && this.extension && { signalbox: this.extension }),
      ...(this.#options.includeUsage && { usage: null }),
    });
  }

  #append(fields: object): void {
    const { createdSeconds: created, model } = this.#options;
    const head = { id: this.#id, object: 'text_completion', created, model: this.facts.model ?? model };
    this.#written += `data: ${JSON.stringify({ ...head, ...fields })}\n\n`;
  }
}

/** Legacy clients know text and log probabilities; what else is said is heard for the books. */
class TextWriter implements ChoiceSink {
  readonly #out: CompletionStream;
  readonly #heard: ChoiceSink;
  readonly #index: number;
  #echo: string | undefined;
  #offset: number;

  constructor(out: CompletionStream, index: number, echo: string | undefined) {
    this.#out = out;
    this.#heard = out.heard.choice(index);
    this.#index = index;
    this.#echo = echo;
    this.#offset = echo?.length ?? 0;
  }

  text(delta: string): void {
    this.#heard.text(delta);
    if (delta) this.#say({ text: delta });
  }

  refusal(delta: string): void {
    this.#heard.refusal(delta);
    if (delta) this.#say({ text: delta });
  }

  reasoning(delta: string): void {
    this.#heard.reasoning(delta);
  }

  reasoningDetail(detail: ReasoningDetail): void {
    this.#heard.reasoningDetail(detail);
  }

  toolCall(call: ToolCallHead): number {
    return this.#heard.toolCall(call);
  }

  toolArguments(): void {}

  annotation(): void {}

  citation(): void {}

  image(): void {}

  logprobs({ content }: Logprobs): void {
    if (!content?.length) return;
    this.#say({ logprobs: toLegacyLogprobs(content, this.#offset) });
    this.#offset += lengthOf(content);
  }

  finish(reason: FinishReason, native: string | null): void {
    this.#heard.finish(reason, native);
    this.#say({ finish_reason: toLegacyReason(reason) });
  }

  /** The prompt goes ahead of the first word. */
  #say(said: { text?: string; logprobs?: object; finish_reason?: string }): void {
    const echo = this.#echo;
    this.#echo = undefined;
    const empty = { index: this.#index, text: '', logprobs: null, finish_reason: null };
    if (echo) this.#out.say({ ...empty, text: echo });
    this.#out.say({ ...empty, ...said });
  }
}
