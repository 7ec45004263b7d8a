/** Whoever the client's budgets cannot pay is passed over, and says so; nobody waits for them. */
import { describe, expect, it } from 'vitest';
import { type DeploymentOptions, teachTimes, TestPool } from './pool.ts';

const free: DeploymentOptions = { costUsd: 0 };
const dear: DeploymentOptions = { costUsd: 10 };
const fails: DeploymentOptions = { usually: { end: 'fault' } };

function paying(leftUsd: number, declared: Record<string, DeploymentOptions>): TestPool {
  const pool = new TestPool(declared);
  pool.leftUsd = leftUsd;
  return pool;
}

const told = (attempts: readonly { deployment: string; outcome: string }[]) =>
  attempts.map(({ deployment, outcome }) => `${deployment} ${outcome}`);

interface Row {
  name: string;
  pool: Record<string, DeploymentOptions>;
  attempts: string[];
  /** Who answered, or the kind of what the client is told. */
  ends: string;
}

const rows: Row[] = [
  { name: 'who can be paid is asked', pool: { a: dear }, attempts: ['a ok'], ends: 'from a' },
  {
    name: 'the first that can be paid, of several',
    pool: { a: { costUsd: 11 }, b: { costUsd: 12 }, c: free },
    attempts: ['a budget', 'b budget', 'c ok'],
    ends: 'from c',
  },
  {
    name: 'after a failure the next that can be paid',
    pool: { a: { ...fails, ...free }, b: { costUsd: 11 }, c: dear },
    attempts: ['a fault', 'b budget', 'c ok'],
    ends: 'from c',
  },
  {
    name: 'a failure that may pass is asked again where nobody else can be paid',
    pool: { a: { fates: [{ end: 'fault' }], ...free }, b: { costUsd: 11 } },
    attempts: ['a fault', 'b budget', 'a ok'],
    ends: 'from a',
  },
  {
    name: 'where nobody answers the client is told of a failure that may pass',
    pool: { a: { ...fails, ...free }, b: { costUsd: 11 }, c: { ...fails, ...free } },
    attempts: ['a fault', 'b budget', 'c fault', 'a fault'],
    ends: 'fault',
  },
  {
    name: 'and of the budget where none may pass',
    pool: { a: { usually: { end: 'misconfigured' }, ...free }, b: { costUsd: 11 } },
    attempts: ['a misconfigured', 'b budget'],
    ends: 'budget',
  },
  { name: 'nobody is asked who cannot be paid', pool: { a: { costUsd: 11 } }, attempts: ['a budget'], ends: 'budget' },
];

describe('a request with ten dollars left', () => {
  it.each(rows)('$name', async ({ pool: declared, attempts, ends }) => {
    const pool = paying(10, declared);
    const { arrival, error, attempts: made } = await pool.ask();
    expect(arrival?.value ?? error?.kind).toBe(ends);
    expect(told(made)).toEqual(attempts);
  });

  it('gives the room back of one that cannot be paid, and waits for the other', async () => {
    const pool = paying(10, { a: { ...free, slots: 1 }, b: { costUsd: 11 } });
    const { stop } = pool.member('a');
    const busy = stop.target.take(stop.need, 0);
    pool.clock.after(100, () => {
      busy.settle({}, 100);
      pool.room.wake(stop.target.resource);
    });
    const { arrival, attempts } = await pool.ask();
    expect(arrival?.value).toBe('from a');
    expect(told(attempts)).toEqual(['a limited:concurrency', 'b budget', 'a ok']);
    expect(pool.member('b').limits).toMatchObject({ held: 0, settled: [{}] });
  });

  it('does not wait for the room of one that cannot be paid', async () => {
    const pool = paying(10, { a: { costUsd: 11, slots: 0 } });
    const { error, endedAt } = await pool.ask();
    expect(error).toMatchObject({ kind: 'budget', retryAfterMs: 9_000 });
    expect(endedAt).toBe(0);
  });

  it.each([
    { name: 'both', second: { costUsd: 5 }, asks: ['a', 'b'], takes: 10 },
    { name: 'the first alone', second: { costUsd: 6 }, asks: ['a'], takes: 5 },
  ])('has a second at the same time where it pays both: it pays $name', async ({ second, asks, takes }) => {
    const pool = paying(10, { a: { usually: { end: 'ok', ms: 1_000 }, costUsd: 5 }, b: second });
    teachTimes(pool.member('a'), 100);
    const { calls } = await pool.ask({ hedge: true });
    expect(calls.map(({ deployment }) => deployment)).toEqual(asks);
    expect(pool.takenUsd).toBe(takes);
  });
});
