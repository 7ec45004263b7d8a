import { describe, expect, it } from 'vitest';
import { declaredBook } from '../../../src/books/tenants/declared.ts';
import { createDirectory } from '../../../src/books/tenants/directory.ts';
import { DOORS } from '../../../src/core/caller.ts';
import { Key, NewKey, NewTenant, NewTerms, Tenants } from '../../../src/config/tenants.ts';
import { hash } from './sample.ts';

const SECRET = { name: 'web', key: 'sixteen-characters' };

describe('keys:', () => {
  it('takes a name and a secret, and all the words there are', () => {
    expect(Key.parse(SECRET)).toEqual({ ...SECRET, priority: 'normal' });
    const key = Key.parse({
      ...SECRET,
      tenant: 'acme',
      owner: 'Ann, Web team',
      expiresAt: '2027-01-31',
      priority: 'background',
      models: ['claude-*'],
      routes: ['auto'],
      doors: ['chat'],
      maxCostUsd: 0.5,
      maxLatencyMs: 20_000,
      limits: '60 requests/minute, 4 at once',
      budgets: { usd: { perDay: 5 } },
      tags: ['prod'],
    });
    const { keys } = declaredBook({ tenants: {}, keys: [key] }, hash);
    expect(keys[0]).toMatchObject({
      limits: { requestsPerMinute: 60, concurrency: 4 },
      budgets: { usd: { perDay: 5 } },
      expiresAtMs: Date.UTC(2027, 0, 31),
    });
  });

  it.each([
    [{ key: 'short' }, 'at least 16 characters'],
    [{ name: 'a b' }, 'use letters, digits'],
    [{ expiresAt: 'next year' }, 'write it like 2027-01-31'],
    [{ expiresAt: '2027-01-31T18:00:00' }, 'write it like 2027-01-31'],
    [{ owner: 'a\0b' }, 'none of them a control character'],
    [{ tags: Array.from({ length: 9 }, String) }, '<=8'],
    [{ priority: 'urgent' }, 'critical'],
    [{ model: ['x'] }, 'model'],
    [{ doors: ['chat', 'mesages'] }, 'there is no way in called'],
  ])('refuses %j', (more, says) => {
    const parsed = Key.safeParse({ ...SECRET, ...more });
    expect(parsed.error?.message).toContain(says);
  });
});

describe('doors:', () => {
  it('are ways in that there are, or patterns that fit one', () => {
    for (const door of [...DOORS, '*', 'm*']) expect(Key.safeParse({ ...SECRET, doors: [door] }).success).toBe(true);
  });

  it('name their own mistakes, of tenants and stored keys too', () => {
    const says = [NewKey, NewTenant].map(
      (shape) => shape.safeParse({ name: 'a', doors: ['chat', 'x*'] }).error?.issues,
    );
    const issue = { path: ['doors', 1], message: `there is no way in called "x*"; there are ${DOORS.join(', ')}` };
    expect(says).toMatchObject([[issue], [issue]]);
  });
});

describe('tenants:', () => {
  it('is a list of names, with what they share', () => {
    const tenants = Tenants.parse({
      acme: { budgets: '$100/month' },
      'acme.lab': { parent: 'acme', models: ['*-haiku-*'] },
    });
    const keys = [Key.parse({ ...SECRET, tenant: 'acme.lab' })];
    const directory = createDirectory(declaredBook({ tenants, keys }, hash));
    expect(directory.problems).toEqual([]);
    expect(directory.find(hash(SECRET.key))?.caller).toMatchObject({ tenant: 'acme.lab', parents: ['acme'] });
    expect(Tenants.parse(undefined)).toEqual({});
  });

  it('tells of circles by all their names', () => {
    const tenants = Tenants.parse({ a: { parent: 'b' }, b: { parent: 'a' } });
    expect(createDirectory(declaredBook({ tenants, keys: [] }, hash)).problems[0]).toBe(
      'tenants.a: parent: goes in a circle: a → b → a',
    );
  });
});

describe('at the admin’s door', () => {
  it.each([
    [NewKey, { name: 'web', secrets: [{ hash: 'x' }] }],
    [NewKey, { name: 'web', id: 'key_mine' }],
    [NewKey, { name: 'web', key: 'a-secret-of-my-own' }],
    [NewTerms, { name: 'other' }],
    [NewTerms, { tenant: 'other' }],
    [NewTerms, { parent: 'other' }],
    [NewTenant, { parent: 'acme' }],
  ])('nobody picks what is drawn, or moves what is made', (schema, body) =>
    expect(schema.safeParse(body).success).toBe(false),
  );

  it.each([
    [NewKey, { name: 'web', parent: 'key_a', tenant: 'acme', priority: 'critical' }],
    [NewTerms, { owner: 'ann', limits: '5 requests/second' }],
    [NewTenant, { name: 'acme', parent: 'group' }],
  ])('takes the words of the configuration', (schema, body) => expect(schema.safeParse(body).success).toBe(true));
});
