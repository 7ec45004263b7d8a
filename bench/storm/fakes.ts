/** The storm's providers on loopback, in a process of their own (`real.ts` forks it): replies in real time. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ProviderModel, type UpstreamCall, type Visit } from './provider.ts';
import { PROVIDERS, type ProviderSpec, type Weather } from './scenario.ts';

/** What the parent says. `startMs` is in milliseconds since 1970; until then the weather is calm and nothing counts. */
export type Order = { order: 'start'; weather: Weather; startMs: number } | { order: 'report' };
/** What it hears, each once and in this order. */
export type Notice = { ports: Record<string, number> } | { started: true } | { calls: readonly UpstreamCall[] };

const MAX_BODY = 4 * 1024 * 1024;
const CALM: Weather = { seed: 0, load: 1, durationMs: 0, calm: true };
const wallMs = () => performance.timeOrigin + performance.now();

class Provider {
  model: ProviderModel;
  startMs = wallMs();
  readonly #spec: ProviderSpec;
  readonly server: Server;

  constructor(spec: ProviderSpec) {
    this.#spec = spec;
    this.model = new ProviderModel(spec, CALM);
    this.server = createServer((incoming, outgoing) => void this.#answer(incoming, outgoing));
    this.server.keepAliveTimeout = 65_000;
  }

  start({ weather, startMs }: Extract<Order, { order: 'start' }>): void {
    this.model = new ProviderModel(this.#spec, weather);
    this.startMs = startMs;
  }

  get name(): string {
    return this.#spec.name;
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming).catch(() => undefined);
    if (body === undefined) return void outgoing.destroy(); // The caller has gone, or sends without end.
    const { startMs, model } = this;
    const headers = incoming.headers as Record<string, string | undefined>;
    const visit = model.visit({ url: incoming.url ?? '', headers, body }, wallMs() - startMs);
    outgoing.on('close', () => visit.end(wallMs() - startMs, outgoing.writableFinished));
    play(visit, outgoing);
  }
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error('The body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** One timer at a time, each for the next thing to happen; a caller that leaves stops it. */
function play({ reply }: Visit, outgoing: ServerResponse): void {
  const arrivedMs = wallMs();
  let next = 0;
  const step = () => {
    const sinceMs = wallMs() - arrivedMs;
    if (reply.status === 0) return void outgoing.destroy();
    if (!outgoing.headersSent) outgoing.writeHead(reply.status, reply.headers).flushHeaders();
    for (let chunk = reply.chunks[next]; chunk && chunk.atMs <= sinceMs; chunk = reply.chunks[++next]) {
      outgoing.write(chunk.bytes);
    }
    if (next < reply.chunks.length || sinceMs < reply.endMs) return wait(reply.chunks[next]?.atMs ?? reply.endMs);
    if (reply.ending === 'clean') outgoing.end();
    if (reply.ending === 'reset') outgoing.destroy();
  };
  let timer: NodeJS.Timeout | undefined;
  const wait = (untilMs: number) => {
    timer = setTimeout(step, Math.max(0, Math.ceil(untilMs - (wallMs() - arrivedMs))));
  };
  outgoing.on('close', () => clearTimeout(timer));
  wait(reply.headMs);
}

const providers = PROVIDERS.map((spec) => new Provider(spec));

function obey(message: Order): void {
  if (message.order === 'report') return tell({ calls: providers.flatMap(({ model }) => model.calls) });
  for (const provider of providers) provider.start(message);
  tell({ started: true });
}

function tell(notice: Notice): void {
  process.send?.(notice);
}

const listening = providers.map(
  ({ server }) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve())),
);
await Promise.all(listening);
process.on('message', obey);
process.on('disconnect', () => process.exit(0)); // Never longer than the run.
tell({
  ports: Object.fromEntries(providers.map(({ name, server }) => [name, (server.address() as AddressInfo).port])),
});
