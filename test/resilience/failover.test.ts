import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/core/deployment.ts';
import { Departure } from '../../src/core/departure.ts';
import { type ErrorKind, GatewayError } from '../../src/core/errors.ts';
import type { Attempt, Circuit } from '../../src/core/ports.ts';
import { failover } from '../../src/resilience/failover.ts';
import { RestingDeployments } from '../../src/resilience/rest.ts';

type Step = 'ok' | ErrorKind;

/** Each row: what each call meets in turn, and which deployments were asked. */
const table: { name: string; meets: Step[]; asks: string; ends: Step }[] = [
  { name: 'the first answers', meets: ['ok'], asks: 'a', ends: 'ok' },
  { name: 'a bad request goes no further', meets: ['caller'], asks: 'a', ends: 'caller' },
  { name: 'a prompt too long goes no further', meets: ['context'], asks: 'a', ends: 'context' },
  { name: 'an overloaded one is passed over', meets: ['overload', 'ok'], asks: 'ab', ends: 'ok' },
  { name: 'a throttled one is passed over', meets: ['rate', 'ok'], asks: 'ab', ends: 'ok' },
  { name: 'a timeout moves on', meets: ['timeout', 'ok'], asks: 'ab', ends: 'ok' },
  { name: 'a bad key of ours moves on', meets: ['credential', 'ok'], asks: 'ab', ends: 'ok' },
  { name: 'what one cannot say, another may', meets: ['unsupported', 'ok'], asks: 'ab', ends: 'ok' },
  { name: 'what nobody can say is told', meets: Array<Step>(4).fill('unsupported'), asks: 'abcd', ends: 'unsupported' },
  {
    name: "a provider's failure outranks what others cannot say",
    meets: ['overload', 'unsupported', 'unsupported', 'unsupported'],
    asks: 'abcd',
    ends: 'overload',
  },
  {
    name: 'malformed output is asked for once more, then passed over',
    meets: ['malformed', 'malformed', 'ok'],
    asks: 'aab',
    ends: 'ok',
  },
  {
    name: 'at most three providers are called',
    meets: ['overload', 'fault', 'timeout', 'ok'],
    asks: 'abc',
    ends: 'timeout',
  },
  { name: 'a client that left is not served elsewhere', meets: ['client_gone', 'ok'], asks: 'a', ends: 'client_gone' },
];

describe('failover', () => {
  it.each(table)('$name', async ({ meets, asks, ends }) => {
    const { asked, result } = await run(meets);
    expect({ asks: asked.join(''), ends: result }).toEqual({ asks, ends });
  });

  it('asks without reasoning once its signatures were refused', async () => {
    const hints: unknown[] = [];
    const script: Step[] = ['reasoning_rejected', 'ok'];
    await failover(candidates('a'), (_, again) => (hints.push(again), meet(script.shift())), options());
    expect(hints).toEqual([undefined, 'without_reasoning']);
  });

  it('leaves a throttled deployment alone until the announced time, and says when', async () => {
    let now = 0;
    const shared = options({ clock: { now: () => now } });
    const throttled = () => Promise.reject(new GatewayError('rate', 'slow down', { retryAfterMs: 7_000 }));
    await failover(candidates('a'), throttled, shared).catch(() => {});
    now = 2_000;
    const asked: string[] = [];
    const again = failover(candidates('a'), ({ deployment }) => (asked.push(deployment.id), meet('ok')), shared);
    await expect(again).rejects.toMatchObject({ kind: 'rate', retryAfterMs: 5_000 });
    expect(asked).toEqual([]);
    now = 7_001;
    await expect(failover(candidates('a'), () => meet('ok'), shared)).resolves.toBe('ok');
  });

  it('names the earliest time at which anybody may be asked again', async () => {
    const waits = [9_000, 4_000];
    const throttled = () => Promise.reject(new GatewayError('rate', 'slow', { retryAfterMs: waits.shift() }));
    await expect(failover(candidates('ab'), throttled, options())).rejects.toMatchObject({ retryAfterMs: 4_000 });
  });

  it('writes down what became of each candidate', async () => {
    const attempts: Attempt[] = [];
    const script: Step[] = ['overload', 'ok'];
    await failover(candidates('ab'), () => meet(script.shift()), options({ attempts }));
    expect(attempts.map(({ deployment, outcome }) => `${deployment} ${outcome}`)).toEqual(['a overload', 'b ok']);
  });
});

async function run(meets: readonly Step[]) {
  const asked: string[] = [];
  const script = [...meets];
  const attempt = ({ deployment }: Candidate) => {
    asked.push(deployment.id);
    return meet(script.shift());
  };
  const result = await failover(candidates('abcd'), attempt, options()).catch((error: GatewayError) => error.kind);
  return { asked, result };
}

function candidates(ids: string): Candidate[] {
  return ids.split('').map((id) => ({ deployment: { id } }) as Candidate);
}

function options(changes: Partial<Parameters<typeof failover>[2]> = {}): Parameters<typeof failover>[2] {
  const open: Circuit = { state: 'closed', run: (attempt) => attempt() };
  return {
    clock: { now: () => 0 },
    client: new Departure(),
    resting: new RestingDeployments(),
    circuit: () => open,
    attempts: [],
    ...changes,
  };
}

function meet(step: Step | undefined): Promise<string> {
  return step === 'ok' ? Promise.resolve(step) : Promise.reject(new GatewayError(step ?? 'internal', 'scripted'));
}
