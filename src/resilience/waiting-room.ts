/**
 * Where requests wait for room at a provider. Who finds room and nobody waiting for it goes on at once; the others go
 * in order of claim (`resource-queue.ts`, `lane.ts`), each until its own deadline.
 *
 * Everything happens in calls: a visitor comes or leaves, somebody says that room may have appeared, a timer fires.
 * On Workers a timer dies with the request that set it, so every waiter has its own, which fires at its deadline and
 * each second until then. The alarm for the moment in which room is foreseen is set by whoever looked last; where it
 * dies with them, the waiters' own timers do its work a little later.
 */
import { GatewayError } from '../core/errors.ts';
import type { Clock, Timers } from '../core/ports.ts';
import type { Priority } from '../core/priority.ts';
import { Crowd } from './crowd.ts';
import type { Place, Visitor } from './place.ts';
import { Queues } from './queues.ts';
import type { Turn } from './resource-queue.ts';
import { Waiter } from './waiter.ts';

const WATCH_MS = 1_000;

export interface WaitingRoomOptions {
  /** Requests waiting at the same time. */
  maxWaiting: number;
  /** Of one tenant; half of all by default. */
  maxPerTenant?: number | undefined;
}

export class WaitingRoom<L> {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #crowd: Crowd<L>;
  readonly #queues = new Queues<L>();
  #isLooking = false;
  #alarm: { atMs: number; callOff: () => void } | undefined;
  #nextAgedAt = Infinity;
  #serial = 0;

  constructor(ports: { clock: Clock; timers: Timers }, { maxWaiting, maxPerTenant }: WaitingRoomOptions) {
    this.#clock = ports.clock;
    this.#timers = ports.timers;
    this.#crowd = new Crowd({ maxWaiting, maxPerTenant: maxPerTenant ?? Math.ceil(maxWaiting / 2) });
  }

  get waiting(): number {
    return this.#crowd.size;
  }

  /** How many wait, by the class they came with. */
  get waitingBy(): Readonly<Record<Priority, number>> {
    return this.#crowd.by;
  }

  /** Since when the first of those waits that are no background work; Infinity: none of them does. */
  get urgentSince(): number {
    return this.#crowd.urgentSince;
  }

  /**
   * What the first place with room gives: at once, if nobody has a better claim to it. Throws, now or later,
   * `capacity` (it would wait in vain, or too many wait), `deadline` (it has waited in vain) or `client_gone`.
   */
  enter(visitor: Visitor<L>): L | Promise<L> {
    if (visitor.client.gone) throw left();
    const nowMs = this.#clock.now();
    const place = this.#isContested(visitor) ? undefined : placeNow(visitor, nowMs);
    return place ? place.take(nowMs) : this.#join(visitor, nowMs);
  }

  /** Room may have appeared, at this resource and those that have it in common, or anywhere: looks again. */
  wake(account?: string): void {
    if (this.#crowd.size === 0) return;
    this.#queues.touch(account);
    this.#look(this.#clock.now());
  }

  #isContested({ places }: Visitor<L>): boolean {
    return this.#crowd.size > 0 && places.some(({ resource }) => this.#queues.has(resource));
  }

  #join(visitor: Visitor<L>, nowMs: number): L | Promise<L> {
    const waiter = new Waiter(visitor, nowMs, this.#serial++);
    this.#crowd.add(waiter);
    this.#nextAgedAt = Math.min(this.#nextAgedAt, waiter.agedAt);
    this.#queues.add(waiter, nowMs);
    this.#look(nowMs);
    if (!waiter.isOver) this.#admit(waiter, nowMs);
    return waiter.outcome();
  }

  /** There was no room at once: may it stay? */
  #admit(waiter: Waiter<L>, nowMs: number): void {
    const { ahead, leastMs } = this.#queues.prospect(waiter, nowMs);
    waiter.visitor.stay = { position: ahead + 1, waitedMs: 0 };
    if (nowMs + leastMs > waiter.untilMs) {
      return this.#refuse(waiter, hopeless(this.#queues.expectedMs(waiter, nowMs)), nowMs);
    }
    const victim = this.#crowd.surplus(waiter);
    if (victim) this.#refuse(victim, crowded(this.#queues.expectedMs(victim, nowMs)), nowMs);
    if (!waiter.isOver) this.#attend(waiter, nowMs);
  }

  #attend(waiter: Waiter<L>, nowMs: number): void {
    const watchMs = Math.min(waiter.untilMs - nowMs, WATCH_MS);
    const callOff = this.#timers.after(Math.max(1, Math.ceil(watchMs)), () => this.#watch(waiter));
    const ignore = waiter.visitor.client.onGone(() => this.#refuse(waiter, left(), this.#clock.now()));
    waiter.onEnd = () => {
      callOff();
      ignore();
    };
  }

  /** A waiter's own timer. */
  #watch(waiter: Waiter<L>): void {
    waiter.onEnd?.();
    const nowMs = this.#clock.now();
    this.#look(nowMs);
    if (waiter.isOver) return;
    if (nowMs >= waiter.untilMs) this.#refuse(waiter, late(this.#queues.expectedMs(waiter, nowMs)), nowMs);
    else if (waiter.isHopeless(nowMs)) this.#refuse(waiter, hopeless(this.#queues.expectedMs(waiter, nowMs)), nowMs);
    else this.#attend(waiter, nowMs);
  }

  /** Whoever may go goes; then sets the alarm for the next. */
  #look(nowMs: number): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.#age(nowMs);
      this.#queues.touchDue(nowMs);
      for (let turn = this.#queues.next(nowMs); turn; turn = this.#queues.next(nowMs)) this.#take(turn, nowMs);
    } finally {
      this.#isLooking = false;
    }
    this.#setAlarm(nowMs);
  }

  #take(turn: Turn<L>, nowMs: number): void {
    const { waiter } = turn.ticket;
    this.#queues.serve(turn, nowMs);
    try {
      this.#end(waiter, { lease: turn.place.take(nowMs) }, nowMs);
    } catch (error) {
      this.#end(waiter, { error }, nowMs);
    }
  }

  #refuse(waiter: Waiter<L>, error: GatewayError, nowMs: number): void {
    if (waiter.isOver) return;
    this.#end(waiter, { error }, nowMs);
    this.#look(nowMs);
  }

  /** Nothing of it stays behind. */
  #end(waiter: Waiter<L>, end: { lease: L } | { error: unknown }, nowMs: number): void {
    const { visitor, enteredAt } = waiter;
    this.#crowd.delete(waiter);
    this.#queues.remove(waiter);
    if (visitor.stay) visitor.stay.waitedMs = nowMs - enteredAt;
    waiter.end(end);
  }

  /** Who has aged starts anew among the aged. */
  #age(nowMs: number): void {
    if (nowMs < this.#nextAgedAt) return;
    this.#nextAgedAt = Infinity;
    for (const waiter of this.#crowd) {
      if (waiter.agedAt <= nowMs) this.#promote(waiter, nowMs);
      else this.#nextAgedAt = Math.min(this.#nextAgedAt, waiter.agedAt);
    }
  }

  #promote(waiter: Waiter<L>, nowMs: number): void {
    if (waiter.rank === 'critical' || waiter.rank === 'aged') return;
    this.#queues.remove(waiter);
    waiter.rank = 'aged';
    this.#queues.add(waiter, nowMs);
  }

  /** One that fires too early does no harm; one that should have fired is lost. */
  #setAlarm(nowMs: number): void {
    const { roomAt } = this.#queues;
    const alarm = this.#alarm;
    if (alarm && alarm.atMs > nowMs && alarm.atMs <= roomAt && this.#crowd.size > 0) return;
    alarm?.callOff();
    this.#alarm = undefined;
    if (roomAt === Infinity) return;
    const ms = Math.max(1, Math.ceil(roomAt - nowMs));
    this.#alarm = { atMs: nowMs + ms, callOff: this.#timers.after(ms, () => this.#look(this.#clock.now())) };
  }
}

function placeNow<L>({ places, balance }: Visitor<L>, nowMs: number): Place<L> | undefined {
  let best: Place<L> | undefined;
  let most = -Infinity;
  for (const place of places) {
    if (place.waitMs(nowMs) > 0) continue;
    if (balance !== 'headroom') return place;
    const room = place.room?.(nowMs) ?? 0;
    if (room > most) best = place;
    most = Math.max(most, room);
  }
  return best;
}

function left(): GatewayError {
  return new GatewayError('client_gone', 'The client left while it waited for room');
}

function late(waitMs: number): GatewayError {
  return refusal('deadline', 'No provider had room for this request within its deadline', waitMs);
}

function hopeless(waitMs: number): GatewayError {
  return refusal('capacity', 'No provider will have room for this request within its deadline', waitMs);
}

function crowded(waitMs: number): GatewayError {
  return refusal('capacity', 'Too many requests wait for room at the providers', waitMs);
}

function refusal(kind: 'capacity' | 'deadline', message: string, waitMs: number): GatewayError {
  return new GatewayError(kind, message, waitMs === Infinity ? {} : { retryAfterMs: Math.ceil(waitMs) });
}
