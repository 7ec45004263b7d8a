import { describe, expect, it } from 'vitest';
import { authenticate } from '../../src/http/authenticate.ts';
import { hashKey, sameHash } from '../../src/platform/key-hash.ts';

const KEYS = ['first', 'second', 'third'].map((name) => ({
  name,
  priority: 'normal' as const,
  ceilings: {},
  hash: hashKey(`key-of-${name}`),
}));
const check = { hash: hashKey, same: sameHash };

describe('authenticate', () => {
  it.each(['first', 'second', 'third'])('knows the %s key', (name) => {
    expect(authenticate(`Bearer key-of-${name}`, KEYS, check)).toMatchObject({ name });
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'key-of-first',
    'Bearer key-of-fourth',
    `Bearer ${'x'.repeat(600)}`,
    "Bearer ' OR 1=1 --",
  ])('refuses %s', (authorization) => expect(() => authenticate(authorization, KEYS, check)).toThrow(/key/));

  it('compares every key, so that the time tells nothing', () => {
    let compared = 0;
    authenticate('Bearer key-of-first', KEYS, { hash: hashKey, same: (a, b) => (compared++, sameHash(a, b)) });
    expect(compared).toBe(KEYS.length);
  });
});
