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

  it.each([
    {
      said: 'Rate limit reached for gpt-4.1 in organization org-AbCdEfGhIjKlMnOpQrStUvWx on requests per min.',
      told: 'Rate limit reached for gpt-4.1 in organization [redacted] on requests per min.',
    },
    {
      said: 'User: arn:aws:sts::123456789012:assumed-role/llm/i-0abc is not authorized (arn:aws:iam::123456789012:user/jo).',
      told: 'User: [redacted] is not authorized ([redacted]).',
    },
    {
      said: 'on resource: arn:aws-us-gov:bedrock:us-gov-west-1:123456789012:inference-profile/us.anthropic.claude-v2:1',
      told: 'on resource: [redacted]',
    },
    {
      said: 'no access to arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0 for org-wide keys',
      told: 'no access to arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0 for org-wide keys',
    },
  ])('is told without whose account it is: $said', ({ said, told }) => {
    expect(errorBody(new GatewayError('caller', said)).error.message).toBe(told);
  });

  it('about the router’s own credential is not told at all', () => {
    expect(errorBody(new GatewayError('credential', 'account acct-17 is on hold')).error.message).not.toContain(
      'acct-17',
    );
  });
});
