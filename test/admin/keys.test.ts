import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declaredBook } from '../../src/books/tenants/declared.ts';
import { LiveDirectory } from '../../src/books/tenants/live-directory.ts';
import { hash, START_MS } from '../books/tenants/sample.ts';
import { ask, CLIENT_KEY, createWorld, type World } from './world.ts';

const HOUR_MS = 3_600_000;

let world: World;
beforeAll(() => (world = createWorld()));
afterAll(() => world.close());

/** Whose door a secret opens now, if any. */
const opens = (secret: string): string | undefined => {
  const known = world.directory.find(hash(secret));
  const isOver = [known?.expiresAtMs, known?.revokedAtMs].some(
    (atMs) => atMs !== undefined && atMs <= world.clock.nowMs,
  );
  return isOver ? undefined : known?.caller.name;
};

describe('the life of a key', () => {
  let first = '';
  let second = '';

  it('is made with a secret that is shown once and works at once', async () => {
    const { status, body } = await ask(world, 'POST /admin/v1/keys', {
      name: 'robot',
      tenant: 'acme',
      models: ['claude-*'],
      limits: '60 requests/minute',
      budgets: '$10/day',
      expiresAt: '2027-01-31',
      owner: 'Ada',
    });
    expect(status).toBe(201);
    first = body.secret;
    expect(opens(first)).toBe('robot');
    expect(body).toMatchObject({
      name: 'robot',
      source: 'store',
      state: 'active',
      tenant: 'acme',
      expiresAt: '2027-01-31T00:00:00.000Z',
      limits: { requestsPerMinute: 60 },
      budgets: { usd: { perDay: 10 } },
      secrets: [{ prefix: first.slice(0, 8) }],
    });
    for (const path of ['/admin/v1/keys', '/admin/v1/keys/robot', `/admin/v1/keys/${body.id}`]) {
      const { text } = await ask(world, `GET ${path}`);
      expect(text).toContain('robot');
      expect(text).not.toContain(first);
      expect(text).not.toContain(hash(first));
    }
  });

  it('is changed in what is named; null takes away', async () => {
    const { status, body } = await ask(world, 'PATCH /admin/v1/keys/robot', {
      models: ['claude-haiku-*'],
      expiresAt: null,
      tags: ['prod'],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      models: ['claude-haiku-*'],
      tags: ['prod'],
      owner: 'Ada',
      limits: { requestsPerMinute: 60 },
    });
    expect(body.expiresAt).toBeUndefined();
    expect((await ask(world, 'GET /admin/v1/keys/robot')).body).toEqual(body);
    expect(world.directory.find(hash(first))?.caller.allowed.models).toEqual([['claude-haiku-*']]);
  });

  it('gets another secret; the old one lives on for as long as was said', async () => {
    const { status, body } = await ask(world, 'POST /admin/v1/keys/robot/rotate', { overlapMs: HOUR_MS });
    expect(status).toBe(200);
    second = body.secret;
    expect([opens(first), opens(second)]).toEqual(['robot', 'robot']);
    expect(body.secrets).toHaveLength(2);
    world.clock.nowMs += HOUR_MS;
    expect([opens(first), opens(second)]).toEqual([undefined, 'robot']);
  });

  it('is revoked, for good and as often as one likes', async () => {
    const { status, body } = await ask(world, 'POST /admin/v1/keys/robot/revoke');
    expect(status).toBe(200);
    expect(body.state).toBe('revoked');
    expect(opens(second)).toBeUndefined();
    world.clock.nowMs += HOUR_MS;
    expect((await ask(world, 'POST /admin/v1/keys/robot/revoke')).body.revokedAt).toBe(body.revokedAt);
    expect((await ask(world, 'POST /admin/v1/keys/robot/rotate')).body.error.code).toBe('key_not_active');
  });

  it('is told to the log, without secrets', () => {
    expect(world.changes.map(({ change }) => change)).toEqual([
      'key_created',
      'key_changed',
      'key_rotated',
      'key_revoked',
      'key_revoked',
    ]);
    expect(JSON.stringify(world.changes)).not.toContain(first);
  });
});

const MISTAKES: { name: string; line: string; body?: unknown; status: number; param?: string; code?: string }[] = [
  { name: 'no name', line: 'POST /admin/v1/keys', body: {}, status: 400, param: 'name' },
  { name: 'a name with spaces', line: 'POST /admin/v1/keys', body: { name: 'a b' }, status: 400, param: 'name' },
  {
    name: 'a secret of one’s own',
    line: 'POST /admin/v1/keys',
    body: { name: 'x', key: 'mine' },
    status: 400,
    param: 'key',
  },
  {
    name: 'a limit that is none',
    line: 'POST /admin/v1/keys',
    body: { name: 'x', limits: { perDay: 1 } },
    status: 400,
    param: 'limits.perDay',
  },
  {
    name: 'an end in the past',
    line: 'POST /admin/v1/keys',
    body: { name: 'x', expiresAt: '2020-01-01' },
    status: 400,
    param: 'expiresAt',
  },
  {
    name: 'a tenant that is not there',
    line: 'POST /admin/v1/keys',
    body: { name: 'x', tenant: 'none' },
    status: 400,
    param: 'tenant',
  },
  {
    name: 'a key above that is not there',
    line: 'POST /admin/v1/keys',
    body: { name: 'x', parent: 'none' },
    status: 400,
    param: 'parent',
  },
  {
    name: 'a name of the configuration',
    line: 'POST /admin/v1/keys',
    body: { name: 'app' },
    status: 409,
    code: 'key_exists',
  },
  { name: 'what is no JSON', line: 'POST /admin/v1/keys', body: '{', status: 400 },
  { name: 'what is no object', line: 'POST /admin/v1/keys', body: '[]', status: 400 },
  { name: 'a body of 64 kB and more', line: 'POST /admin/v1/keys', body: `"${'x'.repeat(65_536)}"`, status: 413 },
  {
    name: 'another name for a key',
    line: 'PATCH /admin/v1/keys/app',
    body: { name: 'other' },
    status: 400,
    param: 'name',
  },
  {
    name: 'a change of the configuration’s key',
    line: 'PATCH /admin/v1/keys/app',
    body: {},
    status: 409,
    code: 'key_declared',
  },
  { name: 'another secret for it', line: 'POST /admin/v1/keys/app/rotate', status: 409, code: 'key_declared' },
  { name: 'its end', line: 'POST /admin/v1/keys/app/revoke', status: 409, code: 'key_declared' },
  { name: 'a key that is not there', line: 'GET /admin/v1/keys/none', status: 404, code: 'key_not_found' },
  { name: 'a change of none', line: 'PATCH /admin/v1/keys/none', body: {}, status: 404, code: 'key_not_found' },
  {
    name: 'an overlap of years',
    line: 'POST /admin/v1/keys/app/rotate',
    body: { overlapMs: 1e12 },
    status: 400,
    param: 'overlapMs',
  },
  { name: 'a page of a million', line: 'GET /admin/v1/keys?limit=1000000', status: 400, param: 'limit' },
  { name: 'a parameter that there is not', line: 'GET /admin/v1/keys?page=2', status: 400, param: 'page' },
  { name: 'a parameter twice', line: 'GET /admin/v1/keys?limit=1&limit=2', status: 400, param: 'limit' },
  {
    name: 'a tenant above that is not there',
    line: 'PUT /admin/v1/tenants/x',
    body: { parent: 'none' },
    status: 400,
    param: 'parent',
  },
  {
    name: 'a tenant above itself',
    line: 'PUT /admin/v1/tenants/x',
    body: { parent: 'x' },
    status: 400,
    param: 'parent',
  },
  {
    name: 'a tenant of the configuration',
    line: 'PUT /admin/v1/tenants/acme',
    body: {},
    status: 409,
    code: 'tenant_declared',
  },
  { name: 'its end', line: 'DELETE /admin/v1/tenants/acme', status: 409, code: 'tenant_declared' },
  { name: 'a tenant that is not there', line: 'DELETE /admin/v1/tenants/none', status: 404, code: 'tenant_not_found' },
  { name: 'a tenant with an odd name', line: 'PUT /admin/v1/tenants/a%2Fb', body: {}, status: 400, param: 'tenant' },
];

describe('refuses', () => {
  it.each(MISTAKES)('$name', async ({ line, body, status, param, code }) => {
    const before = world.changes.length;
    const answer = await ask(world, line, body);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({ ...(param && { param }), ...(code && { code }) });
    expect(world.changes.length).toBe(before);
  });

  it('a name that is taken in the store', async () => {
    await ask(world, 'POST /admin/v1/keys', { name: 'twice' });
    expect((await ask(world, 'POST /admin/v1/keys', { name: 'twice' })).body.error.code).toBe('key_exists');
  });
});

describe('the list of keys', () => {
  it('comes in pages that lose nobody, whoever is made meanwhile', async () => {
    for (const name of ['k1', 'k2', 'k3', 'k4']) await ask(world, 'POST /admin/v1/keys', { name, tenant: 'acme' });
    const names: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const at: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await ask(world, `GET /admin/v1/keys?limit=2&tenant=acme${at}`);
      names.push(...body.data.map(({ name }: { name: string }) => name));
      ({ cursor } = body);
      await ask(world, 'POST /admin/v1/keys', { name: `a${names.length}`, tenant: 'acme' });
    }
    expect(names).toEqual(['app', 'k1', 'k2', 'k3', 'k4', 'robot']);
  });

  it('can be of those that open something', async () => {
    const { body } = await ask(world, 'GET /admin/v1/keys?state=revoked');
    expect(body.data.map(({ name }: { name: string }) => name)).toEqual(['robot']);
  });

  it('has those that are parts of other keys, with the tenant of these', async () => {
    await ask(world, 'POST /admin/v1/keys', { name: 'k1-part', parent: 'k1' });
    const { body } = await ask(world, 'GET /admin/v1/keys?tenant=acme&cursor=k1&limit=1');
    expect(body.data).toMatchObject([{ name: 'k1-part', tenant: 'acme' }]);
  });

  it('shows a key of the configuration without its secret', async () => {
    const { body, text } = await ask(world, 'GET /admin/v1/keys/app');
    expect(body).toMatchObject({ name: 'app', source: 'configuration' });
    expect(text).not.toContain(CLIENT_KEY);
  });
});

describe('tenants', () => {
  it('are put, with others above them, and listed', async () => {
    const { status, body } = await ask(world, 'PUT /admin/v1/tenants/team', { parent: 'acme', budgets: '$5/day' });
    expect([status, body]).toEqual([
      200,
      { name: 'team', source: 'store', parent: 'acme', budgets: { usd: { perDay: 5 } } },
    ]);
    await ask(world, 'PUT /admin/v1/tenants/squad', { parent: 'team' });
    const list = await ask(world, 'GET /admin/v1/tenants');
    expect(list.body.data.map(({ name }: { name: string }) => name)).toEqual(['acme', 'squad', 'team']);
  });

  it('are not put in a circle', async () => {
    const { body } = await ask(world, 'PUT /admin/v1/tenants/team', { parent: 'squad' });
    expect(body.error).toMatchObject({ param: 'parent', message: expect.stringContaining('circle') });
  });

  it('do not share a name with a key that has none', async () => {
    const { body } = await ask(world, 'POST /admin/v1/keys', { name: 'team' });
    expect(body.error).toMatchObject({ param: 'name', message: expect.stringContaining("is a tenant's name") });
    await ask(world, 'POST /admin/v1/keys', { name: 'hermit' });
    expect((await ask(world, 'PUT /admin/v1/tenants/hermit', {})).body.error.code).toBe('name_taken');
  });

  it('are deleted once nothing hangs on them, or by force', async () => {
    await ask(world, 'POST /admin/v1/keys', { name: 'member', tenant: 'squad' });
    for (const name of ['team', 'squad']) {
      expect((await ask(world, `DELETE /admin/v1/tenants/${name}`)).body.error.code).toBe('tenant_in_use');
    }
    expect((await ask(world, 'DELETE /admin/v1/tenants/squad?force=true')).status).toBe(204);
    expect((await ask(world, 'DELETE /admin/v1/tenants/team')).status).toBe(204);
    expect((await ask(world, 'GET /admin/v1/tenants/team')).status).toBe(404);
    const { body } = await ask(world, 'GET /admin/v1/health');
    expect(body.attention.map(({ message }: { message: string }) => message)).toEqual([
      'keys.member: tenant: there is no tenant "squad" that is in order',
    ]);
  });
});

describe('without a store', () => {
  const lone = createWorld({ books: undefined, ledger: undefined });
  afterAll(() => lone.close());

  it.each([
    ['POST /admin/v1/keys', { name: 'x' }],
    ['PUT /admin/v1/tenants/x', {}],
    ['POST /admin/v1/keys/x/revoke', undefined],
  ])('%s says so, and what to do', async (line, body) => {
    const answer = await ask(lone, line, body);
    expect(answer.status).toBe(503);
    expect(answer.body.error).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('store.enabled'),
    });
  });

  it('lists what the configuration declares', async () => {
    expect((await ask(lone, 'GET /admin/v1/keys')).body.data).toHaveLength(1);
    expect((await ask(lone, 'GET /admin/v1/limits')).body.data).toHaveLength(3);
  });
});

describe('with a store that hangs', () => {
  it('lists what is known, says so, and does not wait for ever', async () => {
    const never = () => new Promise<never>(() => {});
    const declared = declaredBook({ tenants: {}, keys: [{ name: 'app', key: CLIENT_KEY }] }, hash);
    const store = { ready: never, version: never, load: never };
    const clock = { now: () => START_MS };
    const timers = { after: () => () => {} };
    const directory = new LiveDirectory({ declared, store, clock, timers, isOpenWhenEmpty: true });
    const slow = createWorld({ directory, declared });
    const health = ask(slow, 'GET /admin/v1/health');
    slow.expire();
    const { body } = await health;
    expect(body.keys).toEqual({ fresh: false, complete: false, keys: 1, tenants: 0 });
    expect(body.attention[0]).toMatchObject({ severity: 'critical' });
    await slow.close();
  });
});
