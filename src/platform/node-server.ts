/** The router's server on Node: plain requests are read by `http1-server`, all others by `node:http`, on one port. */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createServer } from './builtin-http.ts';
import { Deadlines } from './http1/deadlines.ts';
import { DateLine } from './http1-server/answer-text.ts';
import { ClientConnection, type House } from './http1-server/client-connection.ts';
import { type Fetch, nodeListener, respond } from './node-listener.ts';
import { atEndOfTurn } from './turn.ts';
import { READ_MS } from './unread.ts';

/** How often a draining server looks for connections that have become idle. */
const SWEEP_MS = 100;

export interface NodeServer {
  server: Server;
  /** Takes no new connections, lets running answers finish, and cuts what is left when the time is over. */
  drain: (drainMs: number) => Promise<void>;
}

export interface Patience {
  /** For a connection that asks nothing. */
  idleMs: number;
  /** For a body. Node's own. */
  bodyMs?: number;
  /** For a client that takes nothing of the answer that waits for it. */
  readMs?: number;
}

export function nodeServer(fetch: Fetch, { idleMs, bodyMs = 300_000, readMs = READ_MS }: Patience): NodeServer {
  const server = createServer({ keepAliveTimeout: idleMs, requestTimeout: bodyMs }, nodeListener(fetch, readMs));
  const [byNode] = server.listeners('connection');
  const plain = new Set<ClientConnection>();
  const house: House = {
    deadlines: new Deadlines(),
    date: new DateLine(),
    idleMs,
    bodyMs,
    readMs,
    stays: `Connection: keep-alive\r\nKeep-Alive: timeout=${Math.floor(idleMs / 1_000)}\r\n`,
    isClosing: false,
    answer: (visit) => void respond(fetch, visit, visit),
    handOver(connection, socket) {
      plain.delete(connection);
      byNode?.call(server, socket);
    },
    gone: (connection) => plain.delete(connection),
  };
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => plain.add(new ClientConnection(socket, house)));
  return {
    server,
    drain(drainMs) {
      house.isClosing = true;
      for (const connection of plain) connection.endIfIdle();
      return closed(server, { drainMs, plain });
    },
  };
}

/** Node leaves a kept-alive connection open behind its last answer, so those are looked for again and again. */
function closed(server: Server, rest: { drainMs: number; plain: ReadonlySet<ClientConnection> }): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => {
      for (const connection of rest.plain) connection.destroy();
      server.closeAllConnections();
    }, rest.drainMs);
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
    server.close(() => {
      clearTimeout(late);
      clearInterval(sweep);
      atEndOfTurn(resolve); // Behind the last answers.
    });
  });
}
