import { describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/core/errors.ts';
import type { Visitor } from '../../src/resilience/place.ts';
import { WaitingRoom, type WaitingRoomOptions } from '../../src/resilience/waiting-room.ts';
import { Client, endOf, type Lease, placeAt, Resource, visitor, type Wish, World } from './waiting-world.ts';

describe('a visitor that finds room', () => {
  it('goes on in the same turn, without a promise or a timer', () => {
    const { world, enter } = setting({ slots: 1 });
    expect(enter()).toMatchObject({ resource: 'a' });
    expect(world.set).toBe(0);
  });

  it('takes the first place that has room', () => {
    const { world, room } = setting();
    const resources = [
      new Resource(world, { name: 'full', slots: 0 }),
      ...['b', 'c'].map((name) => new Resource(world, { name })),
    ];
    expect(room.enter(visitor(world, resources))).toMatchObject({ resource: 'b' });
  });

  it('takes the one with the most room where load is balanced', () => {
    const { world, room } = setting();
    const resources = ['a', 'b', 'c'].map((name) => new Resource(world, { name }));
    const wish = visitor(world, resources, { balance: 'headroom' });
    const rooms = [0.2, 0.9, 0.5];
    const places = wish.places.map((place, index) => ({ ...place, room: () => rooms[index] ?? 0 }));
    expect(room.enter({ ...wish, places })).toMatchObject({ resource: 'b' });
  });

  it('is not kept by those that wait for something else', () => {
    const { world, room, enter } = setting({ slots: 0 });
    void endOf(() => enter());
    expect(room.enter(visitor(world, [new Resource(world, { name: 'b' })]))).toMatchObject({ resource: 'b' });
  });
});

describe('a visitor that finds none', () => {
  it('waits for the moment that was foreseen, and learns how long it was', async () => {
    const { world, room, resource } = setting({ perSecond: 10, capacity: 1 });
    resource.take(1);
    const wish = visitor(world, [resource]);
    const end = endOf(() => room.enter(wish));
    await world.run();
    expect(await end).toBe('a');
    expect(wish).toMatchObject({ stay: { position: 1, waitedMs: 100 } });
  });

  it('goes as soon as its account is said to have room', async () => {
    const world = new World();
    const room = new WaitingRoom<Lease>({ clock: world, timers: world }, { maxWaiting: 10 });
    const resource = new Resource(world, { name: 'a|own', slots: 1 });
    const lease = resource.take(1);
    const wish = visitor(world, [resource]);
    const end = endOf(() => room.enter(wish));
    world.at(70, () => {
      lease.settle();
      room.wake('a');
    });
    await world.run();
    expect(await end).toBe('a|own');
    expect(wish).toMatchObject({ stay: { waitedMs: 70 } });
  });

  it('goes as soon as somebody says that there is room', async () => {
    const { world, room, resource } = setting({ slots: 1 });
    const lease = resource.take(1);
    const wish = visitor(world, [resource]);
    const end = endOf(() => room.enter(wish));
    world.at(70, () => {
      lease.settle();
      room.wake('a');
    });
    await world.run();
    expect(await end).toBe('a');
    expect(wish).toMatchObject({ stay: { waitedMs: 70 } });
  });

  it('takes whichever place has room first', async () => {
    const { world, room, resource } = setting({ slots: 0 });
    const other = new Resource(world, { name: 'b' });
    other.shutUntil = 300;
    const end = endOf(() => room.enter(visitor(world, [resource, other])));
    await world.run();
    expect(await end).toBe('b');
  });

  it('is told at its deadline, less what an answer takes', async () => {
    const { world, room, resource } = setting({ slots: 0 });
    const wish = visitor(world, [resource], { deadlineMs: 5_000, minimumMs: 1_500 });
    const end = endOf(() => room.enter(wish));
    await world.run();
    expect(await end).toBe('deadline');
    expect(world.now()).toBe(3_500);
  });

  it('does not go where an answer would come too late', async () => {
    const { world, room, resource } = setting();
    const slow = new Resource(world, { name: 'slow' });
    [slow.shutUntil, resource.shutUntil] = [4_500, 4_700];
    const places = [
      { ...placeAt(slow, 1), answerMs: 600 },
      { ...placeAt(resource, 1), answerMs: 200 },
    ];
    const end = endOf(() => room.enter({ ...visitor(world, [], { deadlineMs: 5_000 }), places }));
    await world.run();
    expect(await end).toBe('a');
  });

  it('keeps back a quarter of its time at the most', async () => {
    const { world, room, resource } = setting({ slots: 0 });
    const places = [{ ...placeAt(resource, 1), answerMs: 10_000 }];
    const end = endOf(() => room.enter({ ...visitor(world, [], { deadlineMs: 2_000 }), places }));
    await world.run();
    expect(await end).toBe('deadline');
    expect(world.now()).toBe(1_500);
  });

  it.each([
    { name: 'takes room that is there though its patience is over', standsMs: 3_000, end: 'a' },
    { name: 'takes none from which an answer would come too late', standsMs: 9_000, end: 'deadline' },
  ])('after the process stood still, $name', async ({ standsMs, end }) => {
    const { world, room, resource } = setting();
    resource.shutUntil = 1_000;
    const told = endOf(() => room.enter(visitor(world, [resource], { untilMs: 2_000, minimumMs: 1_000 })));
    world.at(500, () => world.stand(standsMs));
    await world.run();
    expect(await told).toBe(end);
  });

  it('leaves nothing behind when its client goes', async () => {
    const { world, room, enter } = setting({ slots: 0 });
    const client = new Client();
    const end = endOf(() => enter({ client }));
    expect({ waiting: room.waiting, listeners: client.listeners }).toEqual({ waiting: 1, listeners: 1 });
    client.leave();
    expect(await end).toBe('client_gone');
    expect([room.waiting, world.pending, client.listeners]).toEqual([0, 0, 0]);
  });

  it('does not even start when its client is gone', async () => {
    const { enter } = setting();
    const client = new Client();
    client.leave();
    expect(await endOf(() => enter({ client }))).toBe('client_gone');
  });

  it('gets the error of a place that breaks, and nobody else does', async () => {
    const { world, room, resource } = setting({ slots: 1 });
    const lease = resource.take(1);
    const wish = visitor(world, [resource], { deadlineMs: 5_000 });
    const broken = { ...wish, places: wish.places.map((place) => ({ ...place, take: fail })) };
    const ends = [endOf(() => room.enter(broken)), endOf(() => room.enter(visitor(world, [resource])))];
    lease.settle();
    room.wake();
    expect(await Promise.all(ends)).toEqual(['internal', 'a']);
  });

  it('still goes where the timer for the next room died with another request', async () => {
    const lost = new World();
    const resource = new Resource(lost, { perSecond: 10, capacity: 1 });
    const timers = { after: (ms: number, act: () => void) => (ms < 1_000 ? () => {} : lost.after(ms, act)) };
    const room = new WaitingRoom<Lease>({ clock: lost, timers }, { maxWaiting: 10 });
    resource.take(1);
    const end = endOf(() => room.enter(visitor(lost, [resource])));
    await lost.run();
    expect(await end).toBe('a');
    expect(lost.now()).toBe(1_000);
  });
});

describe('the order', () => {
  it('is by class, then fair between tenants, then by deadline', async () => {
    const order = await served([
      { tenant: 'whale', name: 'w1' },
      { tenant: 'whale', name: 'w2' },
      { tenant: 'whale', name: 'w3' },
      { tenant: 'whale', name: 'hasty', deadlineMs: 9_000 },
      { tenant: 'small', name: 's1' },
      { tenant: 'other', name: 'late', priority: 'background' },
      { tenant: 'other', name: 'first', priority: 'critical' },
    ]);
    expect(order).toEqual(['first', 'hasty', 's1', 'w1', 'w2', 'w3', 'late']);
  });

  it('does not let a hasty tenant pass a patient one in the background', async () => {
    const background = { priority: 'background' as const };
    const hasty = ['h1', 'h2', 'h3', 'h4'].map((name) => ({ ...background, tenant: 'hasty', name, deadlineMs: 8_000 }));
    const order = await served([...hasty, { ...background, tenant: 'patient', name: 'p1', deadlineMs: 20_000 }]);
    expect(order.indexOf('p1')).toBe(1);
  });

  it('counts what a tenant takes, not how often it asks', async () => {
    const big = ['B1', 'B2', 'B3'].map((name) => ({ tenant: 'big', name, cost: 10 }));
    const small = ['s1', 's2', 's3', 's4', 's5'].map((name) => ({ tenant: 'small', name, cost: 2 }));
    expect(await served([...big, ...small])).toEqual(['B1', 's1', 's2', 's3', 's4', 's5', 'B2', 'B3']);
  });

  it.each(['new', 'again'])(
    'starts a tenant that comes %s level with the others: nothing is saved up',
    async (tenant) => {
      const { room, come, serve } = turns();
      come('again', 'before', 5);
      for (let index = 0; index < 20; index++) come('whale', `w${index}`);
      for (let count = 0; count < 12; count++) serve();
      for (let index = 0; index < 3; index++) come(tenant, `t${index}`);
      while (room.waiting > 0) serve();
      const order = await come.order();
      const start = order.indexOf('t0');
      expect(order.slice(start, start + 5)).toEqual(['t0', 'w11', 't1', 'w12', 't2']);
    },
  );

  it('puts whoever is nearly out of time before those that still can wait', async () => {
    const { world, room, resource } = setting({ slots: 1 });
    const lease = resource.take(1);
    const order: string[] = [];
    const come = (name: string, wish: Wish) =>
      void endOf(() => room.enter(visitor(world, [resource], wish))).then(() => order.push(name));
    come('aged', { priority: 'background' });
    world.at(7_600, () => {
      come('young', { priority: 'normal', tenant: 'other' });
      come('critical', { priority: 'critical', tenant: 'third' });
      lease.settle();
    });
    for (let ms = 7_700; ms < 8_000; ms += 100) {
      world.at(ms, () => {
        resource.busy = 0;
        room.wake();
      });
    }
    await world.run(7_999);
    await promisesKept();
    expect(order).toEqual(['critical', 'aged', 'young']);
  });

  it('keeps a tenth for them even where critical requests could take all', async () => {
    const { world, room, resource } = setting({ slots: 1 });
    const ends: Promise<string>[] = [];
    for (let index = 0; index < 10; index++) {
      ends.push(
        endOf(() =>
          room.enter(visitor(world, [resource], { priority: 'background', tenant: 'patient', deadlineMs: 10_000 })),
        ),
      );
    }
    busy(world, room, resource, 10);
    for (let ms = 0; ms < 10_000; ms += 5) {
      const deadlineMs = ms + 60_000;
      world.at(
        ms,
        () =>
          void endOf(() =>
            room.enter(visitor(world, [resource], { priority: 'critical', tenant: 'flood', deadlineMs })),
          ),
      );
    }
    await world.run(10_100);
    expect(await Promise.all(ends)).toEqual(Array(10).fill('a'));
  });
});

describe('a big request', () => {
  const smallOnes = (world: World, room: WaitingRoom<Lease>, resource: Resource) => {
    for (let ms = 0; ms < 9_000; ms += 50) {
      world.at(
        ms,
        () => void endOf(() => room.enter(visitor(world, [resource], { tokens: 5, tenant: `small ${ms % 7}` }))),
      );
    }
  };

  it('is not starved by many small ones: it keeps what it waits for after a quarter of its time', async () => {
    const { world, room, resource } = setting({ perSecond: 100, capacity: 100 });
    resource.take(100);
    smallOnes(world, room, resource);
    const big = visitor(world, [resource], { tokens: 90, tenant: 'big' });
    const end = endOf(() => room.enter(big));
    await world.run();
    expect(await end).toBe('a');
    expect(big).toMatchObject({ stay: { waitedMs: expect.any(Number) as number } });
    expect((big as Visitor<Lease>).stay?.waitedMs).toBeLessThan(4_000);
  });

  it('keeps it no longer once another place will have room sooner', async () => {
    const { world, room, resource } = setting({ perSecond: 10, capacity: 10 });
    resource.take(10);
    let elsewhereMs = 5_000;
    const elsewhere = { resource: 'b', waitMs: () => elsewhereMs, take: fail };
    const wish = visitor(world, [resource], { tokens: 9, tenant: 'big', deadlineMs: 2_000 });
    void endOf(() => room.enter({ ...wish, places: [...wish.places, elsewhere] }));
    await world.run(600);
    const small = endOf(() => room.enter(visitor(world, [resource], { tenant: 'small' })));
    expect(room.waiting).toBe(2);
    elsewhereMs = 100;
    room.wake('b');
    expect(await small).toBe('a');
    expect(room.waiting).toBe(1);
  });

  it('keeps nobody from a resource while only its own deployment is ill', async () => {
    const { world, room, resource } = setting({ slots: 1 });
    const wish = visitor(world, [resource]);
    const ill = { resource: 'a', waitMs: () => 500, take: fail, isShort: () => false };
    const end = endOf(() => room.enter({ ...wish, places: [ill], deadlineMs: 4_000 }));
    await world.run(2_000);
    expect(room.enter(visitor(world, [resource], { tenant: 'healthy' }))).toMatchObject({ resource: 'a' });
    await world.run();
    expect(await end).toBe('deadline');
  });
});

describe('who is turned away', () => {
  it('would have to wait longer than it can, and is told how long', () => {
    const { resource, enter } = setting();
    resource.shutUntil = 30_000;
    expect(refusal(() => enter({ deadlineMs: 10_000 }))).toMatchObject({ kind: 'capacity', retryAfterMs: 30_000 });
  });

  it('has nothing to wait for', () => {
    const { resource, enter } = setting();
    resource.shutUntil = Infinity;
    expect(refusal(() => enter())).toMatchObject({ kind: 'capacity', retryAfterMs: undefined });
  });

  it('would not come up in time at the pace of those before it, but only once that pace is known', async () => {
    const { world, room, resource } = setting({ slots: 1 });
    busy(world, room, resource, 100);
    const fill = () => void endOf(() => room.enter(visitor(world, [resource], { deadlineMs: world.now() + 60_000 })));
    for (let index = 0; index < 50; index++) fill();
    const hasty = () => room.enter(visitor(world, [resource], { tenant: 'tenant', deadlineMs: world.now() + 1_000 }));
    void endOf(hasty);
    expect(room.waiting).toBe(51);
    await world.run(2_500);
    for (let index = 0; index < 25; index++) fill();
    // It goes by deadline inside its tenant, so it is another's turn to be asked: one whose deadline is no help.
    const idle = { tenant: 'tenant', deadlineMs: world.now() + 59_000, minimumMs: 58_000 };
    const error = refusal(() => room.enter(visitor(world, [resource], idle)));
    expect(error).toMatchObject({ kind: 'capacity' });
    expect(error?.retryAfterMs).toBeGreaterThan(1_500);
  });

  it('is not who has little waiting behind one who has much', async () => {
    const { world, room, resource } = setting({ slots: 1 });
    busy(world, room, resource, 100);
    for (let index = 0; index < 30; index++) {
      void endOf(() => room.enter(visitor(world, [resource], { tenant: 'whale', deadlineMs: 60_000 })));
    }
    await world.run(2_500);
    for (let index = 0; index < 100; index++) {
      void endOf(() => room.enter(visitor(world, [resource], { tenant: 'whale', deadlineMs: 60_000 })));
    }
    const wish = visitor(world, [resource], { tenant: 'small', deadlineMs: world.now() + 2_000 });
    expect(refusal(() => room.enter(wish))).toBeUndefined();
    expect(wish).toMatchObject({ stay: { position: 2 } });
  });

  it('is the newest of the least urgent class when the room is full', async () => {
    const { room, enter } = setting({ slots: 0 }, { maxWaiting: 3, maxPerTenant: 3 });
    const ends = (['background', 'background', 'normal', 'critical'] as const).map((priority) =>
      endOf(() => enter({ priority })),
    );
    expect(room.waitingBy).toEqual({ critical: 1, normal: 1, background: 1 });
    expect(await ends[1]).toBe('capacity');
  });

  it('is of the tenant with the most waiting, so that nobody can fill the room for all', async () => {
    const { room, enter } = setting({ slots: 0 }, { maxWaiting: 4, maxPerTenant: 4 });
    const whale = Array.from({ length: 4 }, () => endOf(() => enter({ tenant: 'whale' })));
    void endOf(() => enter({ tenant: 'small' }));
    expect(await whale[3]).toBe('capacity');
    expect(room.waiting).toBe(4);
  });

  it('is itself, when its own tenant has the most', async () => {
    const { enter } = setting({ slots: 0 }, { maxWaiting: 3, maxPerTenant: 3 });
    void endOf(() => enter({ tenant: 'small' }));
    void endOf(() => enter({ tenant: 'whale' }));
    void endOf(() => enter({ tenant: 'whale' }));
    expect(await endOf(() => enter({ tenant: 'whale' }))).toBe('capacity');
  });

  it('has too many of its own tenant before it; what is more urgent takes the place of what is less', async () => {
    const { room, enter } = setting({ slots: 0 }, { maxWaiting: 10 });
    const early = Array.from({ length: 5 }, () => endOf(() => enter({ priority: 'background' })));
    expect(await endOf(() => enter({ priority: 'background' }))).toBe('capacity');
    void endOf(() => enter({ priority: 'critical' }));
    expect(await early[4]).toBe('capacity');
    expect(room.waitingBy).toEqual({ critical: 1, normal: 0, background: 4 });
  });
});

function setting(
  resource: ConstructorParameters<typeof Resource>[1] = {},
  options: WaitingRoomOptions = { maxWaiting: 1_000 },
) {
  const world = new World();
  const room = new WaitingRoom<Lease>({ clock: world, timers: world }, options);
  const only = new Resource(world, resource);
  return { world, room, resource: only, enter: (wish: Wish = {}) => room.enter(visitor(world, [only], wish)) };
}

/** One call after another, each so long: the pace of the resource. */
function busy(world: World, room: WaitingRoom<Lease>, resource: Resource, everyMs: number): void {
  resource.busy = 1;
  const next = (ms: number) =>
    void world.at(ms, () => {
      resource.busy = 0;
      room.wake();
      resource.busy = 1;
      if (ms < 20_000) next(ms + everyMs);
    });
  next(everyMs);
}

/** One at a time. */
function turns() {
  const { world, room, resource } = setting({ slots: 1 });
  resource.take(1);
  const order: string[] = [];
  const come = (tenant: string, name: string, cost = 1) =>
    void endOf(() => room.enter(visitor(world, [resource], { tenant, cost }))).then(() => order.push(name));
  come.order = () => promisesKept().then(() => order);
  const serve = () => {
    resource.busy = 0;
    room.wake();
  };
  return { room, come, serve };
}

/** Names in the order in which they are served, one at a time. */
async function served(wishes: readonly (Wish & { name: string })[]): Promise<string[]> {
  const { world, room, resource } = setting({ slots: 1 });
  resource.take(1);
  const order: string[] = [];
  for (const { name, ...wish } of wishes) {
    void endOf(() => room.enter(visitor(world, [resource], wish))).then(() => order.push(name));
  }
  for (let count = 0; count < wishes.length; count++) {
    resource.busy = 0;
    room.wake();
  }
  await promisesKept();
  return order;
}

function promisesKept(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function refusal(visit: () => unknown): GatewayError | undefined {
  try {
    visit();
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  return undefined;
}

function fail(): never {
  throw new GatewayError('internal', 'This place is broken');
}
