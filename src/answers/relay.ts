import type { AnswerFacts } from '../core/answer.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Refusal } from '../core/provider.ts';
import { noFacts } from './facts.ts';
import { dataOf, decode, endOfFrame, endOfLastFrame, hasLineEnd, join, without, type Span } from './frames.ts';
import { noteAnswer, noteChunk, record, type Choices } from './relay-notes.ts';

/** Larger frames are an attack or a fault, not an answer. */
const MAX_FRAME_BYTES = 8 * 1024 * 1024;
/** Roughly what one frame of a stream says, for answers that nobody counts. */
const CHARACTERS_PER_FRAME = 4;
/** Inside a JSON string the quote would be escaped, so this finds keys only, and `null` is nothing to look at. */
const NOTABLE = /(?:reason|usage|error)"(?:\s*:\s*["{]|\s*,\s*"message")/g;
/** A choice or a tool call after the first. Searched for apart, because one pattern for all would be slower. */
const LATER = /"index"\s*:\s*[1-9]/;
/** A chunk of a choice after the first, as all but a few servers write it. */
const LATER_CHOICE = /"choices"\s*:\s*\[\s*\{\s*"index"\s*:\s*([1-9])/g;
const DONE = 'data: [DONE]\n\n';
const DONE_AT_END = /(?:^|[\r\n])data: ?\[DONE\]\s*$/;
const CLOSING_BRACKET = 93;
const SPACE = 32;
const NOTHING = new Uint8Array(0);
const latin1 = new TextDecoder('latin1');

export interface RelayOptions {
  /** The client asked for `stream_options.include_usage`; the provider is always asked. */
  includeUsage: boolean;
  /** The provider's own reading of an error inside a 2xx; without it every such error is a `fault`. */
  classify?: (refusal: Refusal) => GatewayError;
}

/**
 * Passes OpenAI chat answers on untouched and still knows what was in them.
 *
 * Up to the first content every frame is parsed, because that decides whether another provider may take over. After it
 * a network chunk is only searched for the few frames that matter: ends, counts and errors.
 */
export class ChatRelay {
  readonly facts: AnswerFacts = noFacts();
  /** What went wrong after the frames that `push` has just handed on; the next call throws it. */
  failure: GatewayError | undefined;
  readonly #options: RelayOptions;
  /** The beginning of a frame whose end has not come yet. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #done = false;
  readonly #ended: Choices = new Map();

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  /** What may go to the client now: always whole frames, so that our own comments and errors can stand between them. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.failure) throw this.failure;
    if (this.#heldBytes > 0 && !hasLineEnd(bytes)) return this.#hold(bytes);
    const arrived = this.#heldBytes > 0 ? join([...this.#held, bytes]) : bytes;
    const end = endOfLastFrame(arrived, arrived.length);
    this.#held = [];
    this.#heldBytes = 0;
    if (end < arrived.length) this.#hold(arrived.subarray(end));
    if (end === 0) return NOTHING;
    return this.#read(end === arrived.length ? arrived : arrived.subarray(0, end));
  }

  /** The connection closed: the rest of the answer. Throws `truncated` if the end was never said. */
  end(): string {
    if (this.failure) throw this.failure;
    const rest = this.#lastFrame(join(this.#held));
    this.#held = [];
    const isCut = !this.#done && [...this.#ended.values()].includes(false);
    if (isCut || !this.facts.finishReason) throw new GatewayError('truncated', 'The provider broke off in mid-answer');
    return this.#done ? rest : rest + DONE;
  }

  /** Reads the facts of a whole answer. Throws for what is none. */
  whole(body: string): void {
    const answer = record(parse(body));
    if (!answer) throw new GatewayError('fault', 'The provider sent an answer that is no JSON');
    this.#refuseError(answer, body);
    if (!Array.isArray(answer['choices']) || answer['choices'].length === 0) {
      throw new GatewayError('fault', 'The provider sent an answer without choices');
    }
    noteAnswer(this.facts, answer);
  }

  #hold(bytes: Uint8Array): Uint8Array {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MAX_FRAME_BYTES)
      throw new GatewayError('fault', 'The provider sent an event that is too large');
    return NOTHING;
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
    }
    return without(frames, dropped);
  }

  /** The frames worth parsing. */
  #notable(bytes: Uint8Array): Span[] {
    const text = decode(bytes);
    this.facts.characters += CHARACTERS_PER_FRAME * countFrames(text);
    if (LATER.test(text)) this.#begin(text);
    const first = text.search(NOTABLE);
    const spans = first < 0 ? [] : notableFrames(bytes, text, first);
    const last = lastVisible(bytes);
    if (bytes[last] === CLOSING_BRACKET && DONE_AT_END.test(decode(bytes.subarray(-24)))) {
      spans.push({ start: endOfLastFrame(bytes, last), end: bytes.length });
    }
    return spans;
  }

  /** Notes choices of which nothing else is parsed until they end. */
  #begin(text: string): void {
    for (const [, digit] of text.matchAll(LATER_CHOICE)) {
      const index = Number(digit);
      if (!this.#ended.has(index)) this.#ended.set(index, false);
    }
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
    this.#refuseError(chunk, data);
    const onlyCounts = noteChunk(this.facts, this.#ended, chunk);
    return !onlyCounts || this.#options.includeUsage;
  }

  /** A frame that only lacks its blank line still counts; half a frame does not. */
  #lastFrame(frame: Uint8Array): string {
    const data = dataOf(decode(frame));
    if (data === undefined || (data.trim() !== '[DONE]' && !record(parse(data)))) return '';
    return this.#note(frame) ? `${decode(frame).trimEnd()}\n\n` : '';
  }

  #refuseError(answer: Record<string, unknown>, body: string): void {
    if (!answer['error'] && answer['object'] !== 'error') return;
    const { classify } = this.#options;
    if (classify) throw classify({ status: 200, header: () => undefined, body });
    throw new GatewayError('fault', 'The provider failed in mid-answer', { cause: body });
  }
}

/** Each frame with a notable key, once. `first`: none stands before it in the text. */
function notableFrames(bytes: Uint8Array, text: string, first: number): Span[] {
  // In latin1 each byte is one character, so places in the text are places in the bytes.
  const flat = text.length === bytes.length ? text : latin1.decode(bytes);
  const spans: Span[] = [];
  NOTABLE.lastIndex = first;
  for (let match = NOTABLE.exec(flat); match; match = NOTABLE.exec(flat)) {
    const end = endOfFrame(bytes, match.index);
    spans.push({ start: endOfLastFrame(bytes, match.index), end });
    NOTABLE.lastIndex = end;
  }
  return spans;
}

function lastVisible(bytes: Uint8Array): number {
  let last = bytes.length - 1;
  while (last > 0 && (bytes[last] ?? 0) <= SPACE) last--;
  return last;
}

function countFrames(text: string): number {
  let count = 0;
  for (let at = 0; at >= 0; at = text.indexOf('\ndata:', at + 1)) count++;
  return count;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // The caller says what that means.
  }
}
