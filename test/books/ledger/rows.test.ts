import { describe, expect, it, test } from 'vitest';
import { entryOf } from '../../../src/books/ledger/rows.ts';
import type { Deployment } from '../../../src/core/deployment.ts';
import type { RequestFact } from '../../../src/core/ports.ts';
import { START_MS } from './sample.ts';

const PRICE = { input: 1, output: 5 };

/** As much of one as rows are made of. */
function deploymentOf(id: string): Deployment | undefined {
  const [name, model] = id.split('/');
  if (name === 'gone') return undefined;
  return { id, model, endpoint: { name }, price: PRICE } as Deployment;
}

const ok: RequestFact = {
  operation: 'chat',
  startedAtMs: START_MS,
  tenant: 'acme',
  session: 'talk',
  route: 'auto',
  tier: 'haiku',
  reason: 'score 0.2',
  priority: 'normal',
  cacheHit: false,
  continued: false,
  shadow: false,
  tags: ['red'],
  deploymentOf,
  requestId: 'req_1',
  key: 'app',
  asked: 'auto',
  deployment: 'b/haiku',
  outcome: 'ok',
  stream: true,
  finishReason: 'stop',
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  costUsd: 0.000035,
  firstTokenMs: 120.6,
  queuedMs: undefined,
  durationMs: 480.4,
  attempts: [
    { deployment: 'a/haiku', outcome: 'timeout', durationMs: 100 },
    { deployment: 'c/haiku', outcome: 'parked:credential', durationMs: 0 },
    { deployment: 'b/haiku', outcome: 'ok', durationMs: 300 },
  ],
  failure: undefined,
};

describe('a finished request as rows', () => {
  const { request, attempts } = entryOf(ok);

  it('says what served it and what it cost', () => {
    expect(request).toMatchObject({
      requestId: 'req_1',
      tenant: 'acme',
      model: 'haiku',
      provider: 'b',
      deployment: 'b/haiku',
      fresh: 10,
      output: 5,
      costUsd: 0.000035,
      price: JSON.stringify(PRICE),
      firstTokenMs: 121,
      totalMs: 480,
      queuedMs: 0,
      calls: 2,
      fallback: true,
      origin: '',
    });
  });

  it('has a row for each deployment, those passed over too', () => {
    const told = attempts.map(({ number, deployment, outcome, called, fresh, costUsd }) => [
      number,
      deployment,
      outcome,
      called,
      fresh,
      costUsd,
    ]);
    expect(told).toEqual([
      [1, 'a/haiku', 'timeout', true, 0, null],
      [2, 'c/haiku', 'parked:credential', false, 0, null],
      [3, 'b/haiku', 'ok', true, 10, 0.000035],
    ]);
  });

  type Row = { name: string; fact: Partial<RequestFact>; is: object };
  const table: Row[] = [
    {
      name: 'a refusal of ours has no deployment, no tokens and no price',
      fact: { deployment: undefined, outcome: 'capacity', usage: undefined, costUsd: undefined, attempts: [] },
      is: {
        deployment: '',
        model: '',
        outcome: 'capacity',
        origin: 'router',
        costUsd: null,
        price: null,
        calls: 0,
        fallback: false,
      },
    },
    { name: 'a provider’s error is the provider’s', fact: { outcome: 'overload' }, is: { origin: 'provider' } },
    { name: 'a hedge that lost is nobody’s error', fact: { outcome: 'hedge_lost' }, is: { origin: '' } },
    {
      name: 'a guess is marked',
      fact: { usage: { ...ok.usage, usage_estimated: true } as RequestFact['usage'] },
      is: { estimated: true },
    },
    {
      name: 'a deployment that is gone keeps its name',
      fact: { deployment: 'gone/x' },
      is: { deployment: 'gone/x', model: '', price: null },
    },
    { name: 'an unknown price is not 0', fact: { costUsd: undefined }, is: { costUsd: null } },
    { name: 'nonsense is no number', fact: { durationMs: NaN, costUsd: Infinity }, is: { totalMs: 0, costUsd: null } },
    {
      name: 'a server that names 2^64 tokens spoils no sum',
      fact: { usage: { prompt_tokens: 2 ** 64, completion_tokens: 3, total_tokens: 2 } },
      is: { fresh: 1e9, output: 3 },
    },
    { name: 'what served first is no fallback', fact: { deployment: 'a/haiku' }, is: { fallback: false } },
    { name: 'long words are cut', fact: { asked: 'x'.repeat(9_999) }, is: { asked: 'x'.repeat(160) } },
    { name: 'half a character and NUL are no text', fact: { session: 'a\0b\ud800' }, is: { session: 'ab\ufffd' } },
    {
      name: 'a cut goes through no character',
      fact: { key: `${'k'.repeat(79)}😀` },
      is: { key: `${'k'.repeat(79)}\ufffd` },
    },
    {
      name: 'tags are few and each once',
      fact: { tags: ['a', 'a', '', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] },
      is: { tags: ['a', 'b', 'c', 'd', 'e', 'f'] },
    },
  ];
  test.each(table)('$name', ({ fact, is }) => {
    expect(entryOf({ ...ok, ...fact }).request).toMatchObject(is);
  });

  it('of a continued answer, the last part took what the others did not', () => {
    const usage = { prompt_tokens: 4, completion_tokens: 1, total_tokens: 5 };
    const parts = [
      { deployment: 'a/haiku', outcome: 'stalled', durationMs: 1, usage, costUsd: 0.1 },
      { deployment: 'b/haiku', outcome: 'ok', durationMs: 1 },
    ];
    const told = ({ attempts: rows }: ReturnType<typeof entryOf>) =>
      rows.map(({ fresh, output, costUsd }) => [fresh, output, costUsd]);
    const whole = { ...ok, attempts: parts, continued: true, costUsd: 0.25 };
    expect(told(entryOf(whole))).toEqual([
      [4, 1, 0.1],
      [6, 4, 0.15],
    ]);
    expect(told(entryOf({ ...whole, costUsd: undefined }))[1]).toEqual([6, 4, null]);
  });
});
