import { describe, expect, it } from 'vitest';
import { strictOf } from '../../src/http/strict.ts';

describe('strictOf', () => {
  it.each([
    [undefined, false],
    ['true', true],
    ['True', true],
    ['false', false],
  ])('reads %s', (text, strict) => expect(strictOf(() => text)).toBe(strict));

  it.each(['', 'yes', '1', 'strict'])('refuses "%s"', (text) => {
    expect(() => strictOf(() => text)).toThrow(
      expect.objectContaining({ kind: 'invalid_request', param: 'x-signalbox-strict' }),
    );
  });
});
