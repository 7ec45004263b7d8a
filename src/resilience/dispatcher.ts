/** What all requests of a process share: the targets, the pools, the waiting room and whether it is an emergency. */
import type { Deployment } from '../core/deployment.ts';
import { GatewayError } from '../core/errors.ts';
import { Kept } from '../core/kept.ts';
import type { Limits } from '../core/limits.ts';
import type { Clock, Fuse, Timers } from '../core/ports.ts';
import type { Priority } from '../core/priority.ts';
import { Emergency, type EmergencyAlert, type EmergencyOptions } from './emergency.ts';
import { FirstTokenTimes, type FirstTokenOptions } from './first-token.ts';
import { Panic } from './panic.ts';
import { Parking, type ParkingAlert, type ParkingOptions } from './parking.ts';
import type { Pool } from './request.ts';
import { RetryBudget, type RetryBudgetOptions } from './retry-budget.ts';
import { type Lease, Target } from './target.ts';
import { WaitingRoom } from './waiting-room.ts';

/** For the operator, before users notice. */
export type Alert = ParkingAlert | EmergencyAlert;

export interface DispatcherParts {
  clock: Clock;
  timers: Timers;
  /** 0 to 1. */
  random: () => number;
  fuse: () => Fuse;
  limits: (deployment: Deployment) => Limits;
  onAlert: (alert: Alert) => void;
}

export interface DispatcherOptions {
  parking: ParkingOptions;
  retryBudget: RetryBudgetOptions;
  firstToken: FirstTokenOptions;
  emergency: EmergencyOptions;
  queue: { maxWaiting: number };
}

/** Of what only clients name: they choose `provider/model` names. */
const MAX_INVENTED = 2_000;
/** Who was asked longer ago says nothing of the capacity there is now. */
const IN_USE_MS = 60_000;
/** Looking at all targets for each request would be too much. */
const LOOK_EVERY_MS = 250;
/** In a busy pool everybody waits for a moment; who waits for longer minds. */
const NOTICEABLE_MS = 1_000;

export class Dispatcher {
  readonly room: WaitingRoom<Lease>;
  readonly emergency: Emergency;
  readonly #parts: DispatcherParts;
  readonly #options: DispatcherOptions;
  readonly #parking: Parking;
  readonly #targets = new Kept<Target>(MAX_INVENTED);
  /** The same, without a name to be made for every candidate of every request. */
  readonly #found = new WeakMap<Deployment, Target>();
  /** Names with the same deployment have limits of their own; its health is one. */
  readonly #fuses = new Kept<Fuse>(MAX_INVENTED);
  readonly #pools = new Kept<Pool>(MAX_INVENTED);
  #lookedAt = -Infinity;

  constructor(parts: DispatcherParts, options: DispatcherOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#parking = new Parking(options.parking, parts.onAlert);
    this.emergency = new Emergency(options.emergency, parts.onAlert);
    this.room = new WaitingRoom<Lease>(parts, options.queue);
  }

  target(deployment: Deployment): Target {
    const found = this.#found.get(deployment);
    if (found) return found;
    const target = this.#targetOf(deployment);
    this.#found.set(deployment, target);
    return target;
  }

  #targetOf(deployment: Deployment): Target {
    const { id, model, isDirect = false } = deployment;
    const name = `${model} ${id}`;
    const known = this.#targets.get(name, isDirect);
    if (known) return known;
    const { random, limits } = this.#parts;
    const { firstToken } = this.#options;
    const { firstTokenMs, maxFirstTokenMs } = deployment.timeouts ?? {};
    const times = new FirstTokenTimes({
      ...firstToken,
      floorMs: firstTokenMs ?? firstToken.floorMs,
      capMs: Math.max(maxFirstTokenMs ?? firstToken.capMs, firstTokenMs ?? 0),
    });
    const fuse = this.#fuses.get(id, isDirect) ?? this.#fuses.add(id, this.#parts.fuse(), isDirect);
    const parts = { deployment, fuse, limits: limits(deployment), parking: this.#parking, times, random };
    return this.#targets.add(name, new Target(parts), isDirect);
  }

  /** Every deployment that was asked since the start. */
  get targets(): Iterable<Target> {
    return this.#targets.values();
  }

  /** By the names that clients ask for. */
  get pools(): Iterable<[string, Pool]> {
    return this.#pools.entries();
  }

  /** Requests that ask for the same name share a retry budget. A name is invented that the configuration has not. */
  pool(model: string, isInvented: boolean): Pool {
    const known = this.#pools.get(model, isInvented);
    if (known) return known;
    const { clock, random } = this.#parts;
    const budget = new RetryBudget(this.#options.retryBudget, clock.now());
    return this.#pools.add(model, { budget, panic: new Panic(random) }, isInvented);
  }

  /** What can wait does not compete with what cannot, where that has to wait. */
  refuseInEmergency(priority: Priority): void {
    if (priority !== 'background') return;
    const now = this.#parts.clock.now();
    if (!this.emergency.active(now)) return;
    if (now - this.room.urgentSince >= NOTICEABLE_MS) this.emergency.noteCrowd(now);
    const retryAfterMs = this.emergency.refusalMs(now);
    if (retryAfterMs === 0) return;
    throw new GatewayError('capacity', 'Too few providers answer; background work has to wait', { retryAfterMs });
  }

  /** After each request: how much of what is in use is usable decides whether it is an emergency. */
  noteCapacity(now: number): void {
    if (now - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#lookedAt = now;
    let [usable, used] = [0, 0];
    for (const target of this.#targets.values()) {
      if (now - target.takenAt > IN_USE_MS) continue;
      used++;
      if (target.isUsable(now)) usable++;
    }
    this.emergency.note(usable, used, now);
  }
}
