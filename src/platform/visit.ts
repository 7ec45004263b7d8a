import type { Departure } from '../core/departure.ts';
import { GatewayError } from '../core/errors.ts';
import type { HeaderValues } from '../http/port.ts';

export type Bytes = Buffer<ArrayBuffer>;
export type Piece = string | Uint8Array;

/** A request and its answer on Node, whoever reads and writes them: `node:http`, or `http1-server` for plain requests. */
export interface Visit {
  /** Lower-case. */
  header(name: string): string | undefined;
  /** The body, at once where it has all arrived. Throws `request_too_large` as soon as it is. */
  read(maxBytes: number): Bytes | Promise<Bytes>;
  /** Who waits; gone when the client leaves before its answer is complete. */
  client(): Departure;
  /** Somebody waits, and nothing has been answered yet. */
  readonly isUnanswered: boolean;
  /** The client is gone: nothing reaches it any more. */
  readonly isGone: boolean;
  /** The whole answer. The headers are the visit's from then on. */
  send(status: number, headers: HeaderValues, body: string): void;
  /** The head of an answer that is written piece by piece. */
  begin(headers: HeaderValues): void;
  /** What is written in one turn of the event loop goes out together, at its end. False: wait for `drained`. */
  write(piece: Piece): boolean;
  /** Resolves when there is room again, or the client is gone. */
  drained(): Promise<void>;
  /** The answer is complete. */
  end(): void;
  /** Breaks the connection, so that all can see that the answer is not complete. */
  abort(): void;
}

/** The status whose answer has no body, and may not say how long it is. */
export const NO_CONTENT = 204;

export function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('request_too_large', `The body is larger than ${maxBytes} bytes`);
}

/** Several pieces of a body as one. They are nobody's any more. */
export function joined(chunks: readonly Bytes[]): Bytes {
  const [first] = chunks;
  if (first && chunks.length === 1) return first;
  const whole = Buffer.concat(chunks);
  for (const chunk of chunks) free(chunk);
  return whole;
}

/** What is smaller may wait for a collection. */
const WORTH_FREEING_BYTES = 16_384;

/**
 * Gives back what a socket has been read into, 64 KB at a time, without waiting for a collection: V8 lets 64 MB of it
 * pile up. Only where nothing else can be in that memory: of Node's pool nobody has the whole.
 */
export function free({ buffer, byteLength }: Bytes): void {
  if (byteLength === buffer.byteLength && byteLength >= WORTH_FREEING_BYTES) buffer.transfer(0);
}
