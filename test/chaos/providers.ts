/** Providers of raw sockets that say, byte for byte, what they are told, and count what they are asked. */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Wire } from './wires.ts';

export interface Told {
  socket: Socket;
  wire: Wire;
  /** It was asked for a stream. */
  live: boolean;
  head: string;
  body: string;
  /** Resolves when the client has heard the first of the answer; undefined where it will not, or not yet. */
  heard: Promise<void> | undefined;
}

/** What a provider does when it is asked. */
export type Script = (told: Told) => void;

export interface Providers extends AsyncDisposable {
  url: string;
  /** Whoever asks below this path gets this. */
  plays(path: string, wire: Wire, script: Script, heard?: Promise<void>): void;
  /** Requests that came below this path. */
  calls(path: string): number;
  /** Sockets that are open. */
  open(): number;
  /** Of the request that came last. */
  last(): Told | undefined;
}

interface Part {
  heard: Promise<void> | undefined;
  wire: Wire;
  script: Script;
  calls: number;
}

export async function startProviders(): Promise<Providers> {
  const parts = new Map<string, Part>();
  const open = new Set<Socket>();
  let last: Told | undefined;
  const partOf = (path: string) => [...parts].find(([prefix]) => path.startsWith(`${prefix}/`))?.[1];
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('end', () => socket.end());
    socket.on('error', () => {}); // The other side breaks off; that is what is tested.
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const headEnd = text.indexOf('\r\n\r\n') + 4;
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (headEnd < 4 || text.length < headEnd + length) return;
      const [head, body] = [text.slice(0, headEnd), text.slice(headEnd, headEnd + length)];
      text = '';
      const part = partOf(head.split(' ')[1] ?? '');
      if (!part) return void socket.end('HTTP/1.1 599 Nobody plays this\r\ncontent-length: 0\r\n\r\n');
      part.calls++;
      last = { socket, wire: part.wire, live: /"stream":\s?true/.test(body), head, body, heard: part.heard };
      part.script(last);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plays: (path, wire, script, heard) => void parts.set(path, { wire, script, heard, calls: 0 }),
    calls: (path) => parts.get(path)?.calls ?? 0,
    open: () => open.size,
    last: () => last,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** An address where nobody listens: a port that nobody is given by chance. */
export const NOBODY = 'http://127.0.0.1:2';
