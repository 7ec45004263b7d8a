/** Properties that hold for whatever comes: no recording needed. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SseDecoder } from '../../providers/shared/sse.ts';
import { AnswerCollector } from '../../src/answers/collector.ts';
import type { ChatRequest } from '../../src/core/chat.ts';
import type { Capabilities, ReasoningStyle } from '../../src/core/deployment.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Exchange, Provider } from '../../src/core/provider.ts';
import { makeCall } from '../support/call.ts';
import { checkAnthropic } from './constraints-anthropic.ts';
import { checkBedrock } from './constraints-bedrock.ts';
import { checkGemini } from './constraints-gemini.ts';
import { checkCompatible, checkOpenAi } from './constraints-openai.ts';
import { PROVIDERS } from './exchanges.ts';
import { mangledAnswer, mangledEvents, writeEvents } from './mangled.ts';
import { CAPABILITIES, REQUESTS } from './request-arbitrary.ts';

/** The same requests every time; raise the runs to search for more. */
const RUNS = { seed: 20_261_122, numRuns: Number(process.env['FUZZ_RUNS'] ?? 500), includeErrorInReport: true };

vi.setConfig({ testTimeout: 20_000 + 20 * RUNS.numRuns });

interface Subject {
  provider: Provider;
  model: string;
  baseUrl?: string;
  styles: ReasoningStyle[];
  /** What no model of this dialect can do. */
  never?: Partial<Capabilities>;
  check: (body: unknown, call: Call) => void;
}

const { anthropic, bedrock, gemini, openai } = PROVIDERS;
const CLAUDE: ReasoningStyle[] = ['none', 'budget', 'adaptive', 'disableable', 'between_tools', 'always'];

const SUBJECTS: Record<string, Subject> = {
  anthropic: { provider: anthropic, model: 'claude-haiku-4-5', styles: CLAUDE, check: checkAnthropic },
  gemini: {
    provider: gemini,
    model: 'gemini-3.8-flash',
    styles: ['none', 'thinking_budget', 'thinking_level'],
    never: { lateSystem: false },
    check: checkGemini,
  },
  bedrock: { provider: bedrock, model: 'anthropic.claude-haiku-4-5', styles: CLAUDE, check: checkBedrock },
  'bedrock nova': { provider: bedrock, model: 'amazon.nova-2-lite-v1:0', styles: ['none'], check: checkBedrock },
  openai: {
    provider: openai,
    model: 'gpt-6.1-sol',
    baseUrl: 'https://api.openai.com/v1',
    styles: ['none', 'effort'],
    check: checkOpenAi,
  },
  'a compatible server': { provider: openai, model: 'llama', styles: ['none'], check: checkCompatible },
};

describe('any request', () => {
  it.each(Object.entries(SUBJECTS))('is refused by name or fits what %s documents', (_, subject) => {
    const { provider, styles, never, check } = subject;
    const property = fc.property(REQUESTS, CAPABILITIES, fc.constantFrom(...styles), (request, able, reasoning) => {
      const call = callOf(subject, request, { ...able, ...never, reasoning });
      const before = JSON.stringify(request);
      const exchange = orRefused(() => provider.translate(call));
      expect(JSON.stringify(request), 'the request itself stays as it was').toBe(before);
      if (!exchange) return;
      expect(exchange.path.startsWith('/')).toBe(true);
      check(JSON.parse(exchange.body), call);
    });
    fc.assert(property, RUNS);
  });

  it.each(Object.entries(SUBJECTS))('without oddities is never refused by %s', (_, subject) => {
    const words = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '');
    const property = fc.property(fc.array(words, { minLength: 1, maxLength: 5 }), (said) => {
      const messages = said.map((content, index) => ({
        role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
        content,
      }));
      const translated = subject.provider.translate(callOf(subject, { model: 'asked', messages }));
      expect(translated.body).toContain(JSON.stringify(said[0]));
    });
    fc.assert(property, RUNS);
  });
});

const READERS = ['anthropic', 'openai', 'gemini', 'bedrock', 'responses'];

describe('garbage breaks nothing', () => {
  it.each(READERS)('%s: any bytes as a stream', (name) => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.string().map((text) => encode(`data: ${text}\n\n`)),
    );
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 4 }), (chunks) => {
        expect(kindOf(() => stream(plainExchange(name), chunks))).not.toBe('internal');
      }),
      RUNS,
    );
  });

  it.each(READERS)('%s: a stream with one wrong place', (name) => {
    const read = (events: unknown[]) => stream(plainExchange(name), [writeEvents(name, events)]);
    fc.assert(
      fc.property(mangledEvents(name), (events) => {
        expect(kindOf(() => read(events))).not.toBe('internal');
      }),
      RUNS,
    );
  });

  it.each(READERS)('%s: an answer with one wrong place, or any text', (name) => {
    const body = fc.oneof(mangledAnswer(name), fc.json(), fc.string());
    const read = (text: string) => plainExchange(name).readAnswer(text, new AnswerCollector());
    fc.assert(
      fc.property(body, (text) => {
        expect(kindOf(() => read(text))).not.toBe('internal');
      }),
      RUNS,
    );
  });

  it.each(Object.keys(SUBJECTS))('%s: any refusal is given a kind', (name) => {
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc.jsonValue().map((error) => JSON.stringify({ error, type: error })),
    );
    const headers = fc.dictionary(
      fc.constantFrom('retry-after', 'date', 'x-amzn-errortype', 'retry-after-ms'),
      fc.string(),
    );
    const property = fc.property(fc.integer({ min: 300, max: 599 }), headers, body, (status, sent, text) => {
      const refusal = { status, header: (field: string) => sent[field], body: text };
      const error = SUBJECTS[name]?.provider.classify(refusal);
      expect(error).toBeInstanceOf(GatewayError);
      expect(error?.retryAfterMs ?? 0).toBeGreaterThanOrEqual(0);
    });
    fc.assert(property, RUNS);
  });
});

describe('server-sent events', () => {
  const word = fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll(/[\r\n]/g, ''));
  const sent = fc.record({
    event: fc.option(word, { nil: undefined }),
    lines: fc.array(word, { maxLength: 3 }),
    comment: fc.option(word, { nil: undefined }),
    space: fc.boolean(),
  });

  it('decode to what was encoded, whatever the line endings, comments and cuts', () => {
    const endings = fc.constantFrom(['\n'], ['\r\n'], ['\r'], ['\n', '\r\n']);
    const property = fc.property(fc.array(sent), endings, fc.infiniteStream(fc.nat(20)), (events, ends, dice) => {
      const end = () => ends[dice.next().value % ends.length] ?? '\n';
      const text = events
        .map(
          (event) =>
            linesOf(event)
              .map((line) => line + end())
              .join('') + end(),
        )
        .join('');
      const decoded: [string, string][] = [];
      const decoder = new SseDecoder((event, data) => decoded.push([event, data]));
      for (const piece of cut(encode(text), () => dice.next().value)) decoder.push(piece);
      decoder.end();
      expect(decoded).toEqual(
        events.filter(({ lines }) => lines.length > 0).map(({ event, lines }) => [event ?? '', lines.join('\n')]),
      );
    });
    fc.assert(property, RUNS);
  });

  function linesOf({ event, lines, comment, space }: typeof sent extends fc.Arbitrary<infer Event> ? Event : never) {
    const field = (name: string, value: string) => `${name}:${space || value.startsWith(' ') ? ' ' : ''}${value}`;
    return [
      ...(comment === undefined ? [] : [`:${comment}`, 'retry: 10', 'id: 1']),
      ...(event === undefined ? [] : [field('event', event)]),
      ...lines.map((line) => field('data', line)),
    ];
  }
});

function callOf(subject: Subject, request: ChatRequest, capabilities: Partial<Capabilities> = {}): Call {
  const { provider, model, baseUrl } = subject;
  const call = makeCall(request, { dialect: provider.name, model, capabilities, settings: { region: 'us-east-1' } });
  return { ...call, endpoint: { ...call.endpoint, ...(baseUrl && { baseUrl }) } };
}

function plainExchange(name: string): Exchange {
  const subject = SUBJECTS[name] ?? SUBJECTS['openai'];
  if (!subject) throw new Error(`Nobody is called ${name}`);
  const tool = { type: 'function' as const, function: { name: 'f' } };
  const call = callOf(subject, plain(name === 'responses' ? { tools: [tool] } : {}), {
    toolsNeedResponses: name === 'responses',
  });
  return subject.provider.translate(call);
}

function plain(rest: Partial<ChatRequest>): ChatRequest {
  return { model: 'asked', stream: true, messages: [{ role: 'user', content: 'Hi' }], ...rest };
}

function stream(exchange: Exchange, chunks: Uint8Array[]): void {
  const reader = exchange.openStream(new AnswerCollector());
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
}

/** Undefined where the provider said no in the only way it may. */
function orRefused<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (error instanceof GatewayError && error.kind !== 'internal') return undefined;
    throw error;
  }
}

/** `ok`, or the kind of the only error that may come out. */
function kindOf(act: () => void): string {
  try {
    act();
    return 'ok';
  } catch (error) {
    if (error instanceof GatewayError) return error.kind;
    throw error;
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function* cut(bytes: Uint8Array, dice: () => number): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length;) {
    const end = start + 1 + dice();
    yield bytes.subarray(start, end);
    start = end;
  }
}
