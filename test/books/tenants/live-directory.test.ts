import { describe, expect, it } from 'vitest';
import { NothingStored } from '../../../src/books/tenants/book.ts';
import {
  FIRST_READING_MS,
  FRESH_MS,
  LiveDirectory,
  type LiveOptions,
} from '../../../src/books/tenants/live-directory.ts';
import { FakeStore, hash, tenant, virtualKey } from './sample.ts';

function live(options: Partial<Omit<LiveOptions, 'store' | 'timers'>> = {}) {
  const store = new FakeStore();
  const time = { now: 0 };
  /** They go off when the test lets them. */
  const due: { ms: number; act: () => void }[] = [];
  const timers = {
    after(ms: number, act: () => void) {
      const timer = { ms, act };
      due.push(timer);
      return () => void (due.includes(timer) && due.splice(due.indexOf(timer), 1));
    },
  };
  const told: string[][] = [];
  const troubles: unknown[] = [];
  const directory = new LiveDirectory({
    declared: { tenants: [], keys: [] },
    store,
    clock: { now: () => time.now },
    timers,
    isOpenWhenEmpty: true,
    onProblems: (problems) => told.push([...problems]),
    onTrouble: (cause) => troubles.push(cause instanceof Error ? cause.message : cause),
    ...options,
  });
  return {
    directory,
    store,
    time,
    due,
    told,
    troubles,
    knows: (name: string) => directory.find(hash(`secret-of-${name}`)) !== undefined,
  };
}

describe('LiveDirectory', () => {
  it('knows what is declared from the first moment on, and what is stored once it is read', async () => {
    const { directory, store, knows } = live({ declared: { tenants: [], keys: [virtualKey('web')] } });
    store.change({ keys: [virtualKey('app')] });
    expect([knows('web'), knows('app'), directory.isComplete]).toEqual([true, false, false]);
    await directory.refresh();
    expect([knows('web'), knows('app'), directory.isComplete]).toEqual([true, true, true]);
  });

  it('reads all again only after a change', async () => {
    const { directory, store, knows } = live();
    await directory.refresh();
    await directory.refresh();
    expect(store.loads).toBe(1);
    store.change({ keys: [virtualKey('app')] });
    await directory.refresh();
    expect([store.loads, knows('app')]).toEqual([2, true]);
  });

  it('is read once for all who ask at the same time', async () => {
    const { directory, store } = live();
    await Promise.all([directory.refresh(), directory.refresh(), directory.refresh()]);
    expect(store.loads).toBe(1);
  });

  it('sees a change of this process although a reading is under way', async () => {
    const { directory, store, knows } = live();
    await directory.refresh();
    const gate = Promise.withResolvers<void>();
    const running = directory.refresh();
    store.gate = gate.promise;
    while (store.versions === 0) await Promise.resolve();
    store.change({ keys: [virtualKey('app')] });
    const changed = directory.refreshAfterChange();
    gate.resolve();
    await Promise.all([running, changed]);
    expect(knows('app')).toBe(true);
  });

  it('stays as it is while the store is dead, and says so once', async () => {
    const { directory, store, knows, troubles } = live();
    store.change({ keys: [virtualKey('app')] });
    await directory.refresh();
    store.dead = new Error('nobody at home');
    expect([await directory.refresh(), await directory.refresh()]).toEqual([false, false]);
    expect([knows('app'), directory.isComplete, troubles]).toEqual([true, true, ['nobody at home']]);
    store.dead = undefined;
    expect(await directory.refresh()).toBe(true);
    expect(troubles).toEqual(['nobody at home', undefined]);
  });

  it('tells what is wrong with what is stored, once for each change of it', async () => {
    const { directory, store, told } = live();
    store.change({ tenants: [tenant('a', { parent: 'a' })], problems: ['keys.x: the row cannot be read'] });
    await directory.refresh();
    store.change({});
    await directory.refresh();
    expect(told).toEqual([['keys.x: the row cannot be read', 'tenants.a: parent: goes in a circle: a → a']]);
  });

  it('tells of a key without a tenant whose name is a tenant’s, and lets it in', async () => {
    const { directory, store, told, knows } = live({ declared: { tenants: [tenant('acme')], keys: [] } });
    store.change({ keys: [virtualKey('acme'), virtualKey('web', { tenant: 'acme' })] });
    await directory.refresh();
    expect([knows('acme'), told]).toEqual([
      true,
      [[expect.stringMatching(/^keys\.acme\.name: "acme" is a tenant's name/)]],
    ]);
  });

  it('prefers what is declared to what is stored', async () => {
    const { directory, store, told } = live({
      declared: { tenants: [], keys: [virtualKey('web', { maxCostUsd: 1 })] },
    });
    store.change({ keys: [virtualKey('web', { id: 'key_other', secrets: [{ hash: hash('other') }] })] });
    await directory.refresh();
    expect([directory.find(hash('other')), told]).toEqual([
      undefined,
      [['keys.web: there is another one of this name']],
    ]);
  });

  it.each([
    { name: 'open without any key, where only this machine can ask', open: true, keys: [], is: true },
    { name: 'closed where others can ask', open: false, keys: [], is: false },
    { name: 'closed with a key', open: true, keys: [virtualKey('web')], is: false },
    {
      name: 'closed when the last key is revoked',
      open: true,
      keys: [virtualKey('web', { revokedAtMs: 1 })],
      is: false,
    },
  ])('is $name', async ({ open, keys, is }) => {
    const { directory, store } = live({ isOpenWhenEmpty: open });
    store.change({ keys });
    await directory.refresh();
    expect(directory.isOpen).toBe(is);
  });

  it.each([
    { name: 'nobody knows while the store cannot be read', open: true, keys: [], is: undefined },
    { name: 'no where others can ask', open: false, keys: [], is: false },
    { name: 'no with a declared key', open: true, keys: [virtualKey('web')], is: false },
  ])('is it open? $name', async ({ open, keys, is }) => {
    const { directory, store } = live({ isOpenWhenEmpty: open, declared: { tenants: [], keys } });
    store.dead = new Error('nobody at home');
    await directory.refresh();
    expect([directory.isOpen, directory.isComplete]).toEqual([is, false]);
  });

  it('is open where there is no store, until there is one with keys', async () => {
    const { directory, store, troubles } = live();
    store.dead = new NothingStored('no such file');
    await directory.refresh();
    expect([directory.isOpen, directory.isComplete, troubles]).toEqual([true, true, ['no such file']]);
    store.dead = undefined;
    store.change({ keys: [virtualKey('app')] });
    await directory.refresh();
    expect(directory.isOpen).toBe(false);
  });

  it('keeps the keys of a store that has vanished', async () => {
    const { directory, store, knows } = live();
    store.change({ keys: [virtualKey('app')] });
    await directory.refresh();
    store.dead = new NothingStored('no such file');
    await directory.refresh();
    expect([directory.isOpen, knows('app')]).toEqual([false, true]);
  });

  it('needs no store', async () => {
    const declared = { tenants: [], keys: [virtualKey('web')] };
    const directory = new LiveDirectory({ declared, clock: { now: () => 0 }, isOpenWhenEmpty: true });
    await directory.begin();
    await directory.beFresh(() => {});
    directory.follow()();
    expect([await directory.refresh(), directory.isComplete]).toEqual([true, true]);
    expect(directory.find(hash('secret-of-web'))?.caller.name).toBe('web');
  });

  it('on Workers waits for the first reading only; older than 10 s, it is read behind the request', async () => {
    const { directory, store, time, knows } = live();
    const behind: Promise<void>[] = [];
    const background = (work: Promise<void>) => void behind.push(work);
    store.change({ keys: [virtualKey('web')] });
    await directory.beFresh(background);
    expect([knows('web'), behind.length]).toEqual([true, 0]);
    store.change({ keys: [virtualKey('app')] });
    time.now = FRESH_MS - 1;
    await directory.beFresh(background);
    expect(behind.length).toBe(0);
    time.now = FRESH_MS;
    await directory.beFresh(background);
    expect([knows('app'), behind.length]).toEqual([false, 1]);
    await Promise.all(behind);
    expect(knows('app')).toBe(true);
  });

  it('on Node reads every 10 s until it is stopped', async () => {
    const { directory, store, knows, due } = live();
    const stop = directory.follow();
    store.change({ keys: [virtualKey('web')] });
    const [first] = due.splice(0);
    expect(first?.ms).toBe(FRESH_MS);
    first?.act();
    await directory.refresh();
    expect([knows('web'), due.length]).toEqual([true, 1]);
    stop();
    expect(due.length).toBe(0);
  });

  it('does not keep anybody waiting for a store that hangs', async () => {
    const { directory, store, due } = live();
    store.gate = new Promise(() => {});
    const begun = directory.begin();
    expect(due.map(({ ms }) => ms)).toEqual([FIRST_READING_MS]);
    due[0]?.act();
    await begun;
    expect(directory.isComplete).toBe(false);
  });

  it('waits no longer than the reading takes', async () => {
    const { directory, due } = live();
    await directory.begin();
    expect([directory.isComplete, due.length]).toEqual([true, 0]);
  });

  it('tries again after a reading that died unheard', async () => {
    const { directory, store, time, knows } = live();
    store.gate = new Promise(() => {});
    void directory.refresh();
    store.gate = Promise.resolve();
    store.change({ keys: [virtualKey('web')] });
    time.now = FRESH_MS - 1;
    void directory.refresh();
    expect(store.loads).toBe(0);
    time.now = FRESH_MS;
    await directory.refresh();
    expect(knows('web')).toBe(true);
  });

  it('does not go back to what a late reading found', async () => {
    const { directory, store, time, knows } = live();
    const gate = Promise.withResolvers<void>();
    store.change({ keys: [virtualKey('old')] });
    store.slowLoad = gate.promise;
    const late = directory.refresh();
    while (store.loads === 0) await Promise.resolve();
    store.slowLoad = Promise.resolve();
    store.change({ keys: [virtualKey('new')] });
    time.now = FRESH_MS;
    await directory.refresh();
    gate.resolve();
    await late;
    expect([knows('old'), knows('new')]).toEqual([false, true]);
  });
});
