import { describe, expect, it } from 'vitest';
import { type IssuePorts, issueKey, rotateKey } from '../../../src/books/tenants/issue.ts';
import { createDirectory } from '../../../src/books/tenants/directory.ts';
import { problemsWith, viewOf } from '../../../src/books/tenants/view.ts';
import { newId } from '../../../src/platform/ids.ts';
import { hash, START_MS, tenant, virtualKey } from './sample.ts';

const at = (nowMs: number): IssuePorts => ({ newId, hash, nowMs });

describe('a key that is made', () => {
  it('has a secret of 256 bits, of which only the hash and the beginning are kept', () => {
    const { key, secret } = issueKey({ name: 'web', owner: 'ann', tags: ['prod'] }, at(START_MS));
    expect(secret).toMatch(/^sb-[0-9A-Za-z]{43}$/);
    expect(62 ** 43).toBeGreaterThan(2 ** 256);
    expect(key).toMatchObject({
      name: 'web',
      owner: 'ann',
      createdAtMs: START_MS,
      secrets: [{ hash: hash(secret), prefix: secret.slice(0, 8) }],
    });
    expect(JSON.stringify(key)).not.toContain(secret.slice(0, 9));
  });

  it('is known by its secret', () => {
    const { key, secret } = issueKey({ name: 'web' }, at(START_MS));
    expect(createDirectory({ tenants: [], keys: [key] }).find(hash(secret))?.caller).toMatchObject({
      name: 'web',
      prefix: secret.slice(0, 8),
    });
  });

  it('is no other key', () => {
    const secrets = Array.from({ length: 100 }, () => issueKey({ name: 'web' }, at(0)).secret);
    expect(new Set(secrets).size).toBe(100);
  });
});

describe('a secret that is replaced', () => {
  const { key, secret: first } = issueKey({ name: 'web', expiresAtMs: 9_000 }, at(0));
  const opens = (nowMs: number, of: typeof key, secret: string) => {
    const known = createDirectory({ tenants: [], keys: [of] }).find(hash(secret));
    return known !== undefined && (known.expiresAtMs ?? Infinity) > nowMs;
  };

  it('lives for the overlap beside its successor', () => {
    const { key: rotated, secret: second } = rotateKey(key, 1_000, at(100));
    expect(rotated.id).toBe(key.id);
    expect([opens(1_099, rotated, first), opens(1_100, rotated, first)]).toEqual([true, false]);
    expect([opens(8_999, rotated, second), opens(9_000, rotated, second)]).toEqual([true, false]);
  });

  it('is gone at once without an overlap', () => {
    const { key: rotated, secret: second } = rotateKey(key, 0, at(100));
    expect([opens(100, rotated, first), opens(100, rotated, second), rotated.secrets.length]).toEqual([false, true, 1]);
  });

  it('does not live longer by another rotation, and four old ones are kept at most', () => {
    let rotated = rotateKey(key, 1_000, at(100)).key;
    for (let times = 0; times < 9; times++) rotated = rotateKey(rotated, 5_000, at(200 + times)).key;
    expect(rotated.secrets.length).toBe(5);
    const twice = rotateKey(rotateKey(key, 1_000, at(100)).key, 5_000, at(200)).key;
    expect(opens(1_100, twice, first)).toBe(false);
  });
});

describe('viewOf', () => {
  it('shows no hash and no secret', () => {
    const { key, secret } = issueKey(
      { name: 'web', models: ['gpt-6'], limits: { requestsPerMinute: 1 } },
      at(START_MS),
    );
    const { key: rotated, secret: next } = rotateKey(key, 1_000, at(START_MS));
    const shown = JSON.stringify(viewOf(rotated, START_MS + 1));
    for (const hidden of [secret, next, hash(secret), hash(next)]) expect(shown).not.toContain(hidden);
    expect(viewOf(rotated, START_MS + 1)).toMatchObject({
      state: 'active',
      createdAt: '2026-11-01T00:00:00.000Z',
      models: ['gpt-6'],
      secrets: [{ prefix: next.slice(0, 8) }, { prefix: secret.slice(0, 8), until: '2026-11-01T00:00:01.000Z' }],
    });
    expect(viewOf(rotated, START_MS + 1_000).secrets.length).toBe(1);
  });

  it.each([
    [{}, 'active'],
    [{ expiresAtMs: 100 }, 'expired'],
    [{ expiresAtMs: 101 }, 'active'],
    [{ expiresAtMs: 100, revokedAtMs: 90 }, 'revoked'],
    [{ revokedAtMs: 110 }, 'revoked'],
  ])('of %j is %s', (more, state) => expect(viewOf(virtualKey('web', more), 100).state).toBe(state));
});

describe('problemsWith', () => {
  const web = virtualKey('web', { tenant: 'acme' });
  const book = { tenants: [tenant('acme'), tenant('globex')], keys: [web, virtualKey('free')] };
  const above = 'tenant: a key belongs to the tenant of the key above it, which is';

  it.each([
    [virtualKey('app', { tenant: 'acme' }), []],
    [virtualKey('app', { tenant: 'nowhere' }), ['tenant: there is no tenant "nowhere" that is in order']],
    [virtualKey('app', { parent: 'key_nobody' }), ['parent: there is no key "key_nobody"']],
    [virtualKey('app', { parent: web.id }), []],
    [virtualKey('app', { parent: web.id, tenant: 'acme' }), []],
    [virtualKey('app', { parent: web.id, tenant: 'globex' }), [`${above} "acme"`]],
    [virtualKey('app', { parent: 'key_free', tenant: 'acme' }), [`${above} none`]],
    [virtualKey('acme', { tenant: 'acme' }), []],
    [virtualKey('acme'), [expect.stringMatching(/^name: "acme" is a tenant's name.*take another name/)]],
    [virtualKey('web', { id: 'key_2' }), ['there is another one of this name']],
  ])('finds what would be wrong with %j', (key, problems) => expect(problemsWith(key, book)).toEqual(problems));
});
