import { describe, expect, it } from 'vitest';
import { breakFuse, type DeploymentOptions, TestPool } from './pool.ts';

const NONSENSE: DeploymentOptions = { fates: [{ end: 'malformed', ms: 50 }] };
const told = (attempts: readonly { deployment: string; outcome: string }[]) =>
  attempts.map(({ deployment, outcome }) => `${deployment} ${outcome}`);

describe('a deployment whose answer is worth one more call', () => {
  it('is not waited for where it has no room by then and another has', async () => {
    const pool = new TestPool({ a: { ...NONSENSE, slots: 1, usually: { end: 'ok', ms: 60_000 } }, b: {} });
    const first = pool.begin({ maxWaitMs: 1_000 });
    await Promise.resolve();
    pool.begin({ maxWaitMs: 1_000 }, ['a']); // Waits, and takes the room that comes back.
    await pool.clock.run();
    const { arrival, attempts, endedAt } = await first.result;
    expect(told(attempts)).toEqual(['a malformed', 'a limited:concurrency', 'b ok']);
    expect(arrival?.value).toBe('from b');
    expect(endedAt).toBe(60);
  });

  it('is not asked where its circuit has opened meanwhile', async () => {
    const pool = new TestPool({ a: NONSENSE, b: {} });
    const { result } = pool.begin();
    pool.clock.after(20, () => breakFuse(pool.member('a'), 20));
    await pool.clock.run();
    expect((await result).arrival?.value).toBe('from b');
  });

  it('is asked before others that have more room', async () => {
    const pool = new TestPool({ a: { ...NONSENSE, slots: 2 }, b: {} });
    pool.balance = 'headroom';
    const { result } = pool.begin();
    pool.clock.after(20, () => void pool.begin({}, ['a']));
    await pool.clock.run();
    expect((await result).calls.map(({ deployment }) => deployment)).toEqual(['a', 'a']);
  });
});
