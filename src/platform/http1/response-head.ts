/**
 * A response's status line and headers, kept as the text they came in: most are never asked for.
 * As strict as llhttp (Node's own parser) where two readers could disagree about where an answer ends.
 */

/** No control character, no bare CR or LF, no folded line, no line that is no header. Said so it takes a third of the time. */
const WELL_FORMED = /^[\t\x20-\x7e\x80-\xff]*(?:\r\n[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;
const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?: |\r|$)/;
const CLOSES = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/;
const ANNOUNCED = /(?:^|[,;])[ \t]*timeout[ \t]*=[ \t]*(\d{1,6})/;
/** How long before the announced time we stop using a socket. */
const ANNOUNCED_MARGIN_MS = 1_000;

/** The peer does not speak HTTP/1.1 as we understand it. Never holds what it said. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Header lines without line ends behind the last; throws `ProtocolError` for what is none. */
export class ResponseHead {
  readonly status: number;
  readonly #text: string;
  /** Lower-cased, at the same offsets: Latin-1 keeps its length. */
  readonly #lower: string;

  constructor(text: string) {
    if (!STATUS_LINE.test(text)) throw new ProtocolError('No HTTP/1.x status line');
    if (!WELL_FORMED.test(text)) throw new ProtocolError('Malformed header');
    this.status = Number(text.slice(9, 12));
    this.#text = text;
    this.#lower = text.toLowerCase();
  }

  /** The first header of that name, without the space around it. */
  header(name: string): string | undefined {
    const line = this.#find(name, 0);
    return line < 0 ? undefined : this.#valueAt(line + name.length + 3);
  }

  /** How its body ends: after so many bytes, by chunks, or with the connection. Throws `ProtocolError`. */
  get body(): number | 'chunked' | 'until close' {
    const framing = this.#framing;
    return this.status < 200 || this.status === 204 || this.status === 304 ? 0 : framing;
  }

  get #framing(): number | 'chunked' | 'until close' {
    const coding = this.#only('transfer-encoding');
    if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked') throw new ProtocolError('Unknown transfer-encoding');
      return 'chunked';
    }
    const length = this.#only('content-length');
    if (length === undefined) return 'until close';
    if (!/^\d{1,15}$/.test(length)) throw new ProtocolError('Malformed content-length');
    return Number(length);
  }

  /** May the connection carry another request? Two framings at once are nothing to build on. */
  get keepsAlive(): boolean {
    if (this.#text.startsWith('HTTP/1.0')) return false;
    for (let at = this.#find('connection', 0); at >= 0; at = this.#find('connection', at + 1))
      if (CLOSES.test(this.#valueAt(at + 'connection'.length + 3).toLowerCase())) return false;
    return this.#find('transfer-encoding', 0) < 0 || this.#find('content-length', 0) < 0;
  }

  /** Milliseconds the connection may idle, if the server says: `keep-alive: timeout=5`, with a margin. */
  get idleMs(): number | undefined {
    if (this.#find('keep-alive', 0) < 0) return undefined;
    const seconds = ANNOUNCED.exec(this.header('keep-alive')?.toLowerCase() ?? '')?.[1];
    return seconds === undefined ? undefined : Math.max(0, Number(seconds) * 1_000 - ANNOUNCED_MARGIN_MS);
  }

  #find(name: string, from: number): number {
    return this.#lower.indexOf(beginningOf(name), from);
  }

  /** A header that must not come twice, because readers would pick different ones. */
  #only(name: string): string | undefined {
    const line = this.#find(name, 0);
    if (line < 0) return undefined;
    if (this.#find(name, line + 1) >= 0) throw new ProtocolError(`Repeated ${name}`);
    return this.#valueAt(line + name.length + 3);
  }

  #valueAt(from: number): string {
    const text = this.#text;
    let start = from;
    let end = text.indexOf('\r\n', from);
    if (end < 0) end = text.length;
    while (start < end && isSpace(text.charCodeAt(start))) start++;
    while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
    return text.slice(start, end);
  }
}

/** How a header's line begins, by its name: names come from our own code and are asked for again and again. */
const beginnings = new Map<string, string>();
const MAX_BEGINNINGS = 200;

function beginningOf(name: string): string {
  const known = beginnings.get(name);
  if (known !== undefined) return known;
  const beginning = `\r\n${name.toLowerCase()}:`;
  if (beginnings.size < MAX_BEGINNINGS) beginnings.set(name, beginning);
  return beginning;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
