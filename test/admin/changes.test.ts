/** Who listens is told what changed, soon and not more; nobody is looked for where nobody listens. */
import { afterAll, describe, expect, it } from 'vitest';
import { Changes, type ChangeSources } from '../../src/admin/changes.ts';
import { ask, createWorld, type World } from './world.ts';

const worlds: World[] = [];
afterAll(() => Promise.all(worlds.map((world) => world.close())));

function listening() {
  const world = createWorld();
  worlds.push(world);
  const now = { written: 1, room: 1, isEmergency: false, rules: {} };
  const alarms = new Set<() => void>();
  const sources: ChangeSources = {
    ...world.sources,
    timers: {
      after(_, act) {
        alarms.add(act);
        return () => alarms.delete(act);
      },
    },
    ledger: world.sources.ledger && {
      ...world.sources.ledger,
      state: () => ({ waiting: 0, written: now.written, dropped: { full: 0, rejected: 0 }, failures: 0 }),
    },
    dispatch: () => ({
      isEmergency: now.isEmergency,
      waiting: { critical: 0, normal: 0, background: 0 },
      deployments: [],
    }),
    inForce: () => now.rules,
  };
  const look = () => {
    for (const act of alarms.values().toArray()) {
      alarms.delete(act);
      act();
    }
  };
  return { changes: new Changes(sources), now, look, alarms };
}

const reading = (stream: ReadableStream<Uint8Array>) => {
  const reader = stream.getReader();
  const next = async () => new TextDecoder().decode((await reader.read()).value);
  return { next, cancel: () => reader.cancel() };
};
const told = (...subjects: string[]) => `event: changed\ndata: ${JSON.stringify(subjects)}\n\n`;

describe('a listener', () => {
  it('is told everything first, and then what changed, by its subjects', async () => {
    const { changes, now, look } = listening();
    const { next } = reading(changes.listen());
    expect(await next()).toBe(told('state', 'requests', 'keys', 'rules'));
    const rows: [change: () => void, subject: string][] = [
      [() => (now.written += 1), 'requests'],
      [() => (now.isEmergency = true), 'state'],
      [() => (now.rules = {}), 'rules'],
    ];
    for (const [change, subject] of rows) {
      change();
      const said = next();
      look();
      expect(await said).toBe(told(subject));
    }
  });

  it('is told a sign of life where nothing changes, every fifteenth look', async () => {
    const { changes, look } = listening();
    const { next } = reading(changes.listen());
    await next();
    const said = next();
    for (let turn = 0; turn < 15; turn += 1) look();
    expect(await said).toBe(': nothing new\n\n');
  });

  it('that takes nothing gets all in one when it does, and is let go of after a minute', async () => {
    const { changes, now, look } = listening();
    const stream = changes.listen();
    for (let turn = 0; turn < 10; turn += 1) {
      now.written += 1;
      now.rules = {};
      look();
    }
    const { next } = reading(stream);
    expect(await next()).toBe(told('state', 'requests', 'keys', 'rules'));
    const said = next();
    look();
    expect(await said).toBe(told('requests', 'rules'));
    const stuck = changes.listen();
    for (let turn = 0; turn < 60; turn += 1) look();
    await expect(
      stuck
        .getReader()
        .read()
        .then(() => stuck.getReader().read()),
    ).rejects.toThrow('Nobody reads');
    expect(changes.listeners).toBeLessThan(2);
  });

  it('that goes leaves nothing behind', async () => {
    const { changes, alarms } = listening();
    const { next, cancel } = reading(changes.listen());
    await next();
    expect(alarms.size).toBe(1);
    await cancel();
    expect([changes.listeners, alarms.size]).toEqual([0, 0]);
  });

  it('is the twentieth at most', () => {
    const { changes } = listening();
    for (let turn = 0; turn < 20; turn += 1) changes.listen();
    expect(() => changes.listen()).toThrow(expect.objectContaining({ code: 'too_many_listeners' }) as Error);
  });
});

it('a runtime where nothing lasts says so', async () => {
  const world = createWorld();
  worlds.push(world);
  const { status, body } = await ask(world, 'GET /admin/v1/events');
  expect([status, body.error.code]).toEqual([400, 'events_unavailable']);
});

it('another one answers with an event stream', async () => {
  const world = createWorld({ isLive: true });
  worlds.push(world);
  const headers = { authorization: 'Bearer the-operators-token-0123456789' };
  const response = await world.app.request('/admin/v1/events', { headers });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  await response.body?.cancel();
});
