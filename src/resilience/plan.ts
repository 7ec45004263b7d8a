/**
 * One plan for every request: which deployment is asked, in which order, how often, and until when.
 *
 * Waiting, calling and failing over share one deadline, one count of calls and the pool's retry budget. Each attempt
 * starts from the same request. What became of it is in `attempts`, in order.
 */
import type { Candidate } from '../core/deployment.ts';
import type { Departure } from '../core/departure.ts';
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Amounts } from '../core/limits.ts';
import type { Attempt, Clock, Timers } from '../core/ports.ts';
import type { Priority } from '../core/priority.ts';
import { type Again, decide, isCall, mayRepeat, type PlanRules } from './decide.ts';
import type { Pace } from './first-token.ts';
import type { Panic } from './panic.ts';
import type { RetryBudget } from './retry-budget.ts';
import type { Lease, Target } from './target.ts';
import { verdict } from './verdict.ts';
import type { Place, Stay, Visitor, WaitingRoom } from './waiting-room.ts';

/** What all plans of one pool share. */
export interface Pool {
  budget: RetryBudget;
  panic: Panic;
}

export interface PlanPorts {
  clock: Clock;
  timers: Timers;
  random: () => number;
  room: WaitingRoom<Lease>;
}

/** A candidate as this request sees it. */
export interface Stop {
  candidate: Candidate;
  target: Target;
  /** What the request takes from its limits. */
  need: Amounts;
  /** Whether the model thinks before it speaks. */
  pace: Pace;
  /** US dollars that one attempt may cost; undefined where the price is unknown. */
  costUsd: number | undefined;
}

export interface PlanRequest {
  /** In the order of preference. */
  stops: readonly Stop[];
  pool: Pool;
  rules: PlanRules;
  balance: 'ordered' | 'headroom';
  priority: Priority;
  tenant: string;
  /** For fairness between tenants: larger requests count more. */
  cost: number;
  arrivedAt: number;
  client: Departure;
  /** What became of each candidate, in order. */
  attempts: Attempt[];
  /** Where it had to wait for room; written by the plan. */
  stay: Stay | undefined;
}

/** One attempt: a deployment that has room, and how to ask it. */
export interface Step {
  stop: Stop;
  lease: Lease;
  again: Again;
}

export interface Arrival<T> {
  value: T;
  candidate: Candidate;
  /** Still held: settle it when the answer is over. */
  lease: Lease;
}

/** Throws what the client is to be told when nobody answered. */
export async function carryOut<T>(
  request: PlanRequest,
  attempt: (step: Step) => Promise<T>,
  ports: PlanPorts,
): Promise<Arrival<T>> {
  const progress = new Progress(request, ports);
  request.pool.budget.deposit();
  for (;;) {
    const step = await progress.nextStep();
    try {
      const value = await attempt(step);
      progress.succeeded(step);
      return { value, candidate: step.stop.candidate, lease: step.lease };
    } catch (cause) {
      progress.failed(step, asGatewayError(cause));
    }
  }
}

/** What a refused call has taken of the limits, and one that was never made. */
const REFUSED = { requests: 1 };
const NOTHING = {};
/** Full jitter before the same deployment is asked again. */
const REPEAT_AFTER_MS = { least: 50, most: 500 };

class Progress {
  readonly #request: PlanRequest;
  readonly #ports: PlanPorts;
  readonly #errors: GatewayError[] = [];
  /** Not asked yet, or asked and worth asking again. */
  #open: readonly Stop[];
  /** Failed in a way that may pass; asked again when nobody else is left. */
  readonly #repeatable: Stop[] = [];
  #again: { stop: Stop; how: Again } | undefined;
  /** This call goes although every fuse is open. */
  #isForced = false;
  #calls = 0;
  #spentUsd = 0;
  #startedAt = 0;
  /** Nobody is asked before; after a fault of the only deployment. */
  #notBefore = 0;

  constructor(request: PlanRequest, ports: PlanPorts) {
    this.#request = request;
    this.#ports = ports;
    this.#open = request.stops;
  }

  /** Waits for room. Throws the verdict when there is nobody left, or none will have room in time. */
  async nextStep(): Promise<Step> {
    const again = this.#again;
    this.#again = undefined;
    this.#isForced = false;
    const stops = again ? [again.stop] : this.#eligible();
    if (stops.length === 0) throw verdict(this.#errors, this.#calls);
    const lease = await this.#admit(stops);
    const stop = stops.find(({ target }) => target === lease.target);
    if (!stop) throw new GatewayError('internal', 'Room was given where none was asked for');
    this.#startedAt = this.#ports.clock.now();
    return { stop, lease, again: again?.how };
  }

  succeeded({ stop: { candidate, target } }: Step): void {
    const now = this.#ports.clock.now();
    target.noteDuration(now - this.#startedAt);
    if (this.#isForced) this.#request.pool.panic.noteAccept(now);
    this.#note(candidate, 'ok');
  }

  /** Gives the lease back and sets what comes next. Throws the verdict when that is nothing. */
  failed(step: Step, error: GatewayError): void {
    const { rules, client, pool } = this.#request;
    const { stop, lease, again } = step;
    const { candidate } = stop;
    const now = this.#ports.clock.now();
    lease.failed(error, { pace: stop.pace, elapsedMs: now - this.#startedAt }, now);
    lease.settle(isCall(error) ? REFUSED : NOTHING, now);
    this.#ports.room.wake(lease.target.resource);
    this.#note(candidate, error.kind);
    this.#errors.push(error);
    if (isCall(error)) {
      this.#calls++;
      this.#spentUsd += stop.costUsd ?? 0;
    }
    const decision = decide({ error, candidate, again }, rules);
    if (client.gone || decision.next === 'stop') throw error;
    if (this.#calls >= rules.maxCalls || now >= rules.deadlineAt) throw verdict(this.#errors, this.#calls);
    if (rules.maxCostUsd !== undefined && this.#spentUsd >= rules.maxCostUsd) throw verdict(this.#errors, this.#calls);
    if (isCall(error) && !pool.budget.withdraw(now)) throw verdict(this.#errors, this.#calls);
    if (decision.next === 'again') {
      this.#again = { stop, how: decision.how };
      return;
    }
    this.#open = this.#open.filter((each) => each.candidate !== candidate && (decision.only?.(each.candidate) ?? true));
    if (mayRepeat(error)) this.#repeatable.push(stop);
  }

  /** Those not asked yet; when there are none, those whose failure may have passed. */
  #eligible(): readonly Stop[] {
    if (this.#open.length > 0) return this.#open;
    const { least, most } = REPEAT_AFTER_MS;
    this.#notBefore = this.#ports.clock.now() + least + this.#ports.random() * (most - least);
    this.#open = this.#repeatable.splice(0);
    return this.#open;
  }

  async #admit(stops: readonly Stop[]): Promise<Lease> {
    const { rules } = this.#request;
    const now = this.#ports.clock.now();
    const forced = this.#inPanic(stops, now);
    if (forced) return forced;
    const visitor = this.#visitor(stops, now);
    const entered = this.#ports.room.enter(visitor);
    try {
      const lease = entered instanceof Promise ? await entered : entered;
      this.#noteStay(visitor);
      this.#notePassedOver(stops, lease);
      return lease;
    } catch (cause) {
      const error = asGatewayError(cause);
      for (const { candidate, target, need } of stops) {
        const why = target.obstacle(need, now);
        if (why) this.#request.attempts.push({ deployment: candidate.deployment.id, outcome: why, durationMs: 0 });
      }
      this.#errors.push(...stops.flatMap(({ target }) => target.whyParked(now) ?? []), error);
      if (error.kind === 'client_gone' || rules.deadlineAt <= now) throw error;
      throw verdict(this.#errors, this.#calls);
    }
  }

  /** When every fuse is open the pool sheds and does not stop: some go all the same, to the first that is not parked. */
  #inPanic(stops: readonly Stop[], now: number): Lease | undefined {
    if (stops.some(({ target }) => target.fuse.waitMs(now) === 0)) return undefined;
    const first = stops.find(({ target, need }) => target.parkedMs(now) === 0 && target.limitedMs(need, now) === 0);
    const { panic } = this.#request.pool;
    if (!first || !panic.admits(now)) return undefined;
    panic.noteRequest(now);
    this.#isForced = true;
    return first.target.take(first.need, now);
  }

  /** Of all visits for the request. */
  #noteStay({ stay }: Visitor<Lease>): void {
    if (!stay) return;
    const before = this.#request.stay;
    this.#request.stay = { position: before?.position ?? stay.position, waitedMs: stay.waitedMs + (before?.waitedMs ?? 0) };
  }

  #visitor(stops: readonly Stop[], now: number): Visitor<Lease> {
    const { balance, priority, tenant, cost, rules, client, arrivedAt } = this.#request;
    const places = stops.map((stop) => placeOf(stop, this.#notBefore));
    const deadlineMs = Math.min(rules.deadlineAt, now + rules.maxWaitMs);
    const minimumMs = Math.min(...stops.map(({ target }) => target.usualMs));
    return { places, balance, priority, tenant, cost, deadlineMs, minimumMs, client, arrivedAt };
  }

  #notePassedOver(stops: readonly Stop[], lease: Lease): void {
    if (stops[0]?.target === lease.target) return;
    const now = this.#ports.clock.now();
    for (const { candidate, target, need } of stops) {
      if (target === lease.target) return;
      const why = target.obstacle(need, now);
      if (why) this.#request.attempts.push({ deployment: candidate.deployment.id, outcome: why, durationMs: 0 });
    }
  }

  #note(candidate: Candidate, outcome: string): void {
    const durationMs = this.#ports.clock.now() - this.#startedAt;
    this.#request.attempts.push({ deployment: candidate.deployment.id, outcome, durationMs });
  }
}

function placeOf(stop: Stop, notBefore: number): Place<Lease> {
  const { target } = stop;
  return {
    resource: target.resource,
    waitMs: (now) => Math.max(target.waitMs(stop.need, now), notBefore - now),
    take: (now) => target.take(stop.need, now),
    room: (now) => target.room(now),
    isShort: (now) => target.limitedMs(stop.need, now) > 0,
  };
}
