/** What is explained is what would happen, and explaining it changes nothing. */
import { describe, expect, it } from 'vitest';
import { compose } from '../src/compose.ts';
import { parseConfiguration } from '../src/config/parse.ts';
import { ANYONE } from '../src/core/caller.ts';
import { Departure } from '../src/core/departure.ts';
import { GatewayError } from '../src/core/errors.ts';
import { explain } from '../src/gateway/explain.ts';
import { answer, type Inbound } from '../src/gateway/gateway.ts';
import { fetchHttp } from '../src/platform/fetch-http.ts';
import { fetchTransport } from '../src/platform/fetch-transport.ts';
import { chatAnswer } from './support/upstream.ts';
import { CHAT_PEN } from '../src/answers/pen.ts';
import { chatOriginal } from './support/call.ts';

const YAML = `
providers:
  a: { dialect: openai, baseUrl: http://a.test }
  b: { dialect: openai, baseUrl: http://b.test }
models:
  haiku: { deployments: [{ provider: a, model: small, price: { input: 1, output: 2 } }] }
  opus: { deployments: [{ provider: b, model: big, price: { input: 10, output: 20 } }] }
  twins: { deployments: [{ provider: a, model: small }, { provider: b, model: big }] }
  blind: { deployments: [{ provider: a, model: small, price: { input: 1, output: 2 }, capabilities: { input: [] } }] }
  pair: { deployments: [
    { provider: a, model: small, price: { input: 1, output: 2 }, capabilities: { input: [] } },
    { provider: b, model: big, price: { input: 10, output: 20 }, capabilities: { input: [image] } } ] }
`;
const RULES = {
  profiles: { eco: { from: { sonnet: 0.5, opus: 0.8 } } },
  rules: [
    { name: 'no mail', when: { metadata: { app: 'mail' } }, do: { reject: 'Mail has a model of its own' } },
    { name: 'frugal', when: { metadata: { app: 'bulk' } }, do: { strategy: 'fastest', maxCostUsd: 0.01 } },
    { name: 'twins', when: { model: 'twins' }, do: { strategy: 'fastest' } },
    { name: 'look', when: { metadata: { app: 'new' } }, do: { shadow: { use: 'opus' }, profile: 'eco' } },
  ],
};
const IMAGE = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } } as const;
const PROOF =
  'Prove step by step that there are infinitely many primes, analyse three proofs and compare their designs.';

function serve(reliability = '{}') {
  const calls: string[] = [];
  const unused = () => () => Promise.reject(new Error('not needed'));
  const { gateway } = compose(parseConfiguration(`${YAML}\nreliability: ${reliability}`, 'test.yaml', {}), {
    http: fetchHttp,
    transport: fetchTransport((request: Request) => {
      calls.push(request.url);
      return Promise.resolve(new Response(chatAnswer('Hi'), { headers: { 'content-type': 'application/json' } }));
    }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
    routing: { rules: RULES },
    random: () => 0.5,
  });
  return { gateway, calls };
}

function inbound(more: object = {}, rest: Partial<Inbound> = {}): Inbound {
  const request = { model: 'auto', messages: [{ role: 'user', content: 'Hello' }], ...more } as Inbound['request'];
  return {
    request,
    original: chatOriginal(JSON.stringify(request)),
    lost: [],
    pen: CHAT_PEN,
    key: 'app',
    caller: ANYONE,
    told: {},
    requestId: 'req_1',
    strict: false,
    priority: 'normal',
    deadlineMs: undefined,
    ceilings: {},
    header: () => undefined,
    client: new Departure(),
    background: () => {},
    attempts: [],
    ...rest,
  };
}

const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });

describe('an explanation', () => {
  it('names the candidates in the order in which they would be tried, with what each would cost', () => {
    const { gateway } = serve();
    const { candidates, tier, refusal } = explain(gateway, inbound(user(PROOF)));
    expect({ tier, refusal }).toEqual({ tier: 'opus', refusal: undefined });
    expect(candidates.map(({ deployment }) => deployment)).toEqual(['b/big', 'a/small']);
    const [first, second] = candidates;
    expect(first).toMatchObject({ tier: 'opus', room: 1, circuit: 'closed', waitMs: 0, obstacle: undefined });
    expect(first?.expectedCostUsd).toBeCloseTo(10 * (second?.expectedCostUsd ?? 0), 9);
  });

  it('tells the score, where the tiers begin, and all that made it', () => {
    const { gateway } = serve();
    const { score, reason } = explain(gateway, inbound(user(PROOF)));
    expect(score).toMatchObject({ profile: 'balanced', overlayShare: 0 });
    expect(score?.value).toBeGreaterThan(0.6);
    expect(score?.contributions[0]?.name).toBe('reasoning');
    expect(reason).toContain('score');
  });

  it('tells which rules had a say, their ceilings, the profile and the shadow', () => {
    const { gateway } = serve();
    const bulk = explain(gateway, inbound({ metadata: { app: 'bulk' } }, { ceilings: { maxCostUsd: 0.5 } }));
    expect(bulk).toMatchObject({
      fired: [{ name: 'frugal', did: 'strategy fastest; at most 0.01 USD' }],
      strategy: 'fastest',
      ceilings: { maxCostUsd: 0.01 },
      plan: { maxCostUsd: 0.01 },
    });
    const look = explain(gateway, inbound({ ...user(PROOF), metadata: { app: 'new' } }));
    expect(look).toMatchObject({
      shadow: 'b/big',
      score: {
        profile: 'eco',
        cuts: [
          { tier: 'sonnet', from: 0.5 },
          { tier: 'opus', from: 0.8 },
        ],
      },
    });
  });

  it('says why a deployment was left out', () => {
    const { gateway } = serve();
    const { candidates, dropped } = explain(gateway, inbound({ model: 'pair', ...user([IMAGE]) }));
    expect(candidates.map(({ deployment }) => deployment)).toEqual(['b/big']);
    expect(dropped).toEqual([{ deployment: 'a/small', why: 'does not take images' }]);
  });

  it('tells of limits and circuits', () => {
    const { gateway } = serve();
    const [target] = (gateway.routing.models.get('opus') ?? []).map((each) => gateway.dispatcher.target(each));
    target?.blame(new GatewayError('rate', 'slow down', { retryAfterMs: 5_000 }), 0, gateway.clock.now());
    const { candidates } = explain(gateway, inbound({ model: 'opus' }));
    expect(candidates).toMatchObject([{ deployment: 'b/big', obstacle: 'limited:throttled', tier: 'opus' }]);
    expect(candidates[0]?.waitMs).toBeGreaterThan(0);
  });

  it('tells the plan: calls, deadline, hedging', () => {
    const { gateway } = serve('{ maxCalls: 2, deadlineMs: 9000, hedge: true }');
    expect(explain(gateway, inbound({ stream: true }, { deadlineMs: 4_000 })).plan).toMatchObject({
      maxCalls: 2,
      deadlineMs: 4_000,
      hedge: true,
      retriesLeft: 100,
    });
    expect(explain(gateway, inbound()).plan).toMatchObject({ deadlineMs: 9_000, hedge: false });
  });

  it('knows the conversation', async () => {
    const { gateway } = serve();
    const header = (name: string) => (name === 'x-signalbox-session' ? 's' : undefined);
    expect(explain(gateway, inbound(user(PROOF), { header })).session.last).toBeUndefined();
    await answer(gateway, inbound(user(PROOF), { header }));
    const { session, stay } = explain(gateway, inbound(user('Hello'), { header }));
    expect(session.last).toMatchObject({ deployment: 'b/big', tier: 'opus', moves: 0 });
    expect(stay).toMatch(/^(stays|moves): /);
  });
});

describe('of a request that would be refused, it tells the refusal', () => {
  const rows: {
    name: string;
    request: object;
    rest?: Partial<Inbound>;
    status: number;
    code: string;
    says: RegExp;
    leftOut?: string[];
  }[] = [
    {
      name: 'a route that its key may not use',
      request: {},
      rest: { caller: { ...ANYONE, allowed: { ...ANYONE.allowed, routes: [['other']] } } },
      status: 403,
      code: 'forbidden',
      says: /auto/,
    },
    {
      name: 'a model that there is not',
      request: { model: 'gone' },
      status: 404,
      code: 'model_not_found',
      says: /gone/,
    },
    {
      name: 'a rule that rejects it',
      request: { metadata: { app: 'mail' } },
      status: 400,
      code: 'rejected_by_rule',
      says: /Mail has/,
    },
    {
      name: 'nobody can do it',
      request: { model: 'blind', ...user([IMAGE]) },
      status: 400,
      code: 'unsupported_parameter',
      says: /images/,
      leftOut: ['does not take images'],
    },
    {
      name: 'a ceiling that nobody keeps',
      request: {},
      rest: { ceilings: { maxCostUsd: 0.0001 } },
      status: 400,
      code: 'unsupported_parameter',
      says: /max_cost_usd/,
      leftOut: ['costs about $0.000816, more than $0.0001', 'costs about $0.00816, more than $0.0001'],
    },
  ];
  it('background work in an emergency', () => {
    const { gateway } = serve('{ emergency: { mode: on } }');
    const { refusal, candidates } = explain(gateway, inbound({}, { priority: 'background' }));
    expect(refusal).toMatchObject({ status: 429, code: 'router_at_capacity' });
    expect(candidates).not.toEqual([]);
  });

  it.each(rows)('$name', ({ request, rest, status, code, says, leftOut = [] }) => {
    const { refusal, candidates, dropped, facts } = explain(serve().gateway, inbound(request, rest));
    expect(refusal).toMatchObject({ status, code });
    expect(refusal?.message).toMatch(says);
    expect(candidates).toEqual([]);
    expect(dropped.map(({ why }) => why)).toEqual(leftOut);
    expect(facts.turn).toBe(1);
  });
});

it('of a request that a rule refuses, it tells which rule', () => {
  const { fired } = explain(serve().gateway, inbound({ metadata: { app: 'mail' } }));
  expect(fired).toEqual([{ name: 'no mail', did: 'rejected' }]);
});

describe('explaining changes nothing', () => {
  it('and calls nobody: what comes after it is what would have come without it', async () => {
    const told = serve();
    const untold = serve();
    for (let count = 0; count < 5; count++)
      explain(told.gateway, inbound({ ...user(PROOF), metadata: { app: 'bulk' } }));
    expect(told.calls).toEqual([]);
    expect(told.gateway.memory.sessions.size).toBe(0);
    const first = await answer(told.gateway, inbound(user(PROOF)));
    const second = await answer(untold.gateway, inbound(user(PROOF)));
    expect(first.candidate).toMatchObject({ reason: second.candidate?.reason, tier: second.candidate?.tier });
  });

  it('moves no leader, as a request does', async () => {
    const { gateway } = serve();
    for (const id of ['a/small', 'b/big']) {
      const timing = { firstTokenMs: 100, outputTokens: 100, durationMs: 1_000 };
      gateway.memory.speeds.record(id, timing, gateway.clock.now());
    }
    explain(gateway, inbound({ model: 'twins' }));
    expect(gateway.memory.leads.of('twins undefined').id).toBeUndefined();
    await answer(gateway, inbound({ model: 'twins' }));
    expect(gateway.memory.leads.of('twins undefined').id).toBe('a/small');
  });
});
