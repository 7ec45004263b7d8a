import { describe, expect, it } from 'vitest';
import { type ErrorDetails, type ErrorKind, GatewayError } from '../../src/core/errors.ts';
import { breakFuse, type Member, TestPool } from './pool.ts';

const NEED = { requests: 1 };

function one(): Member & { pool: TestPool } {
  const pool = new TestPool({ a: {} });
  return { ...pool.member('a'), pool };
}

function fail({ stop }: Member, kind: ErrorKind, details?: ErrorDetails, nowMs = 0): void {
  const { target, durations } = stop;
  const lease = target.take(NEED, nowMs);
  lease.failed(new GatewayError(kind, 'says so', details), { pace: 'plain', durations, elapsedMs: 10 }, nowMs);
  lease.settle({}, nowMs);
}

describe('Target', () => {
  it('is parked by a dead credential for a minute, which nobody waits for', () => {
    const member = one();
    const { target } = member.stop;
    fail(member, 'credential');
    expect(target.parkedMs(0)).toBe(60_000);
    expect(target.waitMs(NEED, 0)).toBe(Infinity);
    expect(target.waitMs(NEED, 59_000)).toBe(1_000);
    expect(target.isUsable(0)).toBe(false);
    expect(target.obstacle(NEED, 0)).toBe('parked:credential');
    expect(target.whyParked(0)).toMatchObject({ kind: 'credential', message: 'says so', retryAfterMs: 60_000 });
  });

  it('lets one call through then, and is back when that is answered', () => {
    const member = one();
    const { target } = member.stop;
    fail(member, 'exhausted');
    const probe = target.take(NEED, 60_000);
    expect(target.waitMs(NEED, 60_000)).toBeGreaterThan(0);
    probe.answered('first', 'plain', 5, 60_000);
    expect(target.waitMs(NEED, 60_000)).toBe(0);
    probe.settle({}, 60_000);
    expect(target.whyParked(60_000)).toBeUndefined();
  });

  it.each([
    { name: 'is not for one answer that broke off', breaks: 1, atMs: 0, is: false },
    { name: 'is for several', breaks: 4, atMs: 0, is: true },
    { name: 'is until the last is ten seconds ago', breaks: 4, atMs: 9_999, is: true },
    { name: 'is not after that', breaks: 4, atMs: 10_000, is: false },
    { name: 'is not once others came to their end', breaks: 4, ends: 20, atMs: 0, is: false },
    { name: 'is for whole answers that broke off too', breaks: 4, isWhole: true, atMs: 0, is: true },
  ])('$name: breaking', ({ breaks, ends = 0, isWhole = false, atMs, is }) => {
    const member = one();
    const { target } = member.stop;
    for (let answer = 0; answer < breaks + ends; answer++) {
      const lease = target.take(NEED, 0);
      if (!isWhole) lease.answered('first', 'plain', 5, 0);
      if (answer < breaks) lease.failed(new GatewayError('truncated', 'broke off'), undefined, 0);
      lease.settle({}, 0);
    }
    expect(target.breaks.isFrequent(atMs)).toBe(is);
  });

  it('has less room while its answers break off, and as much as before once they do not', () => {
    const member = one();
    const { target } = member.stop;
    const free = target.room(0);
    fail(member, 'fault');
    expect(target.room(0)).toBe(free); // Nothing had been said: another deployment answered instead.
    const end = (isBroken: boolean) => {
      const lease = target.take(NEED, 0);
      lease.answered('first', 'plain', 5, 0);
      if (isBroken) lease.failed(new GatewayError('truncated', 'broke off'), undefined, 0);
      lease.settle({}, 0);
    };
    for (let answer = 0; answer < 10; answer++) end(answer % 2 === 0);
    const broken = target.room(0);
    expect(broken).toBeLessThan(free * 0.7);
    for (let answer = 0; answer < 100; answer++) end(false);
    expect(target.room(0)).toBeGreaterThan(free * 0.95);
  });

  it('lets the next one try when the probe said nothing', () => {
    const member = one();
    const { target } = member.stop;
    fail(member, 'credential');
    target.take(NEED, 60_000).settle({}, 60_000);
    expect(target.waitMs(NEED, 60_000)).toBe(0);
  });

  const scopes: { scope: 'model' | 'endpoint' | 'account' | undefined; alsoDead: string[] }[] = [
    { scope: 'model', alsoDead: [] },
    { scope: 'endpoint', alsoDead: [] },
    { scope: undefined, alsoDead: [] },
    { scope: 'account', alsoDead: ['b'] },
  ];
  it.each(scopes)('parks what is gone with it: $scope', ({ scope, alsoDead }) => {
    const pool = new TestPool({ a: { account: 'x' }, b: { account: 'x' }, c: { account: 'y' } });
    fail(pool.member('a'), 'exhausted', { scope });
    const dead = [...pool.members].filter(([, { stop }]) => stop.target.parkedMs(0) > 0).map(([id]) => id);
    expect(dead).toEqual(['a', ...alsoDead]);
  });

  it('has a throttle cool its dimension, and not weigh on its health', () => {
    const member = one();
    for (let calls = 0; calls < 5; calls++) fail(member, 'rate', { dimension: 'input', retryAfterMs: 2_000 }, calls);
    expect(member.limits.throttles[0]).toEqual({ dimension: 'input', waitMs: 2_000, sentAtMs: 0 });
    expect(member.fuse.state).toBe('closed');
    expect(member.stop.target.obstacle(NEED, 5)).toBe('limited:concurrency');
  });

  it.each(['fault', 'overload', 'timeout'] as const)('weighs %s on the circuit', (kind) => {
    const member = one();
    member.stop.target.durations.whole.note(1);
    for (let calls = 0; calls < 5; calls++) fail(member, kind);
    expect(member.stop.target.obstacle(NEED, 0)).toBe('circuit_open');
    expect(member.stop.target.isUsable(0)).toBe(false);
  });

  it.each(['caller', 'context', 'policy', 'client_gone', 'unsupported'] as const)('holds %s against nobody', (kind) => {
    const member = one();
    for (let calls = 0; calls < 20; calls++) fail(member, kind);
    expect(member.stop.target.waitMs(NEED, 0)).toBe(0);
  });

  it('rests while it warms up, and for as long as an overload asks for', () => {
    const warming = one();
    fail(warming, 'warming');
    expect(warming.stop.target.waitMs(NEED, 0)).toBe(5_000);
    const overloaded = one();
    fail(overloaded, 'overload', { retryAfterMs: 3_000 });
    expect(overloaded.stop.target.waitMs(NEED, 0)).toBe(3_000);
    const faulty = one();
    fail(faulty, 'fault');
    expect(faulty.stop.target.waitMs(NEED, 0)).toBe(0);
  });

  it.each(['warming', 'overload', 'fault'] as const)('rests no longer for %s than what is parked does', (kind) => {
    const member = one();
    fail(member, kind, { retryAfterMs: 5 * 86_400_000 });
    expect(member.stop.target.waitMs(NEED, 0)).toBe(600_000);
  });

  it('waits for whatever takes longest', () => {
    const member = one();
    breakFuse(member, 0);
    member.limits.restUntil = 90_000;
    expect(member.stop.target.waitMs(NEED, 0)).toBe(90_000);
    member.limits.restUntil = 1;
    expect(member.stop.target.waitMs(NEED, 0)).toBe(5_000);
  });

  it('is not blamed for requests in a hurry while nobody knows how long answers take', () => {
    const member = one();
    for (let calls = 0; calls < 20; calls++) fail(member, 'timeout');
    expect(member.stop.target.obstacle(NEED, 0)).toBeUndefined();
  });

  it('remembers the waits in vain', () => {
    const member = one();
    member.stop.target.durations.whole.note(1);
    for (let calls = 0; calls < 20; calls++) fail(member, 'timeout', {}, calls);
    expect(member.stop.target.times.p95Ms('plain')).toBe(10);
    const other = one();
    for (let calls = 0; calls < 20; calls++) fail(other, 'fault', {}, calls);
    expect(other.stop.target.times.p95Ms('plain')).toBeUndefined();
  });

  it('is not blamed by a request that had less time than answers take', () => {
    const member = one();
    const { target } = member.stop;
    for (let answers = 0; answers < 200; answers++) target.durations.whole.note(100);
    const late = (elapsedMs: number) => {
      const lease = target.take(NEED, 0);
      lease.failed(
        new GatewayError('timeout', 'late'),
        { pace: 'plain', durations: target.durations.whole, elapsedMs },
        0,
      );
      lease.settle({}, 0);
    };
    for (let calls = 0; calls < 50; calls++) late(190);
    expect(member.fuse.state).toBe('closed');
    expect(target.times.p95Ms('plain')).toBeUndefined();
    for (let calls = 0; calls < 5; calls++) late(210);
    expect(member.fuse.state).toBe('open');
  });

  it.each([
    { kind: 'whole', state: 'closed' },
    { kind: 'first', state: 'open' },
  ] as const)('has what its streams take told apart from its whole answers: late $kind', ({ kind, state }) => {
    const member = one();
    const { target } = member.stop;
    for (let answers = 0; answers < 200; answers++) target.durations.first.note(30);
    for (let answers = 0; answers < 3; answers++) target.durations.whole.note(2_000);
    for (let calls = 0; calls < 5; calls++) {
      const lease = target.take(NEED, 0);
      const waited = { pace: 'plain' as const, durations: target.durations[kind], elapsedMs: 600 };
      lease.failed(new GatewayError('timeout', 'late'), waited, 0);
      lease.settle({}, 0);
    }
    expect(member.fuse.state).toBe(state);
  });

  it('is blamed when its own time for a first content is over, however long answers take', () => {
    const member = one();
    const { target } = member.stop;
    for (let answers = 0; answers < 400; answers++) target.durations.whole.note(120_000);
    const elapsedMs = target.times.timeoutMs('plain');
    for (let calls = 0; calls < 5; calls++) {
      const lease = target.take(NEED, 0);
      lease.failed(
        new GatewayError('timeout', 'late'),
        { pace: 'plain', durations: target.durations.whole, elapsedMs },
        0,
      );
      lease.settle({}, 0);
    }
    expect(member.fuse.state).toBe('open');
  });

  it.each([
    { name: 'is not blamed for less than twice the usual', answers: 5, elapsedMs: 119_000, state: 'closed' },
    { name: 'is blamed for more', answers: 5, elapsedMs: 120_000, state: 'open' },
    { name: 'is blamed for its own time where none has come yet', answers: 0, elapsedMs: 20_000, state: 'open' },
  ])('an answer that comes whole has no time for its first content: it $name', ({ answers, elapsedMs, state }) => {
    const member = one();
    const { target } = member.stop;
    const { whole: durations } = target.durations;
    for (let count = 0; count < answers; count++) durations.note(60_000);
    expect(target.times.timeoutMs('plain')).toBe(20_000);
    for (let calls = 0; calls < 5; calls++) {
      const lease = target.take(NEED, 0);
      lease.comesWhole = true;
      lease.failed(new GatewayError('timeout', 'late'), { pace: 'plain', durations, elapsedMs }, 0);
      lease.settle({}, 0);
    }
    expect(member.fuse.state).toBe(state);
  });

  it('lets a second probe go where the first takes much longer than usual', () => {
    const member = one();
    const { target } = member.stop;
    for (let answers = 0; answers < 200; answers++) target.durations.whole.note(500);
    breakFuse(member, 0);
    const openMs = target.waitMs(NEED, 0);
    target.take(NEED, openMs, target.durations.whole.probeMs);
    expect(target.waitMs(NEED, openMs + 1_900)).toBeGreaterThan(0);
    expect(target.waitMs(NEED, openMs + 2_000)).toBe(0);
  });

  it('knows what an answer usually takes, and what nine of ten do not exceed', () => {
    const { target } = one().stop;
    for (let answers = 0; answers < 400; answers++) target.durations.whole.note(answers % 2 === 0 ? 400 : 600);
    expect(target.durations.whole.usualMs).toBeCloseTo(500, -1);
    expect(target.durations.whole.likelyMs).toBeCloseTo(708, 0);
  });

  it('expects an answer to take what others took of late', () => {
    const { target } = one().stop;
    expect(target.outputTokens(100)).toBe(100);
    expect(target.outputTokens(5_000)).toBe(1_024);
    for (let answers = 0; answers < 200; answers++) target.noteOutput(50);
    expect(target.outputTokens(5_000)).toBe(51);
  });
});

describe('Lease', () => {
  it('is settled once', () => {
    const { stop, limits } = one();
    const lease = stop.target.take(NEED, 0);
    lease.settle({ requests: 1 }, 0);
    lease.settle({}, 0);
    expect(limits).toMatchObject({ settled: [{ requests: 1 }], settledTwice: 0, held: 0 });
  });

  it('counts a break after the first content as a failure', () => {
    const member = one();
    for (let calls = 0; calls < 10; calls++) {
      const lease = member.stop.target.take(NEED, 0);
      lease.answered('first', 'plain', 1, 0);
      lease.failed(new GatewayError('truncated', ''), undefined, 0);
      lease.settle({}, 0);
    }
    expect(member.fuse.state).toBe('open');
  });
});
