import { describe, expect, it } from 'vitest';
import { ANYONE, mayUse } from '../../../src/core/caller.ts';
import type { Book } from '../../../src/books/tenants/book.ts';
import { declaredBook } from '../../../src/books/tenants/declared.ts';
import { createDirectory, type Directory, scopesOf } from '../../../src/books/tenants/directory.ts';
import { hash, tenant, virtualKey } from './sample.ts';

const LIMITS = { requestsPerMinute: 60 };

const COMPANY: Book = {
  tenants: [
    tenant('acme', {
      budgets: { usd: { perMonth: 100 } },
      models: ['claude-*'],
      routes: ['auto'],
      maxCostUsd: 2,
      tags: ['customer'],
    }),
    tenant('acme.lab', { parent: 'acme' }),
    tenant('acme.lab.night', { parent: 'acme.lab', limits: LIMITS, maxCostUsd: 5 }),
  ],
  keys: [
    virtualKey('web', { tenant: 'acme.lab.night', limits: { concurrency: 3 }, tags: ['prod'], owner: 'ann' }),
    virtualKey('part', { parent: 'key_web', maxCostUsd: 1, priority: 'critical' }),
    virtualKey('free'),
    virtualKey('urgent', { priority: 'critical' }),
    virtualKey('heir', { parent: 'key_urgent' }),
  ],
};

function scopesIn(directory: Directory, name: string) {
  return scopesOf(directory.find(hash(`secret-of-${name}`))?.caller ?? ANYONE);
}

function callerIn(book: Book, name: string) {
  return createDirectory(book).find(hash(`secret-of-${name}`))?.caller ?? ANYONE;
}

describe('createDirectory', () => {
  it('gives a key what its tenant and all above it leave', () => {
    expect(callerIn(COMPANY, 'web')).toMatchObject({
      id: 'key_web',
      name: 'web',
      tenant: 'acme.lab.night',
      parents: ['acme.lab', 'acme'],
      priority: 'normal',
      ceilings: { maxCostUsd: 2 },
      tags: ['customer', 'prod'],
      owner: 'ann',
    });
    expect(mayUse(callerIn(COMPANY, 'web'), 'claude-opus-5-5', new Set())).toBe(true);
    expect(mayUse(callerIn(COMPANY, 'web'), 'gpt-6', new Set())).toBe(false);
  });

  it('gives a key that a key has made a part of it', () => {
    expect(callerIn(COMPANY, 'part')).toMatchObject({
      tenant: 'acme.lab.night',
      priority: 'normal',
      ceilings: { maxCostUsd: 1 },
      owner: 'ann',
    });
  });

  it('gives a part the priority of the whole, where it names none', () => {
    expect(callerIn(COMPANY, 'heir').priority).toBe('critical');
  });

  it('draws on all that declare something, nearest first', () => {
    const drawn = (name: string) => scopesOf(callerIn(COMPANY, name)).map((scope) => `${scope.kind} ${scope.name}`);
    expect(drawn('web')).toEqual(['key web', 'tenant acme.lab.night', 'tenant acme']);
    expect(drawn('part')).toEqual(['key web', 'tenant acme.lab.night', 'tenant acme']);
    expect(drawn('free')).toEqual([]);
    expect(scopesOf(ANYONE)).toEqual([]);
  });

  it('lets keys share the scope of their tenant', () => {
    const tenants = [tenant('acme', { limits: LIMITS })];
    const directory = createDirectory({
      tenants,
      keys: [virtualKey('a', { tenant: 'acme' }), virtualKey('b', { tenant: 'acme' })],
    });
    const [a, b] = ['a', 'b'].map((name) => scopesOf(directory.find(hash(`secret-of-${name}`))?.caller ?? ANYONE)[0]);
    expect(a).toBeDefined();
    expect(a).toBe(b);
  });

  it('keeps the scopes of what has not changed, so that what is spent stays spent', () => {
    const copy = structuredClone(COMPANY);
    const tenants = copy.tenants.map((one) =>
      one.name === 'acme' ? { ...one, budgets: { usd: { perMonth: 200 } } } : one,
    );
    const first = createDirectory(COMPANY);
    const [key, lab, acme] = scopesIn(first, 'web');
    const idle = createDirectory(structuredClone(COMPANY), first); // Nobody asks here.
    const changed = scopesIn(createDirectory({ ...copy, tenants }, idle), 'web');
    expect(changed[0]).toBe(key);
    expect(changed[1]).toBe(lab);
    expect(changed[2]).not.toBe(acme);
    expect(changed[2]).toMatchObject({ name: 'acme', budgets: { usd: { perMonth: 200 } } });
  });

  it('tells what a key and a tenant may do', () => {
    const directory = createDirectory(COMPANY);
    const key = directory.keys.get('key_part') ?? virtualKey('none');
    expect(directory.rightsOfKey(key)).toMatchObject({ ceilings: { maxCostUsd: 1 }, tags: ['customer', 'prod'] });
    expect(directory.rightsOfTenant('acme.lab')).toMatchObject({ ceilings: { maxCostUsd: 2 }, tags: ['customer'] });
  });

  it('ends a key with the key that made it, and an old secret at its own time', () => {
    const parent = virtualKey('web', { expiresAtMs: 100, revokedAtMs: 50 });
    const secrets = [
      { hash: hash('new'), untilMs: 130 },
      { hash: hash('old'), untilMs: 70 },
    ];
    const directory = createDirectory({
      tenants: [],
      keys: [parent, virtualKey('part', { parent: 'key_web', secrets })],
    });
    expect(directory.find(hash('new'))).toMatchObject({ expiresAtMs: 100, revokedAtMs: 50 });
    expect(directory.find(hash('old'))).toMatchObject({ expiresAtMs: 70, revokedAtMs: 50 });
  });

  it.each<{ name: string; book: Partial<Book>; says: string[] }>([
    {
      name: 'a tenant above itself',
      book: { tenants: [tenant('a', { parent: 'a' })], keys: [virtualKey('web', { tenant: 'a' })] },
      says: ['tenants.a: parent: goes in a circle: a → a', 'keys.web: tenant: there is no tenant "a" that is in order'],
    },
    {
      name: 'tenants in a circle',
      book: { tenants: [tenant('a', { parent: 'b' }), tenant('b', { parent: 'c' }), tenant('c', { parent: 'a' })] },
      says: [
        'tenants.a: parent: goes in a circle: a → b → c → a',
        'tenants.b: parent: goes in a circle: b → c → a → b',
        'tenants.c: parent: goes in a circle: c → a → b → c',
      ],
    },
    {
      name: 'a tenant below a circle',
      book: { tenants: [tenant('a', { parent: 'b' }), tenant('b', { parent: 'b' })] },
      says: ['tenants.a: parent: goes in a circle: a → b → b', 'tenants.b: parent: goes in a circle: b → b'],
    },
    {
      name: 'a tenant whose parent is not there',
      book: { tenants: [tenant('a', { parent: 'x' })], keys: [virtualKey('web', { tenant: 'a' })] },
      says: ['tenants.a: parent: there is no tenant "x"', 'keys.web: tenant: there is no tenant "a" that is in order'],
    },
    {
      name: 'a key whose tenant is not there',
      book: { keys: [virtualKey('web', { tenant: 'x' })] },
      says: ['keys.web: tenant: there is no tenant "x" that is in order'],
    },
    {
      name: 'a key whose parent is not there',
      book: { keys: [virtualKey('web', { parent: 'key_x' })] },
      says: ['keys.web: parent: there is no key "key_x"'],
    },
    {
      name: 'keys in a circle',
      book: { keys: [virtualKey('web', { parent: 'key_web' })] },
      says: ['keys.web: parent: goes in a circle: key_web → key_web'],
    },
    {
      name: 'two keys of one name: the first is the one',
      book: { keys: [virtualKey('web'), virtualKey('web', { id: 'key_2', secrets: [{ hash: hash('secret-of-2') }] })] },
      says: ['keys.web: there is another one of this name'],
    },
    {
      name: 'two keys with one secret: the first is the one',
      book: { keys: [virtualKey('web'), virtualKey('app', { secrets: [{ hash: hash('secret-of-web') }] })] },
      says: ['keys.app: another key has the same secret'],
    },
    {
      name: 'two tenants of one name: the first is the one',
      book: { tenants: [tenant('a', { maxCostUsd: 1 }), tenant('a')] },
      says: ['tenants.a: there is another one of this name'],
    },
    {
      name: 'tenants that go too deep',
      book: {
        tenants: Array.from({ length: 18 }, (_, depth) =>
          tenant(`t${depth}`, depth > 0 ? { parent: `t${depth - 1}` } : {}),
        ),
      },
      says: ['tenants.t17: parent: more than 16 stand above it'],
    },
  ])('tells of $name', ({ book, says }) => {
    const directory = createDirectory({ tenants: [], keys: [], ...book });
    expect(directory.problems).toEqual(says);
    const broken = says.flatMap((line) => /^keys\.(\w+): (?:tenant|parent):/.exec(line)?.[1] ?? []);
    expect(broken.filter((name) => directory.find(hash(`secret-of-${name}`)))).toEqual([]);
  });
});

describe('declaredBook', () => {
  it('keeps hashes, not secrets, and shows the beginning of long ones only', () => {
    const long = `sb-${'Ab12'.repeat(11)}`;
    const book = declaredBook(
      {
        tenants: { acme: { maxCostUsd: 1 } },
        keys: [
          { name: 'web', key: 'short-but-16-long', tenant: 'acme', expiresAt: '2027-01-31' },
          { name: 'app', key: long },
        ],
      },
      hash,
    );
    expect(book.tenants).toEqual([{ name: 'acme', maxCostUsd: 1 }]);
    expect(book.keys.map(({ id, secrets, expiresAtMs }) => [id, secrets[0]?.prefix, expiresAtMs])).toEqual([
      ['web', undefined, Date.UTC(2027, 0, 31)],
      ['app', 'sb-Ab12A', undefined],
    ]);
    expect(JSON.stringify(book)).not.toContain('short-but');
    expect(createDirectory(book).find(hash(long))?.caller.name).toBe('app');
  });
});
