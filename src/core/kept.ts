/**
 * What is kept by name. What the configuration names stays, for that is bounded by the configuration; of what only
 * clients name, who may invent, so much is kept, and the oldest that is idle goes first.
 */
export class Kept<Value> {
  readonly #mostInvented: number;
  readonly #isIdle: (value: Value) => boolean;
  readonly #configured = new Map<string, Value>();
  readonly #invented = new Map<string, Value>();

  constructor(mostInvented: number, isIdle: (value: Value) => boolean = () => true) {
    this.#mostInvented = mostInvented;
    this.#isIdle = isIdle;
  }

  get size(): number {
    return this.#configured.size + this.#invented.size;
  }

  get(name: string, isInvented: boolean): Value | undefined {
    const configured = this.#configured.get(name);
    if (configured !== undefined) return configured;
    const value = this.#invented.get(name);
    if (value === undefined || isInvented) return value;
    this.#invented.delete(name); // A client had come upon it first.
    this.#configured.set(name, value);
    return value;
  }

  /** A name that is not kept yet. Returns the value. */
  add(name: string, value: Value, isInvented: boolean): Value {
    if (isInvented && this.#invented.size >= this.#mostInvented) this.#forgetOne();
    (isInvented ? this.#invented : this.#configured).set(name, value);
    return value;
  }

  *entries(): Generator<[string, Value], void> {
    yield* this.#configured;
    yield* this.#invented;
  }

  *values(): Generator<Value, void> {
    yield* this.#configured.values();
    yield* this.#invented.values();
  }

  #forgetOne(): void {
    const idle = this.#invented.entries().find(([, value]) => this.#isIdle(value));
    const [name] = idle ?? this.#invented.entries().next().value ?? [];
    if (name !== undefined) this.#invented.delete(name);
  }
}
