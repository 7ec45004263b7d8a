/**
 * CPU a request, of several builds in turns in one process, so that whatever the machine does it does to all of them.
 *
 *   npm run bench:hot -- [--for wire|memory] [--blocks 40] [--only json] here=. before=../before bare=proxy.mjs
 *
 * A build is a checkout (its `src/compose.ts` is loaded), or a file that listens on PORT and passes on to UP.
 * `wire`: from socket to socket over loopback, both ends in another thread; what is counted is this thread's CPU.
 * `memory`: without sockets; the app, the gateway and the dialects alone. Read the ratios of the minima.
 */
import { getRequestListener } from '@hono/node-server';
import type { Context } from 'hono';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import type { compose as composeType, Runtime } from '../../src/compose.ts';
import type { parseConfiguration as parseType } from '../../src/config/parse.ts';
import type { Departure } from '../../src/core/departure.ts';
import type { Transport } from '../../src/core/ports.ts';
import type { HttpPort } from '../../src/http/port.ts';
import type { nodeListener as nodeListenerType } from '../../src/platform/node-listener.ts';
import type { Order } from './ends.ts';
import { type Dialect, EVENTS, HEADERS, type Reply, replyOf, requestOf } from './replies.ts';

interface Case {
  name: string;
  dialect: Dialect;
  isStream: boolean;
}

/** Serves so many requests of one case. */
type Serve = (requests: number) => Promise<void>;

const CASES: readonly Case[] = [
  { name: 'openai json', dialect: 'openai', isStream: false },
  { name: 'anthropic json', dialect: 'anthropic', isStream: false },
  { name: 'openai stream', dialect: 'openai', isStream: true },
  { name: 'anthropic stream', dialect: 'anthropic', isStream: true },
];
const WARM_US = 3_000_000;
const BLOCK_US = 20_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    for: { type: 'string', default: 'wire' },
    blocks: { type: 'string', default: '40' },
    only: { type: 'string', default: '' },
  },
});

const load = async <T>(...path: string[]) => (await import(resolve(...path))) as T;

const configOf = (dialect: Dialect, upstream: number) => `
providers: { bench: { dialect: ${dialect}, baseUrl: "http://127.0.0.1:${upstream}${dialect === 'openai' ? '/v1' : ''}", apiKey: sk-bench } }
models: { bench: { deployments: [ { provider: bench, model: bench } ] } }
log: { level: error }
`;

async function appOf(root: string, configuration: string, parts: Pick<Runtime, 'http' | 'transport'>) {
  const { compose } = await load<{ compose: typeof composeType }>(root, 'src/compose.ts');
  const { parseConfiguration } = await load<{ parseConfiguration: typeof parseType }>(root, 'src/config/parse.ts');
  const silent = { info: () => {}, warn: () => {}, error: console.error };
  return compose(parseConfiguration(configuration, 'bench', {}), {
    ...parts,
    log: silent,
    credentials: {} as Runtime['credentials'],
    environment: {},
    source: 'bench',
    practice: false,
    isReady: () => true,
  }).app;
}

/** A client and a provider that cost next to nothing. */
async function inMemory(root: string, { dialect, isStream }: Case): Promise<Serve> {
  const { Departure: Client } = await load<{ Departure: new () => Departure }>(root, 'src/core/departure.ts');
  const transport = instantTransport(replyOf(dialect, isStream));
  const body = requestOf(isStream);
  const response = new Response();
  let over = Promise.withResolvers<void>();
  const http: HttpPort = {
    header: () => undefined,
    background() {},
    readBody: () => Promise.resolve(body),
    readText: () => Promise.resolve({ text: body }),
    readBytes: () => Promise.resolve(new TextEncoder().encode(body)),
    client: () => new Client(),
    send(_c, status, _headers, text) {
      if (status !== 200) over.reject(new Error(text));
      else over.resolve();
      return response;
    },
    pass: () => response,
    stream(_c: Context, _headers, frames) {
      void (async () => {
        for await (const frame of frames) void frame;
      })().then(over.resolve, over.reject);
      return response;
    },
  };
  const app = await appOf(root, configOf(dialect, 1), { http, transport });
  const request = new Request('http://bench/v1/chat/completions', { method: 'POST' });
  return async (requests) => {
    for (let left = requests; left > 0; left--) {
      over = Promise.withResolvers();
      await app.fetch(request);
      await over.promise;
    }
  };
}

function instantTransport({ type, body }: Reply): Transport {
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

class Ends {
  readonly #worker = new Worker(new URL('./ends.ts', import.meta.url));

  async upstream(): Promise<number> {
    return (await this.#next<{ upstream: number }>()).upstream;
  }

  async run(order: Order): Promise<void> {
    this.#worker.postMessage(order);
    const { error } = await this.#next<{ error?: string }>();
    if (error) throw new Error(error);
  }

  #next<T>(): Promise<T> {
    return new Promise((resolve) => this.#worker.once('message', resolve));
  }
}

async function overWire(root: string, { dialect, isStream }: Case, ends: { ends: Ends; up: number }): Promise<Serve> {
  const port = root.endsWith('.mjs')
    ? await bareProxy(root, ends.up)
    : await listening(root, configOf(dialect, ends.up));
  return (requests) => ends.ends.run({ port, isStream, requests });
}

async function listening(root: string, configuration: string): Promise<number> {
  const { nodeHttp } = await load<{ nodeHttp: HttpPort }>(root, 'src/platform/node-http.ts');
  const { http1Transport } = await load<{ http1Transport: () => Transport }>(root, 'src/platform/http1/transport.ts');
  const app = await appOf(root, configuration, { http: nodeHttp, transport: http1Transport() });
  return portOf(createServer(await listenerOf(root, app.fetch)));
}

type Fetch = Parameters<typeof nodeListenerType>[0];

/** Builds before 2026-11-22 have none of their own. */
async function listenerOf(root: string, fetch: Fetch): Promise<RequestListener> {
  const module = load<{ nodeListener: typeof nodeListenerType }>(root, 'src/platform/node-listener.ts');
  return module.then(
    ({ nodeListener }) => nodeListener(fetch),
    () => getRequestListener(fetch as unknown as Parameters<typeof getRequestListener>[0]) as RequestListener,
  );
}

async function bareProxy(file: string, upstream: number): Promise<number> {
  const free = createServer();
  const port = await portOf(free);
  await new Promise((resolve) => free.close(resolve));
  Object.assign(process.env, { PORT: String(port), UP: `http://127.0.0.1:${upstream}` });
  await import(`${resolve(file)}`);
  return port;
}

function portOf(server: Server): Promise<number> {
  return new Promise((done) => {
    server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port));
  });
}

async function cpuUs(serve: Serve, requests: number): Promise<number> {
  const before = process.threadCpuUsage();
  await serve(requests);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / requests;
}

async function warm(serve: Serve): Promise<void> {
  for (let spent = 0; spent < WARM_US;) spent += 200 * (await cpuUs(serve, 200));
}

async function measure(sides: ReadonlyMap<string, Serve>): Promise<Map<string, number[]>> {
  const costs = new Map([...sides.keys()].map((name) => [name, [] as number[]]));
  for (const serve of sides.values()) await warm(serve);
  const sizes = new Map<string, number>();
  for (const [name, serve] of sides) sizes.set(name, Math.ceil(BLOCK_US / (await cpuUs(serve, 200))));
  for (let block = 0; block < Number(values.blocks); block++) {
    const turns = [...sides];
    for (const [name, serve] of block % 2 ? turns.toReversed() : turns)
      costs.get(name)?.push(await cpuUs(serve, sizes.get(name) ?? 1));
  }
  return costs;
}

const median = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;

function report({ name, isStream }: Case, costs: ReadonlyMap<string, readonly number[]>): void {
  const unit = isStream ? `us a stream of ${EVENTS} events` : 'us a request';
  console.log(`${name}: ${unit}: minimum, median; ratio to the last of the minima, of the medians of pairs`);
  const base = [...costs.values()].at(-1) ?? [];
  for (const [side, each] of costs) {
    const least = Math.min(...each);
    const pairs = median(each.map((cost, index) => cost / (base[index] ?? NaN)));
    const ratio = (least / Math.min(...base)).toFixed(3);
    console.log(
      `  ${side.padEnd(12)} ${least.toFixed(1).padStart(7)} ${median(each).toFixed(1).padStart(7)}  ${ratio} ${pairs.toFixed(3)}`,
    );
  }
}

const sides = positionals.map((text) => text.split('=', 2) as [string, string]);
const ends = values.for === 'wire' ? new Ends() : undefined;
const up = (await ends?.upstream()) ?? 0;
for (const each of CASES.filter(({ name }) => name.includes(values.only))) {
  const serves = new Map<string, Serve>();
  for (const [name, root] of sides)
    serves.set(name, ends ? await overWire(root, each, { ends, up }) : await inMemory(root, each));
  report(each, await measure(serves));
}
process.exit();
