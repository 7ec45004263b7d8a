/** A minute of more than there is room for: who is served, and who is not. */
import { describe, expect, it } from 'vitest';
import type { Priority } from '../../src/core/priority.ts';
import { WaitingRoom } from '../../src/resilience/waiting-room.ts';
import { endOf, type Lease, Resource, visitor, World } from './waiting-world.ts';

interface Tenant {
  name: string;
  priority: Priority;
  perSecond: number;
  /** From and to. */
  tokens: readonly [number, number];
  /** Seconds of silence after six seconds of noise. */
  silenceSeconds?: number;
}

const SMALL = { perSecond: 3, tokens: [80, 400] } as const;
const TENANTS: readonly Tenant[] = [
  { name: 'whale', priority: 'background', perSecond: 60, tokens: [350, 1200], silenceSeconds: 4 },
  { name: 'steady', priority: 'normal', perSecond: 22, tokens: [150, 700] },
  { name: 'critical 1', priority: 'critical', ...SMALL },
  { name: 'critical 2', priority: 'critical', ...SMALL },
  { name: 'small 1', priority: 'normal', ...SMALL },
  { name: 'small 2', priority: 'normal', ...SMALL },
];
const SECONDS = 60;

/** Three providers, one after the other away for eight seconds. Shares of each tenant's requests that were served, and of all. */
async function minute(load: number, seed: number): Promise<Record<string, number>> {
  const random = luck(seed);
  const world = new World();
  const room = new WaitingRoom<Lease>({ clock: world, timers: world }, { maxWaiting: 5_000 });
  const resources = ['a', 'b', 'c'].map((name) => new Resource(world, { name, perSecond: 15_000, capacity: 3_000 }));
  for (const [index, resource] of resources.entries()) {
    const fromMs = 8_000 + index * 18_000;
    world.at(fromMs, () => void (resource.shutUntil = fromMs + 8_000));
  }
  const ends = new Map<string, Promise<string>[]>();
  const comes = ({ name, priority, tokens: [least, most] }: Tenant) => {
    const tokens = least + random() * random() * (most - least);
    const wish = visitor(world, resources, {
      tokens,
      priority,
      tenant: name,
      cost: 1 + tokens / 500,
      minimumMs: 1_500,
    });
    ends.set(name, [...(ends.get(name) ?? []), endOf(() => room.enter(wish))]);
  };
  const keepsComing = (tenant: Tenant): void => {
    const { silenceSeconds = 0, perSecond } = tenant;
    const nextMs = world.now() - (Math.log(1 - random()) * 1_000) / (perSecond * load);
    if (nextMs > SECONDS * 1_000) return;
    world.at(Math.floor(nextMs), () => {
      if (world.now() % ((6 + silenceSeconds) * 1_000) < 6_000) comes(tenant);
      keepsComing(tenant);
    });
  };
  for (const tenant of TENANTS) keepsComing(tenant);
  await world.run();
  expect([room.waiting, world.pending]).toEqual([0, 0]);
  const all = await Promise.all([...ends].map(async ([name, list]) => ({ name, list: await Promise.all(list) })));
  const share = (list: readonly string[]) => list.filter((end) => ['a', 'b', 'c'].includes(end)).length / list.length;
  return {
    ...Object.fromEntries(all.map(({ name, list }) => [name, share(list)])),
    all: share(all.flatMap(({ list }) => list)),
  };
}

/** The same numbers for the same seed (mulberry32). */
function luck(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('a minute with one provider of three away for much of it', () => {
  it.each([
    { load: 1, seed: 1, all: 1, whale: 1 },
    { load: 1.6, seed: 2, all: 0.92, whale: 0.85 },
    { load: 1.6, seed: 3, all: 0.94, whale: 0.88 },
    { load: 2, seed: 4, all: 0.8, whale: 0.6 },
  ])('at $load times the load loses nothing but background, and of that little', async ({ load, seed, all, whale }) => {
    const shares = await minute(load, seed);
    const lost = TENANTS.filter(
      ({ name, priority }) => (shares[name] ?? 0) < (priority === 'background' ? whale : 0.99),
    );
    expect(lost).toEqual([]);
    expect(shares['all']).toBeGreaterThanOrEqual(all);
  });
});
