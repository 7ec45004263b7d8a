/** One run in virtual time: the real application, composed as ever, between the storm's clients and providers. */
import { readFileSync } from 'node:fs';
import { compose } from '../../src/compose.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import { Departure } from '../../src/core/departure.ts';
import { type Arrival, arrivals } from './arrivals.ts';
import { fakeTransport } from './fake-transport.ts';
import { judge, type Verdict } from './judge.ts';
import { luck, sequence } from './luck.ts';
import { type Experience, type Metrics, metricsOf } from './metrics.ts';
import { ProviderModel } from './provider.ts';
import { PATIENCE_MS, PROVIDERS, type Weather } from './scenario.ts';
import { stormyHttp, type Ticket } from './stormy-http.ts';
import { bodyOf } from './talk.ts';
import { VirtualClock } from './virtual-clock.ts';
import { EPOCH_MS } from './wires/wire.ts';

export const CONFIGURATION = new URL('storm.yaml', import.meta.url);

export interface StormOptions extends Weather {
  /** `stream.onBreak`. */
  onBreak: 'error' | 'continue';
}

type App = ReturnType<typeof compose>['app'];

/** Every request is the same to Hono; what differs is in its ticket. */
const REQUEST = new Request('http://storm.invalid/v1/chat/completions', { method: 'POST' });

/** Deterministic: the same options, the same figures. Throws when a request never ends, or the gateway breaks. */
export async function storm(options: StormOptions): Promise<Metrics> {
  const clock = new VirtualClock(EPOCH_MS);
  const models = new Map(PROVIDERS.map((spec) => [`http://${spec.name}.invalid`, new ProviderModel(spec, options)]));
  const app = composed(clock, models, options);
  const experiences: Experience[] = [];
  const expected = arrivals(options);
  for (const arrival of expected) {
    clock.after(arrival.atMs, () => send(app, { arrival, clock, tell: (seen) => experiences.push(seen) }));
  }
  await clock.run();
  if (experiences.length !== expected.length) {
    throw new Error(`${expected.length - experiences.length} requests never ended: something waits for no timer`);
  }
  return metricsOf(
    options,
    experiences,
    [...models.values()].flatMap(({ calls }) => calls),
  );
}

function composed(clock: VirtualClock, models: ReadonlyMap<string, ProviderModel>, options: StormOptions): App {
  const { seed, onBreak } = options;
  const source = 'bench/storm/storm.yaml';
  const environment = { STORM_ON_BREAK: onBreak };
  const configuration = parseConfiguration(readFileSync(CONFIGURATION, 'utf8'), source, environment);
  const random = sequence(Math.floor(luck(`${seed} gateway`) * 2 ** 32));
  let ids = 0;
  const runtime = {
    http: stormyHttp,
    transport: fakeTransport(clock, models),
    clock,
    timers: clock,
    random,
    newId: (prefix: string, length: number) => prefix + String(ids++).padStart(length, '0'),
    log: { info: () => {}, warn: () => {}, error: noted },
    credentials: { awsChain: () => unasked, googleToken: () => unasked },
    environment,
    source,
    practice: false,
    isReady: () => true,
  };
  return compose(configuration, runtime).app;
}

/** Our own bugs must not hide among the providers' failures. */
function noted(fields: object, message: string): void {
  if ('cause' in fields) throw new Error(`The gateway broke: ${message} ${JSON.stringify(fields)}`);
}

function unasked(): Promise<never> {
  return Promise.reject(new Error('The storm has no credentials that are fetched'));
}

interface Sending {
  arrival: Arrival;
  clock: VirtualClock;
  tell: (experience: Experience) => void;
}

function send(app: App, { arrival, clock, tell }: Sending): void {
  const startMs = clock.elapsedMs;
  const client = new Departure();
  let over = false;
  const end = (verdict: Verdict) => {
    if (over) return;
    over = true;
    callOff();
    tell({ arrival, verdict, status: ticket.status, tookMs: clock.elapsedMs - startMs, endedMs: clock.elapsedMs });
  };
  const ticket: Ticket = {
    headers: { authorization: `Bearer client-key-of-${arrival.tenant}`, 'x-signalbox-priority': arrival.priority },
    body: bodyOf(arrival),
    client,
    status: 0,
    text: '',
    whenDone: () => end(judge(arrival, ticket.status, ticket.text)),
  };
  const patienceMs = arrival.kind === 'leaver' ? arrival.leavesAfterMs : PATIENCE_MS;
  const callOff = clock.after(patienceMs, () => {
    end(arrival.kind === 'leaver' ? 'left' : 'late');
    client.leave();
  });
  void app.fetch(REQUEST, ticket);
}
