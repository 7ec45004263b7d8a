import type { AnswerFacts } from '../core/answer.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Refusal } from '../core/provider.ts';
import { noFacts } from './facts.ts';
import { FrameBuffer } from './frame-buffer.ts';
import { allFrames, dataOf, decode, endOfFrame, framesWithout, join, latin1, type Span, without } from './frames.ts';
import { noteAnswer, noteChunk, record, type Choices } from './relay-notes.ts';

/** Roughly what one frame of a stream says, for answers that nobody counts. */
const CHARACTERS_PER_FRAME = 4;
/** What a chunk holds that only adds text. Inside a JSON string the quote would be escaped, so this finds the key only. */
const UNFINISHED = /finish_reason":\s?null/;
const DONE = 'data: [DONE]\n\n';

export interface RelayOptions {
  /** The client asked for `stream_options.include_usage`; the provider is always asked. */
  includeUsage: boolean;
  /** OpenAI's `n`: with several choices every chunk is read, because each must come to its end. */
  choices?: number;
  /** The provider's own reading of an error inside a 2xx; without it every such error is a `fault`. */
  classify?: ((refusal: Refusal) => GatewayError) | undefined;
}

/**
 * Passes OpenAI chat answers on untouched and still knows what was in them.
 *
 * Up to the first content every frame is parsed, because that decides whether another provider may take over. After it
 * the frames that say of themselves that they are not the last pass unread; what is left are ends, counts and errors.
 */
export class ChatRelay {
  readonly facts: AnswerFacts = noFacts();
  /** What went wrong after the frames that `push` has just handed on; the next call throws it. */
  failure: GatewayError | undefined;
  readonly #options: RelayOptions;
  readonly #buffer = new FrameBuffer();
  #done = false;
  /** How this provider writes that a chunk is not the last; unknown until it has. */
  #unfinished: string | undefined;
  readonly #ended: Choices = new Map();

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** `[DONE]` has come: nothing behind it belongs to the answer. */
  get ended(): boolean {
    return this.#done;
  }

  /** What may go to the client now: always whole frames, so that our own comments and errors can stand between them. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.failure) throw this.failure;
    const frames = this.#buffer.take(bytes);
    return frames.length === 0 ? frames : this.#read(frames);
  }

  /** The connection closed: the rest of the answer. Throws `truncated` if the end was never said. */
  end(): string {
    if (this.failure) throw this.failure;
    const rest = this.#done ? '' : this.#lastFrame(this.#buffer.rest());
    const isCut = !this.#done && [...this.#ended.values()].includes(false);
    if (isCut || !this.facts.finishReason) throw new GatewayError('truncated', 'The provider broke off in mid-answer');
    return this.#done ? rest : rest + DONE;
  }

  #read(frames: Uint8Array): Uint8Array {
    if (this.facts.said) return this.#scan(frames);
    const dropped: Span[] = [];
    let start = 0;
    while (!this.facts.said && start < frames.length) {
      const end = endOfFrame(frames, start);
      if (!this.#note(frames.subarray(start, end))) dropped.push({ start, end });
      start = end;
    }
    const rest = frames.subarray(start);
    const scanned = rest.length > 0 ? this.#scan(rest) : rest;
    if (this.failure) throw this.failure; // Nothing has been delivered, so nothing is lost.
    return without(scanned === rest ? frames : join([frames.subarray(0, start), scanned]), dropped);
  }

  #scan(frames: Uint8Array): Uint8Array {
    const dropped: Span[] = [];
    for (const span of this.#notable(frames)) {
      try {
        if (!this.#note(frames.subarray(span.start, span.end))) dropped.push(span);
      } catch (cause) {
        this.failure = asGatewayError(cause);
        return without(frames.subarray(0, span.start), dropped);
      }
      if (this.#done && span.end < frames.length) return without(frames.subarray(0, span.end), dropped);
    }
    return without(frames, dropped);
  }

  /** The frames worth parsing. */
  #notable(bytes: Uint8Array): Span[] {
    const text = latin1(bytes);
    const isPlain = this.#unfinished !== undefined && (this.#options.choices ?? 1) === 1 && !text.includes('\r');
    const { spans, count } = isPlain ? framesWithout(text, this.#unfinished ?? '') : allFrames(bytes);
    this.facts.characters += CHARACTERS_PER_FRAME * count;
    return spans;
  }

  /** False for a frame that the client must not get. */
  #note(frame: Uint8Array): boolean {
    const data = dataOf(decode(frame));
    if (data === undefined) return true;
    if (data.trim() === '[DONE]') {
      this.#done = this.facts.finishReason !== undefined;
      return this.#done; // An answer without an end must not look like one with.
    }
    const chunk = record(parse(data));
    if (!chunk) throw new GatewayError('fault', 'The provider sent an event that is no JSON');
    refuseError(chunk, data, this.#options.classify);
    this.#unfinished ??= UNFINISHED.exec(data)?.[0];
    const onlyCounts = noteChunk(this.facts, this.#ended, chunk);
    return !onlyCounts || this.#options.includeUsage;
  }

  /** A frame that only lacks its blank line still counts; half a frame does not. */
  #lastFrame(frame: Uint8Array): string {
    const data = dataOf(decode(frame));
    if (data === undefined || (data.trim() !== '[DONE]' && !record(parse(data)))) return '';
    return this.#note(frame) ? `${decode(frame).trimEnd()}\n\n` : '';
  }
}

/** What is in a whole answer. Throws for what is none. */
export function factsOfWhole(body: string, classify: RelayOptions['classify']): AnswerFacts {
  const answer = record(parse(body));
  if (!answer) throw new GatewayError('fault', 'The provider sent an answer that is no JSON');
  refuseError(answer, body, classify);
  if (!Array.isArray(answer['choices']) || answer['choices'].length === 0) {
    throw new GatewayError('fault', 'The provider sent an answer without choices');
  }
  const facts = noFacts();
  noteAnswer(facts, answer);
  return facts;
}

function refuseError(answer: Record<string, unknown>, body: string, classify: RelayOptions['classify']): void {
  if (!answer['error'] && answer['object'] !== 'error') return;
  if (classify) throw classify({ status: 200, header: () => undefined, body });
  throw new GatewayError('fault', 'The provider failed in mid-answer', { cause: body });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // The caller says what that means.
  }
}
