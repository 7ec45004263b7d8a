import { describe, expect, it } from 'vitest';
import { type ErrorDetails, type ErrorKind, GatewayError } from '../../src/core/errors.ts';
import { verdict } from '../../src/resilience/verdict.ts';

type Said = [ErrorKind, ErrorDetails?];

const rows: { name: string; said: Said[]; is: ErrorKind; retryAfterMs?: number }[] = [
  { name: 'nothing was said', said: [], is: 'no_candidate' },
  { name: "a provider's word before ours", said: [['fault'], ['capacity']], is: 'fault' },
  { name: 'the last of several', said: [['fault'], ['overload']], is: 'overload' },
  { name: 'ours where there is no other', said: [['unsupported'], ['capacity']], is: 'capacity' },
  { name: 'what cannot be said, if that is all', said: [['unsupported'], ['unsupported']], is: 'unsupported' },
  {
    name: 'the earliest time that anybody named',
    said: [['rate', { retryAfterMs: 9_000 }], ['overload', { retryAfterMs: 4_000 }], ['fault']],
    is: 'fault',
    retryAfterMs: 4_000,
  },
  {
    name: 'and ours, if that is earlier',
    said: [
      ['rate', { retryAfterMs: 9_000 }],
      ['capacity', { retryAfterMs: 2_000 }],
    ],
    is: 'rate',
    retryAfterMs: 2_000,
  },
  {
    name: 'no time of others where coming back is of no use',
    said: [
      ['rate', { retryAfterMs: 1_000 }],
      ['exhausted', { retryAfterMs: 86_400_000 }],
    ],
    is: 'exhausted',
    retryAfterMs: 86_400_000,
  },
  {
    name: 'no budget and not its time where somebody that it pays for may be well again soon',
    said: [['budget', { retryAfterMs: 9_000 }], ['fault'], ['capacity']],
    is: 'fault',
  },
  {
    name: 'the budget where coming back is of no use to anybody else',
    said: [['budget', { retryAfterMs: 9_000 }], ['exhausted'], ['capacity']],
    is: 'budget',
    retryAfterMs: 9_000,
  },
];

describe('verdict', () => {
  it.each(rows)('$name', ({ said, is, retryAfterMs }) => {
    const errors = said.map(([kind, details]) => new GatewayError(kind, `says ${kind}`, details));
    expect(verdict(errors, 1)).toMatchObject({ kind: is, retryAfterMs, retried: false });
  });

  it('keeps all that the error says', () => {
    const details = { param: 'p', code: 'c', status: 418, dimension: 'input', scope: 'model', cause: 'why' } as const;
    expect(verdict([new GatewayError('rate', 'slow', details)], 1)).toMatchObject({ message: 'slow', ...details });
  });

  it('says whether there was more than one call', () => {
    expect(verdict([new GatewayError('fault', '')], 2).retried).toBe(true);
  });
});
