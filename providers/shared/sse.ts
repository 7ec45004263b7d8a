import { GatewayError } from '../../src/core/errors.ts';

/** Larger events are an attack or a fault, not an answer. In UTF-16 units. */
const MAX_EVENT = 4 * 1024 * 1024;

/**
 * Server-sent events by the WHATWG rules: any line ending, comments, an optional space, several data lines,
 * cut anywhere, even inside a character. Calls back once an event; `event` is '' where the stream names none.
 */
export class SseDecoder {
  readonly #onEvent: (event: string, data: string) => void;
  readonly #utf8 = new TextDecoder();
  #rest = '';
  /** The last chunk ended in CR; a LF at the start of the next one belongs to it. */
  #endedInCr = false;
  #event = '';
  #data: string | undefined;

  constructor(onEvent: (event: string, data: string) => void) {
    this.#onEvent = onEvent;
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#utf8.decode(bytes, { stream: true }));
  }

  /** The connection closed: an event that only lacks its blank line still counts. */
  end(): void {
    this.#take(this.#utf8.decode());
    if (this.#rest) this.#line(this.#rest);
    this.#rest = '';
    this.#dispatch();
  }

  #take(arrived: string): void {
    if (!arrived) return;
    const lines = this.#unixLines(arrived);
    if (!lines.includes('\n')) return this.#hold(this.#rest + lines); // Not searched again: long lines stay linear.
    const text = this.#rest + lines;
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      if (end === start) this.#dispatch();
      else this.#line(text.slice(start, end));
      start = end + 1;
    }
    this.#hold(text.slice(start));
  }

  #hold(rest: string): void {
    this.#rest = rest;
    if (rest.length + (this.#data?.length ?? 0) > MAX_EVENT) {
      throw new GatewayError('fault', 'The provider sent an event that is too large');
    }
  }

  #unixLines(arrived: string): string {
    const text = this.#endedInCr && arrived.startsWith('\n') ? arrived.slice(1) : arrived;
    this.#endedInCr = arrived.endsWith('\r');
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  }

  #line(line: string): void {
    if (line.startsWith('data:')) {
      const value = line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (line.startsWith('event:')) {
      this.#event = line.slice(line.charCodeAt(6) === 32 ? 7 : 6);
    } else if (line === 'data') {
      this.#data = this.#data === undefined ? '' : `${this.#data}\n`;
    } // Comments, `id`, `retry` and unknown fields say nothing to us.
  }

  #dispatch(): void {
    const data = this.#data;
    const event = this.#event;
    this.#data = undefined;
    this.#event = '';
    if (data !== undefined) this.#onEvent(event, data);
  }
}
