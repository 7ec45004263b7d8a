/** Counts of the last minutes by subject, in slices that are forgotten one by one. */
export interface Counts {
  calls: number;
  errors: number;
  throttles: number;
  unpriced: number;
}

const SLICES = 10;
/** In one slice. For one more the least asked is forgotten: clients may invent models, and each name is rare. */
const MAX_SUBJECTS = 1_000;

export class Window {
  readonly #sliceMs: number;
  readonly #slices: Map<string, Counts>[] = [new Map()];
  #startMs = -Infinity;

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  /** To add to. */
  at(subject: string, nowMs: number): Counts {
    this.#turn(nowMs);
    const [slice = new Map<string, Counts>()] = this.#slices;
    const known = slice.get(subject);
    if (known) return known;
    if (slice.size >= MAX_SUBJECTS) forgetRarest(slice);
    const counts = { calls: 0, errors: 0, throttles: 0, unpriced: 0 };
    slice.set(subject, counts);
    return counts;
  }

  sums(nowMs: number): Map<string, Counts> {
    this.#turn(nowMs);
    const sums = new Map<string, Counts>();
    for (const slice of this.#slices) {
      for (const [subject, { calls, errors, throttles, unpriced }] of slice) {
        const sum = sums.get(subject) ?? { calls: 0, errors: 0, throttles: 0, unpriced: 0 };
        sum.calls += calls;
        sum.errors += errors;
        sum.throttles += throttles;
        sum.unpriced += unpriced;
        sums.set(subject, sum);
      }
    }
    return sums;
  }

  #turn(nowMs: number): void {
    const passed = Math.floor((nowMs - this.#startMs) / this.#sliceMs);
    if (passed < 1) return; // A clock that is put back counts into the newest.
    this.#startMs = passed > SLICES ? nowMs : this.#startMs + passed * this.#sliceMs;
    for (let turn = 0; turn < Math.min(passed, SLICES); turn++) this.#slices.unshift(new Map());
    this.#slices.length = Math.min(this.#slices.length, SLICES);
  }
}

function forgetRarest(slice: Map<string, Counts>): void {
  let rarest = '';
  let least = Infinity;
  for (const [subject, { calls }] of slice) {
    if (calls < least) [rarest, least] = [subject, calls];
  }
  slice.delete(rarest);
}
