/** So many at the same time; the others wait their turn, first come first served. */
export class Turns {
  readonly #most: number;
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number, maxWaiting: number) {
    this.#most = most;
    this.#maxWaiting = maxWaiting;
  }

  /**
   * False where too many wait already. Otherwise `begun` is told how to hand the turn on, which counts once: at the very
   * moment, because whoever waited may never hear of it (Workers).
   */
  async take(begun: (handOn: () => void) => void): Promise<boolean> {
    if (this.#running < this.#most) {
      this.#running++;
      begun(this.#turn());
      return true;
    }
    if (this.#waiting.length >= this.#maxWaiting) return false;
    await new Promise<void>((resolve) => {
      this.#waiting.push(() => {
        begun(this.#turn());
        resolve();
      });
    });
    return true;
  }

  #turn(): () => void {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    };
  }
}
