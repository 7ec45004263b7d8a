/**
 * A map that keeps what was used last and forgets the rest. What is the newest already is not moved: a `Map` that has
 * grown old makes itself anew every few moves, in the old space.
 */
export class Recent<Value> {
  readonly #most: number;
  readonly #values = new Map<string, Value>();
  #newest: string | undefined;

  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#values.size;
  }

  /** Being asked for is being used. */
  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined && key !== this.#newest) this.#put(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    if (key === this.#newest) this.#values.set(key, value);
    else this.#put(key, value);
    if (this.#values.size <= this.#most) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  #put(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    this.#newest = key;
  }
}
