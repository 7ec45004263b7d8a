/**
 * One plan for every request: which deployment is asked, in which order, how often, and until when.
 * Waiting, calling and failing over share one deadline, one count of calls and the pool's retry budget. Each attempt
 * starts from the same request. What became of it is in `attempts`, in order.
 */
import { asGatewayError, GatewayError } from '../core/errors.ts';
import type { Amounts } from '../core/limits.ts';
import { forced, notePassedOver, noteStay, taken, untilOf, visitorOf, whyNone } from './admission.ts';
import { type Again, isCall, mayRepeat, repeatAfterMs, takenBy } from './decide.ts';
import { hedged, type Ran, secondStop } from './hedge.ts';
import { Itinerary } from './itinerary.ts';
import type { Visitor } from './place.ts';
import type { Arrival, Caller, PlanPorts, PlanRequest, Step, Stop } from './request.ts';
import { durationsOf } from './request.ts';
import type { Lease } from './target.ts';
import { verdict } from './verdict.ts';

/** Throws what the client is to be told when nobody answered. */
export async function carryOut<T>(request: PlanRequest, caller: Caller<T>, ports: PlanPorts): Promise<Arrival<T>> {
  const progress = new Progress(request, ports);
  for (;;) {
    const next = progress.nextStep();
    const step = next instanceof Promise ? await next : next;
    const afterMs = progress.hedgeAfterMs(step);
    let ran: Ran<T>;
    try {
      if (afterMs === undefined) ran = { step, value: await caller.attempt(step) };
      else ran = await hedged(step, { ...caller, ...ports, afterMs, plan: progress });
    } catch (cause) {
      ran = { step, error: asGatewayError(cause) };
    }
    if ('error' in ran) {
      progress.failed(ran.step, ran.error);
      continue;
    }
    const { stop, lease } = ran.step;
    progress.succeeded(ran.step);
    return { value: ran.value, candidate: stop.candidate, lease };
  }
}

class Progress {
  readonly #request: PlanRequest;
  readonly #ports: PlanPorts;
  readonly #errors: GatewayError[] = [];
  readonly #itinerary: Itinerary;
  /** Who was asked again, and how: later calls of the same ask so too. Most requests ask nobody again. */
  #how: Map<Stop, Again> | undefined;
  /** This call goes although every fuse is open. */
  #isForced = false;
  #steps = 0;
  /** Calls that are over. */
  #calls = 0;
  #spentUsd = 0;
  /** Nobody is asked before; after a fault of the only deployment. */
  #notBefore = 0;

  constructor(request: PlanRequest, ports: PlanPorts) {
    this.#request = request;
    this.#ports = ports;
    this.#itinerary = new Itinerary(request.stops);
  }

  /** Waits for room, where there is none. Throws the verdict when there is nobody left, or none will have room in time. */
  nextStep(): Step | Promise<Step> {
    const stops = this.#affordable();
    if (stops.length === 0) throw verdict(this.#errors, this.#calls);
    const given = this.#admit(stops);
    return given instanceof Promise ? given.then((lease) => this.#stepAt(stops, lease)) : this.#stepAt(stops, given);
  }

  #stepAt(stops: readonly Stop[], lease: Lease): Step | Promise<Step> {
    const stop = stops.find(({ target }) => target === lease.target);
    if (!stop) throw new GatewayError('internal', 'Room was given where none was asked for');
    this.#itinerary.close(stop);
    const refusal = this.#request.purse?.take(stop);
    if (refusal) {
      this.#giveBack({ lease }, {}, this.#ports.clock.now());
      this.#passOver(stop, refusal);
      return this.nextStep();
    }
    if (this.#steps++ === 0) this.#request.pool.budget.deposit();
    const { client } = this.#request;
    return { stop, lease, again: this.#how?.get(stop), startedAt: this.#ports.clock.now(), client };
  }

  succeeded(step: Step): void {
    const now = this.#ports.clock.now();
    durationsOf(step).note(now - step.startedAt);
    if (this.#isForced) this.#request.pool.panic.noteAccept(now);
    this.#note(step, 'ok', now);
  }

  /** Gives the lease back and sets what comes next. Throws the verdict when that is nothing. */
  failed(step: Step, error: GatewayError): void {
    const { rules, client, pool } = this.#request;
    const { stop } = step;
    this.endCall(step, error);
    const now = this.#ports.clock.now();
    const decision = this.#itinerary.decide(step, error, rules);
    if (client.gone || decision.next === 'stop') throw error;
    if (this.#isOver(error, now)) throw verdict(this.#errors, this.#calls);
    if (isCall(error) && !pool.budget.withdraw(now)) throw verdict(this.#errors, this.#calls);
    if (decision.next === 'again') (this.#how ??= new Map<Stop, Again>()).set(stop, decision.how);
    this.#itinerary.follow(decision, stop);
  }

  /** It failed while another runs on: whether that one may mend it. */
  isOutlived(step: Step, error: GatewayError): boolean {
    const decision = this.#itinerary.decide(step, error, this.#request.rules);
    if (decision.next === 'stop') return false;
    this.endCall(step, error);
    if (decision.next !== 'again') this.#itinerary.follow(decision, step.stop);
    return true;
  }

  /** The call is over and its lease is back; what comes next is another question. */
  endCall(step: Step, error: GatewayError): void {
    const { stop, lease, startedAt } = step;
    const now = this.#ports.clock.now();
    lease.failed(error, { pace: stop.pace, durations: durationsOf(step), elapsedMs: now - startedAt }, now);
    this.#giveBack(step, takenBy(error, stop.need), now);
    this.#note(step, error.kind, now);
    this.#errors.push(error);
    if (isCall(error)) this.#countCall(stop);
    if (mayRepeat(error)) this.#itinerary.mayRepeat(stop);
  }

  /** When a second attempt may join this one, in milliseconds; undefined: never. */
  hedgeAfterMs({ lease, stop }: Step): number | undefined {
    const { hedge, maxCalls } = this.#request.rules;
    if (!hedge || maxCalls < 2 || this.#steps > 1) return undefined;
    return lease.target.times.p95Ms(stop.pace);
  }

  secondStep(first: Step): Step | undefined {
    const now = this.#ports.clock.now();
    const stop = this.#ports.room.waiting > 0 ? undefined : secondStop(first, this.#itinerary.open, this.#request, now);
    if (!stop) return undefined;
    this.#itinerary.close(stop);
    const lease = taken(stop, now);
    return { stop, lease, again: undefined, startedAt: now, client: this.#request.client.child() };
  }

  /** The other was faster. It took what it had reserved, for all we know. */
  lost(step: Step): void {
    const { stop, startedAt } = step;
    const now = this.#ports.clock.now();
    const elapsedMs = now - startedAt;
    const { times } = stop.target;
    // Only a wait that is long already says something of how long it would have been.
    if (elapsedMs >= (times.p95Ms(stop.pace) ?? Infinity)) times.note(stop.pace, elapsedMs);
    this.#giveBack(step, undefined, now);
    this.#note(step, 'hedge_lost', now);
  }

  /** Without those at the head for which the client's budgets have no room: they are not worth waiting for. */
  #affordable(): readonly Stop[] {
    const stops = this.#eligible();
    const [first] = stops;
    const refusal = first && this.#request.purse?.lacks(first);
    if (!refusal) return stops;
    this.#passOver(first, refusal);
    return this.#affordable();
  }

  #passOver(stop: Stop, refusal: GatewayError): void {
    this.#itinerary.close(stop);
    this.#request.attempts.push({ deployment: stop.candidate.deployment.id, outcome: refusal.kind, durationMs: 0 });
    this.#errors.push(refusal);
  }

  /** Those not asked yet; where none of them is well and has room in time, also those whose failure may have passed. */
  #eligible(): readonly Stop[] {
    const itinerary = this.#itinerary;
    if (!itinerary.hasRepeatable) return itinerary.open;
    const now = this.#ports.clock.now();
    const inTimeMs = untilOf(this.#request.rules, now) - now;
    if (itinerary.open.some(({ target, need }) => target.isUsable(now) && target.waitMs(need, now) <= inTimeMs))
      return itinerary.open;
    this.#notBefore = now + repeatAfterMs(this.#ports.random());
    itinerary.reopen();
    return itinerary.open;
  }

  #admit(stops: readonly Stop[]): Lease | Promise<Lease> {
    const { clock, room } = this.#ports;
    const request = this.#request;
    const now = clock.now();
    if (now >= request.rules.deadlineAt)
      throw this.#refused(stops, new GatewayError('deadline', 'The deadline is over'));
    const lease = now >= this.#notBefore ? forced(stops, request.pool, now) : undefined;
    this.#isForced = lease !== undefined;
    if (lease) return lease;
    // One that is asked once more goes first, whoever has more room.
    const asked: PlanRequest = stops[0] && this.#how?.has(stops[0]) ? { ...request, balance: 'ordered' } : request;
    const visitor = visitorOf(asked, stops, this.#notBefore, now);
    const refused = (cause: unknown) => {
      noteStay(request, visitor);
      throw this.#refused(stops, asGatewayError(cause));
    };
    try {
      const given = room.enter(visitor);
      if (!(given instanceof Promise)) return this.#entered(given, visitor, stops);
      return given.then((lease) => this.#entered(lease, visitor, stops), refused);
    } catch (cause) {
      return refused(cause);
    }
  }

  #entered(given: Lease, visitor: Visitor<Lease>, stops: readonly Stop[]): Lease {
    noteStay(this.#request, visitor);
    if (given.target !== stops[0]?.target) notePassedOver(this.#request, stops, given, this.#ports.clock.now());
    return given;
  }

  /** What the client is told where nobody had room. */
  #refused(stops: readonly Stop[], error: GatewayError): GatewayError {
    if (error.kind === 'client_gone') return error;
    const now = this.#ports.clock.now();
    notePassedOver(this.#request, stops, undefined, now);
    // What a provider has just said tells more than what one said long ago.
    this.#errors.unshift(...whyNone(stops, error, now));
    return verdict(this.#errors, this.#calls);
  }

  #countCall({ costUsd }: Stop): void {
    this.#calls++;
    this.#spentUsd += costUsd ?? 0;
  }

  /** No further call. A refusal for want of room cost nothing: it is not the last while somebody has not been asked. */
  #isOver({ kind }: GatewayError, now: number): boolean {
    const { maxCalls, deadlineAt, maxCostUsd = Infinity } = this.#request.rules;
    const isFree = kind === 'rate' && maxCalls > 1 && this.#itinerary.open.length > 0;
    return this.#calls >= (isFree ? maxCalls + 1 : maxCalls) || now >= deadlineAt || this.#spentUsd >= maxCostUsd;
  }

  #giveBack({ lease }: Pick<Step, 'lease'>, actual: Amounts | undefined, now: number): void {
    lease.settle(actual, now);
    this.#ports.room.wake(lease.target.account);
  }

  #note({ stop, startedAt }: Step, outcome: string, now: number): void {
    const { id: deployment } = stop.candidate.deployment;
    this.#request.attempts.push({ deployment, outcome, durationMs: now - startedAt, startedAtMs: startedAt });
  }
}
