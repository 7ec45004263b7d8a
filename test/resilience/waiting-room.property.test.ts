/** What must hold whatever comes, goes, ends and breaks off, in whatever order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Priority } from '../../src/core/priority.ts';
import type { Visitor } from '../../src/resilience/place.ts';
import { WaitingRoom } from '../../src/resilience/waiting-room.ts';
import { Client, endOf, type Lease, placeAt, Resource, type ResourceOptions, World } from './waiting-world.ts';

const resourceArbitrary: fc.Arbitrary<ResourceOptions> = fc.record({
  perSecond: fc.integer({ min: 5, max: 60 }),
  capacity: fc.integer({ min: 10, max: 50 }),
  slots: fc.integer({ min: 1, max: 4 }),
});

interface Arrival {
  atMs: number;
  /** Which resources, in order. */
  wants: number[];
  tokens: number;
  priority: Priority;
  tenant: string;
  allowanceMs: number;
  /** How long the call takes. */
  callMs: number;
  leavesAfterMs: number | undefined;
}

const arrivalArbitrary: fc.Arbitrary<Arrival> = fc.record({
  atMs: fc.integer({ min: 0, max: 2_000 }),
  wants: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 }),
  tokens: fc.integer({ min: 1, max: 10 }),
  priority: fc.constantFrom<Priority>('critical', 'normal', 'background'),
  tenant: fc.constantFrom('a', 'b', 'c', 'd'),
  allowanceMs: fc.integer({ min: 10, max: 5_000 }),
  callMs: fc.integer({ min: 1, max: 1_500 }),
  leavesAfterMs: fc.option(fc.integer({ min: 0, max: 3_000 }), { nil: undefined, freq: 6 }),
});

interface Guest extends Visitor<Lease> {
  client: Client;
  wanted: readonly { resource: Resource; tokens: number }[];
  isWaiting: boolean;
}

/** The waiting room among its guests, with everything that must hold checked at every step. */
class Scene {
  readonly world = new World();
  readonly room = new WaitingRoom<Lease>({ clock: this.world, timers: this.world }, { maxWaiting: 30 });
  readonly resources: Resource[];
  readonly guests: Guest[] = [];
  readonly ends: Promise<string>[] = [];
  readonly complaints: string[] = [];
  grants = 0;

  constructor(resources: readonly ResourceOptions[]) {
    this.resources = resources.map((options, index) => new Resource(this.world, { ...options, name: `r${index}` }));
    this.world.afterEach = () => this.#nobodyWaitsForFreeRoom();
  }

  comes({ wants, tokens, priority, tenant, allowanceMs, callMs, leavesAfterMs }: Arrival): void {
    const arrivedAt = this.world.now();
    const client = new Client();
    const wanted = wants.flatMap((index) => this.resources[index] ?? []).map((resource) => ({ resource, tokens }));
    const guest: Guest = {
      places: wanted.map(({ resource }) => ({
        ...placeAt(resource, tokens),
        take: () => this.#goes(guest, resource, callMs),
      })),
      priority,
      tenant,
      cost: tokens,
      deadlineMs: arrivedAt + allowanceMs,
      arrivedAt,
      client,
      wanted,
      isWaiting: true,
    };
    this.guests.push(guest);
    const end = endOf(() => this.room.enter(guest));
    this.ends.push(end.finally(() => (guest.isWaiting = false)));
    if (leavesAfterMs !== undefined) this.world.at(arrivedAt + leavesAfterMs, () => this.#leaves(guest));
  }

  #goes(guest: Guest, resource: Resource, callMs: number): Lease {
    const now = this.world.now();
    const lease = resource.take(guest.cost); // throws where there is no room
    if (!guest.isWaiting) this.complaints.push('went twice, or after it had left');
    if (now > guest.deadlineMs) this.complaints.push('went after its deadline');
    if (guest.priority !== 'critical' && !isAged(guest, now)) this.#nobodyMoreUrgent(resource, now);
    guest.isWaiting = false;
    this.grants++;
    this.world.at(now + callMs, () => {
      lease.settle();
      this.room.wake(resource.name);
    });
    return lease;
  }

  #leaves(guest: Guest): void {
    guest.isWaiting = false;
    guest.client.leave();
  }

  #nobodyMoreUrgent(resource: Resource, now: number): void {
    const passed = this.#waitingFor(resource).find(
      ({ priority, cost, deadlineMs }) => priority === 'critical' && deadlineMs > now && resource.waitMs(cost) <= 0,
    );
    if (passed) this.complaints.push('went before a critical one that could go');
  }

  /** Idle room only where somebody patient collects it. Timers are good to a millisecond. */
  #nobodyWaitsForFreeRoom(): void {
    const now = this.world.now();
    for (const resource of this.resources) {
      const waiting = this.#waitingFor(resource).filter(({ deadlineMs }) => deadlineMs > now);
      const isHeld = waiting.some((guest) => isPatient(guest, now) && resource.idleMs(guest.cost) < 1.01);
      if (isHeld) continue;
      if (waiting.some((guest) => resource.idleMs(guest.cost) > 1.01))
        this.complaints.push(`${resource.name} had room for one that waited`);
    }
  }

  #waitingFor(resource: Resource): Guest[] {
    return this.guests.filter(
      (guest) => guest.isWaiting && guest.stay && guest.wanted.some((want) => want.resource === resource),
    );
  }
}

const isPatient = ({ arrivedAt, deadlineMs }: Guest, now: number) => now >= arrivedAt + 0.25 * (deadlineMs - arrivedAt);
const isAged = ({ arrivedAt, deadlineMs }: Guest, now: number) => now >= arrivedAt + 0.75 * (deadlineMs - arrivedAt);

it('ends every visit once, never without room, keeps classes, wastes no room and leaves nothing behind', async () => {
  let grants = 0;
  const kinds = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(resourceArbitrary, { minLength: 3, maxLength: 3 }),
      fc.array(arrivalArbitrary, { minLength: 1, maxLength: 60, size: 'max' }),
      async (resources, arrivals) => {
        const scene = new Scene(resources);
        for (const arrival of arrivals) scene.world.at(arrival.atMs, () => scene.comes(arrival));
        await scene.world.run();
        const ends = await Promise.all(scene.ends);
        expect(scene.complaints).toEqual([]);
        expect(ends.filter((end) => end.startsWith('r')).length).toBe(scene.grants);
        expect(new Set(ends).isSubsetOf(new Set(['r0', 'r1', 'r2', 'capacity', 'deadline', 'client_gone']))).toBe(true);
        expect({ waiting: scene.room.waiting, timers: scene.world.pending }).toEqual({ waiting: 0, timers: 0 });
        expect(scene.guests.every(({ client }) => client.listeners === 0)).toBe(true);
        expect(scene.room.waitingBy).toEqual({ critical: 0, normal: 0, background: 0 });
        grants += scene.grants;
        for (const end of ends) kinds.set(end, (kinds.get(end) ?? 0) + 1);
      },
    ),
    { numRuns: 200 },
  );
  // Otherwise it would have proven little.
  expect(grants).toBeGreaterThan(2_000);
  expect(kinds.get('deadline')).toBeGreaterThan(100);
  expect(kinds.get('client_gone')).toBeGreaterThan(50);
});

it('gives tenants that always wait the same, but for their largest requests', async () => {
  const costs = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 30, maxLength: 60 });
  const priority = fc.constantFrom<Priority>('critical', 'normal', 'background');
  await fc.assert(
    fc.asyncProperty(fc.array(costs, { minLength: 2, maxLength: 6 }), priority, async (tenants, urgency) => {
      const world = new World();
      const room = new WaitingRoom<Lease>({ clock: world, timers: world }, { maxWaiting: 1_000, maxPerTenant: 100 });
      const resource = new Resource(world, { slots: 1 });
      const held = resource.take(1);
      const left = tenants.map((list) => list.length);
      const had = tenants.map(() => 0);
      let widest = 0;
      const ends = tenants.flatMap((list, index) =>
        list.map((cost) => {
          const take = () => {
            const lease = resource.take(cost);
            had[index] = (had[index] ?? 0) + cost;
            left[index] = (left[index] ?? 0) - 1;
            world.after(cost, () => {
              lease.settle();
              room.wake();
            });
            if (left.every((count) => count > 0)) widest = Math.max(widest, Math.max(...had) - Math.min(...had));
            return lease;
          };
          const places = [{ ...placeAt(resource, cost), take }];
          const visit = {
            places,
            priority: urgency,
            tenant: `t${index}`,
            cost,
            deadlineMs: 1e9,
            arrivedAt: 0,
            client: new Client(),
          };
          return endOf(() => room.enter(visit));
        }),
      );
      held.settle();
      room.wake();
      await world.run();
      expect(new Set(await Promise.all(ends))).toEqual(new Set(['a']));
      expect(widest).toBeLessThanOrEqual(2 * 20);
    }),
    { numRuns: 100 },
  );
});
