/**
 * CPU a request, with the books and without, in turns in one process: the router alone, and with four limits and two
 * budgets over each request, the ledger in SQLite, the metrics and the alerts. No sockets, so that nothing else is in the figure.
 *
 *   npm exec -- node bench/books/books.ts [--blocks 60]
 *
 * `thread` is the CPU of the thread that serves, `process` that of all threads: SQLite works in one of its own.
 */
import type { Context } from 'hono';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Composed, compose } from '../../src/compose.ts';
import type { Stores } from '../../src/compose/accounting.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import { Departure } from '../../src/core/departure.ts';
import type { Transport } from '../../src/core/ports.ts';
import type { HttpPort } from '../../src/http/port.ts';
import { createBookStore } from '../../src/platform/keys/store.ts';
import { sqliteDatabase } from '../../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../../src/platform/ledger/store.ts';
import { HEADERS, replyOf, requestOf } from '../hot/replies.ts';

const KEY = 'sk-bench-0123456789abcdef';
const WARM_BLOCKS = 10;
const BLOCK_REQUESTS = 2_000;
/** Behind each block, so that its rows are written in it. */
const FLUSH_MS = 60_000;

const { values } = parseArgs({ options: { blocks: { type: 'string', default: '60' } } });

const common = `
log: { level: error }
providers: { bench: { dialect: openai, baseUrl: "http://127.0.0.1:1/v1", apiKey: sk-bench-upstream } }
models: { bench: { deployments: [ { provider: bench, model: bench, price: { input: 1, output: 4 } } ] } }
`;
const BARE = `${common}store: { enabled: false }\nkeys: [{ name: app, key: ${KEY} }]`;
const BOOKS = `${common}
tenants: { acme: { limits: { requestsPerMinute: 1000000000, tokensPerMinute: 1000000000000 }, budgets: { usd: { perDay: 1000000000, perMonth: 1000000000 } } } }
keys: [{ name: app, key: ${KEY}, tenant: acme, limits: { requestsPerDay: 1000000000000, concurrency: 1000 } }]
`;

interface Side {
  serve: (requests: number) => Promise<void>;
  composed: Composed;
}

const clock = { now: () => Date.now() };

function sideOf(configuration: string, stores?: Stores): Side {
  const body = requestOf(false);
  const response = new Response();
  let over = Promise.withResolvers<void>();
  const headers: Record<string, string> = { authorization: `Bearer ${KEY}` };
  const http: HttpPort = {
    header: (_c, name) => headers[name],
    background() {},
    readBody: () => Promise.resolve(body),
    readText: () => Promise.resolve({ text: body }),
    readBytes: () => Promise.resolve(new TextEncoder().encode(body)),
    client: () => new Departure(),
    send(_c: Context, status, _headers, text) {
      if (status === 200) over.resolve();
      else over.reject(new Error(text));
      return response;
    },
    stream: () => response,
    pass: () => response,
  };
  const composed = compose(parseConfiguration(configuration, 'bench', {}), {
    http,
    transport: instant(),
    log: { info() {}, warn: console.error, error: console.error },
    credentials: { awsChain: () => nobody, googleToken: () => nobody },
    environment: {},
    source: 'bench',
    practice: false,
    isReady: () => true,
    stores,
  });
  const request = new Request('http://bench/v1/chat/completions', { method: 'POST' });
  return {
    composed,
    async serve(requests) {
      for (let left = requests; left > 0; left--) {
        over = Promise.withResolvers();
        await composed.app.fetch(request);
        await over.promise;
      }
    },
  };
}

const nobody = () => Promise.reject(new Error('There are no such credentials here'));

function instant(): Transport {
  const { type, body } = replyOf('openai', false);
  const bytes = Buffer.from(body);
  const headers = new Map(Object.entries({ ...HEADERS, 'content-type': type }));
  async function* pieces() {
    yield bytes;
  }
  return {
    send: () =>
      Promise.resolve({
        status: 200,
        header: (name) => headers.get(name),
        body: { [Symbol.asyncIterator]: pieces },
        text: () => Promise.resolve(body),
      }),
  };
}

interface Cost {
  threadUs: number;
  processUs: number;
}

/** Until the last row is written. */
async function block({ serve, composed }: Side): Promise<Cost> {
  const [thread, all] = [process.threadCpuUsage(), process.cpuUsage()];
  await serve(BLOCK_REQUESTS);
  if ((await composed.accounting.writer?.flush(FLUSH_MS)) === false) throw new Error('Rows were left');
  const [threadUsed, allUsed] = [process.threadCpuUsage(thread), process.cpuUsage(all)];
  const each = ({ user, system }: { user: number; system: number }) => (user + system) / BLOCK_REQUESTS;
  return { threadUs: each(threadUsed), processUs: each(allUsed) };
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
const shown = (number: number) => number.toFixed(1).padStart(7);

const folder = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
const database = sqliteDatabase(join(folder, 'bench.db'));
const stores: Stores = { ledger: createLedgerStore(database, clock), keys: createBookStore(database, clock) };
await stores.ledger.ready();
const [bare, books] = [sideOf(BARE), sideOf(BOOKS, stores)];
bare.composed.gateway.recorder = { record() {} }; // Or it would count for the metrics and the alerts.
for (let number = 0; number < WARM_BLOCKS; number++) for (const side of [bare, books]) await block(side);
const costs = { bare: [] as Cost[], books: [] as Cost[] };
for (let number = 0; number < Number(values.blocks); number++) {
  if (number % 2) costs.bare.push(await block(bare));
  costs.books.push(await block(books));
  if (number % 2 === 0) costs.bare.push(await block(bare));
}
const { groups } = await stores.ledger.usage({ fromMs: 0, toMs: clock.now() + 1 });
const asked = (WARM_BLOCKS + Number(values.blocks)) * BLOCK_REQUESTS;
if (groups[0]?.requests !== asked) throw new Error(`${groups[0]?.requests} rows of ${asked} requests`);
console.log(`us a request: median, minimum; ${values.blocks} blocks of ${BLOCK_REQUESTS}`);
for (const where of ['threadUs', 'processUs'] as const) {
  const [without, of] = [costs.bare.map((cost) => cost[where]), costs.books.map((cost) => cost[where])];
  const more = of.map((cost, index) => cost - (without[index] ?? NaN));
  console.log(
    `  ${where.replace('Us', '').padEnd(8)} without ${shown(median(without))} ${shown(Math.min(...without))}`,
  );
  console.log(`           with    ${shown(median(of))} ${shown(Math.min(...of))}`);
  console.log(`           more    ${shown(median(more))} ${shown(Math.min(...of) - Math.min(...without))}`);
}
await database.close();
rmSync(folder, { recursive: true });
process.exit();
