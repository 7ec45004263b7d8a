/** What every store of objects must do, wherever it keeps them. */
import { beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../../src/core/errors.ts';
import type { ObjectStore, StoredObject } from '../../../src/core/objects.ts';

export const NOW_MS = Date.UTC(2026, 10, 22);
export const BOUNDS = {
  maxObjectBytes: 4_000_000,
  maxOwnerBytes: 8_000_000,
  maxOwnerObjects: 12,
  maxBytes: 40_000_000,
};

export function object(id: string, rest: Partial<StoredObject> = {}): StoredObject {
  const times = { createdAtMs: NOW_MS, expiresAtMs: NOW_MS + 1_000 };
  return { owner: 'tenant:acme', id, kind: 'response', ...times, head: '{}', body: `body of ${id}`, ...rest };
}

export function codeOf(cause: unknown): string {
  return cause instanceof GatewayError ? `${cause.status} ${cause.code}` : String(cause);
}

export function contract(open: () => Promise<ObjectStore>): void {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await open();
  });

  it('gives back what it was given', async () => {
    const given = object('resp_1', { head: '{"status":"completed"}', body: 'say "hi" \\ \n 日本語 🎈 \u2028' });
    await store.put(given);
    expect(await store.get('tenant:acme', 'resp_1', NOW_MS)).toEqual(given);
    expect(await store.get('tenant:acme', 'resp_2', NOW_MS)).toBeUndefined();
  });

  it('puts one in the place of another', async () => {
    await store.put(object('resp_1', { body: 'other' }));
    expect((await store.get('tenant:acme', 'resp_1', NOW_MS))?.body).toBe('other');
  });

  it('keeps a body of megabytes whole, whatever characters it is cut between', async () => {
    const body = `a${'🎈'.repeat(700_000)}`;
    await store.put(object('long', { body }));
    expect((await store.get('tenant:acme', 'long', NOW_MS))?.body === body).toBe(true);
    await store.put(object('long', { body: '' }));
    expect((await store.get('tenant:acme', 'long', NOW_MS))?.body).toBe('');
  });

  describe.each([
    { other: 'tenant:globex', who: 'another tenant' },
    { other: 'key:acme', who: 'a key that is called like the tenant' },
    { other: "' or '1'='1", who: 'one who writes SQL' },
    { other: '', who: 'nobody' },
  ])('$who', ({ other }) => {
    it('finds, changes and deletes nothing of it', async () => {
      await store.put(object('private', { head: 'own' }));
      expect(await store.get(other, 'private', NOW_MS)).toBeUndefined();
      expect(await store.list(other, 'response', { order: 'desc', limit: 9, after: undefined }, NOW_MS)).toEqual([]);
      expect(await store.list(other, 'response', { order: 'desc', limit: 9, after: 'long' }, NOW_MS)).toEqual([]);
      expect(await store.delete(other, 'private')).toBe(false);
      expect(await store.setHead(other, 'private', 'own', 'taken')).toBe(false);
      expect(await store.get('tenant:acme', 'private', NOW_MS)).toMatchObject({ head: 'own' });
    });

    it('may have its own of the same id', async () => {
      await store.put(object('same', { body: 'of acme' }));
      await store.put(object('same', { owner: other, body: 'of the other' }));
      expect(await store.delete(other, 'same')).toBe(true);
      expect((await store.get('tenant:acme', 'same', NOW_MS))?.body).toBe('of acme');
    });
  });

  it('changes a head only if it is what it was thought to be', async () => {
    await store.put(object('run', { head: 'queued', body: 'kept' }));
    const changes = await Promise.all(['one', 'two'].map((is) => store.setHead('tenant:acme', 'run', 'queued', is)));
    expect(changes.filter(Boolean)).toHaveLength(1);
    expect(await store.get('tenant:acme', 'run', NOW_MS)).toMatchObject({ head: /one|two/, body: 'kept' });
    expect(await store.setHead('tenant:acme', 'none', 'queued', 'one')).toBe(false);
  });

  it('deletes once', async () => {
    expect([await store.delete('tenant:acme', 'run'), await store.delete('tenant:acme', 'run')]).toEqual([true, false]);
    expect(await store.get('tenant:acme', 'run', NOW_MS)).toBeUndefined();
  });

  describe('a list', () => {
    const ids = async (page: object) => {
      const whole = { order: 'desc', limit: 10, after: undefined, ...page } as const;
      return (await store.list('tenant:lists', 'file', whole, NOW_MS)).map(({ id }) => id);
    };

    beforeAll(async () => {
      const file = { owner: 'tenant:lists', kind: 'file', head: '{"name":"x"}' } as const;
      await store.put(object('b', file));
      await store.put(object('a', file));
      await store.put(object('c', { ...file, createdAtMs: NOW_MS - 5 }));
      await store.put(object('other kind', { owner: 'tenant:lists' }));
      await store.put(object('gone', { ...file, expiresAtMs: NOW_MS }));
    });

    it.each([
      { page: {}, is: ['b', 'a', 'c'], name: 'the newest first, of one kind, without what has expired' },
      { page: { order: 'asc' }, is: ['c', 'a', 'b'], name: 'or the oldest' },
      { page: { limit: 2 }, is: ['b', 'a'], name: 'no longer than asked' },
      { page: { after: 'b' }, is: ['a', 'c'], name: 'from where the page before ended, of one moment too' },
      { page: { order: 'asc', after: 'c', limit: 1 }, is: ['a'], name: 'in both directions' },
      { page: { after: 'c' }, is: [], name: 'until there is no more' },
      { page: { after: 'nobody' }, is: [], name: 'nothing behind what is not there' },
    ])('is $name', async ({ page, is }) => {
      expect(await ids(page)).toEqual(is);
    });

    it('has heads and no bodies', async () => {
      const page = { order: 'desc', limit: 1, after: undefined } as const;
      const [first] = await store.list('tenant:lists', 'file', page, NOW_MS);
      expect(first).toEqual(object('b', { owner: 'tenant:lists', kind: 'file', head: '{"name":"x"}', body: '' }));
    });
  });

  it('finds those of all owners by a piece of the head, oldest first', async () => {
    const batch = { kind: 'batch', head: '{"status":"in_progress"}' } as const;
    await store.put(object('two', { ...batch, owner: 'tenant:one' }));
    await store.put(object('one', { ...batch, owner: 'tenant:two', createdAtMs: NOW_MS - 9 }));
    await store.put(object('done', { ...batch, owner: 'tenant:one', head: '{"status":"completed"}' }));
    await store.put(object('old', { ...batch, owner: 'tenant:one', expiresAtMs: NOW_MS }));
    const found = await store.search('batch', '"in_progress"', 9, NOW_MS);
    expect(found.map(({ owner, id, body }) => [owner, id, body])).toEqual([
      ['tenant:two', 'one', ''],
      ['tenant:one', 'two', ''],
    ]);
    expect(await store.search('batch', '"in_progress"', 1, NOW_MS)).toHaveLength(1);
    expect(await store.search('batch', "%' or 1=1 --", 9, NOW_MS)).toEqual([]);
  });

  it('does not take one that is too large, and says how large one may be', async () => {
    const huge = store.put(object('huge', { body: 'é'.repeat(2_000_001) }));
    expect(codeOf(await huge.catch((cause: unknown) => cause))).toBe('413 object_too_large');
    await expect(store.put(object('huge', { body: 'é'.repeat(2_000_001) }))).rejects.toThrow('4000000');
    expect(await store.get('tenant:acme', 'huge', NOW_MS)).toBeUndefined();
  });

  it('says nothing of what has expired, and forgets it a few at a time', async () => {
    for (let place = 0; place < 12; place++) await store.put(object(`old_${place}`, { owner: 'tenant:old' }));
    const later = NOW_MS + 1_000;
    expect(await store.get('tenant:old', 'old_0', later - 1)).toBeDefined();
    expect(await store.get('tenant:old', 'old_0', later)).toBeUndefined();
    await store.put(object('young', { owner: 'tenant:young', expiresAtMs: later + 1 }));
    let turns = 0;
    while (await store.prune(later)) expect(turns++).toBeLessThan(100);
    expect(await store.get('tenant:old', 'old_0', NOW_MS)).toBeUndefined();
    expect(await store.get('tenant:young', 'young', later)).toBeDefined();
  });
}

/** A database's: what is full says so, and room that is given back is there again. */
export function boundsContract(open: () => Promise<ObjectStore>): void {
  let store: ObjectStore;
  beforeAll(async () => {
    store = await open();
  });
  const put = (owner: string, id: string, body = '') =>
    store.put(object(id, { owner, body, kind: 'file' })).then(() => 'kept', codeOf);
  const MEGABYTE = 'x'.repeat(1_000_000);
  const MOST = 'x'.repeat(3_900_000);

  it('takes so many of one owner, and others’ all the same', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, (_, place) => put('tenant:many', `m${place}`)));
    expect(new Set(all)).toEqual(new Set(['kept']));
    expect(await put('tenant:many', 'one more')).toBe('413 storage_full');
    expect(await put('tenant:few', 'one')).toBe('kept');
    expect(await put('tenant:many', 'm3', 'in its own place')).toBe('kept');
    await store.delete('tenant:many', 'm0');
    expect([await put('tenant:many', 'm12'), await put('tenant:many', 'm13')]).toEqual(['kept', '413 storage_full']);
  });

  it('takes so many bytes of one owner, and counts what is replaced once', async () => {
    for (const id of ['a', 'b', 'b', 'b', 'c']) expect(await put('tenant:heavy', id, MEGABYTE.repeat(2))).toBe('kept');
    expect(await put('tenant:heavy', 'd', MEGABYTE.repeat(2))).toBe('413 storage_full');
    expect(await put('tenant:heavy', 'c', MEGABYTE.repeat(2))).toBe('kept');
    expect(await put('tenant:heavy', 'd', MEGABYTE)).toBe('kept');
  });

  it('lets the oldest responses of an owner make room for its new ones, and never its files', async () => {
    const owner = 'tenant:talks';
    expect([await put(owner, 'file', MEGABYTE), await put(owner, 'other', MEGABYTE)]).toEqual(['kept', 'kept']);
    const say = (place: number, body = MEGABYTE.slice(0, 700_000)) =>
      store.put(object(`r${place}`, { owner, createdAtMs: NOW_MS + place, body })).then(() => 'kept', codeOf);
    for (let place = 0; place < 9; place++) expect(await say(place)).toBe('kept');
    const ids = async (kind: 'response' | 'file') => {
      const page = { order: 'asc', limit: 99, after: undefined } as const;
      return (await store.list(owner, kind, page, NOW_MS)).map(({ id }) => id).join(' ');
    };
    expect(await ids('response')).toBe('r1 r2 r3 r4 r5 r6 r7 r8');
    expect(await say(9, MOST)).toBe('kept');
    expect([await ids('response'), await ids('file')]).toEqual(['r7 r8 r9', 'file other']);
    for (let place = 10; place < 30; place++) expect(await say(place, '')).toBe('kept');
    expect((await ids('response')).split(' ')).toHaveLength(10);
  });

  it('lets the oldest responses go, with their items, where new ones have items of their own', async () => {
    const owner = 'tenant:foreign';
    const item = { owner, kind: 'item', body: '' } as const;
    for (let place = 0; place < 20; place++) {
      const createdAtMs = NOW_MS + place;
      await store.put(object(`r${place}`, { owner, createdAtMs }));
      for (const id of [`a${place}`, `b${place}`]) await store.put(object(id, { ...item, createdAtMs }));
    }
    const page = { order: 'asc', limit: 99, after: undefined } as const;
    const ids = async (kind: 'response' | 'item') => (await store.list(owner, kind, page, NOW_MS)).map(({ id }) => id);
    expect(await ids('response')).toEqual(['r16', 'r17', 'r18', 'r19']);
    expect(await ids('item')).toEqual(['a16', 'b16', 'a17', 'b17', 'a18', 'b18', 'a19', 'b19']);
  });

  it('takes so many bytes of all together, until something expires', async () => {
    const owners = Array.from({ length: 10 }, (_, place) => `tenant:all${place}`);
    const ends: string[] = [];
    for (const owner of owners) ends.push(await put(owner, 'x', MOST));
    expect(ends.at(-1)).toBe('413 storage_full');
    while (await store.prune(NOW_MS + 1_000));
    expect(await put('tenant:all9', 'x', MEGABYTE)).toBe('kept');
  });

  it('keeps its count right, however many change the same one at once', async () => {
    while (await store.prune(NOW_MS + 1_000));
    for (let round = 0; round < 5; round++) {
      await put('tenant:race', 'same', MEGABYTE);
      const changes = [1, 2, 3, 4].map(() => store.delete('tenant:race', 'same'));
      await Promise.all([...changes, put('tenant:race', 'same', MEGABYTE)]);
    }
    await store.delete('tenant:race', 'same');
    for (const id of ['a', 'b']) expect(await put('tenant:race', id, MOST)).toBe('kept');
    expect(await put('tenant:race', 'c', MEGABYTE)).toBe('413 storage_full');
  });
}
