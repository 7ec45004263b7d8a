import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANYONE, type Keys } from '../../src/core/caller.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { whoAsks } from '../../src/http/authenticate.ts';
import { hashKey, hexOf, KEY_CHECK, sameHash } from '../../src/platform/key-hash.ts';

const NOW_MS = 1_000_000;

interface Known {
  secret: string;
  expiresAtMs?: number;
  revokedAtMs?: number;
}

const KNOWN: Record<string, Known> = {
  first: { secret: 'key-of-first' },
  later: { secret: 'key-of-later', expiresAtMs: NOW_MS + 1 },
  expired: { secret: 'key-of-expired', expiresAtMs: NOW_MS },
  revoked: { secret: 'key-of-revoked', revokedAtMs: NOW_MS - 1, expiresAtMs: NOW_MS - 2 },
  ahead: { secret: 'key-of-ahead', revokedAtMs: NOW_MS + 60_000 },
  long: { secret: 'l'.repeat(512) },
};

const known = new Map(
  Object.entries(KNOWN).map(([name, { secret, expiresAtMs, revokedAtMs }]) => {
    const hash = hashKey(secret);
    return [hexOf(hash), { caller: { ...ANYONE, name }, hash, expiresAtMs, revokedAtMs }];
  }),
);
const KEYS: Keys = { isOpen: false, isComplete: true, find: (hash) => known.get(hash) };

function watched() {
  const done: string[] = [];
  const check = {
    hash: (key: string) => (done.push('hash'), hashKey(key)),
    hex: hexOf,
    same: (a: Uint8Array, b: Uint8Array) => (done.push('same'), sameHash(a, b)),
  };
  return { done, check };
}

function ask(headers: Record<string, string>, keys = KEYS, check = KEY_CHECK) {
  return whoAsks((name) => headers[name], keys, { check, nowMs: NOW_MS });
}

function refusal(headers: Record<string, string>, keys = KEYS): GatewayError {
  try {
    ask(headers, keys);
  } catch (cause) {
    if (cause instanceof GatewayError) return cause;
    throw cause;
  }
  throw new Error('It was let in');
}

describe('whoAsks', () => {
  it.each([
    ['a bearer token', { authorization: 'Bearer key-of-first' }, 'first'],
    ['whatever the case of the scheme', { authorization: 'bEARER   key-of-first' }, 'first'],
    ['x-api-key, as Anthropic’s SDKs send it', { 'x-api-key': 'key-of-first' }, 'first'],
    ['x-goog-api-key, as Google’s SDKs send it', { 'x-goog-api-key': 'key-of-first' }, 'first'],
    ['a key that expires later', { authorization: 'Bearer key-of-later' }, 'later'],
    ['the longest key', { authorization: `Bearer ${'l'.repeat(512)}` }, 'long'],
    [
      'Authorization before the other headers',
      { authorization: 'Bearer key-of-first', 'x-api-key': 'nonsense' },
      'first',
    ],
  ])('knows %s', (_what, headers, name) => expect(ask(headers)).toMatchObject({ name }));

  it.each([
    ['no header', {}],
    ['an empty header', { authorization: '' }],
    ['a scheme without a key', { authorization: 'Bearer' }],
    ['a key without a scheme', { authorization: 'key-of-first' }],
    ['another scheme', { authorization: 'Basic key-of-first' }],
    ['two keys in one header', { authorization: 'Bearer key-of-first, Bearer key-of-later' }],
    ['an unknown key', { authorization: 'Bearer key-of-fourth' }],
    [
      'an unknown key, however good the key in the next header is',
      { authorization: 'Bearer x', 'x-api-key': 'key-of-first' },
    ],
    ['a key in another letter case', { authorization: 'Bearer KEY-of-first' }],
    ['a longer key than any', { authorization: `Bearer ${'l'.repeat(513)}` }],
    ['an expired key', { authorization: 'Bearer key-of-expired' }],
    ['a revoked key', { authorization: 'Bearer key-of-revoked' }],
    ['a hash in the place of a key', { authorization: `Bearer ${hexOf(hashKey('key-of-first'))}` }],
    ['SQL', { authorization: "Bearer ' OR 1=1 --" }],
    ['SQL without blanks', { authorization: "Bearer '/**/OR/**/1=1--" }],
    ['a NUL', { authorization: 'Bearer key-of-first\0' }],
    ['the name of a property', { authorization: 'Bearer __proto__' }],
  ])('refuses %s, as a 401', (_what, headers) => {
    expect(refusal(headers)).toMatchObject({ kind: 'unauthenticated', status: 401, code: 'invalid_api_key' });
  });

  it('tells only the holder of the right secret what became of it', () => {
    expect(refusal({ authorization: 'Bearer key-of-expired' }).message).toContain('has expired');
    expect(refusal({ authorization: 'Bearer key-of-revoked' }).message).toContain('was revoked');
    expect(refusal({ authorization: 'Bearer key-of-fourth' }).message).toContain('is not known here');
  });

  it('refuses what a server revoked whose clock is ahead of this one', () => {
    expect(refusal({ authorization: 'Bearer key-of-ahead' }).message).toContain('was revoked');
  });

  it.each(['key-of-first', 'key-of-fourth', 'key-of-expired', 'key-of-revoked'])(
    'does the same work for %s',
    (secret) => {
      const { done, check } = watched();
      try {
        ask({ authorization: `Bearer ${secret}` }, KEYS, check);
      } catch {
        // Refused ones, too.
      }
      expect(done).toEqual(['hash', 'same']);
    },
  );

  it('does not even hash what is longer than any key', () => {
    const { done, check } = watched();
    expect(() => ask({ authorization: `Bearer ${'l'.repeat(513)}` }, KEYS, check)).toThrow(GatewayError);
    expect(done).toEqual([]);
  });

  it('compares the hash that was found, too', () => {
    const [wrong] = known.values();
    expect(() => ask({ authorization: 'Bearer another' }, { ...KEYS, find: () => wrong })).toThrow(/not known/);
  });

  it('lets anyone in where there are no keys and none is needed', () => {
    expect(ask({}, { ...KEYS, isOpen: true })).toBe(ANYONE);
  });

  it('asks to come back while not all keys are read', () => {
    const told = refusal({ authorization: 'Bearer key-of-fourth' }, { ...KEYS, isComplete: false });
    expect(told).toMatchObject({ status: 503, code: 'keys_unavailable', retryAfterMs: 1_000 });
    expect(ask({ authorization: 'Bearer key-of-first' }, { ...KEYS, isComplete: false })).toMatchObject({
      name: 'first',
    });
  });

  it('asks to come back while nobody knows whether a key is needed', () => {
    const told = refusal({}, { ...KEYS, isOpen: undefined, isComplete: false });
    expect(told).toMatchObject({ status: 503, code: 'keys_unavailable', retryAfterMs: 1_000 });
    expect(told.message).toContain("see the router's log");
    expect(refusal({}, { ...KEYS, isComplete: false })).toMatchObject({ status: 401 });
  });

  const anything = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.string({ unit: 'grapheme', maxLength: 100 }),
    fc.constantFrom(
      "'; DROP TABLE virtual_keys; --",
      '" OR ""="',
      '\0',
      '%00',
      '\u2028',
      '\ud800',
      '[object Object]',
      'key-of-first,key-of-first',
    ),
    fc.nat({ max: 65_536 }).map((length) => 'x'.repeat(length)),
    fc.nat({ max: 65_536 }).map((length) => ' '.repeat(length)),
    fc.array(fc.constantFrom('Bearer', 'key-of-first', ',', ' ', '\t', '=')).map((parts) => parts.join('')),
  );
  const RIGHT = Object.values(KNOWN).map(({ secret }) => secret);

  it.each(['authorization', 'x-api-key', 'x-goog-api-key'])(
    'refuses whatever else stands in %s, and never breaks',
    (name) => {
      fc.assert(
        fc.property(anything, fc.constantFrom('', 'Bearer ', 'bearer  '), (text, scheme) => {
          fc.pre(!RIGHT.includes(text.trim()));
          fc.pre(!(name === 'authorization' && /^Bearer +key-of-first$/i.test(scheme + text)));
          expect(refusal({ [name]: scheme + text })).toMatchObject({ status: 401 });
        }),
        { numRuns: 500 },
      );
    },
  );
});
