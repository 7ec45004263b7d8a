/** One socket to a provider, and the one request it carries at a time. */
import type { Socket } from 'node:net';
import { GatewayError } from '../../core/errors.ts';
import type { ArrivingResponse, Source } from './arriving-response.ts';
import type { Deadlines, Watched } from './deadlines.ts';
import { openSocket, type Origin } from './origin.ts';
import { atEndOfTurn } from '../turn.ts';
import { type WireRequest, writeRequest } from './request-writer.ts';
import { ResponseParser } from './response-parser.ts';

const CONNECT_TIMEOUT_MS = 10_000;

/** A request on its way, and what its answer is read into. */
export interface Job {
  request: WireRequest;
  response: ArrivingResponse;
  firstByteMs: number;
  idleMs: number;
}

/** What connections of one origin share. */
export interface Home {
  readonly origin: Origin;
  readonly deadlines: Deadlines;
  /** Every socket reads into it; what has arrived is copied out at once. */
  readonly readBuffer: Buffer;
  /** The connection can carry another request. */
  free(connection: Connection): void;
  /** The connection is no more. */
  gone(connection: Connection): void;
}

export class Connection implements Source, Watched {
  deadline = Infinity;
  readonly #home: Home;
  readonly #socket: Socket;
  #job: Job | undefined;
  #parser = new ResponseParser();
  #idleMs: number;
  #ready = false;
  /** What has arrived in this turn, to be read at its end. */
  #arrived: Buffer[] = [];
  /** The job's request is written. */
  #asked = false;
  #answering = false;
  #paused = false;
  #gone = false;

  /** Opens the socket and carries this request as soon as it may. */
  constructor(home: Home, job: Job) {
    this.#home = home;
    this.#idleMs = home.origin.idleMs;
    const onread = {
      buffer: home.readBuffer,
      callback: (size: number, buffer: Uint8Array) => {
        this.#arrive(Buffer.from((buffer as Buffer).subarray(0, size)));
        return true;
      },
    };
    this.#socket = openSocket(home.origin, onread, () => this.#connected());
    this.#socket.on('error', (cause) => this.#broken(cause));
    this.#socket.on('end', () => this.#ended());
    this.#socket.on('close', () => this.#broken(new Error('closed')));
    home.deadlines.watch(this);
    home.deadlines.set(this, CONNECT_TIMEOUT_MS);
    this.#take(job);
  }

  /** A free connection may have died a moment ago. */
  get usable(): boolean {
    return !this.#gone && !this.#socket.destroyed && this.#socket.writable;
  }

  /** Carries one more request; only for a connection that is free. */
  carry(job: Job): void {
    this.#take(job);
    this.#write(job);
  }

  /** Waits for the next request, for as long as the server lets it. */
  rest(): void {
    if (this.#idleMs <= 0) this.cancel();
    else this.#home.deadlines.set(this, this.#idleMs);
  }

  pause(): void {
    this.#paused = true;
    this.deadline = Infinity; // The silence is ours.
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    if (this.#job) this.#home.deadlines.set(this, this.#job.idleMs);
    this.#socket.resume();
  }

  cancel(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#job = undefined;
    this.#home.deadlines.forget(this);
    this.#socket.destroy();
    this.#home.gone(this);
  }

  expire(): void {
    if (!this.#ready) this.fail(unreachable('ETIMEDOUT'));
    else if (this.#answering) this.fail(new GatewayError('stalled', 'The provider stopped sending'));
    else this.fail(new GatewayError('timeout', 'The provider did not answer in time'));
  }

  /** Gives up the connection and what it carries, if anything. */
  fail(failure: GatewayError): void {
    const job = this.#job;
    this.cancel();
    job?.response.fail(failure);
  }

  #take(job: Job): void {
    this.#job = job;
    job.response.source = this;
  }

  #connected(): void {
    this.#ready = true;
    if (this.#job) this.#write(this.#job);
  }

  #write(job: Job): void {
    this.#parser = new ResponseParser();
    this.#answering = false;
    this.#asked = false;
    this.#home.deadlines.set(this, job.firstByteMs);
    atEndOfTurn(() => {
      if (this.#gone || this.#job !== job) return;
      this.#asked = true;
      writeRequest(this.#socket, job.request);
    });
  }

  #arrive(bytes: Buffer): void {
    if (this.#arrived.push(bytes) === 1) atEndOfTurn(() => this.#readArrived());
  }

  #readArrived(): void {
    const arrived = this.#arrived;
    if (arrived.length === 0) return;
    this.#arrived = [];
    for (const bytes of arrived) if (!this.#gone) this.#read(bytes);
  }

  #read(bytes: Buffer): void {
    const job = this.#job;
    if (!job) return this.cancel(); // Nothing was asked: whatever it is, it is no answer.
    if (!this.#asked) return this.#broken(new Error('answered before it was asked'));
    const parser = this.#parser;
    const payload = parser.feed(bytes);
    if (!this.#answering && parser.head) {
      this.#answering = true;
      this.#idleMs = parser.head.idleMs ?? this.#home.origin.idleMs;
      job.response.begin(parser.head);
    }
    if (payload) job.response.push(payload);
    if (!this.#job) return; // The answer is too large.
    if (parser.failure) this.#broken(parser.failure);
    else if (parser.done) this.#finish(job);
    else if (this.#answering && !this.#paused) this.#home.deadlines.set(this, job.idleMs);
  }

  /** An answer that came before the request was written whole leaves a connection of no use. */
  #finish(job: Job): void {
    this.#job = undefined;
    job.response.finish();
    if (!this.#parser.reusable || !this.usable || this.#socket.writableLength > 0) return this.cancel();
    if (this.#paused) this.resume();
    this.#home.free(this);
  }

  #ended(): void {
    this.#readArrived();
    if (this.#job && this.#ready && this.#parser.close()) this.#finish(this.#job);
    else this.#broken(new Error('closed by the provider'));
  }

  #broken(cause: Error): void {
    this.#readArrived();
    if (this.#gone) return;
    if (this.#answering) this.fail(new GatewayError('truncated', 'The provider broke off in mid-answer', { cause }));
    else this.fail(unreachable('code' in cause ? String(cause.code) : cause.name, cause));
  }
}

/** A cause's message may name hosts, so it goes to the log only. */
export function unreachable(why: string, cause?: Error): GatewayError {
  return new GatewayError('unreachable', `The provider cannot be reached (${why})`, { cause });
}
