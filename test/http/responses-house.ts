/** The official SDK before the whole router, practice providers behind it, and a store that may be taken away. */
import OpenAI from 'openai';
import { compose, type Composed } from '../../src/compose.ts';
import { Configuration } from '../../src/config/schema.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { ObjectStore } from '../../src/core/objects.ts';
import { fetchHttp } from '../../src/platform/fetch-http.ts';
import { fetchTransport } from '../../src/platform/fetch-transport.ts';
import { createBookStore } from '../../src/platform/keys/store.ts';
import type { LedgerDatabase } from '../../src/platform/ledger/database.ts';
import { createLedgerStore } from '../../src/platform/ledger/store.ts';
import { createObjectStore } from '../../src/platform/objects/store.ts';
import { practiceFetch, practiceProviders } from '../../src/practice/index.ts';

const UPSTREAM = 'http://practice.invalid';
const ROUTER = 'http://signalbox.invalid/v1';

export interface House extends Pick<Composed, 'runs'> {
  client: (key: keyof typeof KEYS) => OpenAI;
  post: (path: string, body: object, key?: keyof typeof KEYS) => Promise<Response>;
  /** Of what the providers were asked, the last. */
  asked: () => string;
  /** Everything it has logged. */
  logged: string[];
  /** The store answers nobody any more. */
  takeStore: () => void;
  skip: (ms: number) => void;
}

const KEYS = { acme: 'sk-acme-0123456789', twin: 'sk-twin-0123456789', globex: 'sk-globex-0123456789' };

export function openHouse(database: LedgerDatabase, more: object = {}): House {
  const asked: string[] = [];
  const logged: string[] = [];
  let aheadMs = 0;
  let isTaken = false;
  const practice = practiceFetch({ paceMs: 0 });
  const upstream = async (request: Request) => {
    asked.push(await request.clone().text());
    return practice(request);
  };
  const clock = { now: () => Date.now() + aheadMs };
  const configuration = Configuration.parse({
    providers: practiceProviders(UPSTREAM),
    log: { level: 'error' },
    tenants: { acme: {}, globex: {} },
    keys: [
      { name: 'app', tenant: 'acme', key: KEYS.acme },
      { name: 'other', tenant: 'acme', key: KEYS.twin },
      { name: 'acme', tenant: 'globex', key: KEYS.globex },
    ],
    ...more,
  });
  const bounds = configuration.store.objects;
  const objects = takeable(createObjectStore({ writing: database }, clock, bounds), () => isTaken);
  const unused = () => () => Promise.reject(new Error('practice needs no credential'));
  const { app, runs } = compose(configuration, {
    http: fetchHttp,
    transport: fetchTransport(upstream),
    log: { info: () => {}, warn: () => {}, error: (...line) => void logged.push(JSON.stringify(line)) },
    credentials: { awsChain: unused, googleToken: unused },
    environment: {},
    source: 'responses',
    practice: true,
    isReady: () => true,
    clock,
    stores: { ledger: createLedgerStore(database, clock), keys: createBookStore(database, clock), objects },
  });
  const fetch = async (url: string | URL | Request, init?: RequestInit) => app.fetch(new Request(url, init));
  return {
    runs,
    logged,
    client: (key) => new OpenAI({ baseURL: ROUTER, apiKey: KEYS[key], maxRetries: 0, fetch }),
    post: (path, body, key = 'acme') =>
      fetch(ROUTER + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${KEYS[key]}` },
        body: JSON.stringify(body),
      }),
    asked: () => asked.at(-1) ?? '',
    takeStore: () => void (isTaken = true),
    skip: (ms) => void (aheadMs += ms),
  };
}

function takeable(objects: ObjectStore, isTaken: () => boolean): ObjectStore {
  return new Proxy(objects, {
    get: (target, name: keyof ObjectStore) =>
      isTaken()
        ? () => Promise.reject(new GatewayError('no_candidate', 'gone', { code: 'store_unavailable' }))
        : target[name].bind(target),
  });
}
