/** `signalbox keys`, as an operator uses it on the store of a running server. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { LiveDirectory } from '../../../src/books/tenants/live-directory.ts';
import { whoAsks } from '../../../src/http/authenticate.ts';
import { hashKey, KEY_CHECK } from '../../../src/platform/key-hash.ts';
import { createBookStore } from '../../../src/platform/keys/store.ts';
import { sqliteDatabase } from '../../../src/platform/ledger/sqlite.ts';
import { type KeyCommand, runKeys } from '../../../src/server/keys.ts';
import { START_MS } from './sample.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-keys-'));
let files = 0;
const DECLARED = {
  tenants: { acme: { models: ['claude-*'] } },
  keys: [{ name: 'fixed', key: 'declared-in-the-file' }],
};

function operator() {
  const path = join(folder, `${++files}.db`);
  const said = { out: '', err: '' };
  const run = async (command: Partial<KeyCommand> & { verb: string }, nowMs = START_MS) => {
    said.out = said.err = '';
    const code = await runKeys(
      { key: undefined, ...command },
      {
        declared: DECLARED,
        database: sqliteDatabase(path),
        nowMs,
        print: (text) => void (said.out += text),
        note: (text) => void (said.err += text),
      },
    );
    expect(code).toBe(0);
    return said.out;
  };
  /** As a server that reads the same store. */
  const ask = async (secret: string, nowMs = START_MS) => {
    const store = createBookStore(sqliteDatabase(path), { now: () => nowMs });
    const tenants = [{ name: 'acme', models: ['claude-*'] }];
    const declared = { tenants, keys: [] };
    const keys = new LiveDirectory({
      declared,
      store,
      clock: { now: () => nowMs },
      timers: { after: () => () => {} },
      isOpenWhenEmpty: false,
    });
    await keys.refresh();
    await store.close();
    const header = (name: string) => (name === 'authorization' ? `Bearer ${secret}` : undefined);
    return whoAsks(header, keys, { check: KEY_CHECK, nowMs });
  };
  return { run, ask, said };
}

describe('signalbox keys', () => {
  const shared = operator();
  beforeAll(async () => {
    await shared.run({ verb: 'create', key: 'web' });
    await shared.run({ verb: 'create', key: 'gone' });
    await shared.run({ verb: 'revoke', key: 'gone' });
  });

  it('makes a key that opens the door: the secret alone on the standard output', async () => {
    const { run, ask, said } = operator();
    const secret = await run({ verb: 'create', key: 'web', tenant: 'acme', owner: 'ann', tags: ['prod'] });
    expect(secret).toMatch(/^sb-\w{43}$/);
    expect(said.err).toBe('Key "web" is made. It is shown this once; only its hash is kept.');
    expect(await ask(secret)).toMatchObject({
      name: 'web',
      tenant: 'acme',
      owner: 'ann',
      tags: ['prod'],
      prefix: secret.slice(0, 8),
    });
  });

  it('takes every word of the configuration', async () => {
    const { run } = operator();
    const made = await run({
      verb: 'create',
      key: 'web',
      models: ['gpt-*'],
      routes: ['auto'],
      doors: ['chat'],
      priority: 'background',
      expires: '90d',
      maxCostUsd: '0.5',
      maxLatencyMs: '20000',
      limits: '60 requests/minute',
      budgets: '$10/day',
      json: true,
    });
    expect(JSON.parse(made)).toMatchObject({
      name: 'web',
      id: expect.stringMatching(/^key_\w{16}$/),
      secret: expect.stringMatching(/^sb-/),
      state: 'active',
      priority: 'background',
      expiresAt: '2027-01-30T00:00:00.000Z',
      models: ['gpt-*'],
      routes: ['auto'],
      doors: ['chat'],
      maxCostUsd: 0.5,
      maxLatencyMs: 20_000,
      limits: { requestsPerMinute: 60 },
      budgets: { usd: { perDay: 10 } },
    });
  });

  it('lists keys, stored and declared, and never a secret or a hash', async () => {
    const { run } = operator();
    const secret = await run({ verb: 'create', key: 'web', tenant: 'acme' });
    const part = await run({ verb: 'create', key: 'part', parent: 'web', models: ['claude-haiku-*'] });
    const [text, json] = [await run({ verb: 'list' }), await run({ verb: 'list', json: true })];
    expect(text.split('\n').length).toBe(4);
    expect(text).toMatch(/^web +key_\w+ +active +sb-\w{5}… +acme/m);
    const listed = JSON.parse(json) as { name: string; source: string; id: string; parent?: string; tenant?: string }[];
    expect(listed.map(({ name, source }) => `${name} ${source}`).toSorted()).toEqual([
      'fixed configuration',
      'part store',
      'web store',
    ]);
    expect(listed.find(({ name }) => name === 'part')?.parent).toBe(listed.find(({ name }) => name === 'web')?.id);
    for (const hidden of [secret, part, 'declared-in-the-file', Buffer.from(hashKey(secret)).toString('hex')]) {
      expect(text + json).not.toContain(hidden);
    }
    const own = JSON.parse(await run({ verb: 'list', tenant: 'acme', json: true })) as typeof listed;
    expect(own.map(({ name, tenant }) => `${name} of ${tenant}`).toSorted()).toEqual(['part of acme', 'web of acme']);
  });

  it('rotates: both secrets open the door for the overlap, then the new one alone', async () => {
    const { run, ask, said } = operator();
    const first = await run({ verb: 'create', key: 'web' });
    const second = await run({ verb: 'rotate', key: 'web', overlap: '2h' });
    expect(said.err).toContain('the old one works until 2026-11-01T02:00:00.000Z');
    expect([(await ask(first)).name, (await ask(second)).name]).toEqual(['web', 'web']);
    await expect(ask(first, START_MS + 7_200_000)).rejects.toThrow('has expired');
    expect((await ask(second, START_MS + 7_200_000)).name).toBe('web');
    const third = await run({ verb: 'rotate', key: 'web', overlap: '0' });
    await expect(ask(second)).rejects.toThrow('not known');
    expect((await ask(third)).name).toBe('web');
  });

  it('revokes for good, and all that the key has made', async () => {
    const { run, ask } = operator();
    const secret = await run({ verb: 'create', key: 'web' });
    const part = await run({ verb: 'create', key: 'part', parent: 'web' });
    expect(await run({ verb: 'revoke', key: 'web' })).toContain('is revoked');
    await expect(ask(secret)).rejects.toThrow('was revoked');
    await expect(ask(part)).rejects.toThrow('was revoked');
    expect(await run({ verb: 'list' })).toMatch(/^web +key_\w+ +revoked/m);
  });

  it.each<[string, Partial<KeyCommand> & { verb: string }, string]>([
    ['a verb that there is not', { verb: 'drop' }, 'there is no "drop"; there are create, list, revoke, rotate'],
    ['no name', { verb: 'create' }, 'create needs the name of a key'],
    ['a name with a blank', { verb: 'create', key: 'a b' }, 'name: use letters, digits'],
    [
      'a tenant that is not there',
      { verb: 'create', key: 'app', tenant: 'x' },
      '"app" cannot be made: tenant: there is no tenant "x"',
    ],
    [
      'a parent that is not there',
      { verb: 'create', key: 'app', parent: 'x' },
      '"app" cannot be made: parent: there is no key "x"',
    ],
    ['a name that is taken', { verb: 'create', key: 'web' }, '"web" cannot be made: there is another one of this name'],
    ['a name that the configuration has taken', { verb: 'create', key: 'fixed' }, 'there is another one of this name'],
    ['a limit that nobody understands', { verb: 'create', key: 'app', limits: 'a lot' }, 'limits:'],
    ['a cost that is none', { verb: 'create', key: 'app', maxCostUsd: 'cheap' }, 'maxCostUsd:'],
    ['an expiry that is none', { verb: 'create', key: 'app', expires: 'soon' }, 'expiresAt: write it like'],
    ['an expiry that is over', { verb: 'create', key: 'app', expires: '2020-01-31' }, '--expires: is over already'],
    ['an overlap that is none', { verb: 'rotate', key: 'web', overlap: 'long' }, '--overlap: "long" is no time'],
    ['a key that is not there', { verb: 'revoke', key: 'x' }, 'there is no key "x"'],
    ['a key of the configuration', { verb: 'rotate', key: 'fixed' }, '"fixed" stands in the configuration'],
    ['a revoked key', { verb: 'rotate', key: 'gone' }, '"gone" is revoked; make a new one'],
  ])('refuses %s', async (_what, command, says) => {
    await expect(shared.run(command)).rejects.toThrow(says);
  });
});
