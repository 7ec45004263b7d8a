import { describe, expect, it } from 'vitest';
import { ERROR_RULES, type ErrorKind } from '../../src/core/errors.ts';
import type { PlanRules } from '../../src/resilience/decide.ts';
import { breakFuse, breakOff, type DeploymentOptions, type Fate, TestPool } from './pool.ts';

const fail = (end: ErrorKind, more: Partial<Fate> = {}): Fate => ({ end, ...more });
const always = (end: ErrorKind, more: Partial<Fate> = {}): DeploymentOptions => ({ usually: fail(end, more) });
const once = (end: ErrorKind, more: Partial<Fate> = {}): DeploymentOptions => ({ fates: [fail(end, more)] });
const well: DeploymentOptions = {};

interface Row {
  name: string;
  pool: Record<string, DeploymentOptions>;
  rules?: Partial<PlanRules>;
  /** Who was asked, in order. */
  asks: string[];
  /** Who answered, or the kind of what the client is told. */
  ends: string;
}

const rows: Row[] = [
  { name: 'the first that is well answers', pool: { a: well, b: well }, asks: ['a'], ends: 'from a' },
  { name: 'an overload moves on at once', pool: { a: always('overload'), b: well }, asks: ['a', 'b'], ends: 'from b' },
  {
    name: 'walking from one dead credential to the next is no call',
    pool: { a: always('credential'), b: always('credential'), c: always('exhausted'), d: always('fault'), e: well },
    rules: { maxCalls: 2 },
    asks: ['a', 'b', 'c', 'd', 'e'],
    ends: 'from e',
  },
  {
    name: 'a dead credential is not asked again, though it is the only one',
    pool: { a: always('credential') },
    asks: ['a'],
    ends: 'credential',
  },
  { name: 'nor an empty account', pool: { a: always('exhausted') }, asks: ['a'], ends: 'exhausted' },
  {
    name: 'three calls and no more',
    pool: { a: always('fault'), b: always('fault'), c: always('fault'), d: well },
    asks: ['a', 'b', 'c'],
    ends: 'fault',
  },
  {
    name: 'as many as the operator allows',
    pool: { a: always('fault'), b: well },
    rules: { maxCalls: 1 },
    asks: ['a'],
    ends: 'fault',
  },
  { name: 'the only one is asked again', pool: { a: once('fault') }, asks: ['a', 'a'], ends: 'from a' },
  {
    name: 'the same again only when all others were asked',
    pool: { a: once('fault'), b: once('unreachable') },
    asks: ['a', 'b', 'a'],
    ends: 'from a',
  },
  {
    name: 'or the others are dead',
    pool: { a: { fates: [fail('fault'), fail('fault')] }, b: always('credential') },
    asks: ['a', 'b', 'a', 'a'],
    ends: 'from a',
  },
  {
    name: 'what cannot pass is not asked again',
    pool: { a: always('misconfigured'), b: always('schema_mismatch'), c: always('unsupported') },
    asks: ['a', 'b', 'c'],
    ends: 'schema_mismatch',
  },
  {
    name: 'nonsense is worth one more call to the same, and then another',
    pool: { a: always('malformed'), b: well },
    asks: ['a', 'a', 'b'],
    ends: 'from b',
  },
  {
    name: 'nonsense twice from the only one is the end',
    pool: { a: always('malformed') },
    rules: { maxCalls: 10 },
    asks: ['a', 'a'],
    ends: 'malformed',
  },
  {
    name: 'what the request would lose is no call',
    pool: { a: always('unsupported'), b: always('fault'), c: well },
    rules: { maxCalls: 2 },
    asks: ['a', 'b', 'c'],
    ends: 'from c',
  },
  {
    name: 'a prompt that is too long goes back',
    pool: { a: always('context'), b: { contextTokens: 2_000 } },
    asks: ['a'],
    ends: 'context',
  },
  {
    name: 'or to a larger window where the rules say so, and nowhere else',
    pool: { a: always('context'), b: well, c: { contextTokens: 2_000 } },
    rules: { onContext: 'larger' },
    asks: ['a', 'c'],
    ends: 'from c',
  },
  {
    name: 'also not back to a smaller one that failed before',
    pool: { a: once('overload'), b: { ...always('context'), contextTokens: 2_000 } },
    rules: { onContext: 'larger' },
    asks: ['a', 'b'],
    ends: 'context',
  },
  { name: 'a refusal goes back', pool: { a: always('policy'), b: well }, asks: ['a'], ends: 'policy' },
  {
    name: 'or to another account where the rules say so',
    pool: { a: { ...always('policy'), account: 'x' }, b: { account: 'x' }, c: { account: 'y' } },
    rules: { onRefusal: 'other' },
    asks: ['a', 'c'],
    ends: 'from c',
  },
  {
    name: 'what is kept for long prompts is asked after one that was too long',
    pool: { a: always('context'), b: well, c: { after: 'refusal' }, d: { after: 'context' } },
    asks: ['a', 'd'],
    ends: 'from d',
  },
  {
    name: 'what is kept for refusals is asked after a refusal',
    pool: { a: always('policy'), b: well, c: { after: 'refusal' }, d: { after: 'context' } },
    asks: ['a', 'c'],
    ends: 'from c',
  },
  {
    name: 'and for nothing else, though nobody is left',
    pool: { a: always('fault'), c: { after: 'refusal' }, d: { after: 'context' } },
    asks: ['a', 'a', 'a'],
    ends: 'fault',
  },
  {
    name: 'no further attempt once those before may have cost the limit',
    pool: { a: { ...always('fault'), costUsd: 0.6 }, b: { ...always('fault'), costUsd: 0.6 }, c: well },
    rules: { maxCostUsd: 1 },
    asks: ['a', 'b'],
    ends: 'fault',
  },
  {
    name: 'our own fault is nobody else to mend',
    pool: { a: always('internal'), b: well },
    asks: ['a'],
    ends: 'internal',
  },
  { name: 'nobody to ask', pool: {}, asks: [], ends: 'no_candidate' },
];

describe('carryOut', () => {
  it.each(rows)('$name', async ({ pool: declared, rules, asks, ends }) => {
    const pool = new TestPool(declared);
    const { arrival, error, calls, attempts } = await pool.ask(rules);
    expect(calls.map(({ deployment }) => deployment)).toEqual(asks);
    expect(arrival?.value ?? error?.kind).toBe(ends);
    const made = attempts.filter(({ outcome }) => !outcome.includes(':'));
    expect(made.map(({ deployment }) => deployment)).toEqual(asks);
    expect(arrival?.lease.target.deployment.id).toBe(arrival && asks.at(-1));
  });

  const callerFaults = Object.entries(ERROR_RULES).filter(([, { failover }]) => !failover);
  it.each(callerFaults)('makes exactly one call for %s', async (kind) => {
    const pool = new TestPool({ a: always(kind as ErrorKind), b: well, c: well });
    const { calls, error } = await pool.ask();
    expect(calls).toHaveLength(1);
    expect(error).toMatchObject({ kind, message: `a says ${kind}` });
  });

  const streams: {
    name: string;
    isLive?: boolean;
    breaking?: string[];
    restsMs?: number;
    againMs?: number;
    rules?: Partial<PlanRules>;
    calls: [deployment: string, atMs: number];
    /** What is said of those before it. */
    passed?: string[];
  }[] = [
    { name: 'waits for room elsewhere', restsMs: 500, calls: ['b', 500], passed: ['a breaks_off'] },
    { name: 'goes elsewhere at once', restsMs: 0, calls: ['b', 0], passed: ['a breaks_off'] },
    { name: 'waits no longer than a second', restsMs: 500, againMs: 5_000, calls: ['a', 1_000] },
    { name: 'does not wait where nobody has room so soon', restsMs: 1_500, calls: ['a', 0] },
    { name: 'does not wait where they all break off', breaking: ['a', 'b'], restsMs: 500, calls: ['a', 0] },
    {
      name: 'does not spend more than a tenth of its time',
      restsMs: 500,
      rules: { deadlineAt: 3_000 },
      calls: ['a', 0],
    },
    { name: 'does not wait for longer than it may', restsMs: 500, rules: { maxWaitMs: 100 }, calls: ['a', 0] },
    { name: 'that is none, but a whole answer, goes there at once', isLive: false, restsMs: 500, calls: ['a', 0] },
    { name: 'goes there at once when they have ceased to', breaking: [], restsMs: 0, calls: ['a', 0] },
  ];
  it.each(streams)(
    'of streams, where answers of the first keep breaking off, one $name',
    async ({ isLive = true, breaking = ['a'], restsMs = 0, againMs, rules, calls: [deployment, at], passed = [] }) => {
      const pool = new TestPool({ a: {}, b: {} });
      for (const id of breaking) breakOff(pool.member(id), 0);
      const { limits } = pool.member('b');
      limits.rest(restsMs, 0);
      if (againMs) pool.clock.after(restsMs - 1, () => limits.rest(againMs, pool.clock.now()));
      const { result } = pool.begin(rules, undefined, isLive);
      await pool.clock.run();
      const { calls, attempts } = await result;
      expect(calls).toMatchObject([{ deployment, at }]);
      expect(attempts.slice(0, -1).map((each) => `${each.deployment} ${each.outcome}`)).toEqual(passed);
    },
  );

  it('asks the same again only after 50 to 500 ms', async () => {
    for (const [luck, waitMs] of [
      [0, 50],
      [1, 500],
    ] as const) {
      const { calls } = await new TestPool({ a: once('fault') }, () => luck).ask();
      expect(Math.floor((calls[1]?.at ?? 0) - 10)).toBe(waitMs);
    }
  });

  it.each([
    ['however long answers take', 60_000, 30_000],
    ['however short it may wait for room', 10, 1],
    ['though it may not wait for room at all', 10, 0],
  ])('asks the same again %s', async (_, usualMs, maxWaitMs) => {
    const pool = new TestPool({ a: once('fault') });
    for (let times = 0; times < 200; times++) pool.member('a').stop.target.durations.whole.note(usualMs);
    expect((await pool.ask({ maxWaitMs })).arrival?.value).toBe('from a');
  });

  it.each([
    ['as long as it may', 20_000, 600_000, 2],
    ['no longer', 40_000, 600_000, 1],
    ['no longer than leaves time for an answer', 20_000, 30_000, 1],
  ])('waits for room %s', async (_, retryAfterMs, deadlineAt, calls) => {
    const pool = new TestPool({ a: once('rate', { details: { retryAfterMs } }) });
    for (let times = 0; times < 200; times++) pool.member('a').stop.target.durations.whole.note(60_000);
    expect((await pool.ask({ maxWaitMs: 30_000, deadlineAt })).calls).toHaveLength(calls);
  });

  it.each([
    { name: 'a stream waits', isLive: true, calls: 2, firstMs: 10 },
    { name: 'a whole answer does not', isLive: false, calls: 1, firstMs: 0 },
  ])('where whole answers are slow and little time is left, $name for room', async ({ isLive, calls, firstMs }) => {
    const pool = new TestPool({ a: once('rate', { details: { retryAfterMs: 200 } }) });
    const { target } = pool.member('a').stop;
    for (let times = 0; times < 200; times++) target.durations.whole.note(60_000);
    const { result } = pool.begin({ deadlineAt: 5_000 }, undefined, isLive);
    await pool.clock.run();
    expect((await result).calls).toHaveLength(calls);
    expect(target.durations.first.usualMs).toBe(firstMs);
    expect(target.durations.whole.usualMs).toBe(60_000);
  });

  it.each([
    { name: 'goes where it fits', small: ['a'], fates: [], calls: ['b'], error: undefined },
    { name: 'is told so at once where it fits nowhere', small: ['a', 'b'], fates: [], calls: [], error: 'unsupported' },
    { name: 'is told what happened where it fits', small: ['a'], fates: ['caller'], calls: ['b'], error: 'caller' },
  ] as const)('a request that is larger than a limit $name', async ({ small, fates, calls, error }) => {
    const pool = new TestPool({ a: {}, b: { fates: fates.map((end) => ({ end })) } });
    for (const id of small) pool.member(id).limits.most = 0;
    const result = await pool.ask();
    expect(result.calls.map(({ deployment }) => deployment)).toEqual(calls);
    expect(result.error?.kind).toBe(error);
    expect(result.endedAt).toBeLessThanOrEqual(10);
  });

  it('says which limit a request is larger than, and that it need not come back', async () => {
    const pool = new TestPool({ a: {}, b: {} });
    for (const { limits } of pool.members.values()) limits.most = 0;
    const { error } = await pool.ask();
    expect(error).toMatchObject({ status: 400, code: 'request_exceeds_limit', retryAfterMs: undefined });
    expect(error?.rule.clientRetry).toBe(false);
    expect(error?.message).toContain('requestsPerMinute is 0');
  });

  it('waits for room where a request fits, though it fits nowhere else', async () => {
    const pool = new TestPool({ a: {}, b: {} });
    pool.member('a').limits.most = 0;
    pool.member('b').limits.restUntil = 50_000;
    expect((await pool.ask()).error?.kind).toBe('capacity');
    pool.member('b').limits.restUntil = pool.clock.now() + 500;
    expect((await pool.ask()).arrival?.value).toBe('from b');
  });

  it('rather asks the same again than one that is sick', async () => {
    const pool = new TestPool({ a: once('fault'), b: well });
    breakFuse(pool.member('b'), 0);
    const { calls } = await pool.ask();
    expect(calls.map(({ deployment }) => deployment)).toEqual(['a', 'a']);
  });

  it('asks a throttled one again when its time has come, if that is within the wait', async () => {
    const throttled = (waitMs: number) => once('rate', { details: { retryAfterMs: waitMs } });
    const served = await new TestPool({ a: throttled(20_000) }).ask();
    expect(served.calls.map(({ at }) => at)).toEqual([0, 20_010]);
    const refused = await new TestPool({ a: throttled(40_000) }).ask();
    expect(refused.calls).toHaveLength(1);
    expect(refused.error).toMatchObject({ kind: 'rate', retryAfterMs: 40_000 });
  });

  it('asks a fourth after three where the third had no room, and no fifth', async () => {
    const full = always('rate', { details: { retryAfterMs: 40_000 } });
    const { calls } = await new TestPool({ a: once('fault'), b: full, c: full, d: full, e: well }).ask();
    expect(calls.map(({ deployment }) => deployment)).toEqual(['a', 'b', 'c', 'd']);
    const served = await new TestPool({ a: once('fault'), b: full, c: full, d: well }).ask();
    expect(served.arrival?.value).toBe('from d');
    const sick = await new TestPool({ a: once('fault'), b: full, c: once('fault'), d: well }).ask();
    expect(sick.calls).toHaveLength(3);
  });

  it('asks without reasoning what rejected the reasoning, once', async () => {
    const { calls, error } = await new TestPool({ a: always('reasoning_rejected') }).ask();
    expect(calls.map(({ again }) => again)).toEqual([undefined, 'without_reasoning']);
    expect(error?.kind).toBe('reasoning_rejected');
  });

  it('keeps the reasoning out when it asks that one again for another reason', async () => {
    const { calls, arrival } = await new TestPool({
      a: { fates: [fail('reasoning_rejected'), fail('overload')] },
    }).ask();
    expect(calls.map(({ again }) => again)).toEqual([undefined, 'without_reasoning', 'without_reasoning']);
    expect(arrival?.value).toBe('from a');
  });

  it('pays for each further call from the budget of the pool', async () => {
    const pool = new TestPool({ a: always('fault'), b: well }, () => 0.5, 0.1);
    const first = await pool.ask();
    expect(first.arrival?.value).toBe('from b');
    const second = await pool.ask();
    expect(second).toMatchObject({ arrival: undefined, calls: [{ deployment: 'a' }] });
    expect(second.error).toMatchObject({ kind: 'fault', retried: false });
  });

  it('deposits only for requests that were served a call', async () => {
    const pool = new TestPool({ a: well }, () => 0.5, 0);
    pool.member('a').limits.restUntil = 1_000_000;
    for (let refused = 0; refused < 10; refused++) await pool.ask();
    expect(pool.pool.budget.withdraw(0)).toBe(false);
    pool.member('a').limits.restUntil = 0;
    for (let served = 0; served < 5; served++) await pool.ask();
    expect(pool.pool.budget.withdraw(0)).toBe(true);
  });

  it('makes no call once the deadline is over', async () => {
    const late = await new TestPool({ a: well }).ask({ deadlineAt: 0 });
    expect(late).toMatchObject({ calls: [], error: { kind: 'deadline' } });
    const between = await new TestPool({ a: always('fault', { ms: 100 }), b: well }).ask({ deadlineAt: 100 });
    expect(between.calls).toHaveLength(1);
  });

  it('stops when the client leaves, in a call and while it waits', async () => {
    const calling = new TestPool({ a: { usually: { end: 'ok', ms: 100 } }, b: well });
    const left = await calling.ask({}, (client) => void calling.clock.after(50, () => client.leave()));
    expect(left).toMatchObject({ error: { kind: 'client_gone' }, endedAt: 50, calls: [{ deployment: 'a' }] });

    const full = new TestPool({ a: { slots: 0 } });
    const waited = await full.ask({}, (client) => void full.clock.after(50, () => client.leave()));
    expect(waited).toMatchObject({ error: { kind: 'client_gone' }, calls: [] });
  });

  it('says where it had to wait', async () => {
    const pool = new TestPool({ a: well });
    pool.member('a').limits.restUntil = 700;
    const { request, arrival } = await pool.ask();
    expect(arrival).toBeDefined();
    expect(request.stay?.position).toBe(1);
    expect(request.stay?.waitedMs).toBeCloseTo(700, 0);
  });

  it('names the obstacle of each that was passed over', async () => {
    const pool = new TestPool({ dead: well, full: { slots: 0 }, sick: well, well });
    pool.member('dead').fates.push(fail('credential'));
    await pool.ask();
    breakFuse(pool.member('sick'), pool.clock.now());
    const { attempts } = await pool.ask();
    expect(attempts.map(({ deployment, outcome }) => `${deployment} ${outcome}`)).toEqual([
      'dead parked:credential',
      'full limited:concurrency',
      'sick circuit_open',
      'well ok',
    ]);
  });

  it('names the obstacles of all when nobody has room', async () => {
    const pool = new TestPool({ a: well, b: well });
    pool.member('a').limits.restUntil = 100_000;
    pool.member('b').limits.restUntil = 90_000;
    const { attempts, error } = await pool.ask();
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['limited:concurrency', 'limited:concurrency']);
    expect(error).toMatchObject({ kind: 'capacity', retryAfterMs: 90_000 });
  });
});

describe('what the client is told where nobody has room', () => {
  it('is what parked them all', async () => {
    const pool = new TestPool({ a: once('exhausted') });
    await pool.ask();
    const { error, calls } = await pool.ask();
    expect(calls).toEqual([]);
    expect(error).toMatchObject({ kind: 'exhausted', retryAfterMs: 60_000 });
  });

  it('is that they are full, where only some are dead', async () => {
    const pool = new TestPool({ a: once('credential'), b: well });
    await pool.ask();
    pool.member('b').limits.restUntil = 100_000;
    expect((await pool.ask()).error).toMatchObject({ kind: 'capacity' });
  });

  it('is what a provider has just said, though another is dead', async () => {
    const pool = new TestPool({ a: well, b: once('credential') });
    pool.member('a').fates.push(fail('fault'));
    await pool.ask();
    pool.member('a').fates.push(fail('rate', { details: { retryAfterMs: 40_000 } }));
    expect((await pool.ask()).error).toMatchObject({ kind: 'rate', retryAfterMs: 40_000 });
  });

  it('is that the circuits are open, where they are and the wait is too long', async () => {
    const pool = new TestPool({ a: well }, () => 0);
    breakFuse(pool.member('a'), 0);
    pool.pool.panic.noteRequest(0);
    const { error, calls } = await pool.ask({ maxWaitMs: 1_000 });
    expect(calls).toEqual([]);
    expect(error).toMatchObject({ kind: 'circuit_open', status: 503, retryAfterMs: 4_000 });
  });
});

describe('a pool whose fuses are all open', () => {
  it('lets calls through in proportion to what is accepted', async () => {
    const pool = new TestPool({ a: well, b: well }, () => 0.5);
    for (const id of ['a', 'b']) breakFuse(pool.member(id), 0);
    const forced = pool.begin({ maxWaitMs: 100 });
    const { calls, arrival } = await (await pool.clock.run(), forced.result);
    expect(calls).toMatchObject([{ deployment: 'a', at: 0 }]);
    expect(arrival).toBeDefined();
    expect(pool.pool.panic.rejectProbability(pool.clock.now())).toBe(0);
  });

  it('sheds more the more of them fail', async () => {
    const pool = new TestPool({ a: always('fault') }, () => 0.5);
    breakFuse(pool.member('a'), 0);
    await pool.ask({ maxCalls: 1 });
    expect(pool.pool.panic.rejectProbability(0)).toBe(0.5);
    breakFuse(pool.member('a'), pool.clock.now());
    await pool.ask({ maxCalls: 1, maxWaitMs: 100 });
    expect(pool.pool.panic.rejectProbability(pool.clock.now())).toBeGreaterThan(0.5);
    expect(await pool.ask({ maxCalls: 1, maxWaitMs: 100 })).toMatchObject({ calls: [] });
  });

  it('does not force the same again at once', async () => {
    const pool = new TestPool({ a: once('fault') }, () => 0.99);
    breakFuse(pool.member('a'), 0);
    const { calls } = await pool.ask();
    expect(calls[0]?.at).toBe(0);
    expect(calls[1]?.at).toBeGreaterThanOrEqual(5_000);
  });

  it('does not force a parked one, nor one without room', async () => {
    const pool = new TestPool({ dead: once('credential'), full: well, sick: well }, () => 0.9);
    await pool.ask();
    const now = pool.clock.now();
    for (const id of ['dead', 'full', 'sick']) breakFuse(pool.member(id), now);
    pool.member('full').limits.restUntil = now + 60_000;
    expect((await pool.ask({ maxWaitMs: 100 })).calls).toMatchObject([{ deployment: 'sick' }]);
  });

  it('does not force the others while one is well', async () => {
    const pool = new TestPool({ a: well, b: well });
    breakFuse(pool.member('a'), 0);
    expect((await pool.ask()).calls).toMatchObject([{ deployment: 'b' }]);
  });
});
