import type { AnswerFacts } from '../core/answer.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Warning } from '../core/provider.ts';
import { type Flow, openFlow } from './flow.ts';
import { translate, type Work } from './send.ts';

type Piece = string | Uint8Array;

/** What the client gets, a piece at a time: whole `text/event-stream` frames. One call at a time. */
export interface Frames extends AsyncIterable<Piece, void, undefined> {
  next(): Promise<IteratorResult<Piece, void>>;
  /** The reader wants no more, or is gone. */
  return(value?: undefined): Promise<IteratorResult<Piece, void>>;
}

export interface LiveAnswer {
  body: LiveFrames;
  facts: AnswerFacts;
  warnings: readonly Warning[];
}

/**
 * One attempt, answered as it is written. Resolves at the commit point: the first content is there. What fails before
 * is this attempt's failure, and another may follow; what fails after is thrown out of the frames.
 */
export async function attemptLive(work: Work): Promise<LiveAnswer> {
  const exchange = translate(work);
  const flow = await openFlow(work, exchange);
  const body = new LiveFrames(flow);
  await body.commit();
  return { body, facts: flow.facts, warnings: exchange.warnings };
}

const OVER = { done: true, value: undefined } as const;

/**
 * An iterator by hand, so that an event waits once on its way. As two generators, one here and one for the gateway's
 * books, an event took half as much time again (1.5 µs instead of 1.0, relayed, behind a transport that takes none).
 */
export class LiveFrames implements Frames {
  readonly #flow: Flow;
  /** Read before the commit point, and not yet handed on. */
  #held: Piece[] = [];
  /** Nothing more comes from the provider. */
  #ended = false;
  #closed = false;
  #closeBooks: (failure: GatewayError | undefined) => void = () => {};

  constructor(flow: Flow) {
    this.#flow = flow;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Reads up to the first content. */
  async commit(): Promise<void> {
    try {
      while (!this.#flow.facts.said && !this.#ended) {
        this.#held.push(this.#take(await this.#flow.source.next()));
        if (this.#flow.failure) throw this.#flow.failure;
      }
    } catch (cause) {
      await this.#flow.source.return?.();
      throw cause;
    }
  }

  /** Acts once, when the stream is over: answered, failed, or left by the client. Must not throw. */
  whenOver(closeBooks: (failure: GatewayError | undefined) => void): void {
    this.#closeBooks = closeBooks;
  }

  async next(): Promise<IteratorResult<Piece, void>> {
    try {
      while (this.#held.length > 0 || !this.#ended) {
        const piece = this.#held.shift() ?? this.#take(this.#wantsMore() ? await this.#flow.source.next() : OVER);
        if (piece.length > 0) return { done: false, value: piece };
      }
    } catch (cause) {
      const failure = asGatewayError(cause);
      await this.#close(failure);
      throw failure;
    }
    await this.#close();
    return OVER;
  }

  async return(): Promise<IteratorResult<Piece, void>> {
    // Clients hang up at `[DONE]`: one that has the end of the answer has not left.
    const hasEnd = this.#flow.facts.finishReason !== undefined;
    await this.#close(hasEnd ? undefined : new GatewayError('client_gone', 'The client closed the connection'));
    return OVER;
  }

  /** Throws what went wrong behind the frames that were handed on last. */
  #wantsMore(): boolean {
    if (this.#flow.failure) throw this.#flow.failure;
    return !this.#flow.done;
  }

  #take({ done, value }: IteratorResult<Uint8Array>): Piece {
    if (!done) return this.#flow.push(value);
    this.#ended = true;
    return this.#flow.end();
  }

  async #close(failure?: GatewayError): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended = true;
    this.#held = [];
    try {
      await this.#flow.source.return?.(); // The client left, or has all it wants: stop paying the provider.
    } finally {
      this.#closeBooks(failure);
    }
  }
}
