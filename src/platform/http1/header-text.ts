/** The head of a message. As strict as llhttp (Node's own parser) where two readers could disagree about where it ends. */

const LINE_END = '\r\n';
/** No control character, no bare CR or LF, no folded line, no line that is no header. Said so it takes a third of the time. */
const WELL_FORMED = /^[\t\x20-\x7e\x80-\xff]*(?:\r\n[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/** A bound for what strangers can leave here: 2 × 256 × 64 bytes. */
const NAMES_KEPT = 256;
const LONGEST_KEPT = 64;

/** The peer does not speak HTTP/1.1 as we understand it. Never holds what it said. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

/** Nearly all messages have the same few names. One that has the place of another takes it. */
class Names {
  readonly #written: string[] = Array.from({ length: NAMES_KEPT }, () => '');
  readonly #lower: string[] = Array.from({ length: NAMES_KEPT }, () => '');

  /** Of the name from here to there, which is not empty. */
  lowerCase(text: string, from: number, to: number): string {
    const length = to - from;
    const place = (text.charCodeAt(from) * 31 + text.charCodeAt(to - 1) * 7 + length) % NAMES_KEPT;
    const written = this.#written[place] ?? '';
    if (written.length === length && text.startsWith(written, from)) return this.#lower[place] ?? '';
    const name = text.slice(from, to);
    if (length > LONGEST_KEPT) return name.toLowerCase();
    const own = Buffer.from(name, 'latin1').toString('latin1'); // A slice would keep the whole head, with its secrets.
    this.#written[place] = own;
    return (this.#lower[place] = own.toLowerCase());
  }
}

const NAMES = new Names();

export class HeaderText {
  /** By lower-case name: the first of each. */
  readonly #first = new Map<string, string>();
  /** Those that came more than once, joined. */
  #repeated: Map<string, string> | undefined;

  /** A first line and headers, without line ends behind the last. Throws `ProtocolError` for what is none. */
  constructor(text: string) {
    if (!WELL_FORMED.test(text)) throw new ProtocolError('Malformed header');
    for (let line = text.indexOf(LINE_END); line >= 0;) {
      const colon = text.indexOf(':', line);
      const next = text.indexOf(LINE_END, colon);
      const name = NAMES.lowerCase(text, line + LINE_END.length, colon);
      this.#add(name, trimmed(text, colon + 1, next < 0 ? text.length : next));
      line = next;
    }
  }

  /** The first header of that name (lower-case), without the space around it. */
  header(name: string): string | undefined {
    return this.#first.get(name);
  }

  /** All headers of that name as one list. */
  protected list(name: string): string | undefined {
    return this.#repeated?.get(name) ?? this.#first.get(name);
  }

  /** A header that must not come twice, because readers would pick different ones. */
  protected only(name: string): string | undefined {
    if (this.#repeated?.has(name)) throw new ProtocolError(`Repeated ${name}`);
    return this.#first.get(name);
  }

  #add(name: string, value: string): void {
    const before = this.list(name);
    if (before === undefined) this.#first.set(name, value);
    else (this.#repeated ??= new Map()).set(name, `${before}, ${value}`);
  }
}

/** Without the space around it. */
function trimmed(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
