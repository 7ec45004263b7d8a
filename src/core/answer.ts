/**
 * What an answer is made of, in the order it happens.
 *
 * A provider reads its wire, whole or streamed, and calls these; who implements them writes the answer
 * down (`src/answers/`): as OpenAI chunks, as one OpenAI answer, or first through a filter. So a dialect
 * is mapped once, and a new way to write answers needs no provider to change.
 */
import type { Annotation, FinishReason, Logprobs, ReasoningDetail, Usage } from './chat.ts';

export interface AnswerSink {
  /** Which concrete model answers. First, once; a later call adds what was not known before. */
  start(head: AnswerHead): void;
  /** The n-th answer; 0 unless the client asked for several. */
  choice(index: number): ChoiceSink;
  /** The provider's count so far; cumulative, so a later call replaces an earlier one. */
  usage(usage: Usage): void;
}

export interface AnswerHead {
  model: string;
  /** The provider's own id of the answer, for its support. */
  upstreamId?: string | undefined;
  serviceTier?: string | undefined;
}

/** Deltas add up; empty ones are legal and do nothing. */
export interface ChoiceSink {
  text(delta: string): void;
  /** The model declined, in these words. */
  refusal(delta: string): void;
  /** Visible reasoning, a delta at a time. */
  reasoning(delta: string): void;
  /** A whole entry that the client must send back on the next turn. Its visible text also goes to `reasoning`. */
  reasoningDetail(detail: ReasoningDetail): void;
  /** Opens a tool call and returns its number, counted from 0 among tool calls only. */
  toolCall(call: ToolCallHead): number;
  /** Raw JSON (or a custom tool's raw input), a delta at a time. */
  toolArguments(call: number, delta: string): void;
  /** A tool of the provider's own is at work: no words yet, but an answer has begun. Few can show it. */
  working?(): void;
  annotation(annotation: Annotation): void;
  /** A citation that OpenAI has no form for (of a document's page or characters), in the provider's own. */
  citation(citation: Record<string, unknown>): void;
  /** A generated image as a `data:` URL. */
  image(url: string): void;
  logprobs(logprobs: Logprobs): void;
  /** Last for this choice. `native` is the provider's own word. */
  finish(reason: FinishReason, native: string | null, more?: EndDetails): void;
}

/** What only some can tell of an end. */
export interface EndDetails {
  /** Which of the client's stop sequences the model came to. */
  stopSequence?: string | undefined;
}

export interface ToolCallHead {
  id: string;
  name: string;
  /** `custom` for OpenAI's free-text tools; default `function`. */
  type?: 'function' | 'custom';
  /** Rides along on the call, for clients that send calls back as they got them (Gemini's signature). */
  extra?: Record<string, unknown>;
}

/** What the books and the router need to know of an answer, however it was written down. */
export interface AnswerFacts {
  model: string | undefined;
  upstreamId: string | undefined;
  usage: Usage | undefined;
  finishReason: FinishReason | undefined;
  nativeFinishReason: string | undefined;
  /** Content was seen: text, reasoning, a tool call or an end. Before that another provider may still take over. */
  said: boolean;
  /** Characters of text and reasoning so far: what a guess rests on if no usage comes. */
  characters: number;
  /** A turn for each choice that thought or called tools, by its index. */
  turns: Map<number, Turn>;
}

/** What must come back unchanged with the next turn, and the tool calls by which it will be found again. */
export interface Turn {
  reasoningDetails: ReasoningDetail[];
  toolCallIds: string[];
}
