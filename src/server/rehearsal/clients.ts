/** The clients of a rehearsal: plain sockets, so that they leave no traces in what is rehearsed. */
import { connect, type Socket } from 'node:net';
import { Arriving } from './arriving.ts';
import type { Scene } from './provider.ts';

/** A client that does not wait leaves after so long. */
const LEAVES_MS = 10;
/** Whom nobody serves is tried for, up to half a second: they come first, and the others meanwhile. */
const UNSERVED = 20;
/** Seven: each meets both models, all bodies, whole and streamed. */
const LATER: readonly Scene[] = ['well', 'busy', 'well', 'down', 'well', 'gone', 'slow'];

export interface Audience {
  port: number;
  key: string;
  models: readonly string[];
  /** Of all clients together. */
  requests: number;
  clients: number;
}

/** How the requests ended. Those who left have no answer. */
export interface Heard {
  served: number;
  refused: number;
}

/** Resolves when all have been served or have left. */
export async function ask(audience: Audience): Promise<Heard> {
  const turns = Array.from({ length: audience.requests }, (_, turn) => turn).values();
  const heard = { served: 0, refused: 0 };
  await Promise.all(Array.from({ length: audience.clients }, () => askInTurn(audience, turns, heard)));
  return heard;
}

async function askInTurn(audience: Audience, turns: Iterator<number>, heard: Heard): Promise<void> {
  let isOver = false;
  while (!isOver) isOver = await visit(audience, turns, heard);
}

/** One connection, for as long as it stays: a request at least. True: nothing is left to ask. */
function visit({ port, key, models }: Audience, turns: Iterator<number>, heard: Heard): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    let isOver = false;
    const next = (): void => {
      const { value: turn, done } = turns.next();
      isOver = done === true;
      if (isOver) socket.destroy();
      else say(socket, key, { turn, model: models[turn % models.length] });
    };
    const arriving = new Arriving((answer) => {
      if (answer.startsWith('HTTP/1.1 200 ')) heard.served += 1;
      else heard.refused += 1;
      next();
    });
    socket.on('data', (bytes) => arriving.add(bytes));
    socket.on('error', () => {});
    socket.on('close', () => resolve(isOver));
    next();
  });
}

function sceneOf(turn: number): Scene {
  return turn < UNSERVED ? 'nobody' : (LATER[turn % LATER.length] ?? 'well');
}

function say(socket: Socket, key: string, { turn, model }: { turn: number; model: string | undefined }): void {
  const scene = sceneOf(turn);
  const body = JSON.stringify(bodyOf(turn, scene, model));
  const head = `POST /v1/chat/completions HTTP/1.1\r\nHost: rehearsal\r\nContent-Type: application/json\r\n`;
  socket.write(`${head}Authorization: Bearer ${key}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  if (scene === 'slow') setTimeout(() => socket.destroy(), LEAVES_MS);
}

/** No two clients say the same in the same order. */
function bodyOf(turn: number, scene: Scene, model: string | undefined): object {
  const messages = [
    { role: 'system', content: `scene: ${scene}` },
    { role: 'user', content: 'Which track is free? '.repeat(10 + (turn % 7) * 10) },
  ];
  const stream = turn % 3 === 0 ? { stream: true, stream_options: { include_usage: true } } : {};
  switch (turn % 5) {
    case 0:
      return { model, messages, max_tokens: 100, ...stream };
    case 1:
      return { model, temperature: 0.7, max_tokens: 100, messages, ...stream };
    case 2:
      return { messages, model, ...stream };
    case 3:
      return { model, ...stream, messages, user: 'rehearsal', temperature: 0 };
    default:
      return { ...stream, model, messages, max_completion_tokens: 100 };
  }
}
