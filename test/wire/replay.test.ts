/**
 * Every recorded answer of `../shared/wire` comes out as the recording itself says.
 *
 * The expectation is read off the recording by the dumb readers beside this file; the answer is read by the
 * provider, written down by `src/answers`, and held to OpenAI's shapes.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { EXCEPTIONS, exceptionKeysOf } from './exceptions.ts';
import { collectStream, exchangeOf, readWhole, writeStream } from './exchanges.ts';
import { type Wire, expectationOf, wireOf } from './expect.ts';
import { matching, observeAnswer, observeChunks, outcomeOf } from './observe.ts';
import { type Recording, bytesOf, isError, isThere, readRecordings, textOf } from './recordings.ts';
import { Tally } from './tally.ts';

const tally = new Tally('answers');
const recordings = readRecordings();
const answers = recordings.filter((recording) => !isError(recording) && exceptionKeysOf(recording).length === 0);
const named = (stream: boolean) =>
  answers.filter((answer) => answer.stream === stream).map((answer) => [answer.id, answer] as const);

afterAll(() => tally.print());

it.skipIf(!isThere())(
  'the recordings are in ../shared/wire (skipped: the folder is absent, nothing is replayed)',
  () => {
    expect(recordings.length).toBeGreaterThan(200);
  },
);

describe.runIf(isThere())('the exceptions', () => {
  it.each(Object.keys(EXCEPTIONS))('%s is the name of a recorded answer', (key) => {
    const excepted = recordings.filter((recording) => !isError(recording) && exceptionKeysOf(recording).includes(key));
    expect(excepted).not.toEqual([]);
    for (const { provider } of excepted) tally.excepted(provider);
  });
});

describe.runIf(isThere())('a whole answer comes out as recorded', () => {
  it.each(named(false))('%s', (_, recording) => {
    const wire = chatWire(recording);
    const read = () => readWhole(exchangeOf(recording, wire), textOf(recording));
    expect(outcomeOf(() => observeAnswer(read()))).toEqual(matching(expectationOf(recording, wire)));
    tally.passed(recording.provider);
  });
});

describe.runIf(isThere())('a stream comes out as recorded', () => {
  it.each(named(true))('%s, collected', (_, recording) => {
    const wire = chatWire(recording);
    const read = () => collectStream(exchangeOf(recording, wire), [bytesOf(recording)]);
    expect(outcomeOf(() => observeAnswer(read()))).toEqual(matching(expectationOf(recording, wire)));
    tally.passed(recording.provider);
  });

  it.each(named(true))('%s, as chunks', (_, recording) => {
    const wire = chatWire(recording);
    const read = () => writeStream(exchangeOf(recording, wire), [bytesOf(recording)]);
    expect(outcomeOf(() => observeChunks(read()))).toEqual(matching(expectationOf(recording, wire)));
  });
});

function chatWire(recording: Recording): Wire {
  const wire = wireOf(recording);
  if (!wire) throw new Error(`No dialect reads ${recording.api}: name it among the exceptions`);
  return wire;
}
