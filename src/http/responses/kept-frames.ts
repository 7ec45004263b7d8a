import type { Frames } from '../../attempt/live.ts';
import type { Recording } from '../../doors/responses/stored.ts';

type Piece = Awaited<ReturnType<Frames['next']>>;

/** A stream whose response is stored before its last frame goes out, so that who has it all can go on from it. */
export class KeptFrames implements Frames {
  readonly #body: Frames;
  readonly #recording: Pick<Recording, 'over'>;
  /** Must not reject. */
  readonly #keep: () => Promise<void>;
  #isKept = false;

  constructor(body: Frames, recording: Pick<Recording, 'over'>, keep: () => Promise<void>) {
    this.#body = body;
    this.#recording = recording;
    this.#keep = keep;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Piece> {
    const piece = await this.#body.next();
    if (!this.#isKept && (piece.done || this.#recording.over)) {
      this.#isKept = true;
      await this.#keep();
    }
    return piece;
  }

  return(): Promise<Piece> {
    return this.#body.return();
  }
}
