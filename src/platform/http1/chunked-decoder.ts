/** The chunked coding of HTTP/1.1 (RFC 9112 §7.1), cut anywhere. Extensions and trailers are checked and dropped. */
import { ProtocolError } from './header-text.ts';

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
/** 16^12 bytes: more than any answer, and far from where numbers lose precision. */
const MAX_SIZE_DIGITS = 12;
const MAX_EXTENSION_BYTES = 4 * 1024;
const MAX_TRAILER_BYTES = 64 * 1024;
const TOKEN = "[!#$%&'*+\\-.^_`|~\\dA-Za-z]+";
const EXTENSIONS = new RegExp(
  `^(?:;${TOKEN}(?:=(?:${TOKEN}|"(?:[\\t \\x21\\x23-\\x5b\\x5d-\\xff]|\\\\[\\t -\\xff])*"))?)*$`,
);
const TRAILER = new RegExp(`^${TOKEN}:[\\t -~\\x80-\\xff]*$`);

type State = 'size' | 'extension' | 'size end' | 'data' | 'data end' | 'data last' | 'trailer' | 'trailer end';

export class ChunkedDecoder {
  /** The last chunk and the trailers are read. */
  done = false;
  failure: ProtocolError | undefined;
  /** Where in the given bytes the reading ended. */
  at = 0;
  #state: State = 'size';
  #size = 0;
  #digits = 0;
  /** The extension or trailer line being read. */
  #line = '';
  #trailerBytes = 0;

  /** The payload of all chunks in these bytes, moved together in their place: a burst of small chunks is one write for us. */
  read(bytes: Buffer, from: number): Buffer | undefined {
    let filled = from;
    this.at = from;
    while (this.at < bytes.length && !this.done && !this.failure) {
      if (this.#state === 'data') {
        const end = Math.min(this.at + this.#size, bytes.length);
        filled += bytes.copy(bytes, filled, this.at, end);
        this.#size -= end - this.at;
        this.at = end;
        if (this.#size === 0) this.#state = 'data end';
      } else this.#step(bytes[this.at++] ?? 0);
    }
    return filled > from ? bytes.subarray(from, filled) : undefined;
  }

  #step(byte: number): void {
    switch (this.#state) {
      case 'size':
        return this.#sizeByte(byte);
      case 'extension':
        return this.#extensionByte(byte);
      case 'trailer':
        return this.#trailerByte(byte);
      case 'size end':
        return this.#expect(byte, LF, this.#size === 0 ? 'trailer' : 'data');
      case 'data end':
        return this.#expect(byte, CR, 'data last');
      case 'data last':
        return this.#expect(byte, LF, 'size');
      case 'trailer end':
        return this.#trailerEnd(byte);
      case 'data': // Read in one piece, above.
    }
  }

  #expect(byte: number, wanted: number, next: State): void {
    if (byte !== wanted) return this.#fail('Malformed chunk');
    this.#state = next;
    if (next === 'size') this.#size = this.#digits = 0;
  }

  #sizeByte(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#size = this.#size * 16 + digit;
      if (++this.#digits > MAX_SIZE_DIGITS) this.#fail('Chunk too large');
    } else if (this.#digits === 0) this.#fail('Malformed chunk size');
    else if (byte === CR) this.#state = 'size end';
    else if (byte === SEMICOLON) {
      this.#state = 'extension';
      this.#line = ';';
    } else this.#fail('Malformed chunk size');
  }

  #extensionByte(byte: number): void {
    if (byte !== CR) {
      this.#line += String.fromCharCode(byte);
      if (this.#line.length > MAX_EXTENSION_BYTES) this.#fail('Chunk extension too long');
      return;
    }
    if (!EXTENSIONS.test(this.#line)) return this.#fail('Malformed chunk extension');
    this.#line = '';
    this.#state = 'size end';
  }

  #trailerByte(byte: number): void {
    if (byte === CR) {
      this.#state = 'trailer end';
      return;
    }
    this.#line += String.fromCharCode(byte);
    if (++this.#trailerBytes > MAX_TRAILER_BYTES) this.#fail('Trailers too long');
  }

  #trailerEnd(byte: number): void {
    if (byte !== LF) return this.#fail('Malformed trailer');
    if (this.#line === '') {
      this.done = true;
      return;
    }
    if (!TRAILER.test(this.#line)) return this.#fail('Malformed trailer');
    this.#line = '';
    this.#state = 'trailer';
  }

  #fail(why: string): void {
    this.failure = new ProtocolError(why);
  }
}

/** -1 for what is none. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
