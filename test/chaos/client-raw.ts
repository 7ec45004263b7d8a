/** A client that writes what no HTTP library would. */
import { connect, type Socket } from 'node:net';

export interface RawClient {
  socket: Socket;
  /** What has come so far. */
  got(): string;
  /** Resolves when this has come, or rejects when the connection is over without it. */
  until(text: string): Promise<string>;
  /** Resolves with all of it when the connection is over. */
  over: Promise<string>;
}

export function dial(url: string, bytes: string | Buffer = ''): RawClient {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (piece: Buffer) => (text += piece.toString('latin1')));
  socket.on('error', () => {}); // `close` follows.
  const over = new Promise<string>((resolve) => socket.on('close', () => resolve(text)));
  socket.write(bytes);
  const until = (wanted: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => text.includes(wanted) && resolve(text);
      socket.on('data', look);
      look();
      void over.then(() => reject(new Error(`It was over before ${wanted}: ${text.slice(0, 300)}`)));
    });
  return { socket, got: () => text, until, over };
}

/** A request to the chat endpoint as bytes. */
export function post(body: string, headers = '', length = Buffer.byteLength(body)): string {
  return `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${length}\r\n\r\n${body}`;
}
