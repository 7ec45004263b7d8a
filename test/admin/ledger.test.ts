import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LedgerStore } from '../../src/core/ledger.ts';
import { attemptRow, DAY_MS, HOUR_MS, requestRow, START_MS } from '../books/ledger/sample.ts';
import { ask, createWorld, TOKEN, type World } from './world.ts';

const ROWS = [
  requestRow({ requestId: 'req_first', atMs: START_MS + HOUR_MS, tags: ['red'], session: 'talk' }),
  requestRow({ requestId: 'req_second', atMs: START_MS + 2 * HOUR_MS, model: 'claude-opus-5-5', costUsd: 0.5 }),
  requestRow({
    requestId: 'req_third',
    atMs: START_MS + 3 * HOUR_MS,
    tenant: 'globex',
    key: 'bot',
    outcome: 'timeout',
    origin: 'provider',
    costUsd: null,
    price: null,
    firstTokenMs: null,
  }),
  requestRow({ requestId: 'req_shadow', atMs: START_MS + HOUR_MS, shadow: true, costUsd: 9 }),
];

let world: World;
beforeAll(async () => {
  world = createWorld({ planOf: (id) => (id === 'req_first' ? { tier: 'haiku', score: 0.21 } : undefined) });
  world.clock.nowMs = START_MS + 20 * HOUR_MS;
  const { store } = world.sources.ledger ?? {};
  await store?.ready();
  await store?.write({
    requests: ROWS,
    attempts: [
      attemptRow({ requestId: 'req_third', atMs: START_MS + 3 * HOUR_MS, outcome: 'circuit_open', called: false }),
      attemptRow({ requestId: 'req_third', atMs: START_MS + 3 * HOUR_MS, number: 2, outcome: 'timeout' }),
    ],
  });
});
afterAll(() => world.close());

describe('usage', () => {
  it('of the last day, in all', async () => {
    const { body } = await ask(world, 'GET /admin/v1/usage');
    expect(body.data).toHaveLength(1);
    expect(body.data[0]).toMatchObject({ requests: 3, failures: 1, costUsd: 0.5002 });
    expect(body.to).toBe('2026-11-01T21:00:00.000Z'); // To whole hours.
  });

  it('by a dimension over time, filtered', async () => {
    const { body } = await ask(
      world,
      'GET /admin/v1/usage?by=model&every=hour&tenant=acme&from=2026-11-01&to=2026-11-02',
    );
    expect(body.data.map(({ value, at, requests }: Record<string, unknown>) => [value, at, requests])).toEqual([
      ['claude-haiku-4-5', '2026-11-01T01:00:00.000Z', 1],
      ['claude-opus-5-5', '2026-11-01T02:00:00.000Z', 1],
    ]);
  });

  it('of copies alone', async () => {
    const { body } = await ask(world, 'GET /admin/v1/usage?shadow=true');
    expect(body.data[0]).toMatchObject({ requests: 1, costUsd: 9 });
  });

  it('has percentiles beside it', async () => {
    const { body } = await ask(world, 'GET /admin/v1/latency?by=tenant');
    expect(body.data.map(({ value }: { value: string }) => value)).toEqual(['acme', 'globex']);
    expect(body.data[0].firstTokenMs.p50).toBeGreaterThan(0);
    expect(body.data[1].firstTokenMs).toEqual({});
  });

  it('has what became of the calls', async () => {
    const { body } = await ask(world, 'GET /admin/v1/attempts');
    expect(body.data.map(({ outcome, called }: Record<string, unknown>) => [outcome, called])).toEqual(
      expect.arrayContaining([
        ['circuit_open', false],
        ['timeout', true],
      ]),
    );
  });
});

const MISTAKES: [name: string, path: string, param: string][] = [
  ['a dimension that there is not', '/admin/v1/usage?by=colour', 'by'],
  ['a time that is none', '/admin/v1/usage?from=yesterday', 'from'],
  ['an end before the beginning', '/admin/v1/usage?from=2026-11-02&to=2026-11-01', 'from'],
  ['ten years of hours', '/admin/v1/usage?every=hour&from=2016-11-01', 'every'],
  ['more points than anybody reads', '/admin/v1/usage?every=hour&by=key&limit=50&from=2026-09-10', 'limit'],
  ['too many groups', '/admin/v1/usage?limit=100000', 'limit'],
  ['a week of minutes', '/admin/v1/latency?every=minute&from=2026-10-30', 'every'],
  ['tags by the minute', '/admin/v1/usage?every=minute&by=tag&from=2026-11-01T18:00:00Z', 'every'],
  ['a month of attempts', '/admin/v1/attempts?from=2026-10-01', 'from'],
  ['a cursor of somebody else’s', '/admin/v1/requests?cursor=abc', 'cursor'],
  ['a month that there is not', '/admin/v1/statements/acme/2026-13', 'month'],
  ['another format', '/admin/v1/export?format=xlsx', 'format'],
  ['an address to send it to', '/admin/v1/export?url=http://evil.example', 'url'],
];

describe('refuses', () => {
  it.each(MISTAKES)('%s', async (_, path, param) => {
    const { status, body } = await ask(world, `GET ${path}`);
    expect([status, body.error.param]).toEqual([400, param]);
  });
});

describe('requests', () => {
  const idsOf = (body: { data: { requestId: string }[] }) => body.data.map(({ requestId }) => requestId);

  it('come in pages, the newest first', async () => {
    const first = (await ask(world, 'GET /admin/v1/requests?limit=2&shadow=false')).body;
    expect(idsOf(first)).toEqual(['req_third', 'req_second']);
    const second = (await ask(world, `GET /admin/v1/requests?limit=2&shadow=false&cursor=${first.cursor}`)).body;
    expect([idsOf(second), second.cursor]).toEqual([['req_first'], null]);
  });

  it.each([
    ['tenant=globex', ['req_third']],
    ['tag=red', ['req_first']],
    ['session=talk', ['req_first']],
    ['outcome=timeout&tenant=acme', []],
    ['shadow=true', ['req_shadow']],
    ['from=2026-11-01T02:00:00Z&to=2026-11-01T02:00:01Z', ['req_second']],
    ["tenant=' or 1=1 --".replaceAll(' ', '%20'), []],
  ])('are filtered by %s', async (filter, ids) => {
    expect(idsOf((await ask(world, `GET /admin/v1/requests?${filter}`)).body)).toEqual(ids);
  });

  it('tell their story: the reason, the plan, the attempts, the price', async () => {
    const { body } = await ask(world, 'GET /admin/v1/requests/req_first');
    expect(body).toMatchObject({
      request: {
        requestId: 'req_first',
        at: '2026-11-01T01:00:00.000Z',
        reason: 'score 0.21',
        price: { input: 1, output: 5 },
      },
      attempts: [],
      plan: { tier: 'haiku', score: 0.21 },
    });
    const failed = (await ask(world, 'GET /admin/v1/requests/req_third')).body;
    expect(failed.attempts.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['circuit_open', 'timeout']);
    expect(failed.plan).toBeNull();
    expect((await ask(world, 'GET /admin/v1/requests/none')).body.error.code).toBe('request_not_found');
  });
});

describe('files', () => {
  it('have all requests in lines', async () => {
    const { text, headers } = await ask(world, 'GET /admin/v1/export?format=jsonl&shadow=false');
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { requestId: string }).requestId),
    ).toEqual(['req_third', 'req_second', 'req_first']);
    expect(headers.get('content-disposition')).toMatch(/^attachment; filename="requests-2026-10-31\.jsonl"$/);
  });

  it('are CSV where nothing else is said', async () => {
    const { text, headers } = await ask(world, 'GET /admin/v1/export?tenant=acme&shadow=false');
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(text.split('\r\n')).toHaveLength(4);
  });

  it('have a tenant’s month, in both forms', async () => {
    const { body } = await ask(world, 'GET /admin/v1/statements/acme/2026-11');
    expect(body).toMatchObject({ tenant: 'acme', month: '2026-11', total: { requests: 2, costUsd: 0.5002 } });
    const csv = await ask(world, 'GET /admin/v1/statements/acme/2026-11?format=csv');
    expect(csv.text.split('\r\n')[1]).toMatch(/^acme,2026-11,total,,2,/);
  });
});

describe('a ledger that', () => {
  const PATHS = [
    '/admin/v1/usage',
    '/admin/v1/latency',
    '/admin/v1/attempts',
    '/admin/v1/requests',
    '/admin/v1/requests/x',
    '/admin/v1/statements/acme/2026-11',
    '/admin/v1/export',
  ];
  const worlds: World[] = [];
  afterAll(() => Promise.all(worlds.map((each) => each.close())));
  const worldWith = (store: Partial<LedgerStore> | undefined) => {
    const state = () => ({ waiting: 12, written: 0, dropped: { full: 3, rejected: 0 }, failures: 4 });
    const ledger = store && { store: store as LedgerStore, state, isWell: () => false, isBehind: () => false };
    const made = createWorld({ ledger });
    worlds.push(made);
    return made;
  };

  it.each(PATHS)('is not there is a 503 with what to do: %s', async (path) => {
    const { status, body } = await ask(worldWith(undefined), `GET ${path}`);
    expect(status).toBe(503);
    expect(body.error).toMatchObject({ code: 'ledger_unavailable', message: expect.stringContaining('store.enabled') });
  });

  it.each(PATHS)('is down is a 503, and the log has why: %s', async (path) => {
    const down = worldWith({ ready: () => Promise.reject(new Error('password "hunter2" refused')) });
    const { status, body, text, headers } = await ask(down, `GET ${path}`);
    expect([status, body.error.code, headers.get('retry-after')]).toEqual([503, 'ledger_unavailable', '5']);
    expect(text).not.toContain('hunter2');
    expect(down.failures.map(String)).toEqual(['Error: password "hunter2" refused']);
  });

  it.each(PATHS)('hangs is a 503 after a while: %s', async (path) => {
    const slow = worldWith({ ready: () => new Promise<never>(() => {}) });
    const answer = ask(slow, `GET ${path}`);
    await new Promise((resolve) => setImmediate(resolve));
    slow.expire();
    expect((await answer).body.error.code).toBe('ledger_unavailable');
  });

  it('fails is told in the health', async () => {
    const { body } = await ask(worldWith({}), 'GET /admin/v1/health');
    expect(body.ledger).toEqual({
      state: 'failing',
      spentRead: true,
      waiting: 12,
      written: 0,
      dropped: { full: 3, rejected: 0 },
      failures: 4,
    });
    expect(body.attention).toHaveLength(2);
  });

  it('fails in the middle of a file breaks it off, over a real connection', async () => {
    let pages = 0;
    const broken = worldWith({
      ready: () => Promise.resolve(),
      requests: () => {
        if (pages++ === 5) return Promise.reject(new Error('gone'));
        return Promise.resolve({ requests: [requestRow()], cursor: '1.x' });
      },
    });
    const server = createServer(getRequestListener(broken.app.fetch, { overrideGlobalObjects: false }));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const whole = async () => {
      const response = await fetch(`http://127.0.0.1:${port}/admin/v1/export?format=jsonl`, {
        headers: { authorization: `Bearer ${TOKEN}` },
      });
      return response.text();
    };
    await expect(whole()).rejects.toThrow(/fetch failed|terminated/);
    expect(String(broken.failures[0])).toContain('The ledger does not answer');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('has a year of rows is read a page at a time, as fast as it is taken', async () => {
    let pages = 0;
    const endless = worldWith({
      ready: () => Promise.resolve(),
      requests: () => Promise.resolve({ requests: [requestRow()], cursor: `${++pages}.x` }),
    });
    const response = await endless.app.request('/admin/v1/export?format=jsonl', {
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    const reader = response.body?.getReader();
    for (let taken = 0; taken < 5; taken++) await reader?.read();
    await reader?.cancel();
    expect(pages).toBeLessThanOrEqual(7);
  });
});

it('a range ends with the day that it names', async () => {
  const { body } = await ask(world, `GET /admin/v1/attempts?from=2026-11-01&to=2026-11-02`);
  expect(Date.parse(body.to) - Date.parse(body.from)).toBe(DAY_MS);
});
