import { describe, expect, it } from 'vitest';
import type { PlanRules } from '../../src/resilience/decide.ts';
import { breakFuse, type DeploymentOptions, teachTimes, TestPool } from './pool.ts';

const P95_MS = 100;
const slow: DeploymentOptions = { usually: { end: 'ok', ms: 1_000 } };
const fast: DeploymentOptions = { usually: { end: 'ok', ms: 10 } };

/** `a` is known to take 100 ms. */
function hedging(declared: Record<string, DeploymentOptions>, perSecond = 10): TestPool {
  const pool = new TestPool(declared, () => 0.5, perSecond);
  teachTimes(pool.member('a'), P95_MS);
  return pool;
}

const told = (attempts: readonly { deployment: string; outcome: string }[]) =>
  attempts.map(({ deployment, outcome }) => `${deployment} ${outcome}`);

describe('a hedged request', () => {
  it('asks a second after the p95 of the first, takes what comes first and gives everything back', async () => {
    const pool = hedging({ a: slow, b: fast });
    const { arrival, calls, attempts, endedAt } = await pool.ask({ hedge: true });
    expect(calls).toMatchObject([
      { deployment: 'a', at: 0 },
      { deployment: 'b', at: P95_MS },
    ]);
    expect(arrival?.value).toBe('from b');
    expect(endedAt).toBe(P95_MS + 10);
    expect(told(attempts)).toEqual(['a hedge_lost', 'b ok']);
    expect(pool.member('a').limits.settled).toEqual([undefined]);
    expect(pool.member('b').limits.held).toBe(1);
    arrival?.lease.settle({}, endedAt);
    expect(pool.member('b').limits.held).toBe(0);
  });

  it('stays with the first where that is faster in the end', async () => {
    const pool = hedging({ a: { usually: { end: 'ok', ms: 150 } }, b: slow });
    const { arrival, attempts } = await pool.ask({ hedge: true });
    expect(arrival?.value).toBe('from a');
    expect(told(attempts)).toEqual(['b hedge_lost', 'a ok']);
    expect(pool.member('b').limits).toMatchObject({ held: 0, settled: [undefined] });
  });

  it('gives up an answer that comes after it has lost', async () => {
    const pool = hedging({ a: { usually: { end: 'ok', ms: 1_000, deaf: true } }, b: fast });
    const { arrival, attempts } = await pool.ask({ hedge: true });
    expect(arrival?.value).toBe('from b');
    expect(told(attempts)).toEqual(['a hedge_lost', 'b ok']);
    expect(pool).toMatchObject({ discarded: 1 });
    expect(pool.member('a').limits).toMatchObject({ held: 0, settledTwice: 0 });
  });

  it('remembers how long the slow one was waited for', async () => {
    const pool = hedging({ a: slow, b: { usually: { end: 'ok', ms: 400 } } });
    for (let requests = 0; requests < 3; requests++) await pool.ask({ hedge: true });
    expect(pool.member('a').stop.target.times.p95Ms('plain')).toBe(500);
  });

  it('waits for the other when one fails, and counts both', async () => {
    const pool = hedging({ a: { usually: { end: 'ok', ms: 300 } }, b: { usually: { end: 'overload' } } });
    const { arrival, attempts } = await pool.ask({ hedge: true });
    expect(arrival?.value).toBe('from a');
    expect(told(attempts)).toEqual(['b overload', 'a ok']);
    expect(pool.member('b').limits.settled).toEqual([{ requests: 1 }]);
  });

  it('goes on as any other when both fail', async () => {
    const pool = hedging({ a: { usually: { end: 'fault', ms: 300 } }, b: { usually: { end: 'overload' } }, c: fast });
    const { arrival, calls } = await pool.ask({ hedge: true });
    expect(calls.map(({ deployment }) => deployment)).toEqual(['a', 'b', 'c']);
    expect(arrival?.value).toBe('from c');
  });

  it('ends both when one says that the caller is wrong', async () => {
    const pool = hedging({ a: { usually: { end: 'caller', ms: 150 } }, b: slow });
    const { error, attempts, endedAt } = await pool.ask({ hedge: true });
    expect(error?.kind).toBe('caller');
    expect(endedAt).toBe(150);
    expect(told(attempts)).toEqual(['b hedge_lost', 'a caller']);
    expect(pool.member('b').limits.held).toBe(0);
  });

  it('ends both when the client leaves', async () => {
    const pool = hedging({ a: slow, b: slow });
    const { error } = await pool.ask({ hedge: true }, (client) => void pool.clock.after(200, () => client.leave()));
    expect(error?.kind).toBe('client_gone');
    for (const id of ['a', 'b']) expect(pool.member(id).limits.held).toBe(0);
  });

  const none: { name: string; pool: () => TestPool; rules?: Partial<PlanRules> }[] = [
    { name: 'it is off', pool: () => hedging({ a: slow, b: fast }), rules: { hedge: false } },
    { name: 'the first comes in time', pool: () => hedging({ a: fast, b: fast }) },
    { name: 'fewer than twenty calls are known', pool: () => new TestPool({ a: slow, b: fast }) },
    { name: 'there is no other', pool: () => hedging({ a: slow }) },
    { name: 'the other has no room', pool: () => hedging({ a: slow, b: { slots: 0 } }) },
    { name: 'the budget is spent', pool: () => hedging({ a: slow, b: fast }, 0) },
    { name: 'one call is all there may be', pool: () => hedging({ a: slow, b: fast }), rules: { maxCalls: 1 } },
    {
      name: 'the first may have cost all there is',
      pool: () => hedging({ a: { ...slow, costUsd: 1 }, b: fast }),
      rules: { maxCostUsd: 1 },
    },
    {
      name: 'the circuit of the other is open',
      pool() {
        const pool = hedging({ a: slow, b: fast });
        breakFuse(pool.member('b'), 0);
        return pool;
      },
    },
  ];
  it.each(none)('has no second where $name', async ({ pool: make, rules }) => {
    const { arrival, calls, attempts } = await make().ask({ hedge: true, ...rules });
    expect(calls.map(({ deployment }) => deployment)).toEqual(['a']);
    expect(arrival?.value).toBe('from a');
    expect(told(attempts)).toEqual(['a ok']);
  });

  it('has no second in its later attempts', async () => {
    const pool = hedging({ a: { usually: { end: 'fault' } }, b: slow, c: fast });
    teachTimes(pool.member('b'), P95_MS);
    const { arrival, calls } = await pool.ask({ hedge: true });
    expect(calls.map(({ deployment }) => deployment)).toEqual(['a', 'b']);
    expect(arrival?.value).toBe('from b');
  });

  it('has no second where others wait for room', async () => {
    const pool = hedging({ a: { ...slow, slots: 1 }, b: fast });
    const first = pool.begin({ hedge: true });
    const second = pool.begin({}, ['a']);
    await pool.clock.run();
    expect((await first.result).calls).toHaveLength(1);
    expect((await second.result).arrival).toBeUndefined();
  });

  const mended: {
    name: string;
    a: DeploymentOptions;
    b: DeploymentOptions;
    rules: Partial<PlanRules>;
    from: string;
  }[] = [
    {
      name: 'a refusal, where another account may be asked',
      a: { usually: { end: 'policy', ms: 150 } },
      b: { usually: { end: 'ok', ms: 200 } },
      rules: { onRefusal: 'other' },
      from: 'from b',
    },
    {
      name: 'too long a prompt, where a larger window may be asked',
      a: { usually: { end: 'ok', ms: 300 }, contextTokens: 2_000 },
      b: { usually: { end: 'context' } },
      rules: { onContext: 'larger' },
      from: 'from a',
    },
  ];
  it.each(mended)('waits for the other after $name', async ({ a, b, rules, from }) => {
    const { arrival, calls } = await hedging({ a, b }).ask({ hedge: true, ...rules });
    expect(calls.map(({ deployment }) => deployment)).toEqual(['a', 'b']);
    expect(arrival?.value).toBe(from);
  });

  it('asks only those that the rules keep for the first failure when both fail', async () => {
    const pool = hedging({
      a: { usually: { end: 'fault', ms: 300 } },
      b: { usually: { end: 'policy' } },
      c: fast,
      d: { ...fast, after: 'refusal' },
    });
    const { arrival, calls } = await pool.ask({ hedge: true });
    expect(calls.map(({ deployment }) => deployment)).toEqual(['a', 'b', 'd']);
    expect(arrival?.value).toBe('from d');
  });
});
