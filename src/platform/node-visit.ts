/** A request and its answer by `node:http`: whatever is not plain enough for `http1-server`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Departure } from '../core/departure.ts';
import { GatewayError } from '../core/errors.ts';
import type { HeaderValues } from '../http/port.ts';
import { atEndOfTurn } from './turn.ts';
import { whenUnread } from './unread.ts';
import { type Bytes, joined, NO_CONTENT, type Piece, tooLarge, type Visit } from './visit.ts';

export class NodeVisit implements Visit {
  readonly #incoming: IncomingMessage;
  readonly #outgoing: ServerResponse;
  readonly #readMs: number;
  #isCorked = false;
  #isLast = false;

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, readMs: number) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.#readMs = readMs;
  }

  header(name: string): string | undefined {
    const value = this.#incoming.headers[name];
    return Array.isArray(value) ? value[0] : value;
  }

  read(maxBytes: number): Bytes | Promise<Bytes> {
    const incoming = this.#incoming;
    if (Number(incoming.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
    if (!incoming.complete) return readToEnd(incoming, maxBytes);
    const bytes: Bytes = incoming.read() ?? NOTHING; // One who waits for its events waits for two more ticks.
    if (bytes.length > maxBytes) throw tooLarge(maxBytes);
    return bytes;
  }

  client(): Departure {
    const client = new Departure();
    const leave = () => {
      if (!this.#outgoing.writableFinished) client.leave();
    };
    if (this.isGone) leave(); // 'close' does not come again.
    else this.#outgoing.on('close', leave);
    return client;
  }

  get isUnanswered(): boolean {
    return !this.#outgoing.headersSent && !this.#outgoing.destroyed;
  }

  get isGone(): boolean {
    return this.#outgoing.destroyed;
  }

  send(status: number, headers: HeaderValues, body: string): void {
    if (!this.#incoming.complete) headers['connection'] = 'close'; // Too large: the rest is not waited for.
    if (status !== NO_CONTENT) headers['content-length'] = String(Buffer.byteLength(body));
    this.#outgoing.writeHead(status, headers);
    atEndOfTurn(() => this.#outgoing.end(body)); // As a string it goes out in one write with the head.
  }

  begin(headers: HeaderValues): void {
    this.#outgoing.writeHead(200, headers);
  }

  write(piece: Piece): boolean {
    const outgoing = this.#outgoing;
    if (!this.#isCorked) {
      this.#isCorked = true;
      outgoing.cork();
      atEndOfTurn(() => this.#uncork());
    }
    return outgoing.write(piece);
  }

  drained(): Promise<void> {
    const outgoing = this.#outgoing;
    const { socket } = outgoing;
    if (outgoing.destroyed || !outgoing.writableNeedDrain) return Promise.resolve();
    return new Promise((resolve) => {
      // Behind another answer it has no socket yet.
      const hasRead = socket && whenUnread(socket, outgoing, this.#readMs, () => outgoing.destroy());
      const go = () => {
        hasRead?.();
        outgoing.off('drain', go);
        outgoing.off('close', go);
        resolve();
      };
      outgoing.on('drain', go);
      outgoing.on('close', go);
    });
  }

  /** The end goes out with what is there. */
  end(): void {
    this.#isLast = true;
    if (!this.#isCorked) this.#outgoing.end();
  }

  abort(): void {
    this.#outgoing.destroy();
  }

  #uncork(): void {
    this.#isCorked = false;
    if (!this.#isLast) return this.#outgoing.uncork();
    this.#outgoing.socket?.cork(); // One write for all; `end` lets go of it.
    this.#outgoing.uncork(); // Before the end, which is written ahead of what is corked and would lose it (Node 24).
    this.#outgoing.end();
  }
}

const NOTHING = Buffer.alloc(0);

function readToEnd(incoming: IncomingMessage, maxBytes: number): Promise<Bytes> {
  return new Promise((resolve, reject) => {
    const chunks: Bytes[] = [];
    let size = 0;
    incoming.on('data', (chunk: Bytes) => {
      size += chunk.length;
      if (size > maxBytes) {
        incoming.pause();
        return reject(tooLarge(maxBytes));
      }
      chunks.push(chunk);
    });
    incoming.on('end', () => resolve(joined(chunks)));
    incoming.on('error', (cause) => reject(new GatewayError('client_gone', 'The request broke off', { cause })));
  });
}
