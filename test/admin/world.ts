/** The admin API over real books in memory, and fakes for what runs. Every JSON answer is held against the OpenAPI document. */
import { type Schema, Validator } from '@cfworker/json-schema';
import { expect } from 'vitest';
import { createAdminApp } from '../../src/admin/app.ts';
import type { AdminSources, Change } from '../../src/admin/sources.ts';
import { Spending } from '../../src/books/spending/spending.ts';
import { declaredBook } from '../../src/books/tenants/declared.ts';
import { LiveDirectory } from '../../src/books/tenants/live-directory.ts';
import type { Timers } from '../../src/core/ports.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { newId } from '../../src/platform/ids.ts';
import { hashKey, KEY_CHECK } from '../../src/platform/key-hash.ts';
import { createBookStore } from '../../src/platform/keys/store.ts';
import { sqliteDatabase } from '../../src/platform/ledger/sqlite.ts';
import { createLedgerStore } from '../../src/platform/ledger/store.ts';
import { hash, START_MS } from '../books/tenants/sample.ts';

export const TOKEN = 'the-operators-token-0123456789';
export const CLIENT_KEY = 'a-clients-key-0123456789';
export { START_MS };

export interface World {
  app: ReturnType<typeof createAdminApp>;
  sources: AdminSources;
  directory: LiveDirectory;
  clock: { nowMs: number };
  changes: Change[];
  failures: unknown[];
  /** Lets all timers fire. */
  expire: () => void;
  close: () => Promise<void>;
}

export function createWorld(more: Partial<AdminSources> = {}): World {
  const clock = { nowMs: START_MS };
  const now = { now: () => clock.nowMs };
  const database = sqliteDatabase(':memory:');
  const books = createBookStore(database, now);
  const alarms = new Set<() => void>();
  const timers: Timers = {
    after(_, act) {
      alarms.add(act);
      return () => alarms.delete(act);
    },
  };
  const declared = declaredBook(
    {
      tenants: { acme: { limits: { requestsPerMinute: 60 } } },
      keys: [{ name: 'app', key: CLIENT_KEY, tenant: 'acme', budgets: { usd: { perDay: 10 } } }],
    },
    hash,
  );
  const store = 'books' in more ? more.books : books;
  const known = { declared, clock: now, isOpenWhenEmpty: true };
  const directory = new LiveDirectory(store ? { ...known, store, timers } : known);
  const changes: Change[] = [];
  const failures: unknown[] = [];
  const sources: AdminSources = {
    clock: now,
    timers,
    about: { version: '9.8.7', source: 'test.yaml', startedAtMs: START_MS - 60_000, practice: false },
    directory,
    declared,
    books,
    issue: { newId, hash },
    spending: new Spending(),
    scopes: [{ kind: 'model', name: 'claude-opus-5-5', budgets: { usd: { total: 5 } } }],
    ledger: {
      store: createLedgerStore(database, now),
      state: () => ({ waiting: 0, written: 7, dropped: { full: 0, rejected: 0 }, failures: 0 }),
      isWell: () => true,
      isBehind: () => false,
    },
    dispatch: () => ({ isEmergency: false, waiting: { critical: 0, normal: 0, background: 0 }, deployments: [] }),
    accounts: () => [],
    rules: () => ({ tiers: [], profiles: {}, routes: {}, rules: [] }),
    configuration: {},
    onChange: (change) => changes.push(change),
    onFailure: (cause) => failures.push(cause),
    ...more,
  };
  const lock = { hash: hashKey(TOKEN), check: KEY_CHECK };
  const app = createAdminApp({ sources, lock, http: fetchHttp });
  const expire = () => {
    for (const act of alarms) act();
  };
  return { app, sources, directory, clock, changes, failures, expire, close: () => database.close() };
}

export interface Answered {
  status: number;
  headers: Headers;
  // eslint-disable-next-line typescript/no-explicit-any -- Held against the document below.
  body: any;
  text: string;
}

/** As the operator. */
export async function ask({ app }: Pick<World, 'app'>, line: string, body?: unknown): Promise<Answered> {
  const [method = '', path = ''] = line.split(' ');
  const response = await app.request(path, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  const parsed: unknown = isJson ? JSON.parse(text) : undefined;
  if (isJson) await checkAnswer(app, { method, path, status: response.status, body: parsed });
  return { status: response.status, headers: response.headers, body: parsed, text };
}

interface Operation {
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

async function checkAnswer(
  app: World['app'],
  { method, path, status, body }: { method: string; path: string; status: number; body: unknown },
): Promise<void> {
  const response = await app.request('/openapi.json', { headers: { authorization: `Bearer ${TOKEN}` } });
  const document = (await response.json()) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: { Failure: Schema } };
  };
  const [pathname = ''] = path.split('?');
  const found = Object.entries(document.paths).find(([form]) => {
    const pattern = form.split('/').map((part) => (part.startsWith('{') ? '[^/]+' : part.replaceAll('.', '\\.')));
    return new RegExp(`^${pattern.join('/')}$`).test(pathname);
  });
  const operation = found?.[1][method.toLowerCase()];
  const schema =
    status < 400
      ? operation?.responses[status]?.content?.['application/json']?.schema
      : document.components.schemas.Failure;
  if (!schema) throw new Error(`The document knows no ${status} of ${method} ${pathname}`);
  expect(new Validator(schema, '2020-12').validate(body).errors).toEqual([]);
}
