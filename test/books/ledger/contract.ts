/** What every ledger store must do, wherever it keeps its rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dimension, LEDGER_DIMENSIONS, type LedgerStore, type RequestRow } from '../../../src/core/ledger.ts';
import { exportRows } from '../../../src/books/ledger/export.ts';
import { attemptRow, DAY_MS, HOUR_MS, requestRow, START_MS } from './sample.ts';

const NOVEMBER = { fromMs: START_MS, toMs: START_MS + 30 * DAY_MS };

/** A month in little: two tenants, two models, a failure, a fallback, a copy, an unknown price. */
const ROWS: RequestRow[] = [
  requestRow({ tags: ['red', 'say "hi"'], session: 'talk' }),
  requestRow({ atMs: START_MS + 30_000, firstTokenMs: 100, totalMs: 400, tags: ['red'] }),
  requestRow({ atMs: START_MS + HOUR_MS, key: 'batch', model: 'claude-opus-5-5', tier: 'opus', costUsd: 0.5 }),
  requestRow({ atMs: START_MS + DAY_MS, tenant: 'globex', key: 'bot', costUsd: null, price: null, fallback: true }),
  requestRow({
    atMs: START_MS + 8 * DAY_MS,
    tenant: 'globex',
    key: 'bot',
    outcome: 'timeout',
    origin: 'provider',
    model: '',
    provider: '',
    deployment: '',
    fresh: 0,
    output: 0,
    costUsd: null,
    price: null,
    firstTokenMs: null,
    totalMs: 30_000,
    calls: 2,
  }),
  requestRow({ atMs: START_MS, shadow: true, costUsd: 9 }),
  requestRow({
    atMs: START_MS + 40 * DAY_MS,
    costUsd: 1,
    reason: "it’s “quoted”, 日本語 \\ and '; drop table requests",
  }),
];
const FIRST = ROWS[0] ?? requestRow();
const SECOND = ROWS[1] ?? requestRow();
const FAILED = ROWS[4] ?? requestRow();

/** Took all that its request took. */
const ONLY_CALL = attemptRow({
  requestId: SECOND.requestId,
  atMs: SECOND.atMs + 7,
  durationMs: 321,
  fresh: SECOND.fresh,
  output: SECOND.output,
  costUsd: SECOND.costUsd,
  price: SECOND.price,
});

export function contract(open: () => Promise<LedgerStore>): void {
  let store: LedgerStore;
  beforeAll(async () => {
    store = await open();
    await store.ready();
    const attempts = [
      attemptRow({ requestId: FIRST.requestId, fresh: 100, output: 20, costUsd: 0.0002 }),
      ONLY_CALL,
      attemptRow({ requestId: FAILED.requestId, atMs: FAILED.atMs, tenant: 'globex', outcome: 'timeout' }),
      attemptRow({ requestId: FAILED.requestId, atMs: FAILED.atMs, number: 2, outcome: 'circuit_open', called: false }),
    ];
    await store.write({ requests: ROWS, attempts });
  });
  afterAll(() => store.close());

  const usage = async (by: Dimension, rest: object = {}) => {
    const { groups } = await store.usage({ ...NOVEMBER, by, ...rest });
    return groups.map(({ value, requests, costUsd }) => [value, requests, Number(costUsd.toFixed(6))]);
  };

  it('says how it all adds up, without copies', async () => {
    const { range, groups } = await store.usage(NOVEMBER);
    expect(range).toEqual(NOVEMBER);
    expect(groups).toEqual([
      {
        value: undefined,
        atMs: undefined,
        requests: 5,
        failures: 1,
        calls: 6,
        fresh: 400,
        cacheRead: 0,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        output: 80,
        reasoning: 0,
        costUsd: expect.closeTo(0.5004, 9),
        unpriced: 1,
        estimated: 0,
        cacheHits: 0,
        fallbacks: 1,
        queuedMs: 0,
        totalMs: 33_400,
      },
    ]);
  });

  it.each([
    {
      by: 'tenant',
      is: [
        ['acme', 3, 0.5004],
        ['globex', 2, 0],
      ],
    },
    {
      by: 'key',
      is: [
        ['batch', 1, 0.5],
        ['app', 2, 0.0004],
        ['bot', 2, 0],
      ],
    },
    {
      by: 'model',
      is: [
        ['claude-opus-5-5', 1, 0.5],
        ['claude-haiku-4-5', 3, 0.0004],
        ['', 1, 0],
      ],
    },
    {
      by: 'provider',
      is: [
        ['anthropic', 4, 0.5004],
        ['', 1, 0],
      ],
    },
    {
      by: 'deployment',
      is: [
        ['anthropic/claude-haiku-4-5', 4, 0.5004],
        ['', 1, 0],
      ],
    },
    { by: 'route', is: [['auto', 5, 0.5004]] },
    {
      by: 'tier',
      is: [
        ['opus', 1, 0.5],
        ['haiku', 4, 0.0004],
      ],
    },
    {
      by: 'outcome',
      is: [
        ['ok', 4, 0.5004],
        ['timeout', 1, 0],
      ],
    },
    {
      by: 'tag',
      is: [
        ['red', 2, 0.0004],
        ['say "hi"', 1, 0.0002],
      ],
    },
  ] as const)('by $by, the dearest first', async ({ by, is }) => {
    expect(await usage(by)).toEqual(is);
  });

  it.each(LEDGER_DIMENSIONS)('%s is a column of rows, hours and days', async (by) => {
    const where = { [by]: 'nobody' };
    await expect(store.usage({ ...NOVEMBER, by, where })).resolves.toMatchObject({ groups: [] });
    await expect(store.usage({ ...NOVEMBER, by, where, every: 'hour' })).resolves.toMatchObject({ groups: [] });
    await expect(store.requests({ where, limit: 1 })).resolves.toEqual({ requests: [], cursor: undefined });
  });

  it('keeps to filters, tags too', async () => {
    expect(await usage('model', { where: { tenant: 'acme', tier: 'haiku' } })).toEqual([
      ['claude-haiku-4-5', 2, 0.0004],
    ]);
    expect(await usage('key', { where: { tag: 'red' } })).toEqual([['app', 2, 0.0004]]);
    expect(await usage('tenant', { where: { tenant: "x' or '1'='1" } })).toEqual([]);
  });

  it('counts copies apart', async () => {
    expect(await usage('tenant', { shadow: true })).toEqual([['acme', 1, 9]]);
  });

  it('gives the biggest groups, if asked for so many', async () => {
    expect(await usage('model', { limit: 1 })).toEqual([['claude-opus-5-5', 1, 0.5]]);
  });

  it.each([
    {
      every: 'minute',
      to: DAY_MS,
      is: [
        [0, 2],
        [HOUR_MS, 1],
      ],
    },
    {
      every: 'hour',
      to: 30 * DAY_MS,
      is: [
        [0, 2],
        [HOUR_MS, 1],
        [DAY_MS, 1],
        [8 * DAY_MS, 1],
      ],
    },
    {
      every: 'day',
      to: 30 * DAY_MS,
      is: [
        [0, 3],
        [DAY_MS, 1],
        [8 * DAY_MS, 1],
      ],
    },
    {
      every: 'week',
      to: 30 * DAY_MS,
      is: [
        [-6 * DAY_MS, 3],
        [DAY_MS, 1],
        [8 * DAY_MS, 1],
      ],
    },
    {
      every: 'month',
      to: 60 * DAY_MS,
      is: [
        [0, 5],
        [30 * DAY_MS, 1],
      ],
    },
  ] as const)('over time, every $every', async ({ every, to, is }) => {
    const { groups } = await store.usage({ fromMs: START_MS, toMs: START_MS + to, every });
    expect(groups.map(({ atMs, requests }) => [(atMs ?? 0) - START_MS, requests])).toEqual(is);
  });

  it('over time and by a dimension at once', async () => {
    const { groups } = await store.usage({ ...NOVEMBER, every: 'week', by: 'tenant' });
    const found = groups.map(({ atMs, value, requests }) => [((atMs ?? 0) - START_MS) / DAY_MS, value, requests]);
    expect(found).toEqual([
      [-6, 'acme', 3],
      [1, 'globex', 1],
      [8, 'globex', 1],
    ]);
  });

  it('over time, only of the values that are the biggest over all of it', async () => {
    const { groups } = await store.usage({ ...NOVEMBER, every: 'week', by: 'key', limit: 2 });
    expect(groups.map(({ value, requests }) => [value, requests])).toEqual([
      ['batch', 1],
      ['app', 2],
    ]);
  });

  it('counts short times row by row, and the same', async () => {
    const short = { fromMs: START_MS, toMs: START_MS + HOUR_MS };
    const [rows, hours] = await Promise.all([
      store.usage({ ...short, by: 'key' }),
      store.usage({ ...short, by: 'key', every: 'hour' }),
    ]);
    expect(rows.groups).toEqual(hours.groups.map((group) => ({ ...group, atMs: undefined })));
    expect((await store.usage({ fromMs: START_MS + 1, toMs: START_MS + HOUR_MS })).groups[0]?.requests).toBe(1);
  });

  it('widens a range to what it has sums of, and says so', async () => {
    const { range } = await store.usage({ fromMs: START_MS + 5, toMs: START_MS + 20 * DAY_MS + 5 });
    expect(range).toEqual({ fromMs: START_MS, toMs: START_MS + 21 * DAY_MS });
  });

  it('has no minutes of a month', async () => {
    await expect(store.usage({ ...NOVEMBER, every: 'minute' })).rejects.toThrow(RangeError);
  });

  it('tells how long it took, from rows as from sums', async () => {
    const day = { fromMs: START_MS, toMs: START_MS + DAY_MS };
    const { groups } = await store.latency({ ...day, by: 'model', every: 'day' });
    expect(groups.map(({ value, requests }) => [value, requests])).toEqual([
      ['claude-haiku-4-5', 2],
      ['claude-opus-5-5', 1],
    ]);
    expect(groups[1]?.firstTokenMs.p50).toBeGreaterThan(280);
    expect(groups[1]?.firstTokenMs.p50).toBeLessThan(400);
    const minutes = await store.latency({ ...day, by: 'model', every: 'minute' });
    expect(minutes.groups.map(({ value, firstTokenMs }) => [value, firstTokenMs.p95])).toEqual(
      groups.map(({ value, firstTokenMs }) => [value, firstTokenMs.p95]),
    );
    const failed = await store.latency({ ...NOVEMBER, by: 'outcome' });
    expect(failed.groups.find(({ value }) => value === 'timeout')?.firstTokenMs).toEqual({
      p50: undefined,
      p95: undefined,
    });
  });

  it('pages through requests, the newest first, each once', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.requests({ limit: 2, cursor });
      seen.push(...page.requests.map(({ requestId }) => requestId));
      cursor = page.cursor;
    } while (cursor !== undefined);
    const wanted = ROWS.toSorted((a, b) => b.atMs - a.atMs || (a.requestId < b.requestId ? 1 : -1));
    expect(seen).toEqual(wanted.map(({ requestId }) => requestId));
  });

  it('finds requests by what they were', async () => {
    const idsOf = async (query: object) =>
      (await store.requests({ limit: 10, ...query })).requests.map(({ requestId }) =>
        ROWS.findIndex((row) => row.requestId === requestId),
      );
    expect(await idsOf({ where: { outcome: 'timeout' } })).toEqual([4]);
    expect(await idsOf({ session: 'talk' })).toEqual([0]);
    expect(await idsOf({ where: { tag: 'say "hi"' } })).toEqual([0]);
    expect(await idsOf({ where: { tag: 'say' } })).toEqual([]);
    expect(await idsOf({ where: { tenant: 'acme' }, shadow: false, toMs: START_MS + 1 })).toEqual([0]);
    await expect(store.requests({ limit: 1, cursor: "1' or 1=1" })).rejects.toThrow(RangeError);
  });

  it('gives a request back as it was written, with its attempts in order', async () => {
    expect(await store.request(FIRST.requestId)).toMatchObject({ request: FIRST, attempts: [{ costUsd: 0.0002 }] });
    const failed = await store.request(FAILED.requestId);
    expect(failed?.request).toEqual(FAILED);
    expect(failed?.attempts.map(({ outcome, called }) => [outcome, called])).toEqual([
      ['timeout', true],
      ['circuit_open', false],
    ]);
    expect(await store.request('nobody')).toBeUndefined();
  });

  it('gives the only call of a request back as it was written', async () => {
    expect((await store.request(SECOND.requestId))?.attempts).toEqual([ONLY_CALL]);
    const [group] = await store.attempts({ fromMs: SECOND.atMs, toMs: SECOND.atMs + 1 });
    expect(group).toMatchObject({ outcome: 'ok', called: true, attempts: 1, durationMs: 321 });
    expect(group?.costUsd).toBeCloseTo(0.0002, 9);
  });

  it('takes any text as text', async () => {
    expect((await store.request(ROWS[6]?.requestId ?? ''))?.request.reason).toBe(ROWS[6]?.reason);
  });

  it('counts attempts by what became of them', async () => {
    await expect(store.attempts(NOVEMBER)).rejects.toThrow(RangeError);
    expect(
      (await store.attempts({ fromMs: START_MS + DAY_MS, toMs: FAILED.atMs + 1 })).map(
        ({ outcome, called, attempts }) => [outcome, called, attempts],
      ),
    ).toEqual(
      expect.arrayContaining([
        ['timeout', true, 1],
        ['circuit_open', false, 1],
      ]),
    );
  });

  it('writes a batch once, however often it is told', async () => {
    const before = await store.usage(NOVEMBER);
    await store.write({ requests: ROWS, attempts: [] });
    expect(await store.usage(NOVEMBER)).toEqual(before);
  });

  it('writes all of a batch or nothing', async () => {
    const before = await store.usage(NOVEMBER);
    const fresh = requestRow();
    await expect(store.write({ requests: [fresh, FIRST, requestRow()], attempts: [] })).rejects.toThrow(/unique/i);
    expect(await store.usage(NOVEMBER)).toEqual(before);
    expect(await store.request(fresh.requestId)).toBeUndefined();
  });

  it('states a tenant’s month', async () => {
    const { total, byModel, byKey, byDay } = await store.statement('acme', '2026-11');
    expect(total).toMatchObject({ requests: 3, costUsd: expect.closeTo(0.5004, 9), fresh: 300 });
    expect(byModel.map(({ value }) => value)).toEqual(['claude-opus-5-5', 'claude-haiku-4-5']);
    expect(byKey.map(({ value }) => value)).toEqual(['batch', 'app']);
    expect(byDay).toHaveLength(1);
    await expect(store.statement('acme', '2026-13')).rejects.toThrow(RangeError);
  });

  it('is exported whole', async () => {
    let text = '';
    for await (const piece of exportRows(store, {}, 'jsonl')) text += piece;
    const lines = text.trim().split('\n');
    expect(lines).toHaveLength(ROWS.length);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ atMs: START_MS });
  });

  describe('after a while', () => {
    it('has its schema already', async () => {
      await expect(store.ready()).resolves.toBeUndefined();
      await expect(store.ping()).resolves.toBeUndefined();
    });

    it('forgets what is too old, and nothing else', async () => {
      const retention = { rowsBeforeMs: START_MS + HOUR_MS, hoursBeforeMs: START_MS + HOUR_MS };
      let turns = 0;
      while (await store.forget(retention)) turns++;
      expect(turns).toBeGreaterThan(0);
      expect((await store.requests({ limit: 10 })).requests).toHaveLength(4);
      expect(await store.request(FIRST.requestId)).toBeUndefined();
      const hours = await store.usage({ ...NOVEMBER, every: 'hour' });
      expect(hours.groups[0]?.atMs).toBe(START_MS + HOUR_MS);
      expect((await store.usage(NOVEMBER)).groups[0]?.requests).toBe(5);
    });

    it('answers from its sums where the rows are forgotten, and says for which time', async () => {
      const requestsIn = async (fromMs: number) => {
        const { range, groups } = await store.usage({ fromMs, toMs: fromMs + HOUR_MS / 2 });
        return [range.fromMs - START_MS, range.toMs - START_MS, groups[0]?.requests];
      };
      const before = START_MS + 2 * DAY_MS;
      while (await store.forget({ rowsBeforeMs: before }));
      expect(await requestsIn(START_MS + HOUR_MS)).toEqual([HOUR_MS, 2 * HOUR_MS, 1]);
      while (await store.forget({ hoursBeforeMs: before }));
      expect(await requestsIn(START_MS + HOUR_MS)).toEqual([0, DAY_MS, 3]);
      expect(await requestsIn(START_MS + 8 * DAY_MS)).toEqual([8 * DAY_MS, 8 * DAY_MS + HOUR_MS / 2, 1]);
    });
  });
}
