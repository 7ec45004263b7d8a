/** How an answer is written down: in the words of the door that the request came in by. */
import type { AnswerFacts, AnswerSink } from '../core/answer.ts';
import { asGatewayError, errorBody } from '../core/errors.ts';
import type { Wire } from '../core/wire.ts';
import { type ChunkOptions, ChunkWriter } from './chunk-writer.ts';
import type { AnswerCollector, AnswerStamp } from './collector.ts';
import { plainAnswer } from './plain-answer.ts';

/** Of one request; a failed attempt's writer is left, and the next attempt gets another. */
export interface Pen {
  readonly wire: Wire;
  /** The whole answer's JSON text. */
  whole(answer: AnswerCollector, stamp: AnswerStamp): string;
  /** Opens an event stream. */
  stream(options: ChunkOptions): StreamWriter;
  /** The frame that ends a stream whose answer broke off: what this door's SDKs raise. */
  broken(cause: unknown): string;
  /** Hears what passes untouched: a whole answer's text, or the data of one event. */
  heard?(data: string): void;
}

/** Whole frames only, so that comments and errors can stand between what `take` gives. */
export interface StreamWriter extends AnswerSink {
  readonly facts: AnswerFacts;
  /** What the router tells of the answer, with its last frames. */
  extension: Record<string, unknown> | undefined;
  /** The end of a complete answer. */
  close(): void;
  /** What has been written since the last call. */
  take(): string;
}

/** OpenAI's chat completions. */
export const CHAT_PEN: Pen = {
  wire: 'chat',
  whole: (answer, stamp) => plainAnswer(answer, stamp) ?? JSON.stringify(answer.answer(stamp)),
  stream: (options) => new ChunkWriter(options),
  /**
   * The only form of a late error that every OpenAI SDK raises: a `data:` line with `error`, no event name, no `[DONE]`
   * (checked with openai 4.104 to 7.57 and openai-python 3.3).
   */
  broken: (cause) => `data: ${JSON.stringify(errorBody(asGatewayError(cause)))}\n\n`,
};
