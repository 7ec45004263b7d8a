import type { AnswerFacts, AnswerHead, AnswerSink, ChoiceSink, EndDetails, ToolCallHead } from '../core/answer.ts';
import type { Annotation, ChatAnswer, FinishReason, Logprobs, ReasoningDetail, Usage } from '../core/chat.ts';
import { noFacts, noteHead, turnOf } from './facts.ts';

/** Collects an answer whole: `answer()` is the OpenAI chat completion, once everything has been said. */
export class AnswerCollector implements AnswerSink {
  readonly facts: AnswerFacts = noFacts();
  readonly choices = new Map<number, CollectedChoice>();
  serviceTier: string | undefined;

  start(head: AnswerHead): void {
    noteHead(this.facts, head);
    this.serviceTier = head.serviceTier ?? this.serviceTier;
  }

  choice(index: number): CollectedChoice {
    const known = this.choices.get(index);
    if (known) return known;
    const made = new CollectedChoice(this.facts, index);
    this.choices.set(index, made);
    return made;
  }

  usage(usage: Usage): void {
    this.facts.usage = usage;
  }

  /** `legacyFunctions`: the client asked with `functions`, so it is answered with `function_call`. */
  answer(stamp: AnswerStamp): ChatAnswer {
    const { createdSeconds, legacyFunctions = false } = stamp;
    const choices = [...this.choices].sort(([a], [b]) => a - b);
    const answer: ChatAnswer = {
      id: stamp.newId('chatcmpl-', 29),
      object: 'chat.completion',
      created: createdSeconds,
      model: this.facts.model ?? stamp.model,
      choices: choices.map(([index, choice]) => choice.write(index, legacyFunctions)),
    };
    if (this.facts.usage) answer.usage = this.facts.usage;
    if (this.serviceTier) answer.service_tier = this.serviceTier as NonNullable<ChatAnswer['service_tier']>;
    return answer;
  }
}

/** What an answer carries that no provider says. */
export interface AnswerStamp {
  /** Makes ids: a prefix and so many random characters. */
  newId: (prefix: string, length: number) => string;
  createdSeconds: number;
  /** Used where the provider does not name the model that answers. */
  model: string;
  legacyFunctions?: boolean;
}

export interface CollectedToolCall extends ToolCallHead {
  arguments: string;
}

export class CollectedChoice implements ChoiceSink {
  content = '';
  refusalText = '';
  reasoningText = '';
  readonly reasoningDetails: ReasoningDetail[] = [];
  readonly toolCalls: CollectedToolCall[] = [];
  readonly annotations: Annotation[] = [];
  readonly citations: Record<string, unknown>[] = [];
  readonly images: string[] = [];
  readonly logprobTokens: NonNullable<Logprobs['content']> = [];
  finishReason: FinishReason = 'stop';
  native: string | null = null;
  stopSequence: string | undefined;
  readonly #facts: AnswerFacts;
  readonly #index: number;

  constructor(facts: AnswerFacts, index: number) {
    this.#facts = facts;
    this.#index = index;
  }

  /** Nothing but words. */
  get isPlain(): boolean {
    const { toolCalls, reasoningDetails, annotations, citations, images, logprobTokens } = this;
    const more = toolCalls.length + reasoningDetails.length + annotations.length + citations.length;
    return more + images.length + logprobTokens.length === 0 && this.refusalText === '' && this.reasoningText === '';
  }

  text(delta: string): void {
    this.content += delta;
    this.#heard(delta);
  }

  refusal(delta: string): void {
    this.refusalText += delta;
    if (delta) this.#facts.said = true; // No answer in it: another may be asked.
  }

  reasoning(delta: string): void {
    this.reasoningText += delta;
    this.#heard(delta);
  }

  reasoningDetail(detail: ReasoningDetail): void {
    this.reasoningDetails.push(detail);
    turnOf(this.#facts, this.#index).reasoningDetails.push(detail);
  }

  toolCall(call: ToolCallHead): number {
    this.#facts.said = true;
    turnOf(this.#facts, this.#index).toolCallIds.push(call.id);
    return this.toolCalls.push({ ...call, arguments: '' }) - 1;
  }

  toolArguments(call: number, delta: string): void {
    const open = this.toolCalls[call];
    if (open) open.arguments += delta;
  }

  annotation(annotation: Annotation): void {
    this.annotations.push(annotation);
  }

  citation(citation: Record<string, unknown>): void {
    this.citations.push(citation);
  }

  image(url: string): void {
    this.#facts.said = true;
    this.images.push(url);
  }

  logprobs(logprobs: Logprobs): void {
    this.logprobTokens.push(...(logprobs.content ?? []));
  }

  finish(reason: FinishReason, native: string | null, more?: EndDetails): void {
    this.finishReason = reason;
    this.native = native;
    this.stopSequence = more?.stopSequence;
    this.#facts.said = true;
    this.#facts.finishReason = reason;
    this.#facts.nativeFinishReason = native ?? undefined;
  }

  write(index: number, legacyFunctions: boolean): ChatAnswer['choices'][number] {
    const logprobs = this.logprobTokens.length > 0 ? { content: this.logprobTokens, refusal: null } : null;
    return {
      index,
      message: this.#message(legacyFunctions),
      logprobs,
      finish_reason: legacyFunctions && this.finishReason === 'tool_calls' ? 'function_call' : this.finishReason,
    };
  }

  #heard(delta: string): void {
    if (!delta) return;
    this.#facts.said = true;
    this.#facts.characters += delta.length;
  }

  #message(legacyFunctions: boolean): Message {
    const silent = this.content === '' && (this.toolCalls.length > 0 || this.refusalText !== '');
    const message: Message = {
      role: 'assistant',
      content: silent ? null : this.content,
      refusal: this.refusalText || null,
    };
    if (this.reasoningText) message.reasoning_content = this.reasoningText;
    if (this.reasoningDetails.length > 0) message.reasoning_details = this.reasoningDetails;
    if (this.annotations.length > 0) message.annotations = this.annotations;
    if (this.citations.length > 0) message.citations = this.citations;
    if (this.images.length > 0) message.images = this.images.map((url) => ({ type: 'image_url', image_url: { url } }));
    const [first] = this.toolCalls;
    if (first && legacyFunctions) message.function_call = { name: first.name, arguments: first.arguments };
    else if (first) message.tool_calls = this.toolCalls.map(toToolCall);
    return message;
  }
}

/** OpenAI's message, and what its clients know beyond it. */
type Message = ChatAnswer['choices'][number]['message'] & {
  reasoning_content?: string;
  reasoning_details?: ReasoningDetail[];
  citations?: Record<string, unknown>[];
  images?: { type: 'image_url'; image_url: { url: string } }[];
};

function toToolCall(call: CollectedToolCall) {
  const extra = call.extra && { extra_content: call.extra };
  if (call.type === 'custom') {
    return { id: call.id, type: 'custom' as const, custom: { name: call.name, input: call.arguments }, ...extra };
  }
  return {
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: call.arguments || '{}' }, // "" poisons the next turn.
    ...extra,
  };
}
