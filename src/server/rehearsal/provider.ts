/**
 * The other side of a rehearsal: a provider on loopback that answers as it is told to by what it is asked. Plain sockets
 * again: practice providers run through the very code that is rehearsed, and V8 would learn them with it.
 */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { CLAUDE, CLAUDE_STREAM, GPT, GPT_STREAM } from './answers.ts';
import { Arriving } from './arriving.ts';

/** What a request has in its text to be treated so. Claude fails where there is another to go to; `nobody` finds none. */
const SCENES = ['well', 'busy', 'down', 'gone', 'nobody', 'slow'] as const;
export type Scene = (typeof SCENES)[number];

/** A client of the scene `slow` has left by then. */
const SLOW_MS = 30;
/** Of a stream, as one piece. */
const EVENTS_AT_ONCE = 8;

export interface RehearsalProvider {
  url: string;
  close(): void;
}

export async function openProvider(): Promise<RehearsalProvider> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    const arriving = new Arriving((request) => answer(socket, request));
    socket.on('data', (bytes) => arriving.add(bytes));
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
}

function answer(socket: Socket, request: string): void {
  const isClaude = request.startsWith('POST /claude/');
  const scene = SCENES.find((word) => request.includes(`scene: ${word}`));
  if (scene === 'nobody') socket.write(failure(500));
  else if (scene === 'slow') setTimeout(() => socket.writable && socket.write(CLAUDE), SLOW_MS);
  else if (isClaude && scene === 'gone') socket.destroy();
  else if (isClaude && scene === 'busy') socket.write(failure(529));
  else if (isClaude && scene === 'down') socket.write(failure(500));
  else if (request.includes('"stream":true')) stream(socket, isClaude ? CLAUDE_STREAM : GPT_STREAM);
  else socket.write(isClaude ? CLAUDE : GPT);
}

function failure(status: number): string {
  const body = '{"type":"error","error":{"type":"api_error","message":"A rehearsal"}}';
  return `HTTP/1.1 ${status} No\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function stream(socket: Socket, pieces: readonly string[]): void {
  let at = 0;
  const more = (): void => {
    if (!socket.writable) return;
    socket.write(pieces.slice(at, at + EVENTS_AT_ONCE).join(''));
    at += EVENTS_AT_ONCE;
    if (at < pieces.length) setImmediate(more);
  };
  more();
}
