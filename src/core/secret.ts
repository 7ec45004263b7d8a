/** Of an hour's tokens and of every key in the configuration, with room to spare; beyond it the oldest is forgotten. */
const MAX_KNOWN = 1_000;
/** Shorter ones are words that somebody may say without having heard them from us. */
const LEAST_CHARACTERS = 12;
const known = new Set<string>();

/** Whoever was sent a secret may quote it, and most keys have no look of their own. */
export function withoutSecrets(text: string): string {
  let clean = text;
  for (const value of known) clean = clean.replaceAll(value, '[redacted]');
  return clean;
}

/** For what is sent as it stands: a header of the operator's own. */
export function keepSecret(value: string): void {
  if (value.length < LEAST_CHARACTERS) return;
  known.delete(value);
  known.add(value);
  const [oldest] = known;
  if (known.size > MAX_KNOWN && oldest !== undefined) known.delete(oldest);
}

/** A credential that cannot be printed: only `reveal` gives it out, and only a request header asks. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    keepSecret(value);
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
