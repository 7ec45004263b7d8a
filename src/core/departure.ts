/**
 * Whether somebody still waits for an answer. An AbortSignal says the same, but on Node an AbortController with one
 * listener cost as much as a fifth of a whole request (12 of 60 µs, measured at the transport).
 */
export class Departure {
  #gone = false;
  readonly #acts = new Set<() => void>();

  get gone(): boolean {
    return this.#gone;
  }

  /** Acts once, at once if it is too late already. Returns how to call it off. */
  onGone(act: () => void): () => void {
    if (this.#gone) act();
    else this.#acts.add(act);
    return () => void this.#acts.delete(act);
  }

  leave(): void {
    if (this.#gone) return;
    this.#gone = true;
    for (const act of this.#acts) act();
    this.#acts.clear();
  }

  /** One that is gone with this one, or before it. */
  child(): Departure {
    const child = new Departure();
    this.onGone(() => child.leave());
    return child;
  }
}
