/** A credential that cannot be printed: only `reveal` gives it out, and only a request header asks. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return `key:…${this.#value.length > 12 ? this.#value.slice(-2) : ''}`;
  }

  toJSON(): string {
    return this.toString();
  }

  /** What `console.log` and Node's inspect print. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}
