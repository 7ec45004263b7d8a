/** Files and batches over the real gateway, books and store, with practice providers; the clock is put forward by hand. */
import { Hono } from 'hono';
import OpenAI, { toFile } from 'openai';
import type { Batches } from '../../src/batches/batches.ts';
import type { BookStore } from '../../src/books/tenants/book.ts';
import { compose } from '../../src/compose.ts';
import { batchesOf } from '../../src/compose/batches.ts';
import { BatchesSection } from '../../src/config/batches.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import type { Caller } from '../../src/core/caller.ts';
import { asGatewayError, errorBody } from '../../src/core/errors.ts';
import type { RequestRow } from '../../src/core/ledger.ts';
import type { Transport } from '../../src/core/ports.ts';
import { whoAsks } from '../../src/http/authenticate.ts';
import { batchRoutes } from '../../src/http/routes/batches.ts';
import { fileRoutes } from '../../src/http/routes/files.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../src/platform/fetch-transport.ts';
import { newId } from '../../src/platform/ids.ts';
import { KEY_CHECK } from '../../src/platform/key-hash.ts';
import { createBookStore } from '../../src/platform/keys/store.ts';
import { sqliteDatabase } from '../../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../../src/platform/ledger/store.ts';
import { createObjectStore } from '../../src/platform/objects/store.ts';
import { practiceFetch } from '../../src/practice/app.ts';
import { PRACTICE_KEY } from '../../src/practice/credentials.ts';
import { practiceProviders } from '../../src/practice/index.ts';

export const START_MS = Date.parse('2026-11-20T12:00:00Z');
export const HOUR_MS = 3_600_000;

export interface World {
  client: (key?: string) => OpenAI;
  batches: Batches;
  clock: { nowMs: number };
  /** What went to the providers: `POST /openai/v1/batches`. */
  calls: string[];
  troubles: unknown[];
  /** Everything that can be done now, and what becomes of it in the next hours. */
  settle: (hours?: number) => Promise<void>;
  ledger: () => Promise<RequestRow[]>;
  budgetLeft: (key: string) => number | undefined;
  /** Somebody changes the stored keys. */
  change: (how: (keys: BookStore) => Promise<unknown>) => Promise<void>;
  /** The process dies, without a word. The next world of the same house goes on. */
  close: () => Promise<void>;
}

/** What outlives a process: providers, database, time. */
export interface House {
  clock: { nowMs: number };
  practice: (request: Request) => Promise<Response>;
  /** In front of the providers. */
  upstream: { fetch: (request: Request) => Promise<Response> };
  database: ReturnType<typeof sqliteDatabase>;
  /** Whether the ledger is there. */
  ledger: { isWell: boolean };
}

export function house(path = ':memory:'): House {
  const clock = { nowMs: START_MS };
  const practice = practiceFetch({ paceMs: 0, batchMs: HOUR_MS, clock: { now: () => clock.nowMs } });
  const upstream = { fetch: practice };
  return { clock, practice, upstream, database: sqliteDatabase(path), ledger: { isWell: true } };
}

export interface WorldOptions {
  yaml?: string;
  settings?: object;
  bounds?: { maxOwnerBytes?: number };
  /** Has OpenAI two? */
  twoKeys?: boolean;
}

const KEYS = `
keys:
  - { name: one, key: key-one-0123456789abcdef, tenant: acme, tags: [nightly], budgets: { usd: { perMonth: 100 } } }
  - { name: two, key: key-two-0123456789abcdef, tenant: other }
tenants: { acme: {}, other: {} }`;

export async function startWorld(of: House = house(), options: WorldOptions = {}): Promise<World> {
  const { yaml = KEYS, settings = {} } = options;
  const { clock, upstream, database } = of;
  const now = { now: () => clock.nowMs };
  const parsed = parseConfiguration(`${yaml}\nlog: { level: silent }`, 'batches.yaml', {});
  const practised = practiceProviders('http://practice.test');
  const openai = { ...practised.openai, ...(options.twoKeys && { apiKeys: [PRACTICE_KEY, 'another-key'] }) };
  const configuration = { ...parsed, providers: { ...practised, openai } };
  const calls: string[] = [];
  const troubles: unknown[] = [];
  const ledger = createLedgerStore(database, now);
  const down = () => Promise.reject(new Error('the ledger is down'));
  const write: typeof ledger.write = (rows) => (of.ledger.isWell ? ledger.write(rows) : down());
  const ping = () => (of.ledger.isWell ? ledger.ping() : down());
  const stores = { ledger: { ...ledger, write, ping }, keys: createBookStore(database, now) };
  const bounds = { ...configuration.store.objects, ...options.bounds };
  const objects = createObjectStore({ writing: database }, now, bounds);
  const nobody = () => () => Promise.reject(new Error('not needed'));
  const composed = compose(configuration, {
    http: fetchHttp,
    transport: methodTransport((request) => {
      calls.push(`${request.method} ${new URL(request.url).pathname}`);
      return upstream.fetch(request);
    }),
    log: { info() {}, warn() {}, error: (about) => troubles.push(about) },
    credentials: { awsChain: nobody, googleToken: nobody },
    environment: {},
    source: 'batches.yaml',
    practice: true,
    isReady: () => true,
    stores: { ...stores, objects },
    clock: now,
    random: () => 0.5,
    newId,
  });
  const { gateway, accounting } = composed;
  const { directory } = accounting;
  await stores.ledger.ready();
  await directory.refresh();
  const batches = batchesOf(BatchesSection.parse(settings), {
    gateway,
    objects,
    accounting,
    limits: configuration.server,
    keepDays: configuration.store.objects.keepDays,
    log: { info() {}, warn() {}, error: (about) => troubles.push(about) },
  });
  const app = new Hono<{ Variables: { caller: Caller } }>();
  app.use('/v1/*', (c, next) => {
    const check = KEY_CHECK;
    c.set(
      'caller',
      whoAsks((name) => c.req.header(name), directory, { check, nowMs: clock.nowMs }),
    );
    return next();
  });
  const parts = { http: fetchHttp, batches, headersOf: () => ({}) };
  app.route('/v1/files', fileRoutes(parts));
  app.route('/v1/batches', batchRoutes(parts));
  app.onError((cause) => {
    const error = asGatewayError(cause);
    if (error.kind === 'internal') troubles.push(error.cause);
    return Response.json(errorBody(error), { status: error.status });
  });
  const client = (apiKey = 'key-one-0123456789abcdef') =>
    new OpenAI({
      baseURL: 'http://router.test/v1',
      apiKey,
      maxRetries: 0,
      fetch: async (input, init) => app.fetch(new Request(input as string, init as RequestInit)),
    });
  return {
    client,
    batches,
    clock,
    calls,
    troubles,
    async settle(hours = 3) {
      for (let hour = 0; hour < hours * 2; hour++) {
        await batches.workOnAll();
        clock.nowMs += HOUR_MS / 2;
      }
      await batches.workOnAll();
    },
    async ledger() {
      await accounting.writer?.flush(5_000);
      return (await stores.ledger.requests({ limit: 1_000 })).requests.toReversed();
    },
    budgetLeft: (name) => {
      const key = [...directory.directory.keys.values()].find((each) => each.name === name);
      const caller = key && directory.find(key.secrets[0]?.hash ?? '')?.caller;
      return caller && gateway.books.budgetLeft(caller, '', clock.nowMs);
    },
    async change(how) {
      await how(stores.keys);
      await directory.refreshAfterChange();
    },
    close: () => accounting.writer?.flush(5_000).then(() => {}) ?? Promise.resolve(),
  };
}

/** By fetch, with the request's own method. */
function methodTransport(fetch: (request: Request) => Promise<Response>): Transport {
  return {
    send(request, options) {
      const { method = 'POST', headers } = request;
      const through = fetchTransport((sent) =>
        fetch(method === 'GET' ? new Request(sent.url, { method, headers }) : sent),
      );
      return through.send(request, options);
    },
  };
}

export interface LineOf {
  id: string;
  model: string;
  said?: string;
  more?: object;
}

export function jsonl(lines: readonly LineOf[]): string {
  return lines
    .map(({ id, model, said = 'Say hello', more }) => {
      const body = { model, messages: [{ role: 'user', content: said }], ...more };
      return JSON.stringify({ custom_id: id, method: 'POST', url: '/v1/chat/completions', body });
    })
    .join('\n');
}

export async function upload(client: OpenAI, text: string): Promise<string> {
  const file = await client.files.create({ file: await toFile(Buffer.from(text), 'lines.jsonl'), purpose: 'batch' });
  return file.id;
}

export async function begin(client: OpenAI, text: string, more: object = {}) {
  const input_file_id = await upload(client, text);
  return client.batches.create({ input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h', ...more });
}

export interface ResultLine {
  id: string;
  custom_id: string;
  response: { status_code: number; request_id: string; body: Record<string, unknown> } | null;
  error: { code: string; message: string } | null;
}

export async function linesIn(client: OpenAI, file: string | null | undefined): Promise<ResultLine[]> {
  if (!file) return [];
  const text = await (await client.files.content(file)).text();
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ResultLine);
}
