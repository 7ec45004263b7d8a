import { createServer as createPlain, type AddressInfo, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { createServer as createTls, type TLSSocket } from 'node:tls';

export interface Told {
  head: string;
  body: string;
  /** Of all requests, from 1. */
  number: number;
  /** Of all connections, from 1. */
  connection: number;
}

/** A server that says the bytes it is told to. */
export interface RawServer extends AsyncDisposable {
  url: string;
  requests: Told[];
  /** Every connection there was; TLSSocket on a secure server. */
  sockets: Socket[];
  open(): number;
  respond(script: (socket: Socket, told: Told) => void): void;
}

export const CERTIFICATE = readFileSync('test/support/tls/certificate.pem', 'utf8');
const KEY = readFileSync('test/support/tls/key.pem', 'utf8');

export interface RawOptions {
  secure?: boolean;
  /** Answers as soon as the head is there, and reads no further. */
  early?: boolean;
  host?: string;
}

export async function startRaw({
  secure = false,
  early = false,
  host = '127.0.0.1',
}: RawOptions = {}): Promise<RawServer> {
  const requests: Told[] = [];
  const sockets: Socket[] = [];
  const open = new Set<Socket>();
  let script: (socket: Socket, told: Told) => void = () => {};
  const serve = (socket: Socket) => {
    const connection = sockets.push(socket);
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('end', () => socket.end());
    socket.on('error', () => {}); // Clients break off; that is what is tested.
    let text = '';
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      const headEnd = text.indexOf('\r\n\r\n') + 4;
      if (headEnd < 4) return;
      const head = text.slice(0, headEnd);
      const length = early ? 0 : Number(/content-length: (\d+)/i.exec(head)?.[1]);
      if (text.length < headEnd + length) return;
      if (early) socket.removeAllListeners('data').pause();
      const body = Buffer.from(text.slice(headEnd, headEnd + length), 'latin1').toString('utf8');
      text = '';
      const told = { head, body, number: requests.length + 1, connection };
      requests.push(told);
      script(socket, told);
    });
  };
  const server = secure
    ? createTls({ key: KEY, cert: CERTIFICATE, ALPNProtocols: ['h2', 'http/1.1'] }, (socket: TLSSocket) =>
        serve(socket),
      )
    : createPlain({ allowHalfOpen: true, noDelay: true }, serve);
  await new Promise<void>((ready) => server.listen(0, host, ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${secure ? 'https://localhost' : `http://${host.includes(':') ? `[${host}]` : host}`}:${port}`,
    requests,
    sockets,
    open: () => open.size,
    respond(next) {
      script = next;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Waits until it is so; fails after ten seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    if (isSo()) return;
    await new Promise((later) => setTimeout(later, 5));
  }
  throw new Error('It never came to be');
}
