/** What third parties recorded against the real APIs, through Gemini's door: requests in, answers of every dialect out. */
import { stringify } from 'yaml';
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../../providers/anthropic/index.ts';
import { bedrock } from '../../../providers/bedrock/index.ts';
import { gemini } from '../../../providers/gemini/index.ts';
import { openai } from '../../../providers/openai/index.ts';
import { AnswerCollector } from '../../../src/answers/collector.ts';
import { GatewayError } from '../../../src/core/errors.ts';
import { GEMINI } from '../../../src/doors/gemini/door.ts';
import { geminiPen } from '../../../src/doors/gemini/pen.ts';
import { makeCall } from '../../support/call.ts';
import { exchangeOf } from '../../wire/exchanges.ts';
import { expectContent } from '../../wire/expect-gemini.ts';
import { expectationOf, type Wire, wireOf } from '../../wire/expect.ts';
import { exceptionKeysOf } from '../../wire/exceptions.ts';
import { bytesOf, isError, isThere, modelOf, readRecordings, type Recording, textOf } from '../../wire/recordings.ts';
import { sseEvents } from '../../wire/sse.ts';
import { makeWorld } from './world.ts';

const LIMITS = { maxBodyBytes: 10_000_000, maxMessages: 1_000, maxDepth: 60 };
const recordings = readRecordings();
const named = <T extends { id: string }>(list: T[]) => list.map((one) => [one.id, one] as const);
const isGenerate = ({ api }: Recording) => /^(stream)?generateContent$/i.test(api);
const asked = recordings.filter((one) => isGenerate(one) && one.request.body !== null);
const answered = asked.filter(
  (one) => !isError(one) && exceptionKeysOf(one).length === 0 && !('failure' in expectationOf(one, 'content')),
);

it.skipIf(!isThere())('the recordings are in ../shared/wire (skipped: the folder is absent)', () => {
  expect(answered.length).toBeGreaterThan(20);
});

const newest = (model: string) => /gemini-(3|4|flash-latest)/.test(model);

/** As the catalog has it of such models. */
function capabilitiesOf(model: string) {
  if (newest(model)) return { reasoning: 'thinking_level', efforts: ['minimal', 'low', 'medium', 'high'] } as const;
  const isThinking = /gemini-2\.5/.test(model) && !/tts|image/.test(model);
  const efforts = model.includes('flash') ? ['none', 'low', 'medium', 'high'] : ['low', 'medium', 'high'];
  return { reasoning: isThinking ? 'thinking_budget' : 'none', efforts, structuredOutputWithTools: false } as const;
}

function entryOf(recording: Recording) {
  const call = `${modelOf(recording)}:${recording.api}`;
  const param = (name: string) => (name === 'call' ? call : undefined);
  return GEMINI.read(JSON.stringify(recording.request.body), { limits: LIMITS, header: () => undefined, param });
}

describe.runIf(isThere())('a recorded request', () => {
  it.each(named(answered))('%s goes to Gemini as it came', (_, recording) => {
    const { request, original } = entryOf(recording);
    const settings = recording.provider === 'vertex' ? { project: 'p' } : {};
    const model = modelOf(recording);
    const options = { dialect: 'gemini', model, settings, capabilities: capabilitiesOf(model) };
    const exchange = gemini.translate({ ...makeCall({}, options), request, original });
    expect(exchange.body).toBe(JSON.stringify(recording.request.body));
    expect(exchange).toMatchObject({ relay: 'gemini', warnings: [] });
  });

  it.each(named(answered))('%s is said in every dialect, or refused by its name', (_, recording) => {
    const { request, original } = entryOf(recording);
    for (const provider of [gemini, anthropic, openai, bedrock]) {
      const call = { ...makeCall({}, { dialect: provider.name, settings: { region: 'r' } }), request };
      const said = translated(() => provider.translate({ ...call, original: undefined }).body);
      const words = said.refused || original.only ? [] : wordsOf(recording);
      expect(said.refused ?? { kind: 'unsupported', param: '' }).toMatchObject({ kind: 'unsupported', param: aText });
      expect(words.filter((word) => !said.body.includes(word))).toEqual([]);
    }
  });
});

const aText: unknown = expect.any(String);

function translated(translate: () => string): { body: string; refused?: object } {
  try {
    return { body: JSON.stringify(JSON.parse(translate())) };
  } catch (cause) {
    return { body: '', refused: cause as object };
  }
}

/** What must be in any translation: all that people, tools and models have said. */
function wordsOf({ request }: Recording): string[] {
  const words: string[] = [];
  const inside = (value: unknown): string => JSON.stringify(value).slice(1, -1).trim();
  JSON.stringify(request.body, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') words.push(...value.split('\n').map(inside));
    if (key === 'functionCall' || key === 'function_call') words.push((value as { name: string }).name);
    return key === 'data' ? undefined : value;
  });
  return words.filter((word) => word !== '' && !word.includes('\\'));
}

describe.runIf(isThere())('an exchange with Gemini', () => {
  it.each(named(answered))('%s passes byte for byte, both ways', async (_, recording) => {
    const model = modelOf(recording);
    const type = recording.stream ? 'text/event-stream' : 'application/json';
    const headers = { 'content-type': type };
    const world = makeWorld(
      () => Promise.resolve(new Response(bytesOf(recording) as BodyInit, { headers })),
      stringify({ providers: { gemini: { apiKey: 'key-of-nobody' } } }),
    );
    const verb = recording.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
    const response = await world.post(`/v1beta/models/gemini/${model}:${verb}`, recording.request.body);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(text.trimEnd()).toBe(textOf(recording).trimEnd());
    expect(world.asked[0]?.text).toBe(JSON.stringify(recording.request.body));
    expect(response.headers.get('x-signalbox-dropped')).toBeNull();
    expect(response.headers.get('content-type')).toContain(type);
  });
});

const readable = recordings.flatMap((recording) => {
  const wire = wireOf(recording);
  if (!wire || isError(recording) || exceptionKeysOf(recording).length > 0) return [];
  const expected = expectationOf(recording, wire);
  // The judge reads one choice.
  return 'failure' in expected || expected.choices.length > 1 ? [] : [{ id: recording.id, recording, wire, expected }];
});

const STAMP = { newId: () => 'id', createdSeconds: 1, model: 'unnamed', includeUsage: true };

function written(recording: Recording, wire: Wire): { whole: unknown; events: unknown[]; collected: AnswerCollector } {
  const collected = new AnswerCollector();
  const stream = geminiPen(true).stream(STAMP);
  for (const sink of [collected, stream]) {
    const exchange = exchangeOf(recording, wire);
    if (!recording.stream) {
      exchange.readAnswer(textOf(recording), sink);
      continue;
    }
    const reader = exchange.openStream(sink);
    reader.push(bytesOf(recording));
    reader.end();
  }
  stream.close();
  return { whole: JSON.parse(geminiPen(true).whole(collected, STAMP)), events: sseEvents(stream.take()), collected };
}

describe.runIf(isThere())('a recorded answer', () => {
  it.each(named(readable))(
    '%s says the same in Gemini’s words, whole and streamed',
    (_, { recording, wire, expected }) => {
      const { whole, events } = written(recording, wire);
      for (const said of [expectContent([whole]), expectContent(events)]) {
        if (!said || 'failure' in said) throw new Error('This is no answer of Gemini’s');
        expect(said.model).toBe(expected.model);
        expect(said.choices.map(sayable)).toEqual(expected.choices.map(sayable));
        expect(said.usage).toMatchObject(expected.usage ? counts(expected.usage) : {});
      }
    },
  );

  it.each(named(readable))('%s comes back whole with the next turn', (_, { recording, wire }) => {
    const { whole, collected } = written(recording, wire);
    const { candidates = [] } = whole as { candidates?: { content: { parts?: object[] } }[] };
    const [first] = candidates;
    const choice = collected.choices.get(0);
    if (!first?.content.parts || !choice) return;
    const results = choice.toolCalls.map(({ id, name }) => ({
      functionResponse: { id, name, response: { output: 'x' } },
    }));
    const next = [{ text: 'Go on' }];
    const contents = [
      { role: 'user', parts: next },
      first.content,
      { role: 'user', parts: results.length > 0 ? results : next },
    ];
    const param = () => 'm:generateContent';
    const { request, original } = GEMINI.read(JSON.stringify({ contents }), {
      limits: LIMITS,
      header: () => undefined,
      param,
    });
    const back = request.messages.find(({ role }) => role === 'assistant');
    expect(back).toBeDefined();
    const foreign = choice.reasoningDetails.filter(({ format }) => format !== 'google-gemini-v1');
    expect(original.passes).toBe(foreign.length === 0);
    const details = back?.reasoning_details ?? [];
    expect(details.filter(({ format }) => format !== 'google-gemini-v1')).toEqual(foreign);
    const signatures = choice.reasoningDetails.filter(({ format, data }) => format === 'google-gemini-v1' && data);
    for (const { data } of signatures) expect(details.map((detail) => detail.data)).toContain(data);
    const calls = back?.role === 'assistant' ? (back.tool_calls ?? []) : [];
    expect(calls.map(({ id }) => id)).toEqual(choice.toolCalls.map(({ id }) => id));
  });
});

type Said = ReturnType<typeof expectContent>;
type Choice = NonNullable<Exclude<Said, { failure: string[] } | undefined>>['choices'][number];

/** Gemini has one form of a call, no form of a refusal but text, and names thoughts only where they are shown. */
function sayable({ text, refusal, reasoning, calls, citations, logprobs }: Choice) {
  return {
    text: text + refusal,
    reasoning,
    calls: calls.map(({ name, arguments: args }) => ({
      name,
      args: typeof args === 'string' ? 'cut off' : '_raw' in (args as object) ? 'cut off' : args,
    })),
    citations,
    logprobs,
  };
}

function counts({
  prompt,
  completion,
  cached,
  reasoning,
}: NonNullable<Exclude<Said, { failure: string[] } | undefined>['usage']>) {
  return { prompt, completion, cached, reasoning: Math.min(reasoning ?? 0, completion) }; // Some servers count more.
}

it('errors that are thrown here are the gateway’s', () => {
  expect(() => entryOf({ ...({} as Recording), api: 'x', url_path: '', request: { body: {} } })).toThrow(GatewayError);
});
