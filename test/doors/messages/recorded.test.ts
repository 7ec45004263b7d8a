/**
 * Third parties' recorded traffic (`../shared/wire`) at the messages door: requests to Anthropic go in and come out in
 * every dialect; answers of every dialect come out as Anthropic's, and say what the recording says.
 */
import { describe, expect, it } from 'vitest';
import { AnswerCollector } from '../../../src/answers/collector.ts';
import { WireRelay } from '../../../src/answers/wire-relay.ts';
import type { AnswerSink } from '../../../src/core/answer.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import type { Provider } from '../../../src/core/provider.ts';
import { isSealed, unseal } from '../../../src/doors/capsule.ts';
import { MESSAGES } from '../../../src/doors/messages/door.ts';
import { makeCall } from '../../support/call.ts';
import { exceptionKeysOf } from '../../wire/exceptions.ts';
import { exchangeOf, PROVIDERS } from '../../wire/exchanges.ts';
import { expectationOf, type Wire, wireOf } from '../../wire/expect.ts';
import { expectMessage, expectMessageStream } from '../../wire/expect-anthropic.ts';
import type { Expected, ExpectedChoice } from '../../wire/expected.ts';
import { bytesOf, isError, isThere, type Recording, readRecordings, textOf } from '../../wire/recordings.ts';
import { sseEvents } from '../../wire/sse.ts';

const recordings = readRecordings();
const STAMP = { newId: (prefix: string) => `${prefix}1`, createdSeconds: 1, model: 'unnamed' };
const LIMITS = { maxBodyBytes: 10_000_000, maxMessages: 1_000, maxDepth: 64 };

it.skipIf(!isThere())(
  'the recordings are in ../shared/wire (skipped: the folder is absent, nothing is replayed)',
  () => {
    expect(recordings.length).toBeGreaterThan(200);
  },
);

const read = (text: string) => MESSAGES.read(text, { limits: LIMITS, header: () => undefined, param: () => undefined });
const { pen } = read('{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"Hi"}]}');

const asked = recordings.filter(
  ({ api, request, response }) => api === 'messages' && request.body !== null && response.status === 200,
);
const requests = asked.map((recording) => [recording.id, recording] as const);

function translated(recording: Recording, provider: Provider) {
  const text = JSON.stringify(recording.request.body, null, 1);
  const entry = read(text);
  const call = makeCall({}, { dialect: provider.name, model: 'the-model', capabilities: CAPABLE });
  const { request, original, lost } = entry;
  return { text, entry, lost, exchange: () => provider.translate({ ...call, request, original }) };
}

/** Of a Claude that takes what was recorded: which Claude takes what is tested elsewhere. */
const CAPABLE = {
  reasoning: 'effort' as const,
  efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
  prefill: true,
  lateSystem: true,
};

describe.runIf(isThere())('a recorded request', () => {
  it.each(requests)('%s goes to Anthropic byte for byte', (_, recording) => {
    const { text, exchange } = translated(recording, PROVIDERS.anthropic);
    const { body, relay } = exchange();
    expect(relay).toBe('messages');
    expect(body).toBe(text.replace(/^ "model": "[^"]*"/m, ' "model": "the-model"'));
  });

  it.each(requests)('%s goes to everybody else with all that they can hold', (_, recording) => {
    for (const provider of [PROVIDERS.openai, PROVIDERS.gemini, PROVIDERS.bedrock]) {
      const { entry, exchange } = translated(recording, provider);
      if (entry.original.only !== undefined) continue;
      const body = bodyOf(exchange);
      if (body === undefined) continue;
      for (const said of essentialsOf(recording.request.body)) expect(`${provider.name}: ${body}`).toContain(said);
    }
  });
});

/** Undefined where the dialect names what it cannot serve. */
function bodyOf(exchange: () => { body: string }): string | undefined {
  try {
    return exchange().body;
  } catch (error) {
    if (error instanceof GatewayError && error.kind === 'unsupported' && error.param) return undefined;
    throw error;
  }
}

/** What a conversation is made of: its words, its calls and their tools. */
function essentialsOf(body: unknown): string[] {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(walk);
    if (typeof value !== 'object' || value === null) return;
    const {
      type,
      text,
      name,
      content,
      messages,
      system,
      tools,
      input_schema: schema,
    } = value as Record<string, unknown>;
    if (type === 'text' && typeof text === 'string' && text.trim()) found.push(inJson(text));
    if ((type === 'tool_use' || schema) && typeof name === 'string') found.push(name);
    if (typeof content === 'string' && type !== 'tool_result') found.push(inJson(content)); // Results may be taken apart.
    [messages, system, tools, Array.isArray(content) ? content : []].forEach(walk);
  };
  walk(body);
  return found;
}

const inJson = (text: string) => JSON.stringify(text.trimEnd()).slice(1, -1);

const answers = recordings.filter((recording) => !isError(recording) && exceptionKeysOf(recording).length === 0);
const answered = answers.flatMap((recording): [string, Recording, Wire, Expected][] => {
  const wire = wireOf(recording);
  const expected = wire && expectationOf(recording, wire);
  return wire && expected && !('failure' in expected) ? [[recording.id, recording, wire, expected]] : [];
});

function readInto(sink: AnswerSink, recording: Recording, wire: Wire): void {
  const exchange = exchangeOf(recording, wire);
  if (!recording.stream) return exchange.readAnswer(textOf(recording), sink);
  const reader = exchange.openStream(sink);
  reader.push(bytesOf(recording));
  reader.end();
}

describe.runIf(isThere())('a recorded answer', () => {
  it.each(answered)('%s is a message', (_, recording, wire, expected) => {
    const collector = new AnswerCollector();
    readInto(collector, recording, wire);
    const message: unknown = JSON.parse(pen.whole(collector, STAMP));
    expect(seen(expectMessage(message))).toEqual(held(expected, wire));
  });

  it.each(answered)('%s is a stream', (_, recording, wire, expected) => {
    const writer = pen.stream({ ...STAMP, includeUsage: true });
    readInto(writer, recording, wire);
    writer.close();
    const streamed = expectMessageStream(sseEvents(writer.take()));
    expect(streamed && seen(streamed)).toEqual(held(expected, wire));
  });
});

const streams = answered.filter(([, { stream }, wire]) => stream && wire === 'messages');

describe.runIf(isThere())('a stream of Anthropic', () => {
  it.each(streams)('%s passes byte for byte and is noted', (_, recording, wire, expected) => {
    const relay = new WireRelay(exchangeOf(recording, wire), pen);
    const bytes = bytesOf(recording);
    const half = Math.floor(bytes.length / 2);
    const utf8 = new TextDecoder();
    const sent = [bytes.subarray(0, half), bytes.subarray(half)].map((piece) =>
      utf8.decode(relay.push(piece), { stream: true }),
    );
    expect((sent.join('') + relay.end()).trimEnd()).toBe(textOf(recording).trimEnd());
    expect(relay.facts).toMatchObject({ model: expected.model, finishReason: expected.choices[0]?.finish, said: true });
    expect(relay.facts.usage?.prompt_tokens).toBe(expected.usage?.prompt);
  });
});

const ANYTHING: unknown = expect.anything();

/** What Anthropic's message can hold of an answer. Usage that nobody named is none there. */
function held({ choices, usage, model }: Expected, wire: Wire = 'messages') {
  const [first] = choices;
  return {
    model,
    text: first?.text ?? '',
    reasoning: first?.reasoning ?? '',
    calls: first?.calls.map(({ type, name, arguments: given }) => ({
      name,
      given: type === 'custom' ? { input: given } : given,
    })),
    signatures: first && needsSignatures(first, wire) ? signaturesOf(first, first.signatures) : ANYTHING,
    finish: first?.refusal ? 'content_filter' : first?.finish,
    usage: usage ? { prompt: usage.prompt, completion: usage.completion, cached: usage.cached } : ANYTHING,
  };
}

/** The same of our own message: what is in capsules is as good as said. */
function seen(message: Expected) {
  const [first] = message.choices;
  return { ...held(message), signatures: first && signaturesOf(first, first.signatures.flatMap(opened)) };
}

/** Another's are worth keeping only for the calls that they led to. */
function needsSignatures({ calls }: ExpectedChoice, wire: Wire): boolean {
  return wire === 'messages' || wire === 'converse' || calls.length > 0;
}

/** Some ride on their calls, too. */
function signaturesOf({ calls }: ExpectedChoice, all: readonly string[]): string[] {
  return [...new Set([...all, ...calls.flatMap(({ signature }) => signature ?? [])])].toSorted();
}

function opened(signature: string): string[] {
  if (!isSealed(signature)) return [signature];
  return (unseal(signature) ?? []).flatMap(({ signature: own, data }) => own ?? data ?? []);
}
