import { describe, expect, it } from 'vitest';
import { Silence } from '../../src/attempt/silence.ts';
import { GatewayError } from '../../src/core/errors.ts';

const IDLE_MS = 1_000;
const utf8 = new TextEncoder();
const PING = 'event: ping\ndata: {"type": "ping"}\n\n';

/** Says each of these a second after the other, again and again; after how many seconds it is too long. */
function heard(...chunks: string[]): number {
  let now = 0;
  const silence = new Silence({
    clock: { now: () => now },
    timeouts: { idleMs: IDLE_MS, firstByteMs: Infinity, wholeMs: Infinity },
  });
  for (const seconds of Array.from({ length: 100 }).keys()) {
    now = seconds * 1_000;
    try {
      silence.hear(utf8.encode(chunks[seconds % chunks.length]));
    } catch (cause) {
      return cause instanceof GatewayError && cause.kind === 'stalled' ? seconds : NaN;
    }
  }
  return Infinity;
}

describe('ten idle times of nothing are too long', () => {
  it.each([
    { name: 'a comment', chunk: ': OPENROUTER PROCESSING\n\n' },
    { name: 'an empty comment', chunk: ':\r\n\r\n' },
    { name: 'half a comment', chunk: ': OPENROU' },
    { name: 'line ends', chunk: '\n' },
    { name: "Anthropic's ping", chunk: PING },
    { name: "OpenAI's keepalive", chunk: 'event: keepalive\ndata: {"type":"keepalive","sequence_number":3}\n\n' },
    { name: 'several of these', chunk: `\n: a\n\n${PING}: data: {}\n\n${PING}` },
  ])('$name', ({ chunk }) => {
    expect(heard(chunk)).toBe(10);
  });
});

describe('is news', () => {
  it.each([
    { name: 'an event', chunk: 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n' },
    { name: 'an event with a name', chunk: 'event: content_block_delta\ndata: {"type":"content_block_delta"}\n\n' },
    { name: 'an event whose name begins as that of a ping', chunk: 'event: pinging\ndata: {}\n\n' },
    { name: 'an event behind a comment', chunk: ': a\n\ndata: {}\n\n' },
    { name: 'an event behind a ping', chunk: `${PING}event: message_stop\ndata: {}\n\n` },
    { name: 'a part of an event', chunk: 'content":"a"}' },
    { name: 'what is no text', chunk: '\0\0\0' },
  ])('$name', ({ chunk }) => {
    expect(heard(chunk)).toBe(Infinity);
    expect(heard(PING, PING, PING, PING, PING, PING, PING, PING, PING, chunk)).toBe(Infinity);
  });

  it('but only so often', () => {
    expect(heard(...Array.from({ length: 11 }, () => PING), 'data: {}\n\n')).toBe(10);
  });

  it('not a chunk of nothing, as of several streams in one', () => {
    expect(heard('')).toBe(Infinity);
  });
});
