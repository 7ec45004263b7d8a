import { GatewayError } from '../core/errors.ts';
import { endOfLastFrame, join, mayEndFrame } from './frames.ts';

/** Larger frames are an attack or a fault, not an answer. */
const MAX_FRAME_BYTES = 8 * 1024 * 1024;
const NOTHING = new Uint8Array(0);

/** Bytes in, whole frames out; the beginning of a frame waits for its end. */
export class FrameBuffer {
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /** What is whole now. Throws `fault` for a frame that does not end. */
  take(bytes: Uint8Array): Uint8Array {
    if (this.#heldBytes > 0 && !mayEndFrame(bytes)) return this.#hold(bytes); // Joined once: large frames stay linear.
    const arrived = this.#heldBytes > 0 ? join([...this.#held, bytes]) : bytes;
    const end = endOfLastFrame(arrived, arrived.length);
    this.#held = [];
    this.#heldBytes = 0;
    if (end < arrived.length) this.#hold(arrived.subarray(end));
    if (end === 0) return NOTHING;
    return end === arrived.length ? arrived : arrived.subarray(0, end);
  }

  /** The frame that did not end. */
  rest(): Uint8Array {
    const rest = join(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    return rest;
  }

  #hold(bytes: Uint8Array): Uint8Array {
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > MAX_FRAME_BYTES)
      throw new GatewayError('fault', 'The provider sent an event that is too large');
    return NOTHING;
  }
}
