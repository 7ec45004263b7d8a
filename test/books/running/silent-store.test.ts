/** A ledger that does not answer at the start is asked again; the operator is told until it has. */
import { expect, it } from 'vitest';
import { NO_TOKENS } from '../../../src/books/ledger/buckets.ts';
import { adminOf } from '../../../src/compose/admin.ts';
import { scopesOf } from '../../../src/compose/readings.ts';
import { compose } from '../../../src/compose.ts';
import { parseConfiguration } from '../../../src/config/parse.ts';
import type { LedgerStore } from '../../../src/core/ledger.ts';
import type { BookStore } from '../../../src/books/tenants/book.ts';
import { fetchHttp } from '../../../src/platform/fetch-http.ts';
import type { Log } from '../../../src/platform/log.ts';
import { beginBooks, followBooks } from '../../../src/server/books.ts';
import { FakeStore } from '../tenants/sample.ts';
import { NOON } from '../spending/books.ts';
import { handTimers } from '../traces/hand-timers.ts';

const YAML = `
providers: { up: { dialect: openai, baseUrl: http://up.test } }
models: { one: { deployments: [{ provider: up, model: m }] } }
keys: [{ name: k, key: sk-silent-0123456789, budgets: $10/day }]
`;

it('counts what was spent before as soon as it answers', async () => {
  const store = { isDead: true };
  const spent = [{ value: 'k', requests: 1, costUsd: 4, ...NO_TOKENS }];
  const ledger = {
    ready: () => (store.isDead ? Promise.reject(new Error('nobody at home')) : Promise.resolve()),
    usage: ({ by, fromMs }: { by?: string; fromMs: number }) =>
      Promise.resolve({ groups: by === 'key' && fromMs < NOON ? spent.splice(0) : [] }),
  } as unknown as LedgerStore;
  const said: string[] = [];
  const say = (_: unknown, message: string) => void said.push(message);
  const log: Log = { info: () => {}, warn: say, error: say };
  const timers = handTimers();
  const configuration = parseConfiguration(YAML, 'test.yaml', {});
  const composed = compose(configuration, {
    http: fetchHttp,
    transport: { send: () => Promise.reject(new Error('not needed')) },
    log,
    credentials: { awsChain: () => unused, googleToken: () => unused },
    environment: {},
    source: 'test.yaml',
    practice: false,
    isReady: () => true,
    stores: { ledger, keys: new FakeStore() as unknown as BookStore },
    clock: { now: () => NOON },
    timers,
  });
  const about = { version: '1', source: 'test.yaml', startedAtMs: NOON, practice: false };
  const admin = adminOf(composed, configuration, { token: 'token-of-operators', about, log, timers });
  const health = async (): Promise<unknown> => {
    const headers = { authorization: 'Bearer token-of-operators' };
    return (await admin.fetch(new Request('http://admin.test/admin/v1/health', { headers }))).json();
  };
  const { accounting } = composed;
  const used = () => accounting.books.spending.readings([...scopesOf(accounting)], NOON).map((reading) => reading.used);

  await beginBooks(composed);
  const books = followBooks(composed, configuration, log);
  expect(await health()).toMatchObject({
    ledger: { spentRead: false },
    attention: [{ severity: 'critical', message: expect.stringContaining('What was spent before') }],
  });
  expect(used()).toEqual([0]);
  store.isDead = false;
  timers.pass();
  await expect.poll(used).toEqual([4]);
  expect(await health()).toMatchObject({ ledger: { spentRead: true }, attention: [] });
  expect(said).toEqual(['what was spent before could not be read', 'what was spent before has been read']);
  await books.stop();
});

const unused = () => Promise.reject(new Error('not needed'));
