import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/core/deployment.ts';
import { ERROR_RULES, type ErrorKind, GatewayError } from '../../src/core/errors.ts';
import type { Amounts } from '../../src/core/limits.ts';
import { type Again, decide, isCall, mayRepeat, type PlanRules, takenBy } from '../../src/resilience/decide.ts';
import { ABLE } from '../support/call.ts';

const KINDS = Object.keys(ERROR_RULES) as ErrorKind[];
const RULES: PlanRules = {
  deadlineAt: 1,
  maxCalls: 3,
  maxCostUsd: undefined,
  onContext: 'fail',
  onRefusal: 'return',
  maxWaitMs: 1,
  hedge: false,
};
const candidate = (account: string, contextTokens: number) =>
  ({ deployment: { endpoint: { account }, capabilities: { ...ABLE, contextTokens } }, reason: '' }) as Candidate;
const HERE = candidate('here', 1_000);
const after = (kind: ErrorKind, again?: Again, rules: Partial<PlanRules> = {}, reserved: readonly Candidate[] = []) =>
  decide({ error: new GatewayError(kind, ''), candidate: HERE, again, reserved }, { ...RULES, ...rules });

describe('decide', () => {
  it.each(KINDS)('goes by the table after %s', (kind) => {
    const { failover, again } = ERROR_RULES[kind];
    const goesOn = again ? { next: 'again', how: again } : { next: 'other' };
    expect(after(kind)).toEqual(failover ? goesOn : { next: 'stop' });
  });

  it.each(['malformed', 'reasoning_rejected'] as const)('asks again after %s only once', (kind) => {
    expect(after(kind, ERROR_RULES[kind].again)).toEqual({ next: 'other' });
  });

  it('lets a prompt that is too long go to a larger window where that is allowed', () => {
    const decision = after('context', undefined, { onContext: 'larger' });
    const only = decision.next === 'other' ? decision.only : undefined;
    expect([999, 1_000, 1_001].map((tokens) => only?.(candidate('x', tokens)))).toEqual([false, false, true]);
  });

  it('lets what was refused go to another account where that is allowed', () => {
    const decision = after('policy', undefined, { onRefusal: 'other' });
    const only = decision.next === 'other' ? decision.only : undefined;
    expect(['here', 'there'].map((account) => only?.(candidate(account, 1)))).toEqual([false, true]);
  });

  it('goes to the models that the rules keep for this failure, and for no other', () => {
    const kept = [{ ...HERE, after: 'refusal' as const }];
    expect(after('policy', undefined, {}, kept)).toEqual({ next: 'reserved', fallback: 'refusal' });
    expect(after('context', undefined, {}, kept)).toEqual({ next: 'stop' });
    expect(after('overload', undefined, {}, kept)).toEqual({ next: 'other' });
  });

  it('keeps the two permissions apart', () => {
    expect(after('policy', undefined, { onContext: 'larger' })).toEqual({ next: 'stop' });
    expect(after('context', undefined, { onRefusal: 'other' })).toEqual({ next: 'stop' });
  });
});

describe('isCall', () => {
  const free = KINDS.filter((kind) => !isCall(new GatewayError(kind, '')));
  it('counts what a provider has worked on, not what was only looked at', () => {
    expect(free.filter((kind) => ERROR_RULES[kind].origin === 'provider')).toEqual(['credential', 'exhausted']);
    expect(free.filter((kind) => ERROR_RULES[kind].origin === 'router')).toEqual(
      KINDS.filter((kind) => ERROR_RULES[kind].origin === 'router'),
    );
  });
});

describe('mayRepeat', () => {
  it('is for what may pass', () => {
    expect(KINDS.filter((kind) => mayRepeat(new GatewayError(kind, ''))).toSorted()).toEqual(
      ['fault', 'overload', 'ramp', 'rate', 'stalled', 'timeout', 'truncated', 'unreachable', 'warming'].toSorted(),
    );
  });
});

describe('what a failed call has taken', () => {
  const NEED = { requests: 1, input: 300, output: 200, tokens: 500 };
  const PROMPT = { requests: 1, input: 300, tokens: 300 };
  const rows: { name: string; kinds: ErrorKind[]; took: Amounts }[] = [
    {
      name: 'the prompt, where the provider had it',
      kinds: ['timeout', 'stalled', 'truncated', 'malformed'],
      took: PROMPT,
    },
    { name: 'a request, where it was refused', kinds: ['rate', 'overload', 'fault', 'caller'], took: { requests: 1 } },
    { name: 'nothing, where nobody was asked or the key is dead', kinds: ['credential', 'unsupported'], took: {} },
  ];
  it.each(rows)('is $name', ({ kinds, took }) => {
    for (const kind of kinds) expect(takenBy(new GatewayError(kind, ''), NEED)).toEqual(took);
  });
});
