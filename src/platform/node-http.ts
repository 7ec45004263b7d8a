/**
 * Requests and answers straight from and to `node:http`, under Hono's routes.
 * A web stream costs 1.6 × as much an event, and one on a closed connection has crashed the process (Node 24).
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { Departure } from '../core/departure.ts';
import { GatewayError } from '../core/errors.ts';
import type { Frames } from '../attempt/live.ts';
import { type HttpPort, KEEP_ALIVE, type Manners } from '../http/port.ts';
import { atEndOfTurn } from './turn.ts';

interface NodeBindings {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
}

const nodeOf = (c: Context): NodeBindings => c.env as NodeBindings;

export const nodeHttp: HttpPort = {
  header(c, name) {
    const value = nodeOf(c).incoming.headers[name];
    return Array.isArray(value) ? value[0] : value;
  },

  readBody: (c, maxBytes) => readAll(nodeOf(c).incoming, maxBytes, (bytes) => bytes.toString('utf8')),

  readBytes: (c, maxBytes) => readAll(nodeOf(c).incoming, maxBytes, (bytes) => bytes),

  client(c) {
    const { outgoing } = nodeOf(c);
    const client = new Departure();
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) client.leave();
    });
    return client;
  },

  background() {}, // Nothing is ever cut short.

  send(c, status, headers, body) {
    const { incoming, outgoing } = nodeOf(c);
    if (outgoing.headersSent || outgoing.destroyed) return RESPONSE_ALREADY_SENT;
    if (!incoming.complete) headers['connection'] = 'close'; // Too large: the rest is not waited for.
    const bytes = Buffer.byteLength(body);
    headers['content-length'] = String(bytes);
    outgoing.writeHead(status, headers);
    const encoding = bytes === body.length ? 'latin1' : 'utf8'; // ASCII needs no encoding.
    atEndOfTurn(() => outgoing.end(body, encoding)); // As a string it goes out in one write with the head.
    return RESPONSE_ALREADY_SENT;
  },

  stream(c, headers, frames, manners) {
    const { outgoing } = nodeOf(c);
    outgoing.writeHead(200, headers);
    void pour(outgoing, frames, manners); // Ends every stream itself and never rejects.
    return RESPONSE_ALREADY_SENT;
  },

  pass(c, headers, frames) {
    const { outgoing } = nodeOf(c);
    outgoing.writeHead(200, headers);
    void poured(outgoing, frames);
    return RESPONSE_ALREADY_SENT;
  },
};

async function poured(outgoing: ServerResponse, frames: Frames): Promise<void> {
  try {
    for await (const frame of frames) {
      if (outgoing.destroyed) break; // Leaving the loop closes the upstream and the books.
      if (!outgoing.write(frame)) await drained(outgoing);
    }
    outgoing.end();
  } catch {
    outgoing.destroy(); // The books have the reason.
  }
}

type Bytes = Buffer<ArrayBuffer>;

function readAll<T>(incoming: IncomingMessage, maxBytes: number, made: (bytes: Bytes) => T): T | Promise<T> {
  if (Number(incoming.headers['content-length']) > maxBytes) throw tooLarge(maxBytes);
  if (!incoming.complete) return readToEnd(incoming, maxBytes).then(made);
  const bytes: Bytes = incoming.read() ?? NOTHING; // One who waits for its events waits for two more ticks.
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  return made(bytes);
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
    incoming.on('end', () => {
      const [first] = chunks;
      resolve(first && chunks.length === 1 ? first : Buffer.concat(chunks));
    });
    incoming.on('error', (cause) => reject(new GatewayError('client_gone', 'The request broke off', { cause })));
  });
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError('request_too_large', `The body is larger than ${maxBytes} bytes`);
}

async function pour(outgoing: ServerResponse, frames: Frames, { keepAliveMs, broken }: Manners): Promise<void> {
  let quiet = false;
  const cork = new Cork(outgoing);
  const heartbeat = setInterval(() => {
    if (quiet && !outgoing.writableNeedDrain) outgoing.write(KEEP_ALIVE);
    quiet = true;
  }, keepAliveMs);
  try {
    for await (const frame of frames) {
      quiet = false;
      if (outgoing.destroyed) break; // Leaving the loop closes the upstream and the books.
      cork.put();
      if (!outgoing.write(frame)) await drained(outgoing);
    }
  } catch (cause) {
    if (!outgoing.destroyed) outgoing.write(broken(cause));
  } finally {
    clearInterval(heartbeat);
    cork.end();
  }
}

/** What a stream writes in one turn of the event loop goes out together, at its end. */
class Cork {
  readonly #outgoing: ServerResponse;
  #isIn = false;
  #isLast = false;

  constructor(outgoing: ServerResponse) {
    this.#outgoing = outgoing;
  }

  put(): void {
    if (this.#isIn) return;
    this.#isIn = true;
    this.#outgoing.cork();
    atEndOfTurn(() => this.#take());
  }

  /** Nothing more comes: the end goes out with what is there. */
  end(): void {
    this.#isLast = true;
    if (!this.#isIn) this.#outgoing.end();
  }

  #take(): void {
    this.#isIn = false;
    if (!this.#isLast) return this.#outgoing.uncork();
    this.#outgoing.socket?.cork(); // One write for all; `end` lets go of it.
    this.#outgoing.uncork(); // Before the end, which is written ahead of what is corked and would lose it (Node 24).
    this.#outgoing.end();
  }
}

function drained(outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed || !outgoing.writableNeedDrain) return Promise.resolve();
  return new Promise((resolve) => {
    const go = () => {
      outgoing.off('drain', go);
      outgoing.off('close', go);
      resolve();
    };
    outgoing.on('drain', go);
    outgoing.on('close', go);
  });
}
