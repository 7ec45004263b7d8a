import { EventStreamCodec } from '@smithy/eventstream-codec';
import { GatewayError } from '../../src/core/errors.ts';

/** AWS itself stops at 16 MB; more is an attack or a fault. */
const MAX_FRAME_BYTES = 16 * 1024 * 1024;
/** Two lengths and two checksums. */
const MIN_FRAME_BYTES = 16;
const PREFIX_BYTES = 4;

const utf8 = new TextDecoder();
const codec = new EventStreamCodec(
  (bytes) => (typeof bytes === 'string' ? bytes : utf8.decode(bytes)),
  (text) => new TextEncoder().encode(text),
);

type Frame = ReturnType<EventStreamCodec['decode']>;

/** Frames of `application/vnd.amazon.eventstream` out of bytes cut anywhere. Only a frame that was cut is copied. */
export class FrameDecoder {
  readonly #onFrame: (frame: Frame) => void;
  /** The start of a cut frame: room for its length at first, then for all of it. */
  #held = new Uint8Array(PREFIX_BYTES);
  #filled = 0;

  constructor(onFrame: (frame: Frame) => void) {
    this.#onFrame = onFrame;
  }

  push(bytes: Uint8Array): void {
    let at = 0;
    while (at < bytes.length) {
      const whole = this.#filled === 0 ? frameAt(bytes, at) : undefined;
      if (whole) this.#onFrame(decode(whole));
      at += whole ? whole.length : this.#hold(bytes.subarray(at));
    }
  }

  /** Takes what the next step needs and returns how much that was. */
  #hold(bytes: Uint8Array): number {
    const taken = bytes.subarray(0, this.#held.length - this.#filled);
    this.#held.set(taken, this.#filled);
    this.#filled += taken.length;
    if (this.#filled === this.#held.length) this.#step(this.#held);
    return taken.length;
  }

  #step(held: Uint8Array): void {
    if (held.length > PREFIX_BYTES) {
      this.#held = new Uint8Array(PREFIX_BYTES);
      this.#filled = 0;
      this.#onFrame(decode(held));
      return;
    }
    this.#held = new Uint8Array(lengthAt(held, 0));
    this.#held.set(held);
  }
}

function frameAt(bytes: Uint8Array, at: number): Uint8Array | undefined {
  if (bytes.length - at < PREFIX_BYTES) return undefined;
  const end = at + lengthAt(bytes, at);
  return end <= bytes.length ? bytes.subarray(at, end) : undefined;
}

function lengthAt(bytes: Uint8Array, at: number): number {
  const length = new DataView(bytes.buffer, bytes.byteOffset + at, PREFIX_BYTES).getUint32(0);
  if (length >= MIN_FRAME_BYTES && length <= MAX_FRAME_BYTES) return length;
  throw new GatewayError('fault', `Bedrock sent an event of ${length} bytes`);
}

function decode(frame: Uint8Array): Frame {
  try {
    return codec.decode(frame);
  } catch (cause) {
    throw new GatewayError('fault', 'Bedrock sent a damaged event', { cause });
  }
}
