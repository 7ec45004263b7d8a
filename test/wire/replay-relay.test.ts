/** OpenAI chat streams that are passed on untouched: what leaves is what came, and what the books note is what it said. */
import { describe, expect, it } from 'vitest';
import { ChatRelay, factsOfWhole } from '../../src/answers/relay.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { inPieces, inTwo, randomPlaces } from './cuts.ts';
import { expectationOf, terminalOffset, wireOf } from './expect.ts';
import { expectChatStream } from './expect-chat.ts';
import type { Expected } from './expected.ts';
import { at } from './json.ts';
import { type Recording, bytesOf, isError, isThere, readRecordings, textOf } from './recordings.ts';
import { dataLines, sseEvents } from './sse.ts';

const SEED = 20_261_122;
const SMALL = 20_000;

const chats = readRecordings().filter((recording) => wireOf(recording) === 'chat' && !isError(recording));
const streams = chats.flatMap((recording): [string, Recording, Expected][] => {
  const expected = expectationOf(recording, 'chat');
  return recording.stream && !('failure' in expected) ? [[recording.id, recording, expected]] : [];
});
const wholes = chats.filter(({ stream }) => !stream).map((recording) => [recording.id, recording] as const);

it.skipIf(!isThere())('the recordings are in ../shared/wire (skipped: the folder is absent)', () => {
  expect(streams.length).toBeGreaterThan(10);
});

describe.runIf(isThere())('a relayed stream', () => {
  it.each(streams)('%s says the same, byte for byte', (_, recording) => {
    expect(relayed([bytesOf(recording)], true).sent.trimEnd()).toBe(textOf(recording).trimEnd());
  });

  it.each(streams)('%s says the same without counts that nobody asked for', (_, recording) => {
    const { sent } = relayed([bytesOf(recording)], false);
    const counts = (event: unknown) => at(event, 'usage') && JSON.stringify(at(event, 'choices')) === '[]';
    const kept = sseEvents(textOf(recording)).filter((event) => !counts(event));
    expect(sseEvents(sent)).toEqual(kept);
    expect(dataLines(sent).at(-1)?.data).toBe('[DONE]');
  });

  it.each(streams)('%s is noted', (_, recording, expected) => {
    const { facts } = relayed([bytesOf(recording)], false);
    expect(facts).toMatchObject({ model: expected.model, said: true, finishReason: expected.choices.at(-1)?.finish });
    expect(facts.usage?.prompt_tokens).toBe(expected.usage?.prompt);
    expect(facts.usage?.completion_tokens).toBe(expected.usage?.completion);
  });

  it.each(streams)('%s is the same, wherever it is cut', { timeout: 60_000 }, (_, recording) => {
    const bytes = bytesOf(recording);
    const whole = JSON.stringify(comparable(relayed([bytes], false)));
    const places = bytes.length <= SMALL ? [...bytes.keys()] : randomPlaces(bytes.length, 500, SEED);
    const differs = (pieces: Iterable<Uint8Array>) => JSON.stringify(comparable(relayed(pieces, false))) !== whole;
    expect(places.filter((place) => differs(inTwo(bytes, place)))).toEqual([]);
    expect([1, 7, 64, 1500].filter((largest) => differs(inPieces(bytes, largest, SEED)))).toEqual([]);
  });

  it.each(streams)('%s is an error when it is cut off', (_, recording, expected) => {
    const bytes = bytesOf(recording);
    const end = terminalOffset(recording, 'chat');
    const places = [0, ...boundaries(recording), ...randomPlaces(bytes.length, 200, SEED)];
    const silent = places.filter(
      (place) => place < end && !isRefused(bytes.subarray(0, place), expected.choices.length),
    );
    expect(silent).toEqual([]);
  });

  it('that fails in the middle is an error', () => {
    const failing = chats.filter(({ response }) => response.sse_text?.includes('event: error'));
    expect(failing.filter((recording) => !isRefused(bytesOf(recording)))).toEqual([]);
  });
});

describe.runIf(isThere())('a relayed answer', () => {
  it.each(wholes)('%s is noted', (_, recording) => {
    const facts = factsOfWhole(textOf(recording), undefined);
    const { model, usage, choices } = expectationOf(recording, 'chat') as Expected;
    expect(facts).toMatchObject({ model, said: true, finishReason: choices[0]?.finish });
    expect(facts.usage?.total_tokens).toBe(usage?.total);
  });
});

interface Relayed {
  sent: string;
  facts: ChatRelay['facts'];
}

function relayed(pieces: Iterable<Uint8Array>, includeUsage: boolean, choices = 1): Relayed {
  const relay = new ChatRelay({ includeUsage, choices });
  const utf8 = new TextDecoder();
  let sent = '';
  for (const piece of pieces) sent += utf8.decode(relay.push(piece), { stream: true });
  sent += utf8.decode() + relay.end();
  expect(expectChatStream(sseEvents(sent))).toBeDefined();
  return { sent, facts: relay.facts };
}

/** How much was said is an estimate, which may depend on the cuts. */
function comparable({ sent, facts }: Relayed): object {
  return { sent, facts: { ...facts, characters: 0 } };
}

/** `choices`: what the client asked for, which the relay is told. */
function isRefused(bytes: Uint8Array, choices = 1): boolean {
  try {
    relayed([bytes], false, choices);
  } catch (error) {
    return error instanceof GatewayError && error.kind !== 'internal';
  }
  return false;
}

/** The ends of the events. */
function boundaries(recording: Recording): number[] {
  const text = textOf(recording);
  return dataLines(text).map(({ end }) => Buffer.byteLength(text.slice(0, end)) + 2);
}
