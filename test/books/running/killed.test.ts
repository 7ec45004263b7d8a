/** A server that is killed in the middle of its work, and started again over the same file. */
import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, chat, tell } from '../../chaos/client.ts';
import { type Running, startNode } from '../../support/servers.ts';
import { chatAnswer, startUpstream, type Upstream } from '../../support/upstream.ts';

const folder = mkdtempSync(join(tmpdir(), 'signalbox-killed-'));
const file = join(folder, 'books.db');
const secretOf = (key: string) => `sk-killed-${key}-0123456789`;
/** Rows wait a second for company. */
const WRITTEN_MS = 1_500;
const TRAFFIC_MS = 2_500;
const CLIENTS = 20;
const MOST = { requests: 100_000, tokens: 1_000_000 };

let upstream: Upstream;
let running: Running;
/** What the clients have: answers of `busy`, before the kill. */
let answered = 0;

const start = () =>
  startNode(`
store: { path: "${file}" }
log: { level: error }
admin: { enabled: false }
providers: { up: { dialect: openai, baseUrl: "${upstream.url}/v1", apiKey: key-of-nobody } }
models: { one: { deployments: [{ provider: up, model: m, price: { input: 10000, output: 10000 } }] } }
keys:
  - { name: busy, key: ${secretOf('busy')}, limits: '${MOST.requests} requests/month, ${MOST.tokens} tokens/month' }
  - { name: poor, key: ${secretOf('poor')}, budgets: '$0.5 total' }
  - { name: slow, key: ${secretOf('slow')}, limits: 3 at once }
`);

const asking = (key: string, more: object = {}) =>
  ask(running.url, chat('one', { max_tokens: 5, ...more }), { headers: { authorization: `Bearer ${secretOf(key)}` } });
const pause = (ms: number) => new Promise<void>((later) => setTimeout(later, ms));

/** Until the budget refuses: what it says then. */
async function spent(): Promise<string> {
  for (;;) {
    const { status, text } = await asking('poor');
    if (status === 429) return text;
  }
}

async function traffic(untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    const answer = await asking('busy').catch(() => undefined); // It is killed in the middle.
    if (answer?.status === 200 && answer.isWhole) answered++;
  }
}

let refused: string;
let fourth: string;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.respond((outgoing, { body }) => {
    if (body['user'] === 'hangs') return;
    setTimeout(() => {
      outgoing.writeHead(200, { 'content-type': 'application/json' });
      outgoing.end(chatAnswer('yes'));
    }, 10);
  });
  running = await start();
  refused = await spent();
  const hanging = Promise.allSettled([1, 2, 3].map(() => asking('slow', { user: 'hangs' })));
  const clients = Array.from({ length: CLIENTS }, () => traffic(performance.now() + TRAFFIC_MS + 1_000));
  await pause(TRAFFIC_MS);
  fourth = tell(await asking('slow'));
  await running.stop(); // SIGKILL
  await Promise.all([hanging, ...clients]);
});
afterAll(async () => {
  await running.stop();
  await upstream[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

type Count = Record<string, number>;

function read(sql: string): Count[] {
  using database = new DatabaseSync(file, { readOnly: true });
  return database.prepare(sql).all() as Count[];
}

describe('after kill -9 in the middle of traffic', () => {
  it('the ledger is whole: every row with its attempts, none twice, and the sums are the rows’', () => {
    expect(read('pragma integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    const [rows] = read(
      'select count(*) as count, count(distinct request_id) as ids, sum(calls) as calls from requests',
    );
    expect(rows?.['ids']).toBe(rows?.['count']);
    const [attempts] = read(
      `select count(*) as count from (select request_id from attempts where called = 1
        union all select request_id from requests where call_ms is not null) as each_call`,
    );
    expect(attempts?.['count']).toBe(rows?.['calls']);
    expect(read('select request_id from attempts where request_id not in (select request_id from requests)')).toEqual(
      [],
    );
    const sums = 'sum(requests) as requests, sum(fresh + output) as tokens, sum(cost_usd) as usd';
    const [hours] = read(`select ${sums} from usage_hours where tag = ''`);
    const [days] = read(`select ${sums} from usage_days where tag = ''`);
    const [all] = read(
      'select count(*) as requests, sum(fresh + output) as tokens, sum(cost_usd) as usd from requests',
    );
    expect(hours).toEqual({ ...all, usd: expect.closeTo(all?.['usd'] ?? NaN, 6) as number });
    expect(days).toEqual(hours);
  });

  it('until then its limits held', () => {
    expect(fourth).toMatch(/^429/);
    expect(refused).toContain('used or reserved $0.');
  });

  it('only what waited to be written is lost', () => {
    const [busy] = read("select count(*) as count from requests where key = 'busy'");
    expect(busy?.['count']).toBeGreaterThan(answered / 4);
    expect(busy?.['count']).toBeLessThanOrEqual(upstream.received.length);
  });

  it('started again, it knows what was spent, and holds nothing for those who are gone', async () => {
    const [before] = read(
      "select count(*) as requests, sum(fresh + output) as tokens from requests where key = 'busy'",
    );
    running = await start();
    expect((await asking('poor')).text).toBe(refused); // The first that comes, too.
    let asked = 0;
    const left = async (what: 'requests' | 'tokens') => {
      asked++;
      return Number((await asking('busy')).headers[`x-ratelimit-remaining-${what}`]);
    };
    const most = MOST.requests - (before?.['requests'] ?? NaN);
    expect((await left('requests')) + asked).toBe(most);
    const tokens = MOST.tokens - (before?.['tokens'] ?? NaN) - (await left('tokens'));
    expect(tokens).toBeGreaterThan(0);
    expect(tokens).toBeLessThan(asked * 100);
    const three = await Promise.all([1, 2, 3].map(() => asking('slow')));
    expect(three.map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  it('and its own rows come behind those before', async () => {
    const [before] = read("select count(*) as count from requests where key = 'slow' and outcome = 'ok'");
    await pause(WRITTEN_MS);
    const [after] = read("select count(*) as count from requests where key = 'slow' and outcome = 'ok'");
    expect(before?.['count']).toBe(0);
    expect(after?.['count']).toBe(3);
  });
});
