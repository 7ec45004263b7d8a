import { GatewayError } from '../../core/errors.ts';
import type { Warning } from '../../core/provider.ts';
import { type Notes, UNNOTED } from '../field-names.ts';

/** What reading a request finds out beside the request. */
export class Findings {
  readonly lost: Warning[] = [];
  readonly places: Notes;
  /** The first field that only Anthropic can serve. */
  only: string | undefined;
  /** Words in it are only ours to understand. */
  ours = false;
  readonly #kinds = new Set<string>();

  constructor(places = UNNOTED) {
    this.places = places;
  }

  /** A long history loses the same thing in every turn: the first is named. */
  dropped(param: string, note?: string): void {
    this.#lose({ param, action: 'dropped', ...(note !== undefined && { note }) });
  }

  changed(param: string, note: string): void {
    this.#lose({ param, action: 'changed', note });
  }

  needsAnthropic(param: string): void {
    this.only ??= param;
  }

  #lose(warning: Warning): void {
    const kind = warning.param.replaceAll(/\d+/g, '*');
    if (this.#kinds.has(kind)) return;
    this.#kinds.add(kind);
    this.lost.push(warning);
  }
}

export function invalid(param: string, message: string): GatewayError {
  return new GatewayError('invalid_request', `${param}: ${message}`, { param });
}
