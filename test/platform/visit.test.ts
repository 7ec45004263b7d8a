import { expect, it } from 'vitest';
import { free, joined } from '../../src/platform/visit.ts';

const slab = (bytes = 65_536) => Buffer.from(new ArrayBuffer(bytes));

it('gives back the memory of what is joined, and of nothing that is a part of more', () => {
  const whole = slab().fill('a');
  const shared = slab().fill('b');
  const bytes = joined([whole, shared.subarray(0, 32_768)]);
  expect(bytes.toString()).toBe('a'.repeat(65_536) + 'b'.repeat(32_768));
  expect([whole.byteLength, shared.byteLength]).toEqual([0, 65_536]);
  expect(shared.toString('latin1', 32_768)).toBe('b'.repeat(32_768));
});

it('leaves a single piece, and what is too small to matter', () => {
  const only = slab().fill('a');
  const small = slab(1_024);
  free(small);
  expect([joined([only]), only.byteLength, small.byteLength]).toEqual([only, 65_536, 1_024]);
});
