/**
 * One socket from a client, for as long as it asks plainly. The first thing that is not plain, with all that follows, is
 * handed to Node's own server, which knows the whole of HTTP/1.1 and refuses what is none.
 */
import type { Socket } from 'node:net';
import type { Deadlines, Watched } from '../http1/deadlines.ts';
import { atEndOfTurn } from '../turn.ts';
import { whenUnread } from '../unread.ts';
import { type Bytes, free, joined } from '../visit.ts';
import type { DateLine } from './answer-text.ts';
import { type Carrier, HIGH_WATER, PlainVisit } from './plain-visit.ts';
import { HEAD_END, headIn, isBeginning } from './request-head.ts';

/** What connections of one server share. */
export interface House {
  readonly deadlines: Deadlines;
  readonly date: DateLine;
  /** A connection that says nothing is closed after so long. */
  readonly idleMs: number;
  /** A body must be there after so long. */
  readonly bodyMs: number;
  /** A client who takes nothing for so long of the answer that waits for him has left. */
  readonly readMs: number;
  /** Connections end with their answers. */
  isClosing: boolean;
  /** Header lines of a connection that stays. */
  readonly stays: string;
  answer(visit: PlainVisit): void;
  /** To Node's server, with what has been read. */
  handOver(connection: ClientConnection, socket: Socket): void;
  gone(connection: ClientConnection): void;
}

/** How long a client may take to read the last answer and close, before its connection is reset. */
const LINGER_MS = 2_000;
const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n';
const CLOSES = 'Connection: close\r\n';

export class ClientConnection implements Carrier, Watched {
  deadline = Infinity;
  readonly #socket: Socket;
  readonly #house: House;
  #visit: PlainVisit | undefined;
  /** What has arrived in this turn, or behind the request that is being answered. */
  #arrived: Bytes[] = [];
  #held = 0;
  #isPaused = false;
  #hasServed = false;
  /** What has arrived is the beginning of a head behind another request: the rest is on its way. */
  #isCut = false;
  /** Its last answer is written, or it has gone elsewhere. */
  #isOver = false;
  /** He need not read any more. */
  #hasRead: (() => void) | undefined;

  constructor(socket: Socket, house: House) {
    this.#socket = socket;
    this.#house = house;
    socket.on('data', this.#onData);
    socket.on('drain', this.#onDrain);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    house.deadlines.watch(this);
    house.deadlines.set(this, house.idleMs);
  }

  lines(isLast: boolean): string {
    const { date, isClosing, stays } = this.#house;
    return date.at(Date.now()) + (isLast || isClosing ? CLOSES : stays);
  }

  write(data: string | Buffer, encoding?: 'latin1' | 'utf8'): boolean {
    return this.#socket.write(data, encoding);
  }

  awaitReader(): void {
    const socket = this.#socket;
    this.#hasRead ??= whenUnread(socket, socket, this.#house.readMs, () => this.destroy());
  }

  finish(isLast: boolean): void {
    this.#visit = undefined;
    this.#hasServed = true;
    if (isLast || this.#house.isClosing) return this.#end();
    if (!this.#socket.writableNeedDrain) return this.#goOn();
    this.pause();
    this.awaitReader();
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }

  destroy(): void {
    this.#socket.destroy();
    this.#onClose(); // Before the server says that all are closed.
  }

  /** Nobody waits for anything here. */
  endIfIdle(): void {
    if (!this.#visit && !this.#isOver && this.#arrived.length === 0) this.#end();
  }

  expire(): void {
    const visit = this.#visit;
    if (!visit?.isUnanswered) return this.destroy();
    visit.leave();
    this.#socket.write(TIMED_OUT);
    this.#end();
  }

  readonly #onData = (bytes: Bytes): void => {
    if (this.#isOver) return;
    this.#held += bytes.length;
    if (this.#arrived.push(bytes) === 1 || this.#isCut) atEndOfTurn(this.#read);
    if (this.#held > HIGH_WATER && this.#visit?.isComplete !== false) this.pause();
  };

  /** Whoever says that he sends no more has left, for Node's server, too. */
  readonly #onEnd = (): void => this.destroy();

  readonly #onDrain = (): void => {
    this.#hasRead?.();
    this.#hasRead = undefined;
    if (this.#visit) this.#visit.drain();
    else if (!this.#isOver) this.#goOn();
  };

  readonly #onError = (): void => {}; // 'close' follows.

  readonly #onClose = (): void => {
    this.#isOver = true;
    this.#house.deadlines.forget(this);
    this.#house.gone(this);
    this.#visit?.leave();
  };

  readonly #read = (): void => {
    if (this.#isOver || this.#socket.destroyed || this.#arrived.length === 0) return;
    if (!this.#visit && !this.#socket.writableNeedDrain) this.#begin(this.#takeArrived());
    else if (this.#visit && !this.#visit.isComplete) this.#feed(this.#visit);
  };

  #takeArrived(): Bytes {
    const bytes = joined(this.#arrived);
    this.#arrived = [];
    this.#held = 0;
    return bytes;
  }

  /** To the next request: what has arrived of it, or may. Who does not read his answers is not read either. */
  #goOn(): void {
    this.#house.deadlines.set(this, this.#house.idleMs); // Not before: a slow reader has time.
    if (this.#arrived.length === 0) this.resume();
    else atEndOfTurn(this.#read);
  }

  #begin(bytes: Bytes): void {
    const end = bytes.indexOf(HEAD_END, 0, 'latin1');
    this.#isCut = end < 0 && this.#hasServed && isBeginning(bytes);
    if (this.#isCut) {
      this.#keep(bytes);
      return this.resume();
    }
    const head = headIn(bytes, end);
    if (!head) return this.#handOver(bytes);
    const visit = new PlainVisit(head, this);
    this.#visit = visit;
    this.deadline = Infinity;
    if (end + HEAD_END.length < bytes.length)
      this.#arrived.push(behind(bytes, end + HEAD_END.length, head.contentLength));
    this.#feed(visit);
    if (!visit.isComplete) this.#house.deadlines.set(this, this.#house.bodyMs);
    this.#house.answer(visit);
  }

  #feed(visit: PlainVisit): void {
    const arrived = this.#arrived;
    this.#arrived = [];
    this.#held = 0;
    for (const bytes of arrived) {
      const end = visit.isComplete ? 0 : visit.take(bytes);
      if (end < bytes.length) this.#keep(bytes.subarray(end));
    }
    if (visit.isComplete) this.deadline = Infinity;
  }

  #keep(bytes: Bytes): void {
    this.#arrived.push(bytes);
    this.#held += bytes.length;
  }

  /** From here on the connection is Node's. */
  #handOver(bytes: Bytes): void {
    const socket = this.#socket;
    this.resume();
    this.#isOver = true;
    this.#house.deadlines.forget(this);
    socket.off('data', this.#onData);
    socket.off('drain', this.#onDrain);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
    socket.unshift(bytes);
    this.#house.handOver(this, socket); // What was put back is said again in the next tick, to Node.
  }

  /** What still comes is thrown away: a socket closed over unread bytes resets, and the answer would be lost. */
  #end(): void {
    this.#isOver = true;
    this.#arrived = [];
    this.deadline = Infinity; // A slow reader has time.
    if (this.#socket.writableLength > 0) this.awaitReader();
    this.resume();
    this.#socket.end(() => this.#house.deadlines.set(this, LINGER_MS));
  }
}

/** What is behind a head: the beginning of a longer body leaves the memory that it shares with the head. */
function behind(bytes: Bytes, from: number, length: number): Bytes {
  const rest = bytes.subarray(from);
  if (rest.length >= length) return rest;
  const own = Buffer.concat([rest]);
  free(bytes);
  return own;
}
