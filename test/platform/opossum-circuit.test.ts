import { describe, expect, it } from 'vitest';
import { type ErrorKind, GatewayError } from '../../src/core/errors.ts';
import { opossumCircuit } from '../../src/platform/opossum-circuit.ts';

type Step = 'ok' | ErrorKind | { wait: number };
const OPTIONS = { failurePercent: 50, minimumCalls: 4, windowMs: 10_000, openMs: 5_000 };
const bad: Step = 'overload';

const table: { name: string; steps: Step[]; ends: string }[] = [
  { name: 'stays closed below the minimum', steps: [bad, bad, bad], ends: 'closed' },
  { name: 'opens at the minimum', steps: [bad, bad, bad, bad], ends: 'open' },
  { name: 'does not count a throttle', steps: Array<Step>(8).fill('rate'), ends: 'closed' },
  { name: "does not count the caller's fault", steps: Array<Step>(8).fill('caller'), ends: 'closed' },
  { name: 'does not count a client that leaves', steps: Array<Step>(8).fill('client_gone'), ends: 'closed' },
  { name: 'forgets what left the window', steps: [bad, bad, bad, { wait: 11_000 }, bad], ends: 'closed' },
  { name: 'stays open before its time', steps: [bad, bad, bad, bad, { wait: 4_000 }, 'ok'], ends: 'open' },
  { name: 'closes after one good try', steps: [bad, bad, bad, bad, { wait: 5_000 }, 'ok'], ends: 'closed' },
  { name: 'opens again after one bad try', steps: [bad, bad, bad, bad, { wait: 5_000 }, bad], ends: 'open' },
  {
    name: 'counts its time anew after that',
    steps: [bad, bad, bad, bad, { wait: 5_000 }, bad, { wait: 4_000 }, 'ok'],
    ends: 'open',
  },
];

describe('opossumCircuit', () => {
  it.each(table)('$name', async ({ steps, ends }) => {
    let now = 0;
    const circuit = opossumCircuit({ now: () => now }, OPTIONS);
    for (const step of steps) {
      if (typeof step === 'object') now += step.wait;
      else await circuit.run(() => meet(step)).catch(() => {});
    }
    expect(circuit.state).toBe(ends);
  });

  it('lets one call through while half-open and refuses the rest, saying when to come back', async () => {
    let now = 0;
    const circuit = opossumCircuit({ now: () => now }, OPTIONS);
    for (let call = 0; call < 4; call++) await circuit.run(() => meet('timeout')).catch(() => {});
    now += 2_000;
    await expect(circuit.run(() => meet('ok'))).rejects.toMatchObject({ kind: 'circuit_open', retryAfterMs: 3_000 });
    now += 3_000;
    const results = await Promise.allSettled([circuit.run(() => meet('ok')), circuit.run(() => meet('ok'))]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  });
});

function meet(step: 'ok' | ErrorKind): Promise<string> {
  return step === 'ok' ? Promise.resolve(step) : Promise.reject(new GatewayError(step, 'scripted'));
}
