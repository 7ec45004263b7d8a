import { OTHER } from './registry.ts';

/**
 * Which names may be label values: those of the configuration, and so many others that were seen to be real. What
 * clients invent is `other`, or each of them would be a series for ever.
 */
export class Vocabulary {
  readonly #known: Set<string>;
  readonly #max: number;

  constructor(known: Iterable<string>, maxOthers: number) {
    this.#known = new Set(known);
    this.#max = this.#known.size + maxOthers;
  }

  /** `isReal`: a provider knows it, so it may be taken in. */
  word(name: string, isReal: boolean): string {
    if (name === '' || this.#known.has(name)) return name;
    if (!isReal || this.#known.size >= this.#max) return OTHER;
    this.#known.add(name);
    return name;
  }
}
