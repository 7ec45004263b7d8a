/** A world for the waiting room: time that moves by itself, resources with tokens and slots, and visitors for them. */
import { Departure } from '../../src/core/departure.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Clock, Timers } from '../../src/core/ports.ts';
import type { Place, Visitor } from '../../src/resilience/place.ts';

interface Entry {
  atMs: number;
  act: (() => void) | undefined;
}

/** Virtual time. Everything happens in a call of `run`, in order; promises are kept before the next thing happens. */
export class World implements Clock, Timers {
  #nowMs = 0;
  #entries: Entry[] = [];
  /** Timers set and neither fired nor called off. */
  pending = 0;
  /** Timers set so far. */
  set = 0;
  /** Called when all that happens in one millisecond has happened. */
  afterEach: () => void = () => {};

  readonly now = (): number => this.#nowMs;

  readonly after = (ms: number, act: () => void): (() => void) => {
    this.set++;
    this.pending++;
    const entry = this.at(this.#nowMs + ms, () => {
      this.pending--;
      act();
    });
    return () => {
      if (entry.act) this.pending--;
      entry.act = undefined;
    };
  };

  /** The process stands still: what is due meanwhile happens afterwards. */
  stand(ms: number): void {
    this.#nowMs += ms;
  }

  at(atMs: number, act: () => void): Entry {
    const entry: Entry = { atMs, act };
    const index = this.#entries.findLastIndex((other) => other.atMs <= atMs);
    this.#entries.splice(index + 1, 0, entry);
    return entry;
  }

  async run(untilMs = Infinity): Promise<void> {
    for (let next = this.#entries[0]; next && next.atMs <= untilMs; next = this.#entries[0]) {
      this.#entries.shift();
      const { act } = next;
      if (!act) continue;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.act = undefined;
      act();
      for (let hop = 0; hop < 5; hop++) await Promise.resolve();
      if (!this.#entries.some((entry) => entry.act && entry.atMs === next.atMs)) this.afterEach();
    }
    if (untilMs < Infinity) this.#nowMs = Math.max(this.#nowMs, untilMs);
  }
}

export interface ResourceOptions {
  name?: string;
  perSecond?: number;
  capacity?: number;
  slots?: number;
}

/** A provider's account: a bucket of tokens that fills gradually, and slots. */
export class Resource {
  readonly name: string;
  readonly #world: World;
  readonly #perMs: number;
  readonly #capacity: number;
  readonly #slots: number;
  #level: number;
  #atMs = 0;
  busy = 0;
  /** Nobody gets in before. */
  shutUntil = 0;

  constructor(
    world: World,
    { name = 'a', perSecond = Infinity, capacity = Infinity, slots = Infinity }: ResourceOptions,
  ) {
    this.name = name;
    this.#world = world;
    this.#perMs = perSecond / 1000;
    this.#capacity = capacity;
    this.#level = capacity;
    this.#slots = slots;
  }

  waitMs(tokens: number): number {
    const now = this.#world.now();
    this.#refill(now);
    if (now < this.shutUntil) return this.shutUntil - now;
    // A guess, as a limiter makes it: nobody knows when a call ends.
    if (this.busy >= this.#slots) return 20;
    return this.#level >= tokens ? 0 : Math.max((tokens - this.#level) / this.#perMs, 1e-6);
  }

  /** For how many milliseconds it has had room already; not positive while it has none. */
  idleMs(tokens: number): number {
    return this.waitMs(tokens) > 0 ? 0 : (this.#level - tokens) / this.#perMs;
  }

  take(tokens: number): Lease {
    if (this.waitMs(tokens) > 0) throw new Error(`${this.name} had no room`);
    this.#level -= tokens;
    this.busy++;
    return { resource: this.name, tokens, settle: () => void this.busy-- };
  }

  #refill(now: number): void {
    if (this.#capacity === Infinity) return;
    this.#level = Math.min(this.#capacity, this.#level + (now - this.#atMs) * this.#perMs);
    this.#atMs = now;
  }
}

export interface Lease {
  resource: string;
  tokens: number;
  settle: () => void;
}

/** Counts who listens to it. */
export class Client extends Departure {
  listeners = 0;

  override onGone(act: () => void): () => void {
    let isListening = true;
    const stop = () => {
      if (isListening) this.listeners--;
      isListening = false;
    };
    this.listeners++;
    const ignore = super.onGone(() => {
      stop();
      act();
    });
    return () => {
      stop();
      ignore();
    };
  }
}

export type Wish = Partial<Omit<Visitor<Lease>, 'places'>> & { tokens?: number };

export function placeAt(resource: Resource, tokens: number): Place<Lease> {
  return { resource: resource.name, waitMs: () => resource.waitMs(tokens), take: () => resource.take(tokens) };
}

export function visitor(world: World, resources: readonly Resource[], { tokens = 1, ...wish }: Wish = {}) {
  const arrivedAt = world.now();
  return {
    places: resources.map((resource) => placeAt(resource, tokens)),
    priority: 'normal' as const,
    tenant: 'tenant',
    cost: tokens,
    deadlineMs: arrivedAt + 10_000,
    arrivedAt,
    client: new Client(),
    ...wish,
  } satisfies Visitor<Lease>;
}

/** How a visit ended: the resource's name, or the kind of the error. */
export async function endOf(visit: () => Lease | Promise<Lease>): Promise<string> {
  try {
    return (await visit()).resource;
  } catch (error) {
    if (error instanceof GatewayError) return error.kind;
    throw error;
  }
}
