import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mapped } from '../../src/core/lists.ts';

it('is what `map` is', () => {
  const make = (item: unknown, index: number) => [index, item];
  const isSame = (list: readonly unknown[]) => {
    expect(mapped(list, make)).toEqual(list.map(make));
  };
  fc.assert(fc.property(fc.array(fc.anything()), isSame));
});
