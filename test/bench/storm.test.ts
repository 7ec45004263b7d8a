import { describe, expect, it } from 'vitest';
import { type Arrival, arrivals } from '../../bench/storm/arrivals.ts';
import { Buckets } from '../../bench/storm/buckets.ts';
import { fakeTransport } from '../../bench/storm/fake-transport.ts';
import { gatesOf } from '../../bench/storm/gates.ts';
import { judge } from '../../bench/storm/judge.ts';
import { type Experience, metricsOf } from '../../bench/storm/metrics.ts';
import { ProviderModel, type UpstreamCall } from '../../bench/storm/provider.ts';
import { PROVIDERS, type Weather, type WireName } from '../../bench/storm/scenario.ts';
import { storm } from '../../bench/storm/storm.ts';
import { answerTo, bodyOf, promptOf } from '../../bench/storm/talk.ts';
import { VirtualClock } from '../../bench/storm/virtual-clock.ts';
import { anthropicWire } from '../../bench/storm/wires/anthropic.ts';
import { bedrockWire } from '../../bench/storm/wires/bedrock.ts';
import { geminiWire } from '../../bench/storm/wires/gemini.ts';
import { openaiWire } from '../../bench/storm/wires/openai.ts';
import type { Trouble, Wire } from '../../bench/storm/wires/wire.ts';
import { providers } from '../../providers/index.ts';
import { AnswerCollector } from '../../src/answers/collector.ts';
import { Departure } from '../../src/core/departure.ts';
import type { ErrorKind } from '../../src/core/errors.ts';
import { Secret } from '../../src/core/secret.ts';
import { makeCall } from '../support/call.ts';

const CALM: Weather = { seed: 1, load: 1, durationMs: 60_000, calm: true };

const ASKED: Arrival = {
  id: 's1n7',
  atMs: 0,
  tenant: 'steady',
  priority: 'normal',
  stream: false,
  inputTokens: 120,
  outputTokens: 60,
  maxTokens: 100,
  charsPerToken: 4,
  kind: 'plain',
  leavesAfterMs: 0,
};
const RIGHT = answerTo(ASKED);

describe('the storm in virtual time', () => {
  it('repeats itself, and nobody gets a false answer', async () => {
    const options = { seed: 3, load: 1.6, durationMs: 6_000, calm: false, onBreak: 'error' } as const;
    const first = await storm(options);
    expect(first.requests).toBeGreaterThan(200);
    expect(first.success).toBeGreaterThan(20);
    expect(first.silent).toBe(0);
    expect(JSON.stringify(await storm(options))).toBe(JSON.stringify(first));
  });

  it('has the same weather for the same seed and another for another', () => {
    expect(arrivals(CALM)).toEqual(arrivals(CALM));
    expect(arrivals({ ...CALM, seed: 2 })).not.toEqual(arrivals(CALM));
    expect(arrivals({ ...CALM, load: 2 }).length / arrivals(CALM).length).toBeCloseTo(2, 0);
  });
});

describe('a virtual clock', () => {
  it('acts in the order of time, then of asking, and lets every promise be kept between', async () => {
    const clock = new VirtualClock(1_000);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`late at ${clock.now()}`));
    clock.after(10, () => {
      void chain(50).then(() => seen.push('a long chain of promises'));
      clock.after(0, () => seen.push('asked for meanwhile'));
    });
    clock.after(10, () => seen.push(`second at ${clock.now()}`));
    clock.after(15, () => seen.push('called off'))();
    await clock.run();
    expect(seen).toEqual(['a long chain of promises', 'second at 1010', 'asked for meanwhile', 'late at 1020']);
  });

  async function chain(links: number): Promise<void> {
    for (let link = 0; link < links; link++) await Promise.resolve();
  }
});

describe('the judge', () => {
  const chunk = (delta: object, finish: string | null = null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const said = chunk({ role: 'assistant', content: RIGHT });
  const end = `${chunk({}, 'stop')}data: [DONE]\n\n`;
  const complaint = 'data: {"error":{"message":"broken"}}\n\n';
  const whole = (content: string) => JSON.stringify({ choices: [{ message: { content } }] });

  it.each([
    { name: 'a whole answer', stream: false, status: 200, text: whole(RIGHT), is: 'ok' },
    { name: "another request's answer", stream: false, status: 200, text: whole(`${RIGHT}0`), is: 'corrupt' },
    { name: 'half an answer', stream: false, status: 200, text: whole(RIGHT.slice(0, 50)), is: 'corrupt' },
    { name: 'half the JSON', stream: false, status: 200, text: whole(RIGHT).slice(0, 80), is: 'corrupt' },
    { name: 'a stream', stream: true, status: 200, text: `: keep-alive\n\n${said}${end}`, is: 'ok' },
    { name: 'a stream without an end', stream: true, status: 200, text: said, is: 'cut' },
    { name: 'a stream without [DONE]', stream: true, status: 200, text: said + chunk({}, 'stop'), is: 'cut' },
    { name: 'a stream that says it broke', stream: true, status: 200, text: said + complaint, is: 'honest' },
    { name: 'a doubled piece', stream: true, status: 200, text: said + said + end, is: 'corrupt' },
    {
      name: 'a doubled piece before an error',
      stream: true,
      status: 200,
      text: said + said + complaint,
      is: 'corrupt',
    },
    { name: 'anything after the end', stream: true, status: 200, text: said + end + said, is: 'corrupt' },
    { name: '429', stream: true, status: 429, text: '', is: 'throttled' },
    { name: '504', stream: false, status: 504, text: '', is: 'failed' },
    { name: '400', stream: false, status: 400, text: '', is: 'refused' },
  ])('$name is $is', ({ stream, status, text, is }) => {
    expect(judge({ ...ASKED, stream }, status, text)).toBe(is);
  });
});

describe("a provider's buckets", () => {
  it('hold a burst, refill gradually and say how long', () => {
    const [alpha] = PROVIDERS;
    if (!alpha) throw new Error('There is no provider');
    const buckets = new Buckets(alpha); // 50 a second, 10 at once.
    const one = { requests: 1 };
    for (let call = 0; call < 10; call++) buckets.take(one);
    expect(buckets.shortage(one, 1)).toEqual({ dimension: 'requests', waitMs: 20 });
    expect(buckets.shortage(one, 0.5)?.waitMs).toBe(40);
    buckets.refill(20, 1);
    expect(buckets.shortage(one, 1)).toBeUndefined();
    expect(buckets.levels().requests).toMatchObject({ limit: 3_000, remaining: 1 });
  });
});

describe('an announcement', () => {
  it('makes those impolite who could have known, until it is over', async () => {
    const { spec, request } = await exchangeOf('openai', { ...ASKED, inputTokens: 6_000 });
    const model = new ProviderModel(spec, CALM); // 34 tokens a ms, 6,800 at once.
    const statuses = [0, 1, 5, 100, 400].map((atMs) => model.visit(request, atMs).reply.status);
    expect(statuses).toEqual([200, 429, 429, 429, 200]);
    expect(model.calls.map(({ impolite }) => impolite)).toEqual([false, false, false, true, false]);
  });
});

const WIRES: Record<WireName, Wire> = {
  anthropic: anthropicWire,
  openai: openaiWire,
  bedrock: bedrockWire,
  gemini: geminiWire,
};

const MEANING: Record<Trouble, ErrorKind> = {
  credential: 'credential',
  error: 'fault',
  overloaded: 'overload',
  rate: 'rate',
  spent: 'exhausted',
  bad: 'caller',
  too_long: 'context',
};

/** What the gateway's own provider would send for this arrival. */
async function exchangeOf(dialect: WireName, arrival: Arrival, said = '') {
  const provider = providers.find(({ name }) => name === dialect);
  const spec = PROVIDERS.find(({ wire }) => wire === dialect);
  if (!provider || !spec) throw new Error(`There is no ${dialect}`);
  const messages = [{ role: 'user' as const, content: promptOf(arrival) }];
  const request = {
    messages,
    max_tokens: arrival.maxTokens,
    stream: arrival.stream,
    ...(arrival.stream && { stream_options: { include_usage: true } }),
  };
  const spoken = said ? [...messages, { role: 'assistant' as const, content: said }] : messages;
  const call = makeCall({ ...request, messages: spoken }, { dialect, capabilities: { prefill: true } });
  const endpoint = {
    ...call.endpoint,
    baseUrl: `http://${spec.name}.invalid`,
    credential: { kind: 'key' as const, secret: new Secret(spec.key) },
  };
  const exchange = provider.translate({ ...call, endpoint });
  const plain = { url: endpoint.baseUrl + exchange.path, headers: exchange.headers, body: exchange.body };
  return { spec, provider, exchange, request: await provider.authorize(plain, endpoint, 0) };
}

function joined(chunks: readonly { bytes: Uint8Array }[]): Buffer {
  return Buffer.concat(chunks.map(({ bytes }) => bytes));
}

describe.each(Object.keys(WIRES) as WireName[])('the wire of %s', (dialect) => {
  it.each([false, true])('is what our provider speaks and reads (stream: %s)', async (stream) => {
    const { spec, exchange, request } = await exchangeOf(dialect, { ...ASKED, stream });
    const { reply } = new ProviderModel(spec, CALM).visit(request, 0);
    expect(reply).toMatchObject({ status: 200, ending: 'clean' });
    const collector = new AnswerCollector();
    const reader = stream ? exchange.openStream(collector) : undefined;
    reader?.push(joined(reply.chunks));
    reader?.end();
    if (!stream) exchange.readAnswer(joined(reply.chunks).toString('utf8'), collector);
    expect(collector.choice(0).content).toBe(RIGHT);
    expect(collector.facts.usage).toMatchObject({ prompt_tokens: 120, completion_tokens: 60 });
  });

  it('goes on where a continued request stops', async () => {
    const { spec, exchange, request } = await exchangeOf(dialect, ASKED, RIGHT.slice(0, 70));
    const { reply } = new ProviderModel(spec, CALM).visit(request, 0);
    const collector = new AnswerCollector();
    exchange.readAnswer(joined(reply.chunks).toString('utf8'), collector);
    expect(RIGHT.slice(0, 70) + collector.choice(0).content).toBe(RIGHT);
  });

  it('turns a wrong key away', async () => {
    const { spec, request } = await exchangeOf(dialect, ASKED);
    const { reply } = new ProviderModel({ ...spec, key: 'another' }, CALM).visit(request, 0);
    expect(reply.status).toBeGreaterThanOrEqual(400);
  });

  it.each(Object.entries(MEANING) as [Trouble, ErrorKind][])('says "%s" so that it means %s', async (trouble, kind) => {
    const { provider } = await exchangeOf(dialect, ASKED);
    const shortage = trouble === 'rate' ? ({ dimension: 'tokens', waitMs: 250 } as const) : undefined;
    const { status, headers, body } = WIRES[dialect].refusal(trouble, shortage);
    expect(provider.classify({ status, header: (name) => headers[name], body }).kind).toBe(kind);
  });
});

describe('the fake transport', () => {
  const faulty = async (ailment: string) => {
    for (let n = 0; ; n++) {
      const { spec, request } = await exchangeOf('openai', { ...ASKED, id: `s1n${n}`, stream: ailment === 'stalled' });
      const model = new ProviderModel(spec, { ...CALM, calm: false });
      const visit = model.visit(request, 5_000);
      const { reply } = visit;
      visit.end(5_000, false);
      if (ailment === 'stalled' ? reply.ending === 'silence' : reply.status === 200) return { spec, request };
    }
  };

  async function fate(ailment: string, options: { firstByteMs?: number; idleMs?: number; leavesAfterMs?: number }) {
    const { spec, request } = await faulty(ailment);
    const clock = new VirtualClock(0);
    const model = new ProviderModel(spec, { ...CALM, calm: false });
    const transport = fakeTransport(clock, new Map([[`http://${spec.name}.invalid`, model]]));
    const client = new Departure();
    const outcome = Promise.withResolvers<string>();
    const { firstByteMs = 9_000, idleMs = 2_000, leavesAfterMs } = options;
    clock.after(5_000, () => {
      if (leavesAfterMs !== undefined) clock.after(leavesAfterMs, () => client.leave());
      const read = async () => (await transport.send(request, { client, firstByteMs, idleMs })).text(1_000_000);
      void read().then(
        () => outcome.resolve('ok'),
        (cause: { kind?: string }) => outcome.resolve(`${cause.kind} after ${Math.round(clock.elapsedMs - 5_000)}`),
      );
    });
    await clock.run();
    return { outcome: await outcome.promise, call: model.calls[0], clock };
  }

  it('brings an answer', async () => {
    expect((await fate('none', {})).outcome).toBe('ok');
  });

  it('gives up on a head that does not come in time', async () => {
    const { outcome, call } = await fate('none', { firstByteMs: 50 });
    expect(outcome).toBe('timeout after 50');
    expect(call).toMatchObject({ completed: false, endedMs: 5_050 });
  });

  it('gives up on a body that falls silent', async () => {
    const { outcome } = await fate('stalled', { idleMs: 700 });
    expect(outcome).toMatch(/^stalled after /);
  });

  it('ends the call when the client leaves', async () => {
    const { outcome, call } = await fate('none', { leavesAfterMs: 30 });
    expect(outcome).toBe('client_gone after 30');
    expect(call).toMatchObject({ completed: false, endedMs: 5_030 });
  });
});

describe('the figures', () => {
  const call = (of: Partial<UpstreamCall>): UpstreamCall => ({
    provider: 'beta',
    id: 'a',
    attempt: 1,
    atMs: 10,
    endedMs: 500,
    status: 200,
    impolite: false,
    completed: true,
    ...of,
  });
  const seen = (of: Partial<Experience>, arrival: Partial<Arrival> = {}): Experience => ({
    arrival: { ...ASKED, id: 'a', ...arrival },
    verdict: 'ok',
    status: 200,
    tookMs: 400,
    endedMs: 500,
    ...of,
  });

  it('count what went to waste, twice, too early, too late and for nothing', () => {
    const experiences = [
      seen({}),
      seen({ verdict: 'throttled', status: 429 }, { id: 'b', tenant: 'whale', priority: 'background' }),
      seen({ verdict: 'refused', status: 400 }, { id: 'c', kind: 'bad' }),
      seen({ verdict: 'left', status: 0, endedMs: 100 }, { id: 'd', kind: 'leaver' }),
    ];
    const calls = [
      call({}),
      call({ attempt: 2, impolite: true }),
      call({ id: 'b', status: 429, completed: false }),
      call({ id: 'c', status: 500, completed: false }),
      call({ id: 'c', attempt: 2, status: 400, completed: false }),
      call({ id: 'd', endedMs: 900 }),
    ];
    expect(metricsOf(CALM, experiences, calls)).toMatchObject({
      success: 50,
      throttled: 50,
      silent: 0,
      callsPerRequest: 1.5,
      wastedPer100: 100,
      impolite: 1,
      duplicates: 1,
      callerCalls: 1,
      callerMisjudged: 0,
      abandoned: 1,
      byPriority: { normal: 100, background: 0 },
    });
  });

  it('tell when a sick provider was called and when it was used again', () => {
    const calls = [
      call({ atMs: 21_000, status: 500, completed: false }),
      call({ atMs: 28_100, status: 500, completed: false }),
      call({ atMs: 28_900 }),
    ];
    const { outages } = metricsOf(CALM, [seen({})], calls);
    expect(outages.find(({ id }) => id === 'down')).toMatchObject({ callsToSick: 1, reuseMs: 900 });
    expect(outages.find(({ id }) => id === 'spent')?.reuseMs).toBeUndefined();
  });

  it('hold a gate or do not', () => {
    const good = metricsOf(CALM, [seen({})], [call({ atMs: 5 })]);
    const failed = (runs: Parameters<typeof gatesOf>[1]) =>
      gatesOf(1, runs, false)
        .filter(({ passed }) => !passed)
        .map(({ name }) => name);
    const kind = { ...good, outages: [] };
    expect(failed([kind])).toEqual([]);
    expect(failed([{ ...kind, silent: 1 }])).toEqual(['silent corruption, worst run']);
    expect(failed([{ ...kind, success: 99.4 }])).toEqual(['success']);
    expect(failed([good])).toEqual(['ms until a recovered provider is used again, worst']);
  });

  it('come from what clients send', () => {
    expect(JSON.parse(bodyOf({ ...ASKED, stream: true }))).toMatchObject({ stream: true, max_tokens: 100 });
  });
});
