import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import type { Budgets, SpendingLimits } from '../../../src/books/spending/declared.ts';
import { BudgetsOf, LimitsOf } from '../../../src/config/spending.ts';

describe('limits', () => {
  it.each<[unknown, SpendingLimits]>([
    [{}, {}],
    [
      { requestsPerMinute: 60, concurrency: 4 },
      { requestsPerMinute: 60, concurrency: 4 },
    ],
    [
      { outputTokensPerWeek: 5, timeZone: 'Europe/Berlin' },
      { outputTokensPerWeek: 5, timeZone: 'Europe/Berlin' },
    ],
    ['60 requests/minute', { requestsPerMinute: 60 }],
    ['1 request a second, 1.1k tokens per day', { requestsPerSecond: 1, tokensPerDay: 1_100 }],
    ['2M input tokens/month, 5k Output Tokens / hour', { inputTokensPerMonth: 2_000_000, outputTokensPerHour: 5_000 }],
    ['4 at once', { concurrency: 4 }],
    ['4 requests at the same time', { concurrency: 4 }],
  ])('%j are %j', (written, read) => expect(LimitsOf.parse(written)).toEqual(read));

  it.each<[unknown, string]>([
    [5, ': write it like "60 requests/minute'],
    ['', ': "" is not understood: write it like'],
    ['60 requests', ': "60 requests" is not understood'],
    ['60 requests/fortnight', ': "60 requests/fortnight" is not understood'],
    ['1 request/day, 60 req/minute', ': "60 req/minute" is not understood'],
    ['0 requests/day', ': "0 requests/day" is not understood'],
    ['0.5 requests/day', ': "0.5 requests/day" is not understood'],
    ['1 request/day, 2 requests/day', ': "2 requests/day" is not understood: it is said twice'],
    [{ requestsPerMinuts: 1 }, ': Unrecognized key: "requestsPerMinuts"'],
    [{ requestsPerMinute: '60' }, 'requestsPerMinute: Invalid input: expected number'],
    [{ requestsPerMinute: 0 }, 'requestsPerMinute: Too small'],
    [{ timeZone: 'Mars/Olympus' }, 'timeZone: there is no time zone "Mars/Olympus"'],
  ])('%j are refused: %s', (written, says) => expect(problems(LimitsOf, written)).toContain(says));

  it('are what the books go by', () => expectTypeOf<z.output<typeof LimitsOf>>().toExtend<SpendingLimits>());
});

describe('budgets', () => {
  it.each<[unknown, Budgets]>([
    [
      { usd: { perDay: 0.01 }, soft: [0.5] },
      { usd: { perDay: 0.01 }, soft: [0.5] },
    ],
    ['$10/day', { usd: { perDay: 10 } }],
    ['$2.5k a month, $10000 in total', { usd: { perMonth: 2_500, total: 10_000 } }],
    ['$1 per hour, 5M tokens/week, 1 token total', { usd: { perHour: 1 }, tokens: { perWeek: 5_000_000, total: 1 } }],
  ])('%j are %j', (written, read) => expect(BudgetsOf.parse(written)).toEqual(read));

  it.each<[unknown, string]>([
    [10, ': write it like "$10/day'],
    ['10/day', ': "10/day" is not understood'],
    ['$0/day', ': "$0/day" is not understood'],
    ['$1/minute', ': "$1/minute" is not understood'],
    ['0.5 tokens/day', ': "0.5 tokens/day" is not understood'],
    ['$1/day, $2/day', 'it is said twice'],
    [{ usd: { perDay: 0 } }, 'usd.perDay: Too small'],
    [{ usd: { perYear: 1 } }, 'usd: Unrecognized key: "perYear"'],
    [{ soft: [0.9, 0.8] }, 'soft: must ascend'],
    [{ soft: [1.1] }, 'soft.0: Too big'],
  ])('%j are refused: %s', (written, says) => expect(problems(BudgetsOf, written)).toContain(says));

  it('are what the books go by', () => expectTypeOf<z.output<typeof BudgetsOf>>().toExtend<Budgets>());
});

it('editors can read all of it', () => {
  const schema = z.toJSONSchema(z.strictObject({ limits: LimitsOf, budgets: BudgetsOf }), {
    io: 'input',
  });
  expect(JSON.stringify(schema)).toContain('"requestsPerSecond"');
});

function problems(schema: z.ZodType, written: unknown): string {
  const { error } = schema.safeParse(written);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n');
}
