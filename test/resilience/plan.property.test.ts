/** Whatever the providers do, in whatever order, to several requests at once. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERROR_RULES, type ErrorKind, GatewayError } from '../../src/core/errors.ts';
import { isCall } from '../../src/resilience/decide.ts';
import { breakFuse, type Fate, type Result, teachTimes, TestPool } from './pool.ts';

/** A circuit is no call's end. */
const KINDS = (Object.keys(ERROR_RULES) as ErrorKind[]).filter((kind) => kind !== 'circuit_open');
const fate: fc.Arbitrary<Fate> = fc.record({
  end: fc.oneof({ weight: 2, arbitrary: fc.constant('ok' as const) }, fc.constantFrom(...KINDS)),
  ms: fc.oneof(fc.nat(50), fc.nat(3_000)),
  deaf: fc.boolean(),
  details: fc.record({ retryAfterMs: fc.option(fc.nat(5_000), { nil: undefined }) }),
});
const deployment = fc.record({
  fates: fc.array(fate, { maxLength: 12 }),
  usually: fate,
  slots: fc.constantFrom(0, 1, 2, 100),
  costUsd: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: undefined }),
  contextTokens: fc.constantFrom(1_000, 2_000),
  account: fc.constantFrom('x', 'y'),
  isBroken: fc.boolean(),
});
const asked = fc.record({
  atMs: fc.nat(4_000),
  leavesAfterMs: fc.option(fc.nat(2_000), { nil: undefined }),
  rules: fc.record({
    maxCalls: fc.integer({ min: 1, max: 4 }),
    maxWaitMs: fc.integer({ min: 1, max: 5_000 }),
    maxCostUsd: fc.option(fc.double({ min: 0.01, max: 2, noNaN: true }), { nil: undefined }),
    onContext: fc.constantFrom('fail' as const, 'larger' as const),
    onRefusal: fc.constantFrom('return' as const, 'other' as const),
    hedge: fc.boolean(),
  }),
  deadlineMs: fc.integer({ min: 1, max: 8_000 }),
});
const story = fc.record({
  deployments: fc.array(deployment, { maxLength: 4 }),
  requests: fc.array(asked, { minLength: 1, maxLength: 8 }),
  perSecond: fc.constantFrom(0, 1, 10),
  luck: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 1, maxLength: 7 }),
});

const wasAsked = ({ outcome }: { outcome: string }) => !outcome.includes(':') && outcome !== 'circuit_open';
const counts = ({ outcome }: { outcome: string }) =>
  outcome === 'ok' || outcome === 'hedge_lost' || isCall(new GatewayError(outcome as ErrorKind, ''));
const isFinal = ({ outcome }: { outcome: string }) => ERROR_RULES[outcome as ErrorKind]?.failover === false;

/** What holds for each request; returns how many of its calls had to be paid for. */
function check({ arrival, error, attempts, calls, request }: Result, leftAt: number): number {
  const { maxCalls, deadlineAt, onContext, onRefusal } = request.rules;
  const made = attempts.filter(wasAsked);
  expect(arrival === undefined).toBe(error !== undefined);
  expect(attempts.filter(({ outcome }) => outcome === 'ok')).toHaveLength(arrival ? 1 : 0);
  expect(arrival?.value).toBe(arrival && `from ${attempts.at(-1)?.deployment}`);
  expect(made).toHaveLength(calls.length);
  for (const { at } of calls) expect(at < deadlineAt && at <= leftAt).toBe(true);
  // One more where a provider had no room.
  const most = maxCalls > 1 && made.some(({ outcome }) => outcome === 'rate') ? maxCalls + 1 : maxCalls;
  expect(made.filter(counts).length).toBeLessThanOrEqual(most);
  // Whoever is asked again in another way is asked so from then on, and only one such way is tried.
  for (const [index, { deployment: id, again }] of calls.entries()) {
    const later = calls.slice(index).filter((call) => call.deployment === id);
    expect(again === undefined || later.every((call) => call.again === again)).toBe(true);
  }
  // What no other deployment would say otherwise is the last of it, unless the rules let another try.
  const goesOn = (each: { outcome: string }) => !isFinal(each) || mayGoOn(each.outcome, { onContext, onRefusal });
  expect(made.slice(0, -1).every((each) => each.outcome === 'hedge_lost' || goesOn(each))).toBe(true);
  return Math.max(0, made.filter(counts).length - 1);
}

function mayGoOn(outcome: string, { onContext, onRefusal }: { onContext: string; onRefusal: string }): boolean {
  return (outcome === 'context' && onContext === 'larger') || (outcome === 'policy' && onRefusal === 'other');
}

describe('the plan', () => {
  it('keeps its promises', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ deployments, requests, perSecond, luck }) => {
        let draws = 0;
        const declared = Object.fromEntries(deployments.map((each, index) => [`d${index}`, each]));
        const pool = new TestPool(declared, () => luck[draws++ % luck.length] ?? 0, perSecond);
        for (const [index, { isBroken }] of deployments.entries()) {
          teachTimes(pool.member(`d${index}`), 20);
          if (isBroken) breakFuse(pool.member(`d${index}`), 0);
        }
        const paid = countPaid(pool);
        const ended: Promise<{ result: Result; leftAt: number }>[] = [];
        for (const { atMs, leavesAfterMs = Infinity, rules, deadlineMs } of requests) {
          pool.clock.after(atMs, () => {
            const { client, result: pending } = pool.begin({ ...rules, deadlineAt: atMs + deadlineMs });
            if (leavesAfterMs < Infinity) pool.clock.after(leavesAfterMs, () => client.leave());
            ended.push(pending.then((result) => (settle(pool, result), { result, leftAt: atMs + leavesAfterMs })));
          });
        }
        await pool.clock.run();
        const results = await Promise.all(ended);
        expect(results).toHaveLength(requests.length);
        const further = results.reduce((sum, { result, leftAt }) => sum + check(result, leftAt), 0);
        expect(further).toBeLessThanOrEqual(paid());
        for (const { limits } of pool.members.values()) expect(limits).toMatchObject({ held: 0, settledTwice: 0 });
        expect(pool.room.waiting).toBe(0);
      }),
      { numRuns: 1_000 },
    );
  }, 60_000);
});

/** What the gateway's books do. */
function settle({ room }: TestPool, { arrival, endedAt }: Result): void {
  arrival?.lease.settle({ requests: 1 }, endedAt);
  room.wake(arrival?.lease.target.resource);
}

/** How often the budget was asked and said yes. */
function countPaid({ pool: { budget } }: TestPool): () => number {
  let paid = 0;
  const withdraw = budget.withdraw.bind(budget);
  budget.withdraw = (nowMs) => {
    const may = withdraw(nowMs);
    if (may) paid++;
    return may;
  };
  return () => paid;
}
