/** What a provider puts on the wire for one call, and when: a script that is played in virtual or in real time. */
import type { Ailment } from './scenario.ts';
import { type Asked, bytes, type Refusal, type Wire } from './wires/wire.ts';

export interface Chunk {
  atMs: number;
  bytes: Uint8Array;
}

/** Times are milliseconds since the call arrived. */
export interface Reply {
  /** 0: the connection breaks before there is a head. */
  status: number;
  headers: Record<string, string>;
  headMs: number;
  chunks: readonly Chunk[];
  endMs: number;
  /** `silence`: nothing more comes, and the connection stays open. */
  ending: 'clean' | 'reset' | 'silence';
}

/** A refusal costs the provider next to nothing. */
export const REFUSAL_MS = 8;
const RESET_MS = 2;
/** How long a half-sent whole answer hangs before its connection breaks. */
const HANG_MS = 20;
/** A stream's first events come early; they are no content. */
const OPENING_MS = 120;
const PIECE = /.{1,90}/gs;
const PAGE = bytes('<!doctype html><html><head><title>502</title></head><body><h1>Bad gateway</h1></body></html>');

export function brokenConnection(): Reply {
  return { status: 0, headers: {}, headMs: RESET_MS, chunks: [], endMs: RESET_MS, ending: 'reset' };
}

export function refused({ status, headers, body }: Refusal): Reply {
  return shut(status, { 'content-type': 'application/json', ...headers }, bytes(body));
}

/** What a proxy in front of a dead provider says. */
export function badGateway(): Reply {
  return shut(502, { 'content-type': 'text/html' }, PAGE);
}

function shut(status: number, headers: Record<string, string>, body: Uint8Array): Reply {
  const chunks = [{ atMs: REFUSAL_MS, bytes: body }];
  return { status, headers, headMs: REFUSAL_MS, chunks, endMs: REFUSAL_MS, ending: 'clean' };
}

export interface Performance {
  wire: Wire;
  asked: Asked;
  headers: Record<string, string>;
  firstMs: number;
  totalMs: number;
  flaw: Ailment | undefined;
  /** Decides between the ways to break off. */
  draw: number;
}

export function answered(performance: Performance): Reply {
  if (performance.flaw === 'page') return page(performance);
  return performance.asked.stream ? streamed(performance) : whole(performance);
}

function page({ totalMs, headers }: Performance): Reply {
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'text/html' },
    headMs: totalMs,
    chunks: [{ atMs: totalMs, bytes: PAGE }],
    endMs: totalMs,
    ending: 'clean',
  };
}

const HALVED = new Set<Ailment | undefined>(['broken', 'cut', 'stalled']);
const ENDINGS: Partial<Record<Ailment, Reply['ending']>> = { broken: 'reset', stalled: 'silence' };

/** The head comes with the answer, as real providers have it. */
function whole({ wire, asked, headers, totalMs, flaw }: Performance): Reply {
  if (flaw === 'sour') return refused(wire.refusal('overloaded', undefined));
  const body = bytes(wire.whole(asked));
  const sent = HALVED.has(flaw) ? body.subarray(0, body.length >> 1) : body;
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': 'application/json',
      'content-length': String(flaw === 'cut' ? sent.length : body.length),
    },
    headMs: totalMs,
    chunks: [{ atMs: totalMs, bytes: sent }],
    endMs: totalMs + (flaw === 'broken' ? HANG_MS : 0),
    ending: (flaw && ENDINGS[flaw]) ?? 'clean',
  };
}

function streamed(performance: Performance): Reply {
  const { wire, asked, headers, firstMs, flaw, draw } = performance;
  const headMs = Math.min(firstMs * 0.6, OPENING_MS);
  const chunks = wire.opening(asked).map((piece) => ({ atMs: headMs, bytes: piece }));
  const pieces = piecesOf(performance);
  chunks.push(...(flaw === 'sour' ? [] : HALVED.has(flaw) ? pieces.slice(0, Math.ceil(pieces.length / 2)) : pieces));
  const lastMs = chunks.at(-1)?.atMs ?? firstMs;
  if (flaw === 'sour' || (flaw === 'broken' && draw < 0.5)) chunks.push({ atMs: lastMs, bytes: wire.errorEvent() });
  const isReset = flaw === 'broken' && draw >= 0.5;
  return {
    status: 200,
    headers: { ...headers, 'content-type': wire.streamType },
    headMs,
    chunks,
    endMs: lastMs + (isReset ? HANG_MS : 0),
    ending: isReset ? 'reset' : flaw === 'stalled' ? 'silence' : 'clean',
  };
}

/** The text in pieces from the first token to the last, and what closes the stream. */
function piecesOf({ wire, asked, firstMs, totalMs }: Performance): Chunk[] {
  const texts = asked.text.match(PIECE) ?? [];
  const gapMs = (totalMs - firstMs) / Math.max(texts.length, 1);
  const pieces = texts.map((text, index) => ({ atMs: firstMs + index * gapMs, bytes: wire.piece(asked, text) }));
  return [...pieces, ...wire.closing(asked).map((piece) => ({ atMs: totalMs, bytes: piece }))];
}
