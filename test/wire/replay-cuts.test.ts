/** However the network cuts a recorded stream, the same comes out; and a stream that was cut off never looks whole. */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/core/errors.ts';
import { awsEvents } from './event-stream.ts';
import { exceptionKeysOf } from './exceptions.ts';
import { collectStream, exchangeOf, writeStream } from './exchanges.ts';
import { type Wire, expectationOf, terminalOffset, wireOf } from './expect.ts';
import { inPieces, inTwo, randomPlaces } from './cuts.ts';
import { at } from './json.ts';
import { type Recording, bytesOf, isError, isThere, readRecordings } from './recordings.ts';
import { Tally } from './tally.ts';

const SEED = 20_261_122;
/** Up to here a stream is cut at every byte; a larger one in `SAMPLES` places. */
const SMALL = 20_000;
const SAMPLES = 500;

const tally = new Tally('streams, cut');

interface Streamed {
  recording: Recording;
  wire: Wire;
  bytes: Uint8Array;
}

const streams = readRecordings().flatMap((recording): [string, Streamed][] => {
  const wire = wireOf(recording);
  if (!wire || isError(recording) || !recording.stream || exceptionKeysOf(recording).length > 0) return [];
  if ('failure' in expectationOf(recording, wire)) return [];
  return [[recording.id, { recording, wire, bytes: bytesOf(recording) }]];
});

afterAll(() => tally.print());

it.skipIf(!isThere())('the recordings are in ../shared/wire (skipped: the folder is absent)', () => {
  expect(streams.length).toBeGreaterThan(50);
});

describe.runIf(isThere())('the same comes out, wherever the bytes are cut', () => {
  it.each(streams)('%s in two', { timeout: 60_000 }, (_, streamed) => {
    const { bytes } = streamed;
    const whole = JSON.stringify(collect(streamed, [bytes]));
    const places = bytes.length <= SMALL ? [...bytes.keys()] : randomPlaces(bytes.length, SAMPLES, SEED);
    expect(places.filter((place) => JSON.stringify(collect(streamed, inTwo(bytes, place))) !== whole)).toEqual([]);
    tally.passed(streamed.recording.provider);
  });

  it.each(streams)('%s in many pieces', (_, streamed) => {
    const { bytes, recording, wire } = streamed;
    const whole = JSON.stringify(collect(streamed, [bytes]));
    const written = writeStream(exchangeOf(recording, wire), [bytes]);
    for (const largest of [1, 7, 64, 1500]) {
      expect(JSON.stringify(collect(streamed, inPieces(bytes, largest, SEED)))).toBe(whole);
      expect(writeStream(exchangeOf(recording, wire), inPieces(bytes, largest, SEED))).toBe(written);
    }
  });
});

describe.runIf(isThere())('a stream cut off before its end is an error', () => {
  it.each(streams)('%s', (_, streamed) => {
    const { bytes } = streamed;
    const places = [...boundaries(streamed), ...randomPlaces(bytes.length, 200, SEED)];
    expect(places.flatMap((place) => complaint(streamed, place) ?? [])).toEqual([]);
  });
});

/** What is wrong with how a stream ends that was cut off there; nothing, mostly. */
function complaint(streamed: Streamed, place: number): string | undefined {
  const { bytes, recording, wire } = streamed;
  const outcome = attempt(streamed, place);
  if (outcome instanceof GatewayError) {
    if (outcome.kind === 'truncated' || !boundaries(streamed).has(place)) return undefined;
    return `${outcome.kind} instead of truncated at ${place}`;
  }
  if (place < terminalOffset(recording, wire)) return `looks complete at ${place}`;
  const same = isDeepStrictEqual(at(outcome, 'choices'), at(collect(streamed, [bytes]), 'choices'));
  return same ? undefined : `says something else at ${place}`;
}

function collect({ recording, wire }: Streamed, pieces: Iterable<Uint8Array>): unknown {
  return collectStream(exchangeOf(recording, wire), pieces);
}

function attempt(streamed: Streamed, place: number): unknown {
  try {
    return collect(streamed, [streamed.bytes.subarray(0, place)]);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
}

/** Places between two events: where a connection that is closed in good order ends. */
function boundaries({ bytes, wire }: Streamed): Set<number> {
  if (wire === 'converse') return new Set([0, ...awsEvents(bytes).map((event) => event.end)]);
  const text = Buffer.from(bytes);
  const places = new Set([0]);
  for (const blank of ['\n\n', '\r\n\r\n']) {
    for (let place = text.indexOf(blank); place >= 0; place = text.indexOf(blank, place + 1)) {
      places.add(place + blank.length);
    }
  }
  return places;
}
