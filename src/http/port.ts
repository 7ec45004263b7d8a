import type { Departure } from '../core/departure.ts';
import type { Bytes } from '../core/wire.ts';
import type { Frames } from '../attempt/live.ts';
import type { Call } from './call.ts';
import type { HeaderValues } from './headers.ts';

export type { Call } from './call.ts';
export type { HeaderValues } from './headers.ts';

/**
 * How a request comes in and its answer goes out. Node has a port of its own because web streams cost more there than
 * all the rest of the gateway together; everything else uses the fetch port. Both are in `src/platform/`.
 */
export interface HttpPort {
  header(c: Call, name: string): string | undefined;
  /** The body as text, at once where it has all arrived. Throws `request_too_large` as soon as it is. */
  readBody(c: Call, maxBytes: number): Promise<string> | string;
  /** The same, with the bytes where it is long: what stays of it. */
  readText(c: Call, maxBytes: number): Promise<BodyText> | BodyText;
  /** The same as bytes alone. */
  readBytes(c: Call, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer>;
  /** Gone when the client leaves before its answer is complete. */
  client(c: Call): Departure;
  /** Keeps work running that no answer waits for. It must not reject. */
  background(c: Call, work: Promise<void>): void;
  /** The headers are the port's from then on. */
  send(c: Call, status: number, headers: HeaderValues, body: string): Response;
  /** Streams frames, with a comment in every silence, and an error frame if they end in an error. */
  stream(c: Call, headers: HeaderValues, frames: Frames, manners: Manners): Response;
  /** Streams bytes that nothing may stand between. If they end in an error the connection breaks, so that all can see it. */
  pass(c: Call, headers: HeaderValues, frames: Frames): Response;
}

export interface BodyText {
  text: string;
  /** Valid UTF-8. */
  bytes?: Bytes | undefined;
}

export interface Manners {
  /** Longest silence, in milliseconds. */
  keepAliveMs: number;
  /** The frame that tells a client of an error. */
  broken: (cause: unknown) => string;
}

export const EVENT_STREAM: HeaderValues = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no', // nginx would hold the stream back.
};

export const KEEP_ALIVE = ': keep-alive\n\n';
