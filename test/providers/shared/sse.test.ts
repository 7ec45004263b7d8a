import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SseDecoder } from '../../../providers/shared/sse.ts';

function decode(chunks: readonly Uint8Array[]): [string, string][] {
  const events: [string, string][] = [];
  const decoder = new SseDecoder((event, data) => events.push([event, data]));
  for (const chunk of chunks) decoder.push(chunk);
  decoder.end();
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

describe('server-sent events', () => {
  const rows: { name: string; stream: string; events: [string, string][] }[] = [
    { name: 'an event is its data', stream: 'data: a\n\n', events: [['', 'a']] },
    { name: 'an event may have a name', stream: 'event: e\ndata: a\n\n', events: [['e', 'a']] },
    {
      name: 'a name holds for one event',
      stream: 'event: e\ndata: a\n\ndata: b\n\n',
      events: [
        ['e', 'a'],
        ['', 'b'],
      ],
    },
    {
      name: 'the space is optional, and only one is eaten',
      stream: 'data:a\n\ndata:  b\n\nevent:e\ndata: \n\n',
      events: [
        ['', 'a'],
        ['', ' b'],
        ['e', ''],
      ],
    },
    { name: 'several data lines are one text', stream: 'data: a\ndata: b\ndata\n\n', events: [['', 'a\nb\n']] },
    { name: 'a bare data line is an empty text', stream: 'data\n\n', events: [['', '']] },
    {
      name: 'CRLF and CR end lines too',
      stream: 'data: a\r\n\r\ndata: b\r\rdata: c\n\n',
      events: [
        ['', 'a'],
        ['', 'b'],
        ['', 'c'],
      ],
    },
    {
      name: 'comments, ids and unknown fields say nothing',
      stream: ': ping\nid: 1\nretry: 5\nfoo: bar\n\ndata: a\n\n',
      events: [['', 'a']],
    },
    { name: 'a name without data is no event', stream: 'event: ping\n\ndata: a\n\n', events: [['', 'a']] },
    {
      name: 'an event that lacks its blank line still counts',
      stream: 'data: a\n\ndata: b',
      events: [
        ['', 'a'],
        ['', 'b'],
      ],
    },
    { name: 'characters of several bytes', stream: 'data: é漢😀\n\n', events: [['', 'é漢😀']] },
    { name: 'a byte order mark at the start is skipped', stream: '\uFEFFdata: a\n\n', events: [['', 'a']] },
    { name: 'an empty stream', stream: '', events: [] },
  ];
  it.each(rows)('$name, wherever it is cut', ({ stream, events }) => {
    const whole = bytes(stream);
    expect(decode([whole])).toEqual(events);
    expect(decode(Array.from(whole, (byte) => Uint8Array.of(byte)))).toEqual(events);
    for (let cut = 0; cut <= whole.length; cut++) {
      expect(decode([whole.subarray(0, cut), new Uint8Array(), whole.subarray(cut)])).toEqual(events);
    }
  });

  it('any text comes through, however it is cut', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, ''));
    const end = fc.constantFrom('\n', '\r\n', '\r');
    fc.assert(
      fc.property(fc.array(line), end, fc.array(fc.nat(200)), (texts, newline, cuts) => {
        const whole = bytes(texts.map((text) => `data: ${text}${newline}${newline}`).join(''));
        const at = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = at.slice(1).map((stop, index) => whole.subarray(at[index], stop));
        expect(decode(chunks)).toEqual(texts.map((text) => ['', text]));
      }),
    );
  });

  it('any bytes are the text that they are as a whole, however they are cut', () => {
    const unit = fc
      .constantFrom('data: ', '\n', '\n\n', 'é', '漢', '😀', '\ufeff', 'a')
      .map((text) => [...bytes(text)]);
    const broken = fc.integer({ min: 0x80, max: 0xff }).map((byte) => [byte]);
    const pieces = fc.array(fc.oneof({ weight: 6, arbitrary: unit }, { weight: 1, arbitrary: broken }));
    fc.assert(
      fc.property(pieces, fc.array(fc.nat(60)), (units, cuts) => {
        const whole = Uint8Array.from(units.flat());
        const at = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = at.slice(1).map((stop, index) => whole.subarray(at[index], stop));
        const text = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(whole);
        expect(decode(chunks)).toEqual(decode([bytes(text)]));
      }),
      { numRuns: 1000 },
    );
  });

  it('what a dialect knows by sight it reads itself, but only from the start of an event on', () => {
    const said: string[] = [];
    const known = 'data: known\n\n';
    const skim = (text: string, start: number): number => {
      if (!text.startsWith(known, start)) return start;
      said.push('skimmed');
      return skim(text, start + known.length);
    };
    const decoder = new SseDecoder((_event, data) => said.push(data), skim);
    for (const chunk of [
      `${known}${known}data: a\n`,
      `${known}${known}`,
      'data: kno',
      'wn\n\n',
      `data: b\n\n${known}`,
    ]) {
      decoder.push(bytes(chunk));
    }
    decoder.end();
    expect(said).toEqual(['skimmed', 'skimmed', 'a\nknown', 'skimmed', 'skimmed', 'b', 'skimmed']);
  });

  it('an event without end is refused, not kept', () => {
    const decoder = new SseDecoder(() => {});
    const chunk = bytes('x'.repeat(1024 * 1024));
    const fill = () => {
      for (let count = 0; count < 6; count++) decoder.push(chunk);
    };
    expect(fill).toThrow(expect.objectContaining({ kind: 'fault' }));
  });

  it('an event of many small lines without end is refused too', () => {
    const decoder = new SseDecoder(() => {});
    const chunk = bytes(`data: ${'x'.repeat(1000)}\n`.repeat(1000));
    const fill = () => {
      for (let count = 0; count < 6; count++) decoder.push(chunk);
    };
    expect(fill).toThrow(expect.objectContaining({ kind: 'fault' }));
  });
});
