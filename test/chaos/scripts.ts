/** What providers do, good and bad: the vocabulary of the tables. */
import type { Socket } from 'node:net';
import type { Script, Told } from './providers.ts';

/** Idle connections are closed at once, so that an open socket is a forgotten one. */
const ONCE = 'keep-alive: timeout=1\r\n';
const JSON_TYPE = 'content-type: application/json\r\n';
const SSE_TYPE = 'content-type: text/event-stream\r\n';
/** Long enough for what was written to be read before the connection goes. */
const A_MOMENT_MS = 30;

type Text = string | ((told: Told) => string);
const textOf = (text: Text, told: Told) => (typeof text === 'string' ? text : text(told));

/** A complete response. */
export function answers(status: number, body: Text, headers = JSON_TYPE): Script {
  return (told) => {
    const text = Buffer.from(textOf(body, told));
    told.socket.write(`HTTP/1.1 ${status} X\r\n${ONCE}${headers}content-length: ${text.length}\r\n\r\n`);
    told.socket.write(text);
  };
}

export const refuses = (status: number, type: string, headers = ''): Script =>
  answers(status, ({ wire }) => wire.refusal(type), JSON_TYPE + headers);

/** The right answer, whole or streamed. */
export const well =
  (text: string): Script =>
  (told) =>
    told.live
      ? streams(({ wire }) => wire.open + wire.words(text) + wire.end, closes)(told)
      : answers(200, ({ wire }) => wire.answer(text))(told);

/** Bytes, and then what becomes of the connection. */
export function says(text: Text, then: Ending = stays): Script {
  return (told) => {
    told.socket.write(textOf(text, told));
    then(told.socket);
  };
}

export const HEAD = `HTTP/1.1 200 OK\r\n${ONCE}${JSON_TYPE}transfer-encoding: chunked\r\n\r\n`;
/** An answer with its length. */
export const withLength = (body: string) =>
  `HTTP/1.1 200 OK\r\n${ONCE}${JSON_TYPE}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

export const LIVE_HEAD = HEAD.replace(JSON_TYPE, SSE_TYPE);

/**
 * A stream of these events; `later`, when the client has heard them, or after a moment where it will not, those; and
 * then what becomes of the connection.
 */
export const streams =
  (events: Text, then: Ending, later?: Text): Script =>
  (told) => {
    told.socket.write(LIVE_HEAD + chunk(textOf(events, told)));
    if (later === undefined) return then(told.socket);
    const text = textOf(later, told);
    void (told.heard ?? aMoment()).then(() => {
      if (text !== '') told.socket.write(chunk(text));
      then(told.socket);
    });
  };
const aMoment = () => new Promise<void>((later) => setTimeout(later, A_MOMENT_MS));

/** A whole answer of which only the first part comes. */
export const half = (then: Ending): Script => says(({ wire }) => HEAD + chunk(wire.answer('half').slice(0, 40)), then);

export const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

export type Ending = (socket: Socket) => void;
export const stays: Ending = () => {};
/** The body's proper end. */
export const closes: Ending = (socket) => void socket.write('0\r\n\r\n');
export const hangsUp: Ending = (socket) => void socket.end();
export const resets: Ending = (socket) => void setTimeout(() => socket.resetAndDestroy(), A_MOMENT_MS);

/** The same piece again and again, as fast as it is taken, so many bytes in all. */
export const floods =
  (head: Text, piece: Buffer, bytes = Infinity): Script =>
  (told) => {
    const { socket } = told;
    socket.write(textOf(head, told));
    let left = bytes;
    const pour = () => {
      while (left > 0 && !socket.destroyed) {
        left -= piece.length;
        if (!socket.write(piece)) return void socket.once('drain', pour);
      }
    };
    pour();
  };
