import { afterAll, describe, expect, it } from 'vitest';
import { attentionOf, type State } from '../../src/admin/attention.ts';
import { RecentPlans } from '../../src/admin/recent-plans.ts';
import { REDACTED, redacted } from '../../src/admin/redact.ts';
import type { DeploymentReading } from '../../src/admin/sources.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import type { RequestFact } from '../../src/core/ports.ts';
import { ask, createWorld, START_MS, TOKEN, type World } from './world.ts';

const worlds: World[] = [];
afterAll(() => Promise.all(worlds.map((world) => world.close())));
const made = (...more: Parameters<typeof createWorld>) => {
  const world = createWorld(...more);
  worlds.push(world);
  return world;
};

const WELL: DeploymentReading = {
  deployment: 'anthropic/claude-opus-5-5',
  model: 'opus',
  provider: 'anthropic',
  resource: 'anthropic||claude-opus-5',
  circuit: 'closed',
  room: 0.75,
  obstacle: undefined,
  waitMs: 0,
  firstTokenMs: 400,
  tokensPerSecond: 71.2,
  lastCallAtMs: START_MS,
};

describe('the state of the moment', () => {
  const world = made({
    dispatch: () => ({
      isEmergency: true,
      waiting: { critical: 1, normal: 2, background: 3 },
      deployments: [WELL, { ...WELL, obstacle: 'parked:credential', waitMs: Infinity, lastCallAtMs: undefined }],
    }),
    accounts: () => [
      {
        resource: 'anthropic||claude-opus-5',
        room: 0.5,
        running: 2,
        limits: [{ limit: 'requests', per: 'minute', allowed: 60, left: 3 }],
        cooling: [{ limit: 'input', forMs: 1_200 }],
      },
    ],
    alerts: {
      firing: [
        { rule: 'budget', subject: 'tenant acme', severity: 'warning', level: 1, summary: '81 %', firedAtMs: START_MS },
      ],
      reading: () => ({ firing: [], messages: [{ receiver: 'chat', outcome: 'sent', count: 2 }] }),
    },
    metrics: () => 'signalbox_emergency 1\n',
    rules: () => ({
      tiers: [{ name: 'haiku', models: ['claude-haiku-4-5'] }],
      profiles: { usual: { from: {} } },
      routes: { auto: { profile: 'usual' } },
      rules: [{ name: 'tools', isGuard: true, when: { tools: true }, do: { atLeast: 'haiku' } }],
    }),
  });

  it('is told whole', async () => {
    const { body } = await ask(world, 'GET /admin/v1/health');
    expect(body).toMatchObject({
      at: '2026-11-01T00:00:00.000Z',
      version: '9.8.7',
      startedAt: '2026-10-31T23:59:00.000Z',
      emergency: true,
      waiting: { critical: 1, normal: 2, background: 3 },
      ledger: { state: 'ok', spentRead: true, written: 7 },
    });
    expect(body.deployments[0]).toMatchObject({ room: 0.75, waitMs: 0, tokensPerSecond: 71.2 });
    expect(body.deployments[1]).toMatchObject({ obstacle: 'parked:credential', waitMs: null });
  });

  it('has what every account still allows', async () => {
    const { body } = await ask(world, 'GET /admin/v1/accounts');
    expect(body.data[0]).toMatchObject({ room: 0.5, limits: [{ limit: 'requests', left: 3 }] });
  });

  it('has limits and budgets as they stand, in pages', async () => {
    const { scopes, spending, clock } = world.sources;
    const hold = { inputTokens: 1, outputTokens: 1, costUsd: 2, lastsMs: 1_000, requestId: 'r' };
    const caller = world.directory.find(
      [...world.directory.directory.keys.values()][0]?.secrets[0]?.hash ?? '',
    )?.caller;
    expect(caller).toBeDefined();
    const drawn = [...scopes, ...((caller as unknown as { scopes: typeof scopes }).scopes ?? [])];
    (spending as unknown as { admit: (claim: object, nowMs: number) => void }).admit(
      { ...hold, scopes: drawn },
      clock.now(),
    );
    const first = (await ask(world, 'GET /admin/v1/limits?limit=2')).body;
    const second = (await ask(world, `GET /admin/v1/limits?limit=2&cursor=${encodeURIComponent(first.cursor)}`)).body;
    const told = [...first.data, ...second.data].map(({ kind, name, measure, used }) => [kind, name, measure, used]);
    expect(told).toEqual([
      ['key', 'app', 'usd', 2],
      ['model', 'claude-opus-5-5', 'usd', 2],
      ['tenant', 'acme', 'requests', 1],
    ]);
    expect(second.cursor).toBeNull();
    expect((await ask(world, 'GET /admin/v1/limits?kind=tenant&name=acme')).body.data).toHaveLength(1);
  });

  it('has what fires, and whom that was told', async () => {
    const { body } = await ask(world, 'GET /admin/v1/alerts');
    expect(body.firing[0]).toMatchObject({
      rule: 'budget',
      title: 'Budget nearly spent',
      firedAt: '2026-11-01T00:00:00.000Z',
    });
    expect(body.messages).toEqual([{ receiver: 'chat', outcome: 'sent', count: 2 }]);
  });

  it('has the rules in force', async () => {
    expect((await ask(world, 'GET /admin/v1/rules')).body.rules[0]).toMatchObject({ name: 'tools', isGuard: true });
  });

  it.each(['/metrics', '/admin/metrics'])('has numbers for Prometheus at %s', async (path) => {
    const { text, headers } = await ask(world, `GET ${path}`);
    expect(text).toBe('signalbox_emergency 1\n');
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  });

  it('is as empty as what is not there', async () => {
    const bare = made({ alerts: undefined, metrics: undefined, ledger: undefined });
    expect((await ask(bare, 'GET /admin/v1/alerts')).body).toEqual({ firing: [], messages: [] });
    expect((await ask(bare, 'GET /admin/v1/health')).body.ledger.state).toBe('none');
    expect((await ask(bare, 'GET /metrics')).text).toBe('');
  });
});

describe('attention', () => {
  const CLEAR: State = {
    isEmergency: false,
    waiting: { critical: 0, normal: 0, background: 0 },
    deployments: [WELL],
    isFresh: true,
    isComplete: true,
    problems: [],
    ledger: {
      state: { waiting: 0, written: 1, dropped: { full: 0, rejected: 0 }, failures: 0 },
      isWell: true,
      isBehind: false,
    },
  };
  const dropped = { waiting: 0, written: 1, dropped: { full: 1, rejected: 1 }, failures: 0 };
  const CASES: { name: string; state: Partial<State>; says: [severity: string, words: string][] }[] = [
    { name: 'nothing where the line is clear', state: {}, says: [] },
    {
      name: 'nothing of a limit, which passes',
      state: { deployments: [{ ...WELL, obstacle: 'limited:requests' }] },
      says: [],
    },
    { name: 'an emergency', state: { isEmergency: true }, says: [['critical', 'Too few providers']] },
    {
      name: 'a dead credential before an open circuit',
      state: {
        deployments: [
          { ...WELL, circuit: 'open' },
          { ...WELL, obstacle: 'parked:credential' },
        ],
      },
      says: [
        ['critical', 'out of use: credential'],
        ['warning', 'fails, so it is not called'],
      ],
    },
    {
      name: 'an empty account',
      state: { deployments: [{ ...WELL, obstacle: 'parked:exhausted' }] },
      says: [['critical', 'exhausted']],
    },
    {
      name: 'stored keys that were never read',
      state: { isFresh: false, isComplete: false },
      says: [['critical', 'never read']],
    },
    { name: 'a store that cannot be read now', state: { isFresh: false }, says: [['warning', 'cannot be read']] },
    { name: 'a key that opens nothing', state: { problems: ['keys.x: parent: gone'] }, says: [['warning', 'keys.x']] },
    {
      name: 'rows that are lost',
      state: { ledger: { state: dropped, isWell: true, isBehind: false } },
      says: [['warning', '2 rows']],
    },
    {
      name: 'budgets that count from zero before rows that are lost',
      state: { ledger: { state: dropped, isWell: true, isBehind: true } },
      says: [
        ['critical', 'What was spent before'],
        ['warning', '2 rows'],
      ],
    },
    {
      name: 'a ledger that fails',
      state: { ledger: { state: dropped, isWell: false, isBehind: false } },
      says: [
        ['warning', 'cannot be written'],
        ['warning', '2 rows'],
      ],
    },
  ];

  it.each(CASES)('tells $name', ({ state, says }) => {
    const told = attentionOf({ ...CLEAR, ...state });
    expect(told.map(({ severity, message }) => [severity, message])).toEqual(
      says.map(([severity, words]) => [severity, expect.stringContaining(words)]),
    );
    expect(told.every(({ next }) => next.length > 10)).toBe(true);
  });

  it('is bounded', () => {
    const problems = Array.from({ length: 1_000 }, (_, index) => `keys.k${index}: wrong`);
    expect(attentionOf({ ...CLEAR, problems })).toHaveLength(100);
  });
});

describe('the configuration that is shown', () => {
  const SECRETS = Array.from({ length: 12 }, (_, index) => `canary-${index}-0123456789abcdef`);
  const [a, b, c, d, e, f, g, h, i, j, k, l] = SECRETS;
  const YAML =
    `
keys: [{ name: app, key: ${a}, tenant: acme }]
alerts: { receivers: [{ name: chat, type: slack, url: "https://hooks.example/v1?key=${h}#${g}" }] }
tenants: { acme: { owner_is_not: x } }
`.replace('{ owner_is_not: x }', '{ limits: 5 requests/minute }') +
    `
providers:
  anthropic: { apiKey: ${b}, headers: { name: ${c}, x-team: ${d} } }
  openai: { apiKeys: [${e}, ${f}], baseUrl: "https://proxy.example/v1", keyHeader: api-key }
  bedrock: { accessKeyId: ${i}, secretAccessKey: ${j}, sessionToken: ${k}, region: eu-west-1 }
  gemini: { serviceAccount: '{"client_email":"a@b.c","private_key":"${l}","token_uri":"https://b.c"}', project: mine }
models:
  fast: { deployments: [{ provider: anthropic, model: claude-haiku-4-5 }] }
`;
  const configuration = {
    ...parseConfiguration(YAML, 'test', {}),
    admin: { host: '127.0.0.1', port: 8788, token: TOKEN },
  };

  it('has no secret in it, and what is none', async () => {
    const { text, body } = await ask(made({ configuration }), 'GET /admin/v1/config');
    for (const secret of [...SECRETS, TOKEN]) expect(text).not.toContain(secret);
    expect(body).toMatchObject({
      keys: [{ name: 'app', key: REDACTED, tenant: 'acme' }],
      providers: {
        openai: { apiKeys: [REDACTED, REDACTED], baseUrl: 'https://proxy.example/v1', keyHeader: 'api-key' },
        bedrock: { region: 'eu-west-1' },
        anthropic: { headers: { name: REDACTED } },
      },
      models: { fast: { deployments: [{ provider: 'anthropic', model: 'claude-haiku-4-5' }] } },
      server: { port: 8787 },
      admin: { port: 8788, token: REDACTED },
    });
  });

  it('hides a setting that nobody has thought of yet', () => {
    expect(redacted({ store: { newSecret: 'x', path: 'a.db' }, list: ['y'] })).toEqual({
      store: { newSecret: REDACTED, path: 'a.db' },
      list: [REDACTED],
    });
  });
});

describe('plans of late', () => {
  it('are kept for so many requests, the newest', () => {
    const plans = new RecentPlans(2);
    for (const requestId of ['a', 'b', 'c'])
      plans.note({ requestId, routing: () => ({ of: requestId }) } as unknown as RequestFact);
    plans.note({ requestId: 'd', routing: undefined } as RequestFact);
    expect(plans.all().map(({ requestId }) => requestId)).toEqual(['b', 'c']);
    expect(['a', 'b', 'c', 'd'].map((id) => plans.find(id))).toEqual([undefined, { of: 'b' }, { of: 'c' }, undefined]);
  });
});
