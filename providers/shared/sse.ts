import { GatewayError } from '../../src/core/errors.ts';

/** Larger events are an attack or a fault, not an answer. In UTF-16 units. */
const MAX_EVENT = 4 * 1024 * 1024;
const SPACE = 32;
/** Bytes from here on are parts of longer characters. */
const ASCII_END = 0x80;
const BYTE_ORDER_MARK = '\ufeff';
const wholeUtf8 = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

/**
 * Reads events that a dialect knows by sight, from the start of one on: where the first one begins that it does not.
 * Lines end in LF.
 */
export type Skim = (text: string, start: number) => number;

const skimNothing: Skim = (_text, start) => start;

/**
 * Server-sent events by the WHATWG rules: any line ending, comments, an optional space, several data lines,
 * cut anywhere, even inside a character. Calls back once an event; `event` is '' where the stream names none.
 */
export class SseDecoder {
  readonly #onEvent: (event: string, data: string) => void;
  readonly #skim: Skim;
  readonly #characters = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
  /** The last chunk may have ended inside a character. */
  #isCut = false;
  #begun = false;
  #rest = '';
  /** The last chunk ended in CR; a LF at the start of the next one belongs to it. */
  #endedInCr = false;
  #event = '';
  #data: string | undefined;

  constructor(onEvent: (event: string, data: string) => void, skim: Skim = skimNothing) {
    this.#onEvent = onEvent;
    this.#skim = skim;
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#decode(bytes));
  }

  /** Whole characters decode ten times as fast without a decoder that remembers, and most chunks end in a line end. */
  #decode(bytes: Uint8Array): string {
    const isWhole = (bytes.at(-1) ?? ASCII_END) < ASCII_END;
    if (isWhole && !this.#isCut) return wholeUtf8.decode(bytes);
    if (bytes.length > 0) this.#isCut = !isWhole;
    return this.#characters.decode(bytes, { stream: true });
  }

  /** The connection closed: an event that only lacks its blank line still counts. */
  end(): void {
    this.#take(this.#characters.decode());
    if (this.#rest) this.#line(this.#rest, 0, this.#rest.length);
    this.#rest = '';
    this.#dispatch();
  }

  #take(arrived: string): void {
    if (!arrived) return;
    const lines = this.#unixLines(this.#begun ? arrived : this.#begin(arrived));
    if (!lines.includes('\n')) return this.#hold(this.#rest + lines); // Not searched again: long lines stay linear.
    const text = this.#rest + lines;
    let start = this.#data === undefined && this.#event === '' ? this.#skim(text, 0) : 0;
    for (let end = text.indexOf('\n', start); end >= 0; end = text.indexOf('\n', start)) {
      if (end > start) this.#line(text, start, end);
      else this.#dispatch();
      start = end > start ? end + 1 : this.#skim(text, end + 1);
    }
    this.#hold(text.slice(start));
  }

  #begin(arrived: string): string {
    this.#begun = true;
    return arrived.startsWith(BYTE_ORDER_MARK) ? arrived.slice(1) : arrived;
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

  #line(text: string, start: number, end: number): void {
    if (text.startsWith('data:', start)) {
      const value = valueOf(text, start + 5, end);
      this.#data = this.#data === undefined ? value : `${this.#data}\n${value}`;
    } else if (text.startsWith('event:', start)) {
      this.#event = valueOf(text, start + 6, end);
    } else if (text.startsWith('data', start) && end === start + 4) {
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

/** What follows a field's colon, without the one space that may stand there. */
function valueOf(text: string, start: number, end: number): string {
  return text.slice(text.charCodeAt(start) === SPACE ? start + 1 : start, end);
}
