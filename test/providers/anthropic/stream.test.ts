/** Pieces in Anthropic's usual dress are read without parsing the event: the same must come out as from any other dress. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anthropic } from '../../../providers/anthropic/index.ts';
import { AnswerCollector } from '../../../src/answers/collector.ts';
import { makeCall } from '../../support/call.ts';
import { sse } from '../contract.ts';

const STAMP = { newId: () => 'chatcmpl-test', createdSeconds: 1, model: 'asked' };

type Json = Record<string, unknown> & { type: string };

const usual = (event: Json, padding = '') =>
  `event: ${event.type}\ndata: ${JSON.stringify(event).slice(0, -1)}${padding}}\n\n`;
const unusual = (event: Json) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event, undefined, ' ').replaceAll('\n', '')}\n\n`;

function read(stream: string, cuts: readonly number[] = []): string {
  const bytes = new TextEncoder().encode(stream);
  const collector = new AnswerCollector();
  const reader = anthropic.translate(makeCall({ stream: true })).openStream(collector);
  const ends = [...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
  for (const [index, end] of ends.entries()) reader.push(bytes.subarray(ends[index - 1] ?? 0, end));
  reader.end();
  return JSON.stringify([collector.answer(STAMP), collector.facts]);
}

const BLOCKS = [
  { type: 'text', text: '' },
  { type: 'thinking', thinking: '', signature: '' },
  { type: 'tool_use', id: 'toolu_1', name: 'f', input: {} },
];

/** A block of any kind with deltas of any kind in it. */
function blockOf(index: number, block: object, deltas: readonly Json[]): Json[] {
  return [
    { type: 'content_block_start', index, content_block: block },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

const START: Json = {
  type: 'message_start',
  message: { id: 'msg_1', model: 'm', usage: { input_tokens: 1, output_tokens: 1 } },
};
const END: Json[] = [
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 9 } },
  { type: 'message_stop' },
];

const hard = fc.constantFrom('"', '\\', '\n', '\u2028', '"}}', '","x":"y', '\\u0041', '\ud800', '\ufeff', '漢', '😀');
const text = fc.oneof(
  hard,
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.array(hard).map((units) => units.join('')),
);
const delta = fc.oneof(
  text.map((said) => ({ type: 'text_delta', text: said })),
  text.map((thinking) => ({ type: 'thinking_delta', thinking })),
  text.map((json) => ({ type: 'input_json_delta', partial_json: json })),
  text.map((said) => ({ type: 'text_delta', text: said, more: 'x' })),
  text.map((signature) => ({ type: 'signature_delta', signature })),
);
const blocks = fc.array(fc.tuple(fc.constantFrom(...BLOCKS), fc.array(delta, { maxLength: 5 })), { maxLength: 4 });

describe('pieces of an Anthropic stream', () => {
  it('are read alike in every dress, wherever the stream is cut', () => {
    const padding = fc.nat(3).map((length) => ' '.repeat(length));
    fc.assert(
      fc.property(blocks, padding, fc.array(fc.nat(2000)), (list, spaces, cuts) => {
        const events = [START, ...list.flatMap(([block, deltas], index) => blockOf(index, block, deltas)), ...END];
        const expected = read(events.map(unusual).join(''));
        expect(read(events.map((event) => usual(event, spaces)).join(''), cuts)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('are not taken from what only looks like one', () => {
    const head =
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"';
    const says = (piece: string) => () =>
      read(`${usual(START)}${head}${piece}\n\n${END.map((event) => usual(event)).join('')}`);
    expect(says('a","text":"b"}}')()).toContain('"content":"b"');
    expect(says('a"}}\ndata: x')).toThrow(expect.objectContaining({ kind: 'fault' }));
    expect(says('a\\"}}')).toThrow(expect.objectContaining({ kind: 'fault' }));
    expect(says('}}')).toThrow(expect.objectContaining({ kind: 'fault' })); // The quote before it opens the string.
  });

  it('say nothing once the message has ended', () => {
    const late = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'late' } };
    expect(read(sse(START, ...END) + usual(late))).not.toContain('late');
  });
});
