/** The connections to one origin: the one used last is used next, so that those too many grow old and close. */
import { GatewayError } from '../../core/errors.ts';
import type { Source } from './arriving-response.ts';
import { Connection, type Home, type Job, unreachable } from './connection.ts';
import type { Deadlines, Watched } from './deadlines.ts';
import type { Origin } from './origin.ts';

export interface PoolLimits {
  /** Sockets to one origin; a request beyond that waits for one to be free, first come first served. */
  connections: number;
  /** Requests that may wait; one more is refused. */
  waiting: number;
}

export class Pool implements Home {
  readonly origin: Origin;
  readonly deadlines: Deadlines;
  readonly readBuffer: Buffer;
  readonly #limits: PoolLimits;
  readonly #all = new Set<Connection>();
  readonly #free: Connection[] = [];
  readonly #waiting = new Set<Waiting>();

  constructor(origin: Origin, shared: { deadlines: Deadlines; readBuffer: Buffer; limits: PoolLimits }) {
    this.origin = origin;
    this.deadlines = shared.deadlines;
    this.readBuffer = shared.readBuffer;
    this.#limits = shared.limits;
  }

  /** Whatever becomes of it, the job's response hears it. */
  run(job: Job): void {
    for (let connection = this.#free.pop(); connection; connection = this.#free.pop()) {
      if (connection.usable) return connection.carry(job);
      connection.cancel();
    }
    if (this.#all.size < this.#limits.connections) this.#all.add(new Connection(this, job));
    else if (this.#waiting.size < this.#limits.waiting)
      this.#waiting.add(new Waiting(job, this.deadlines, this.#waiting));
    else job.response.fail(unreachable('too many requests wait for a connection'));
  }

  free(connection: Connection): void {
    const job = this.#nextJob();
    if (job) return connection.carry(job);
    this.#free.push(connection);
    connection.rest();
  }

  gone(connection: Connection): void {
    this.#all.delete(connection);
    const at = this.#free.indexOf(connection);
    if (at >= 0) this.#free.splice(at, 1);
    const job = this.#nextJob();
    if (job) this.#all.add(new Connection(this, job));
  }

  /** Breaks off everything. */
  close(): void {
    for (const waiting of this.#waiting) waiting.fail(unreachable('closed'));
    for (const connection of this.#all) connection.fail(unreachable('closed'));
  }

  #nextJob(): Job | undefined {
    const [next] = this.#waiting;
    next?.cancel();
    return next?.job;
  }
}

/** A request for which there is no connection yet. */
class Waiting implements Source, Watched {
  deadline = Infinity;
  readonly job: Job;
  readonly #deadlines: Deadlines;
  readonly #queue: Set<Waiting>;

  constructor(job: Job, deadlines: Deadlines, queue: Set<Waiting>) {
    this.job = job;
    this.#deadlines = deadlines;
    this.#queue = queue;
    job.response.source = this;
    deadlines.watch(this);
    deadlines.set(this, job.firstByteMs);
  }

  cancel(): void {
    this.#queue.delete(this);
    this.#deadlines.forget(this);
  }

  expire(): void {
    this.fail(new GatewayError('timeout', 'No connection to the provider was free in time'));
  }

  fail(failure: GatewayError): void {
    this.cancel();
    this.job.response.fail(failure);
  }

  pause(): void {} // Nothing comes yet.
  resume(): void {}
}
