import { asGatewayError, type GatewayError } from '../core/errors.ts';
import type { Exchange, StreamReader } from '../core/provider.ts';
import { FrameBuffer } from './frame-buffer.ts';
import { allFrames, dataOf, decode } from './frames.ts';
import { Listener } from './listener.ts';
import type { Pen } from './pen.ts';

/**
 * Passes a stream on untouched whose wire is the client's own, and reads it on the way, as its dialect does.
 * (OpenAI's chat has `ChatRelay`, which reads far less.)
 */
export class WireRelay {
  /** What went wrong after the frames that `push` has just handed on. */
  failure: GatewayError | undefined;
  readonly #listener = new Listener();
  readonly #reader: StreamReader;
  readonly #buffer = new FrameBuffer();
  readonly #pen: Pen;

  constructor(exchange: Exchange, pen: Pen) {
    this.#reader = exchange.openStream(this.#listener);
    this.#pen = pen;
  }

  get facts(): Listener['facts'] {
    return this.#listener.facts;
  }

  get ended(): boolean {
    return this.#reader.ended ?? false;
  }

  /** Whole frames only. */
  push(bytes: Uint8Array): Uint8Array {
    if (this.failure) throw this.failure;
    const frames = this.#buffer.take(bytes);
    for (const { start, end } of allFrames(frames).spans) {
      try {
        this.#read(frames.subarray(start, end));
      } catch (cause) {
        this.failure = asGatewayError(cause);
        return frames.subarray(0, start);
      }
    }
    return frames;
  }

  /** The connection closed. Throws `truncated` if the end was never said. */
  end(): string {
    if (this.failure) throw this.failure;
    const rest = this.#buffer.rest();
    if (rest.length > 0) this.#read(rest);
    this.#reader.end();
    return rest.length > 0 ? `${decode(rest).trimEnd()}\n\n` : '';
  }

  #read(frame: Uint8Array): void {
    this.#reader.push(frame);
    if (!this.#pen.heard) return;
    const data = dataOf(decode(frame));
    if (data !== undefined) this.#pen.heard(data);
  }
}
