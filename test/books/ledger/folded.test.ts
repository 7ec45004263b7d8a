import { describe, expect, test } from 'vitest';
import type { AttemptRow } from '../../../src/core/ledger.ts';
import { foldedCalls } from '../../../src/platform/ledger/folded.ts';
import { attemptRow, requestRow } from './sample.ts';

const request = requestRow({ requestId: 'req_1' });
const other = requestRow({ requestId: 'req_2' });
const { fresh, output, costUsd, price } = request;

function call(rest: Partial<AttemptRow> = {}): AttemptRow {
  return attemptRow({ requestId: 'req_1', fresh, output, costUsd, price, ...rest });
}

describe('a call needs no row of its own', () => {
  test.each([
    { name: 'where its request says all of it', attempts: [call()], folded: [0] },
    { name: 'whenever it began, however long it took', attempts: [call({ atMs: 1, durationMs: 2 })], folded: [0] },
    {
      name: 'in the order of the requests',
      attempts: [call(), call({ requestId: 'req_2' })],
      folded: [0, 1],
    },
    { name: 'where the request before it has none', attempts: [call({ requestId: 'req_2' })], folded: [1] },
  ])('$name', ({ attempts, folded }) => {
    const found = foldedCalls({ requests: [request, other], attempts });
    expect(found.others).toEqual([]);
    expect(found.calls.flatMap((one, index) => (one ? [index] : []))).toEqual(folded);
  });

  test.each([
    { name: 'one of two has one', attempts: [call(), call({ number: 2 })] },
    { name: 'another deployment’s has one', attempts: [call({ deployment: 'b/x' })] },
    { name: 'one passed over has one', attempts: [call({ called: false })] },
    { name: 'one that ended otherwise has one', attempts: [call({ outcome: 'timeout' })] },
    { name: 'one that took less has one', attempts: [call({ output: 1 })] },
    { name: 'one that read a cache has one', attempts: [call({ cacheRead: 1 })] },
    { name: 'one without a price has one', attempts: [call({ price: null })] },
    { name: 'one without a cost has one', attempts: [call({ costUsd: null })] },
    { name: 'a second has one', attempts: [call({ number: 2 })] },
    { name: 'nobody’s has one', attempts: [call({ requestId: 'req_0' })] },
    {
      name: 'ones in another order have one',
      attempts: [call({ requestId: 'req_2' }), call()],
      others: [call()],
    },
  ])('but $name', ({ attempts, others = attempts }) => {
    expect(foldedCalls({ requests: [request, other], attempts }).others).toEqual(others);
  });
});
