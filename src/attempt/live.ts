import type { AnswerFacts } from '../core/answer.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Warning } from '../core/provider.ts';
import type { Tape } from '../answers/tape.ts';
import { isBreak, letEnd } from './ending.ts';
import { type Flow, openFlow } from './flow.ts';
import { translate, type Work } from './send.ts';
import { Silence } from './silence.ts';

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
  const body = new LiveFrames(flow, new Silence(work));
  await body.commit();
  return { body, facts: flow.facts, warnings: exchange.warnings };
}

/** The rest of an answer whose provider broke off; undefined where nobody goes on with it. */
export type Resume = (failure: GatewayError) => Promise<LiveFrames | undefined>;

/** Before the first content there is little to say: a role, some comments. */
const MAX_HELD_BYTES = 1024 * 1024;
const OVER = { done: true, value: undefined } as const;

/**
 * An iterator by hand, so that an event waits once on its way. As two generators, one here and one for the gateway's
 * books, an event took half as much time again (1.5 µs instead of 1.0, relayed, behind a transport that takes none).
 */
export class LiveFrames implements Frames {
  #flow: Flow;
  #silence: Silence | undefined;
  /** Read before the commit point, and not yet handed on. */
  #held: Piece[] = [];
  /** Nothing more comes from the provider. */
  #ended = false;
  #closed = false;
  #closeBooks: (failure: GatewayError | undefined) => void = () => {};
  #resume: Resume | undefined;
  /** Settles when it is known whether the answer goes on. */
  #mending: Promise<unknown> | undefined;

  constructor(flow: Flow, silence?: Silence) {
    this.#flow = flow;
    this.#silence = silence;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Reads up to the first content. */
  async commit(): Promise<void> {
    let size = 0;
    try {
      while (!this.#flow.facts.said && !this.#ended) {
        const piece = this.#take(await this.#flow.source.next());
        if (this.#flow.failure && !this.#hasGoneOn()) throw this.#flow.failure;
        size += piece.length;
        if (size > MAX_HELD_BYTES) throw new GatewayError('fault', 'The provider sent too much before its first word');
        this.#held.push(piece);
      }
    } catch (cause) {
      await this.#flow.source.return?.();
      throw cause;
    }
  }

  /** The text so far, where it is kept. */
  get tape(): Tape | undefined {
    return this.#flow.tape;
  }

  /** Asked whenever the provider breaks off after the commit point. */
  whenBroken(resume: Resume): void {
    this.#resume = resume;
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
      const last = this.#lastAfter(failure);
      if (last === undefined) return this.#mend(failure);
      if (last.length > 0) return { done: false, value: last };
    }
    await this.#close();
    return OVER;
  }

  async return(): Promise<IteratorResult<Piece, void>> {
    // Clients hang up at `[DONE]`: one that has the end of the answer has not left.
    await this.#mending;
    const hasEnd = this.#flow.facts.finishReason !== undefined;
    await this.#close(hasEnd ? undefined : new GatewayError('client_gone', 'The client closed the connection'));
    return OVER;
  }

  /** Throws what went wrong behind the frames that were handed on last. */
  #wantsMore(): boolean {
    if (this.#flow.failure) throw this.#flow.failure;
    return !this.#flow.done && !this.#flow.ended;
  }

  /** What it said before it failed cannot be taken back from the paper. */
  #hasGoneOn(): boolean {
    return this.#flow.isRest === true && this.#flow.facts.said;
  }

  /** The connection broke. If the answer was at its end all the same, this is what is left to say. */
  #lastAfter(failure: GatewayError): Piece | undefined {
    const { facts } = this.#flow;
    if (this.#ended || facts.finishReason === undefined || !isBreak(failure)) return undefined;
    this.#ended = true;
    try {
      return this.#flow.end();
    } catch {
      return undefined; // It was not; the break says it better.
    }
  }

  /** Goes on after a failure, where another attempt has the rest; or throws it. */
  async #mend(failure: GatewayError): Promise<IteratorResult<Piece, void>> {
    let why = failure;
    try {
      const mending = this.#restAfter(failure);
      this.#mending = mending.catch(() => {}); // Who leaves meanwhile only waits for it.
      if (await mending) return await this.next();
    } catch (cause) {
      why = asGatewayError(cause);
    }
    await this.#close(why);
    throw why;
  }

  async #restAfter(failure: GatewayError): Promise<boolean> {
    if (this.#closed || !this.#resume) return false;
    const flow = this.#flow;
    await flow.source.return?.();
    if (flow.facts.finishReason !== undefined && flow.conclude) {
      this.#held = [flow.conclude()];
      this.#ended = true;
      return true;
    }
    const rest = await this.#resume(failure);
    if (!rest) return false;
    this.#flow = rest.#flow;
    this.#silence = rest.#silence;
    this.#held = rest.#held;
    this.#ended = rest.#ended;
    return true;
  }

  #take({ done, value }: IteratorResult<Uint8Array>): Piece {
    if (!done) {
      if (this.#flow.facts.said) this.#silence?.hear(value); // Before, the first content has its own time.
      return this.#flow.push(value);
    }
    this.#ended = true;
    return this.#flow.end();
  }

  async #close(failure?: GatewayError): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#ended = true;
    this.#held = [];
    try {
      if (this.#flow.ended && !failure) void letEnd(this.#flow.source);
      else await this.#flow.source.return?.(); // The client left, or has all it wants: stop paying the provider.
    } finally {
      this.#closeBooks(failure);
    }
  }
}
