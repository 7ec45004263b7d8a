/** The whole application in virtual time, between providers that do as they are told, call by call, and clients that leave. */
import { compose } from '../../src/compose.ts';
import { scopesOf } from '../../src/compose/readings.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import { Departure } from '../../src/core/departure.ts';
import { fakeTransport } from '../../bench/storm/fake-transport.ts';
import type { Reply } from '../../bench/storm/reply.ts';
import { stormyHttp, type Ticket } from '../../bench/storm/stormy-http.ts';
import { VirtualClock } from '../../bench/storm/virtual-clock.ts';
import { WIRES, type WireName } from '../attempt/breaking.ts';
import { chatAnswer, claudeAnswer } from '../support/upstream.ts';

export const ANSWER = 'The storm came at night, and the storm went at night, and nobody said a word of it ever again.';
export const STATUSES = [400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 502, 503, 529] as const;
const EPOCH_MS = Date.UTC(2026, 0, 5, 12);

/** How one call goes. */
export interface Fate {
  how: 'answers' | 'refuses' | 'resets' | 'says nothing' | 'talks nonsense';
  status: (typeof STATUSES)[number];
  retryAfter: string | undefined;
  headMs: number;
  gapMs: number;
  /** Of its pieces, so many: 1 is all. */
  share: number;
  ending: 'clean' | 'reset' | 'silence' | 'error';
  /** All pieces come together. */
  atOnce: boolean;
}

export interface Asked {
  atMs: number;
  path: '/v1/chat/completions' | '/v1/messages' | '/v1/responses';
  more: object;
  leavesAfterMs: number;
  deadlineMs: number | undefined;
  priority: string;
}

export interface Pressure {
  reliability: object;
  fates: readonly Fate[];
  usdPerDay: number;
}

const HOSTS: Record<string, WireName> = {
  'http://a.invalid': 'openai',
  'http://b.invalid': 'anthropic',
  'http://c.invalid': 'openai',
};
const utf8 = new TextEncoder();
const unasked = () => Promise.reject(new Error('There are no such credentials here'));

export class PressureWorld {
  readonly clock = new VirtualClock(EPOCH_MS);
  /** Calls that are under way. */
  running = 0;
  /** What broke on our side. */
  readonly broken: string[] = [];
  readonly #composed: ReturnType<typeof compose>;
  #fates: readonly Fate[];
  #calls = 0;

  constructor({ reliability, fates, usdPerDay }: Pressure, random: () => number) {
    this.#fates = fates;
    const yaml = `
providers:
  a: { dialect: openai, baseUrl: "http://a.invalid", apiKey: key-of-a-provider, limits: { concurrency: 2 } }
  b: { dialect: anthropic, baseUrl: "http://b.invalid", apiKey: key-of-b-provider, limits: { concurrency: 1 } }
  c: { dialect: openai, baseUrl: "http://c.invalid", apiKey: key-of-c-provider, limits: { requestsPerMinute: 600 } }
keys: [{ name: web, key: web-key-0123456789abcdef, limits: { concurrency: 50 }, budgets: { usd: { perDay: ${usdPerDay} } } }]
models:
  one:
    deployments:
      - { provider: a, model: gpt-4.1, price: { input: 1, output: 10 } }
      - { provider: b, model: claude-haiku-4-5, price: { input: 2, output: 20 } }
      - { provider: c, model: gpt-4.1-mini, price: { input: 1, output: 1 } }
server: { idleTimeoutMs: 3000 }
stream: { onBreak: continue }
reliability: ${JSON.stringify({ deadlineMs: 60_000, ...reliability })}`;
    const visit = ({ url, body }: { url: string; body: string }) => {
      this.running++;
      const reply = this.#reply(HOSTS[new URL(url).origin] ?? 'openai', JSON.parse(body) as Heard);
      return { reply, end: () => void this.running-- };
    };
    this.#composed = compose(parseConfiguration(yaml, 'pressure.yaml', {}), {
      http: stormyHttp,
      transport: fakeTransport(this.clock, new Map(Object.keys(HOSTS).map((host) => [host, { visit }]))),
      clock: this.clock,
      timers: this.clock,
      random,
      log: {
        info: () => {},
        warn: () => {},
        error: (fields, message) => void this.broken.push(`${message} ${JSON.stringify(fields)}`),
      },
      credentials: { awsChain: () => unasked, googleToken: () => unasked },
      environment: {},
      source: 'pressure.yaml',
      practice: false,
      isReady: () => true,
    });
  }

  /** Twenty calls that took so long to their first content: what is late may be hedged. */
  teach(ms: number): void {
    const { dispatcher, routing } = this.#composed.gateway;
    const targets = (routing.models.get('one') ?? []).map((deployment) => dispatcher.target(deployment));
    for (const { times } of targets) for (let calls = 0; calls < 20; calls++) times.note('plain', ms);
  }

  reroute(): void {
    this.#composed.reroute({ rules: { rules: [] } });
  }

  /** From now on. */
  heal(): void {
    this.#fates = [];
  }

  ask({ path, more, leavesAfterMs, deadlineMs, priority }: Asked): Ticket {
    const client = new Departure();
    const whenDone = () => callOff();
    const told =
      path === '/v1/responses' ? { input: 'Tell me.' } : { messages: [{ role: 'user', content: 'Tell me.' }] };
    const body = JSON.stringify({
      model: 'one',
      ...(path === '/v1/messages' && { max_tokens: 500 }),
      ...told,
      ...more,
    });
    const headers: Record<string, string> = {
      authorization: 'Bearer web-key-0123456789abcdef',
      'x-signalbox-priority': priority,
      ...(deadlineMs !== undefined && { 'x-signalbox-deadline-ms': String(deadlineMs) }),
    };
    const ticket: Ticket = { headers, body, client, status: 0, text: '', whenDone };
    const callOff = leavesAfterMs < Infinity ? this.clock.after(leavesAfterMs, () => client.leave()) : () => {};
    void this.#composed.app.fetch(new Request(`http://router.invalid${path}`, { method: 'POST' }), ticket);
    return ticket;
  }

  /** All that is held, of whatever, and by whom. */
  held(): object {
    const { gateway, limiters, accounting } = this.#composed;
    const now = this.clock.now();
    const leases = limiters.standings(now).filter(({ running }) => running > 0);
    const readings = accounting.books.spending.readings([...scopesOf(accounting)], now);
    return {
      calls: this.running,
      waiting: gateway.dispatcher.room.waiting,
      leases: leases.map(({ resource }) => resource),
      holds: readings.filter(({ reserved, measure, used }) => reserved > 0 || (measure === 'concurrency' && used > 0)),
    };
  }

  #reply(wire: WireName, heard: Heard): Reply {
    const fate = this.#fates[this.#calls++] ?? WELL;
    const { how, status, retryAfter, headMs } = fate;
    const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
    const said = (text: string, code: number): Reply => {
      return {
        status: code,
        headers,
        headMs,
        chunks: [{ atMs: headMs, bytes: utf8.encode(text) }],
        endMs: headMs,
        ending: 'clean',
      };
    };
    if (how === 'resets') return { ...said('', 0), chunks: [], ending: 'reset' };
    if (how === 'says nothing') return { ...said('', 200), chunks: [], ending: 'silence' };
    if (how === 'talks nonsense') return said('<!doctype html><html></html>', 200);
    if (how === 'refuses') return said(JSON.stringify({ error: { type: 'x', message: 'no', code: null } }), status);
    if (heard.stream === true) return streamed(wire, heard, fate);
    return said(wire === 'openai' ? chatAnswer(ANSWER) : claudeAnswer(ANSWER), 200);
  }
}

export const WELL: Fate = {
  how: 'answers',
  status: 400,
  retryAfter: undefined,
  headMs: 20,
  gapMs: 5,
  share: 1,
  ending: 'clean',
  atOnce: false,
};

interface Heard {
  stream?: boolean;
  messages: { role: string; content: string | { text: string }[] }[];
}

function streamed(wire: WireName, heard: Heard, { headMs, gapMs, share, ending, atOnce }: Fate): Reply {
  const events = WIRES[wire].events(restFor(heard), {});
  const sent = events.slice(0, Math.ceil(events.length * share));
  if (ending === 'error') sent.push(WIRES[wire].error);
  const pieces = atOnce ? [sent.join('')] : sent;
  const chunks = pieces.map((piece, index) => ({ atMs: headMs + index * gapMs, bytes: utf8.encode(piece) }));
  const endMs = headMs + Math.max(0, pieces.length - 1) * gapMs;
  return { status: 200, headers: {}, headMs, chunks, endMs, ending: ending === 'error' ? 'clean' : ending };
}

/** Goes on behind its own last words, or repeats those that it is told to. */
function restFor({ messages }: Heard): string {
  const texts = messages.map(({ role, content }) => ({
    role,
    text: typeof content === 'string' ? content : content.map(({ text }) => text).join(''),
  }));
  const said = texts.findLast(({ role }) => role === 'assistant')?.text ?? '';
  const [, again = ''] = /<last_words>(.+)<\/last_words>/s.exec(texts.at(-1)?.text ?? '') ?? [];
  return again + ANSWER.slice(said.length);
}
