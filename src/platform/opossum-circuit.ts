import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';
import type { Clock, Fuse, Pass } from '../core/ports.ts';

export interface FuseOptions {
  /** How long calls are remembered; failures further apart are not in a row either. */
  windowMs: number;
  /** Share of failures, in percent, that opens the fuse... */
  failurePercent: number;
  /** ...once the window holds this many calls. */
  minimumCalls: number;
  /** So many failures in a row open it too. */
  consecutive: number;
  /** How long it opens first; twice as long each time, +-20 %. */
  openMs: number;
  maxOpenMs: number;
  /** Successful probes that close it. */
  closeAfter: number;
}

const BUCKETS = 10;
/** A probe that was not reported for so long, or for as long as the fuse was open, is taken for lost: another may go. */
const PROBE_MS = 60_000;
const LEAST_PROBE_MS = 1_000;
/** Once a probe has succeeded, so many may be out at the same time: the provider answers, and others wait for it. */
const MORE_PROBES = 8;
/** Nobody knows when a probe will be back: those who wait look again after this long. */
const LOOK_AGAIN_MS = 250;

/**
 * opossum, moved by calls instead of by timers.
 *
 * Workers cancel a request's timers when the request ends, so opossum left to itself never rotates its window there
 * and never half-opens (seen on workerd 1.20261117 with opossum 10). Therefore opossum keeps what it keeps well, the
 * window of calls and the state, and is told of outcomes through its own events; we rotate the buckets that are due
 * before each, and rebuild the breaker half open when its time is up. Its `fire` is not used: it decides a few promises
 * after the call ended, divides failures by calls that are still running, and closes at the first success.
 */
export function opossumFuse(clock: Clock, random: () => number, options: FuseOptions): Fuse {
  return new OpossumFuse(clock, random, options);
}

class OpossumFuse implements Fuse {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #options: FuseOptions;
  readonly #ticker = new EventEmitter();
  #breaker: CircuitBreaker;
  #rotatedAt: number;
  /** Calls that entered before the last opening say nothing about what came after it. */
  #openings = 0;
  #openUntil = 0;
  #openedMs = 0;
  #doublings = 0;
  #closedAt: number;
  #failuresInRow = 0;
  #failedAt = 0;
  #goodProbes = 0;
  #probes = 0;
  /** The newest probe that succeeded. */
  #lastGood = 0;
  /** Probes that are waited for. */
  readonly #out = new Set<OpossumPass>();
  #probeUntil = 0;

  constructor(clock: Clock, random: () => number, options: FuseOptions) {
    this.#clock = clock;
    this.#random = random;
    this.#options = options;
    this.#breaker = breaker(options, this.#ticker, 'closed');
    this.#rotatedAt = this.#closedAt = clock.now();
  }

  get state(): Fuse['state'] {
    if (this.#breaker.closed) return 'closed';
    return this.#breaker.opened && this.#clock.now() < this.#openUntil ? 'open' : 'half_open';
  }

  waitMs(nowMs: number): number {
    if (this.#breaker.closed) return 0;
    if (this.#breaker.opened) return Math.max(this.#openUntil - nowMs, 0);
    return this.#areEnoughOut ? Math.max(Math.min(this.#probeUntil - nowMs, LOOK_AGAIN_MS), 0) : 0;
  }

  get #areEnoughOut(): boolean {
    return this.#out.size >= (this.#goodProbes > 0 ? MORE_PROBES : 1);
  }

  enter(nowMs: number, patienceMs: number = PROBE_MS): Pass {
    const isProbe = !this.#breaker.closed && this.waitMs(nowMs) === 0;
    if (isProbe && this.#breaker.opened) this.#halfOpen(nowMs);
    const pass = new OpossumPass(this, this.#openings, isProbe ? ++this.#probes : 0);
    if (isProbe) {
      if (this.#areEnoughOut) this.#giveUp();
      this.#out.add(pass);
      this.#probeUntil = nowMs + Math.min(patienceMs, Math.max(this.#openedMs, LEAST_PROBE_MS));
    }
    return pass;
  }

  succeeded(pass: OpossumPass): void {
    this.leave(pass);
    if (pass.opening !== this.#openings) return;
    const now = this.#clock.now();
    if (this.#breaker.closed) {
      this.#rotate(now);
      this.#failuresInRow = 0;
      this.#breaker.emit('success');
    } else if (pass.probe > 0) {
      this.#lastGood = Math.max(this.#lastGood, pass.probe);
      if (++this.#goodProbes < this.#options.closeAfter) return;
      this.#failuresInRow = 0;
      this.#closedAt = now;
      this.#breaker.emit('success'); // opossum closes by itself
    }
  }

  failed(pass: OpossumPass): void {
    this.leave(pass);
    if (pass.opening !== this.#openings) return;
    const now = this.#clock.now();
    if (this.#breaker.closed) this.#countFailure(now);
    else if (pass.probe > 0 && !this.#isOutdated(pass)) this.#open(now);
  }

  /** Frees the probe's place. */
  leave(pass: OpossumPass): void {
    this.#out.delete(pass);
  }

  /** Of one that was given up and fails late a newer one may know better. */
  #isOutdated({ isGivenUp, probe }: OpossumPass): boolean {
    return isGivenUp && probe < this.#lastGood;
  }

  #giveUp(): void {
    for (const pass of this.#out) pass.isGivenUp = true;
    this.#out.clear();
  }

  #countFailure(now: number): void {
    const { windowMs, minimumCalls, failurePercent, consecutive } = this.#options;
    this.#rotate(now);
    this.#failuresInRow = now - this.#failedAt < windowMs ? this.#failuresInRow + 1 : 1;
    this.#failedAt = now;
    this.#breaker.emit('failure');
    const { calls, failures } = this.#recent();
    const isRow = this.#failuresInRow >= consecutive + longer(calls / minimumCalls);
    if (!isRow && (calls < minimumCalls || failures * 100 < calls * failurePercent)) return;
    if (now - this.#closedAt >= windowMs) this.#doublings = 0;
    this.#open(now);
  }

  /** What the window holds. */
  #recent(): { calls: number; failures: number } {
    let [calls, failures] = [0, 0];
    // Its `stats` would add up 13 kinds of events, which takes 25 us.
    for (const bucket of this.#breaker.status.window) {
      calls += bucket.failures + bucket.successes;
      failures += bucket.failures;
    }
    return { calls, failures };
  }

  #open(now: number): void {
    const { openMs, maxOpenMs } = this.#options;
    const grown = Math.min(openMs * 2 ** this.#doublings, maxOpenMs);
    if (grown < maxOpenMs) this.#doublings++;
    this.#openedMs = grown;
    this.#openUntil = now + grown * (0.8 + 0.4 * this.#random());
    this.#openings++;
    this.#breaker.open();
  }

  /** A new breaker, because opossum half-opens only by timer or by birth; so the window starts empty too. */
  #halfOpen(now: number): void {
    this.#breaker.shutdown();
    this.#breaker = breaker(this.#options, this.#ticker, 'half_open');
    this.#rotatedAt = now;
    this.#goodProbes = 0;
    this.#giveUp();
  }

  #rotate(now: number): void {
    const bucketMs = this.#options.windowMs / BUCKETS;
    const due = Math.floor((now - this.#rotatedAt) / bucketMs);
    if (due <= 0) return;
    for (let tick = 0; tick < Math.min(due, BUCKETS); tick++) this.#ticker.emit('rotate');
    this.#rotatedAt += due * bucketMs;
  }
}

/** Of many calls a few fail in a row by chance: a row has to be longer by one for each fourfold of the calls that decide. */
function longer(times: number): number {
  return Math.floor(Math.log2(Math.max(times, 1)) / 2);
}

class OpossumPass implements Pass {
  readonly opening: number;
  /** Counts the probes; 0: it is none. */
  readonly probe: number;
  isGivenUp = false;
  readonly #fuse: OpossumFuse;
  #outcome: 'none' | 'succeeded' | 'final' = 'none';

  constructor(fuse: OpossumFuse, opening: number, probe: number) {
    this.#fuse = fuse;
    this.opening = opening;
    this.probe = probe;
  }

  succeeded(): void {
    if (this.#outcome !== 'none') return;
    this.#outcome = 'succeeded';
    this.#fuse.succeeded(this);
  }

  failed(): void {
    if (this.#outcome === 'final') return;
    this.#outcome = 'final';
    this.#fuse.failed(this);
  }

  void(): void {
    if (this.#outcome !== 'none') return;
    this.#outcome = 'final';
    this.#fuse.leave(this);
  }
}

function breaker({ windowMs }: FuseOptions, ticker: EventEmitter, state: 'closed' | 'half_open'): CircuitBreaker {
  const built = new CircuitBreaker(() => Promise.resolve(), {
    name: 'fuse', // else opossum draws a random one
    timeout: false,
    rollingCountTimeout: windowMs,
    rollingCountBuckets: BUCKETS,
    rollingPercentilesEnabled: false,
    enableSnapshots: false,
    rotateBucketController: ticker,
    ...(state === 'half_open' && { state: { closed: false, halfOpen: true } }),
  } as CircuitBreaker.Options);
  built.removeAllListeners('open'); // all they do is start the reset timer and mark a bucket that we do not read
  return built;
}
