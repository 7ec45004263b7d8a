import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { errorBody, GatewayError } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';

const KEY = 'sk-very-secret-0123456789';
const secret = new Secret(KEY);

const printed: [string, string][] = [
  ['a template', `${String(secret)}`],
  ['JSON', JSON.stringify({ secret })],
  ['inspect', inspect({ deep: { secret } }, { depth: 5, showHidden: true })],
  ['its own fields', Object.entries(secret).join()],
];

describe('a secret', () => {
  it.each(printed)('is not printed by %s', (_, text) => expect(text).not.toContain('very-secret'));

  it('is given out only when asked', () => expect(secret.reveal()).toBe(KEY));
});

describe('an error of a provider', () => {
  it.each([
    `Incorrect API key provided: ${KEY}`,
    'no access for AIzaSyA1234567890abc',
    'token Bearer abcdefghijk.lmn refused',
  ])('is told without what looks like a key: %s', (message) => {
    expect(errorBody(new GatewayError('caller', message)).error.message).toContain('[redacted]');
  });

  it('about the router’s own credential is not told at all', () => {
    expect(errorBody(new GatewayError('credential', 'account acct-17 is on hold')).error.message).not.toContain(
      'acct-17',
    );
  });
});
