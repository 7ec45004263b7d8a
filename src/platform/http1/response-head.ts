/** A response's status line and headers. */
import { HeaderText, ProtocolError } from './header-text.ts';

const STATUS_LINE = /^HTTP\/1\.[01] [1-9]\d\d(?: |\r|$)/;
const CLOSES = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/;
const ANNOUNCED = /(?:^|[,;])[ \t]*timeout[ \t]*=[ \t]*(\d{1,6})/;
/** How long before the announced time we stop using a socket. */
const ANNOUNCED_MARGIN_MS = 1_000;

/** Header lines without line ends behind the last; throws `ProtocolError` for what is none. */
export class ResponseHead extends HeaderText {
  readonly status: number;
  readonly #isOld: boolean;

  constructor(text: string) {
    if (!STATUS_LINE.test(text)) throw new ProtocolError('No HTTP/1.x status line');
    super(text);
    this.#isOld = text.startsWith('HTTP/1.0');
    this.status = Number(text.slice(9, 12));
  }

  /** How its body ends: after so many bytes, by chunks, or with the connection. Throws `ProtocolError`. */
  get body(): number | 'chunked' | 'until close' {
    const framing = this.#framing;
    return this.status < 200 || this.status === 204 || this.status === 304 ? 0 : framing;
  }

  get #framing(): number | 'chunked' | 'until close' {
    const coding = this.only('transfer-encoding');
    if (coding !== undefined) {
      if (coding.toLowerCase() !== 'chunked') throw new ProtocolError('Unknown transfer-encoding');
      return 'chunked';
    }
    const length = this.only('content-length');
    if (length === undefined) return 'until close';
    if (!/^\d{1,15}$/.test(length)) throw new ProtocolError('Malformed content-length');
    return Number(length);
  }

  /** May the connection carry another request? Two framings at once are nothing to build on. */
  get keepsAlive(): boolean {
    if (this.#isOld || CLOSES.test(this.list('connection')?.toLowerCase() ?? '')) return false;
    return this.header('transfer-encoding') === undefined || this.header('content-length') === undefined;
  }

  /** Milliseconds the connection may idle, if the server says: `keep-alive: timeout=5`, with a margin. */
  get idleMs(): number | undefined {
    const announced = this.header('keep-alive');
    const seconds = announced === undefined ? undefined : ANNOUNCED.exec(announced.toLowerCase())?.[1];
    return seconds === undefined ? undefined : Math.max(0, Number(seconds) * 1_000 - ANNOUNCED_MARGIN_MS);
  }
}
