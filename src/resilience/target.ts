/**
 * Everything this process knows about one deployment, and the one door to it. A call takes a `Lease` and gives it back:
 * what it reserved in the buckets, its slot, its pass of the fuse, the probe of a parked scope.
 */
import type { Deployment } from '../core/deployment.ts';
import type { ErrorKind, GatewayError } from '../core/errors.ts';
import type { Amounts, Excess, LimitLease, LimitReading, Limits } from '../core/limits.ts';
import type { Fuse, Pass } from '../core/ports.ts';
import { Breaks } from './breaks.ts';
import { Durations, type Waited } from './durations.ts';
import type { FirstTokenTimes, Pace } from './first-token.ts';
import type { Parking, Probe } from './parking.ts';

export interface TargetParts {
  deployment: Deployment;
  fuse: Fuse;
  limits: Limits;
  parking: Parking;
  times: FirstTokenTimes;
  random: () => number;
}

/** Why a deployment was passed over. */
export type Obstacle = `parked:${string}` | `limited:${string}` | 'circuit_open' | 'breaks_off';

/** A parked scope whose time is further away is not waited for: it may stay dead. */
const WORTH_WAITING_MS = 2_000;
/** Before any answer has come. */
const USUAL_OUTPUT_TOKENS = 1_024;
/** Weight of the newest in the mean of all. */
const MEMORY = 0.05;
/** Timers count whole milliseconds. */
const TICK_MS = 1;
/** A deployment that breaks off every fifth answer counts as if it had two fifths of its room: 0.8 ** 4. */
const CAUTION = 4;
/** Before its first content or not: by name it broke off in mid-answer. */
const BROKE_OFF = new Set<ErrorKind>(['truncated', 'stalled']);
const NONE: readonly Probe[] = [];

export class Target {
  readonly deployment: Deployment;
  readonly fuse: Fuse;
  readonly times: FirstTokenTimes;
  readonly durations = { whole: new Durations(), first: new Durations() };
  readonly breaks = new Breaks();
  /** Waiters for the same resource wait for each other. */
  readonly resource: string;
  /** What comes back is there for all whose resource begins so. */
  readonly account: string;
  readonly #limits: Limits;
  readonly #parking: Parking;
  readonly #random: () => number;
  #takenAt = -Infinity;
  #usualOutputTokens = USUAL_OUTPUT_TOKENS;
  readonly #scopes: Record<'model' | 'endpoint' | 'account', string>;

  constructor({ deployment, fuse, limits, parking, times, random }: TargetParts) {
    this.deployment = deployment;
    this.fuse = fuse;
    this.times = times;
    this.#limits = limits;
    this.#parking = parking;
    this.#random = random;
    const { endpoint, id } = deployment;
    this.resource = limits.resource;
    this.account = limits.account;
    this.#scopes = {
      model: `model ${id}`,
      endpoint: `credential ${endpoint.name}`,
      account: `account ${endpoint.account}`,
    };
  }

  /** Milliseconds until it has room for this need; 0: now; Infinity: nothing to wait for. */
  waitMs(need: Amounts, nowMs: number): number {
    const parkedMs = this.parkedMs(nowMs);
    if (parkedMs > WORTH_WAITING_MS) return Infinity;
    return Math.max(parkedMs, this.fuse.waitMs(nowMs), this.limitedMs(need, nowMs));
  }

  limitedMs(need: Amounts, nowMs: number): number {
    return this.#limits.waitMs(need, nowMs);
  }

  /** What it can never do for this need. */
  exceeded(need: Amounts): Excess | undefined {
    return this.#limits.exceeded(need);
  }

  parkedMs(nowMs: number): number {
    if (this.#parking.isEmpty) return 0;
    const { model, endpoint, account } = this.#scopes;
    const parking = this.#parking;
    return Math.max(parking.waitMs(model, nowMs), parking.waitMs(endpoint, nowMs), parking.waitMs(account, nowMs));
  }

  /** Neither dead nor sick; limits do not count, they pass. */
  isUsable(nowMs: number): boolean {
    return this.parkedMs(nowMs) === 0 && this.fuse.state !== 'open';
  }

  /** What the provider said when it was parked. */
  whyParked(nowMs: number): GatewayError | undefined {
    if (this.#parking.isEmpty) return undefined;
    const { model, endpoint, account } = this.#scopes;
    const why = (scope: string) => this.#parking.whyParked(scope, nowMs);
    return why(model) ?? why(endpoint) ?? why(account);
  }

  /** For the operator: what is parked stays so until a probe succeeds, whether one is due or not. */
  get outOfUse(): Obstacle | undefined {
    const { model, endpoint, account } = this.#scopes;
    const parking = this.#parking;
    const kind = parking.reason(model) ?? parking.reason(endpoint) ?? parking.reason(account);
    return kind && `parked:${kind}`;
  }

  /** Whether a timeout says more of the request, which had less time than answers take, than of the deployment. */
  isHasty({ pace, durations, elapsedMs }: Waited, comesWhole: boolean): boolean {
    const { totalMs = Infinity } = this.deployment.timeouts ?? {};
    const firstMs = comesWhole && durations.isKnown ? Infinity : this.times.timeoutMs(pace);
    return elapsedMs < Math.min(durations.fairMs, firstMs, totalMs) - TICK_MS;
  }

  /** For the log and `x-signalbox-attempts`; undefined where there is room. */
  obstacle(need: Amounts, nowMs: number): Obstacle | undefined {
    const parked = this.whyParked(nowMs);
    if (parked) return `parked:${parked.kind}`;
    if (this.fuse.waitMs(nowMs) > 0) return 'circuit_open';
    const limit = this.#limits.why(need, nowMs);
    return limit && `limited:${limit}`;
  }

  /** What an answer that may take `limit` tokens will probably take: what others took of late. */
  outputTokens(limit: number): number {
    return Math.min(limit, Math.ceil(this.#usualOutputTokens));
  }

  /** When it was asked last; milliseconds since 1970. */
  get takenAt(): number {
    return this.#takenAt;
  }

  noteOutput(tokens: number): void {
    this.#usualOutputTokens += (tokens - this.#usualOutputTokens) * MEMORY;
  }

  /**
   * 0 to 1: the scarcest of its limits, less for one whose answers break off: too seldom for its fuse, but what breaks in
   * mid-answer is lost to the client.
   */
  room(nowMs: number): number {
    return this.#limits.room(nowMs) * (1 - this.breaks.lost) ** CAUTION;
  }

  /** The scarcest of its limits alone, 0 to 1. */
  limitRoom(nowMs: number): number {
    return this.#limits.room(nowMs);
  }

  /** A probe that takes longer than `probeMs` does not keep others away. */
  take(need: Amounts, nowMs: number, probeMs?: number): Lease {
    this.#takenAt = nowMs;
    const limits = this.#limits.take(need, nowMs);
    return new Lease(this, { limits, pass: this.fuse.enter(nowMs, probeMs), probes: this.#probes(nowMs) });
  }

  /** A throttle cools the dimension; overload and warming up the deployment; what has to be mended or waited for is parked at its scope. */
  blame(error: GatewayError, sentAtMs: number, nowMs: number): void {
    const { kind, dimension, retryAfterMs, scope, rule } = error;
    if (kind === 'credential' || kind === 'exhausted') {
      this.#parking.park(this.#scopes[scope ?? 'endpoint'], error, nowMs);
    } else if (kind === 'rate' || kind === 'ramp') {
      this.#limits.throttled({ dimension, waitMs: retryAfterMs, sentAtMs }, nowMs, this.#random);
    } else if (kind === 'warming' || (retryAfterMs !== undefined && rule.trips)) {
      const restMs = Math.min(retryAfterMs ?? rule.restMs ?? 0, this.#parking.longestMs);
      this.#limits.rest(restMs, nowMs, this.#random);
    }
  }

  #probes(nowMs: number): readonly Probe[] {
    if (this.#parking.isEmpty) return NONE;
    return Object.values(this.#scopes).flatMap((scope) => this.#parking.take(scope, nowMs) ?? []);
  }
}

interface Taken {
  limits: LimitLease;
  pass: Pass;
  probes: readonly Probe[];
}

/** One call's hold on a deployment. `settle` ends it, whatever happened; everything else may be said before that. */
export class Lease {
  readonly target: Target;
  /** Its first content is not waited for by itself. */
  comesWhole = false;
  readonly #taken: Taken;
  /** It has answered, and nothing has gone wrong since. */
  #isWell = false;
  #settled = false;

  constructor(target: Target, taken: Taken) {
    this.target = target;
    this.#taken = taken;
  }

  /** The head of its answer came, and said this of the account's limits. */
  heard(readings: readonly LimitReading[], nowMs: number): void {
    this.#taken.limits.heard(readings, nowMs);
  }

  /** Its first content came, or the answer whole. */
  answered(came: 'first' | 'whole', pace: Pace, elapsedMs: number, nowMs: number): void {
    const { limits, pass, probes } = this.#taken;
    this.#isWell = true;
    pass.succeeded();
    for (const probe of probes) probe.succeeded();
    limits.answered(came, nowMs);
    if (came === 'first') this.target.times.note(pace, elapsedMs);
  }

  /** It failed, before its first content or after. */
  failed(error: GatewayError, waited: Waited | undefined, nowMs: number): void {
    if (this.#settled) return; // It has been said.
    const { pass, probes } = this.#taken;
    const isHasty = waited && error.kind === 'timeout' && this.target.isHasty(waited, this.comesWhole);
    // Without the waits in vain only the fast answers of a slowed model would be known.
    if (waited && error.kind === 'timeout' && !isHasty) this.target.times.note(waited.pace, waited.elapsedMs);
    if (error.rule.trips && !isHasty) {
      pass.failed();
      if (this.#isWell) this.target.breaks.note('lost', nowMs);
      else if (BROKE_OFF.has(error.kind)) this.target.breaks.note('unseen', nowMs);
    } else pass.void();
    this.#isWell = false;
    this.target.blame(error, this.#taken.limits.takenAtMs, nowMs);
    for (const probe of probes) probe.void();
  }

  /** Once, at the very end; undefined where nobody knows what it took. Later calls do nothing. */
  settle(actual: Amounts | undefined, nowMs: number): void {
    if (this.#settled) return;
    this.#settled = true;
    if (this.#isWell) this.target.breaks.note('well', nowMs);
    this.#taken.pass.void();
    for (const probe of this.#taken.probes) probe.void();
    this.#taken.limits.settle(actual, nowMs);
  }
}
