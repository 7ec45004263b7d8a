import { describe, expect, it } from 'vitest';
import { keyCommandOf, KEYS_HELP } from '../../src/server/key-options.ts';

it("the help's dollars are in quotes in which a shell leaves them alone", () => {
  expect(KEYS_HELP).not.toMatch(/"[^"\n]*\$\d/);
});

describe('an option', () => {
  it.each([
    ['create', { overlap: '2h' }, 'create takes no --overlap'],
    ['list', { owner: 'Ann' }, 'list takes no --owner'],
    ['revoke', { tenant: 'acme' }, 'revoke takes no --tenant'],
    ['rotate', { expires: '90d' }, 'rotate takes no --expires'],
  ])('of another verb than %s is refused: %j', (verb, values, says) => {
    expect(() => keyCommandOf(verb, 'a', values)).toThrow(`signalbox keys: ${says}; signalbox keys --help`);
  });

  it.each([
    ['create', { expires: '90d', tag: ['a'], json: true, config: 'x.yaml' }],
    ['list', { tenant: 'acme', json: true }],
    ['revoke', { json: true }],
    ['rotate', { overlap: '0' }],
  ])('of %s is taken: %j', (verb, values) => {
    expect(keyCommandOf(verb, 'a', values)).toMatchObject({ verb, key: 'a' });
  });
});
