import type { Log } from '../platform/log.ts';

/** Tells the log once when something begins to fail, and once when it is well again. */
export class Health {
  isWell = true;
  readonly #log: Log;
  readonly #what: string;

  constructor(log: Log, what: string) {
    this.#log = log;
    this.#what = what;
  }

  note(cause: unknown): void {
    this.isWell = cause === undefined;
    if (this.isWell) this.#log.warn({}, `${this.#what} is well again`);
    else this.#log.error({ cause: text(cause) }, `${this.#what} fails`);
  }
}

export function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : JSON.stringify(cause);
}
