/**
 * The head of a message, kept as the text it came in: most headers are never asked for. As strict as llhttp (Node's own
 * parser) where two readers could disagree about where a message ends.
 */

/** No control character, no bare CR or LF, no folded line, no line that is no header. Said so it takes a third of the time. */
const WELL_FORMED = /^[\t\x20-\x7e\x80-\xff]*(?:\r\n[!#$%&'*+\-.^_`|~\dA-Za-z]+:[\t\x20-\x7e\x80-\xff]*)*$/;

/** The peer does not speak HTTP/1.1 as we understand it. Never holds what it said. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

export class HeaderText {
  protected readonly text: string;
  /** Lower-cased, at the same offsets: Latin-1 keeps its length. */
  readonly #lower: string;

  /** A first line and headers, without line ends behind the last. Throws `ProtocolError` for what is none. */
  constructor(text: string) {
    if (!WELL_FORMED.test(text)) throw new ProtocolError('Malformed header');
    this.text = text;
    this.#lower = text.toLowerCase();
  }

  /** The first header of that name, without the space around it. */
  header(name: string): string | undefined {
    const line = this.find(name, 0);
    return line < 0 ? undefined : this.valueAt(line, name);
  }

  /** Where the next line of that name begins; -1 if there is none. */
  protected find(name: string, from: number): number {
    return this.#lower.indexOf(beginningOf(name), from);
  }

  /** A header that must not come twice, because readers would pick different ones. */
  protected only(name: string): string | undefined {
    const line = this.find(name, 0);
    if (line < 0) return undefined;
    if (this.find(name, line + 1) >= 0) throw new ProtocolError(`Repeated ${name}`);
    return this.valueAt(line, name);
  }

  /** What stands in the line that was found, without the space around it. */
  protected valueAt(line: number, name: string): string {
    const { text } = this;
    let start = line + name.length + 3; // Behind the line end before it and the colon.
    let end = text.indexOf('\r\n', start);
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
