/** However a request ends, whatever limits it: what it used is counted, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { Hold, Scope } from '../../../src/books/spending/claim.ts';
import { COUNTED, limitName, type Measure, PERIODS } from '../../../src/books/spending/declared.ts';
import { Spending } from '../../../src/books/spending/spending.ts';
import { claim, key, MINUTE, NOON, NOTHING_USED, SECOND, tenant } from './books.ts';

const GRACE = 10 * SECOND;
/** Of the request's own minute and the grace, with some to spare for whole seconds. */
const EXPIRED = NOON + MINUTE + GRACE + SECOND;

type Counts = Record<Measure, number>;
const counts = (requests: number, input: number, output: number, usd: number): Counts => ({
  requests,
  inputTokens: input,
  outputTokens: output,
  tokens: input + output,
  usd,
});
const RESERVED = counts(1, 30, 20, 0.01);
const LESS = { inputTokens: 28, outputTokens: 3, costUsd: 0.002 };
const MORE = { inputTokens: 40, outputTokens: 90, costUsd: 0.05 };

interface Ending {
  name: string;
  acts: (hold: Hold) => void;
  used: Counts;
  /** When the last of it happens. */
  nowMs: number;
}

const ENDINGS: readonly Ending[] = [
  {
    name: 'an answer that used less',
    acts: (hold) => hold.settle(LESS, NOON),
    used: counts(1, 28, 3, 0.002),
    nowMs: NOON,
  },
  {
    name: 'an answer that used more',
    acts: (hold) => hold.settle(MORE, NOON),
    used: counts(1, 40, 90, 0.05),
    nowMs: NOON,
  },
  { name: 'an answer of unknown usage', acts: (hold) => hold.settle(undefined, NOON), used: RESERVED, nowMs: NOON },
  { name: 'an error', acts: (hold) => hold.settle(NOTHING_USED, NOON), used: counts(1, 0, 0, 0), nowMs: NOON },
  {
    name: 'an abort in mid-answer',
    acts: (hold) => hold.settle({ inputTokens: 30, outputTokens: 1, costUsd: 0.001 }, NOON),
    used: counts(1, 30, 1, 0.001),
    nowMs: NOON,
  },
  { name: 'it never began', acts: (hold) => hold.release(NOON), used: counts(0, 0, 0, 0), nowMs: NOON },
  { name: 'nobody ever ends it', acts: () => {}, used: RESERVED, nowMs: EXPIRED },
  {
    name: 'two settles',
    acts: (hold) => {
      hold.settle(LESS, NOON);
      hold.settle(MORE, NOON);
    },
    used: counts(1, 28, 3, 0.002),
    nowMs: NOON,
  },
  {
    name: 'a settle and a release',
    acts: (hold) => {
      hold.settle(LESS, NOON);
      hold.release(NOON);
    },
    used: counts(1, 28, 3, 0.002),
    nowMs: NOON,
  },
  {
    name: 'a release and a settle',
    acts: (hold) => {
      hold.release(NOON);
      hold.settle(MORE, NOON);
    },
    used: counts(0, 0, 0, 0),
    nowMs: NOON,
  },
  {
    name: 'a settle after it expired',
    acts: (hold) => hold.settle(LESS, EXPIRED),
    used: counts(1, 28, 3, 0.002),
    nowMs: EXPIRED,
  },
  {
    name: 'two settles after it expired',
    acts: (hold) => {
      hold.settle(undefined, EXPIRED);
      hold.settle(LESS, EXPIRED);
    },
    used: RESERVED,
    nowMs: EXPIRED,
  },
];

const LIMITS: readonly { name: string; measure: Measure | 'concurrency'; span: string; scope: Scope }[] = [
  { name: 'concurrency', measure: 'concurrency', span: '', scope: key({ concurrency: 3 }) },
  ...COUNTED.flatMap((measure) =>
    PERIODS.map((span) => ({
      name: limitName(measure, span),
      measure,
      span,
      scope: key({ [limitName(measure, span)]: 1_000 }),
    })),
  ),
  ...(['perHour', 'perDay', 'perWeek', 'perMonth', 'total'] as const).flatMap((span) => [
    { name: `dollars ${span}`, measure: 'usd' as const, span, scope: tenant(undefined, { usd: { [span]: 1 } }) },
    {
      name: `tokens ${span}`,
      measure: 'tokens' as const,
      span,
      scope: tenant(undefined, { tokens: { [span]: 1_000 } }),
    },
  ]),
];

describe.each(ENDINGS)('$name', ({ name, acts, used, nowMs }) => {
  it.each(LIMITS)('leaves of $name what it should', ({ measure, span, scope }) => {
    const spending = new Spending({ graceMs: GRACE });
    acts(spending.admit(claim([scope]), NOON));
    const [reading] = spending.readings([scope], nowMs);
    expect(reading?.reserved).toBe(0);
    expect(spending.open).toBe(0);
    expect(reading?.used).toBe(measure === 'concurrency' ? 0 : left(used[measure], RESERVED[measure], { name, span }));
  });

  /** A second or a minute is over when a request expires; only what was used beyond its reservation is news then. */
  function left(actual: number, reserved: number, of: { name: string; span: string }): number {
    const isOver = nowMs === EXPIRED && (of.span === 'second' || of.span === 'minute');
    return isOver ? Math.max(0, actual - reserved) : actual;
  }
});
