import { expect, it } from 'vitest';
import { forgetOld, retentionAt } from '../../../src/books/ledger/retention.ts';
import { DAY_MS, START_MS } from './sample.ts';

it('what is kept for ever has no time before which it goes', () => {
  expect(retentionAt({ rows: 30 }, START_MS)).toEqual({
    rowsBeforeMs: START_MS - 30 * DAY_MS,
    hoursBeforeMs: undefined,
    daysBeforeMs: undefined,
  });
});

it('deletes batch after batch until nothing is left', async () => {
  let left = 7;
  expect(await forgetOld({ forget: async () => left-- > 0 }, { rows: 1 }, START_MS)).toBe(7);
});

it('ends even where a store never does', async () => {
  expect(await forgetOld({ forget: async () => true }, { rows: 1 }, START_MS)).toBe(10_000);
});
