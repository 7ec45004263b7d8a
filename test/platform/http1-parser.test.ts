/** The parser alone: every row is fed whole, byte by byte, and cut at random places. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResponseParser } from '../../src/platform/http1/response-parser.ts';

interface Read {
  status?: number;
  body?: string;
  end: 'complete' | 'failed' | 'open';
  reusable?: boolean;
}

/** `close` is the connection's clean end. */
function read(text: string, cuts: readonly number[] = [], close = true): Read {
  const parser = new ResponseParser();
  const bytes = Buffer.from(text, 'latin1');
  const kept: Buffer[] = [];
  let from = 0;
  for (const to of [...cuts, bytes.length]) {
    if (to <= from || parser.done || parser.failure) continue;
    const payload = parser.feed(Buffer.from(bytes.subarray(from, to)));
    if (payload) kept.push(payload);
    from = to;
  }
  const { head, failure } = parser;
  const complete = parser.done || (close && !failure && parser.close());
  return {
    ...(head && { status: head.status, body: Buffer.concat(kept).toString('latin1') }),
    end: failure ? 'failed' : complete ? 'complete' : 'open',
    // What is behind the end may come in a read of its own.
    ...(complete && { reusable: parser.reusable && from === bytes.length }),
  };
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;
const complete = (status: number, body: string, reusable = true): Read => ({ status, body, end: 'complete', reusable });
const broken = (status: number, body: string): Read => ({ status, body, end: 'failed' });
const REFUSED: Read = { end: 'failed' };

const ROWS: Record<string, [string, Read]> = {
  'a length': [`${OK}Content-Length: 5\r\n\r\nhello`, complete(200, 'hello')],
  'no body at all': [`${OK}content-length: 0\r\n\r\n`, complete(200, '')],
  'a status without words': ['HTTP/1.1 429\r\ncontent-length: 0\r\n\r\n', complete(429, '')],
  'a status nobody registered': ['HTTP/1.1 529 \r\ncontent-length: 0\r\n\r\n', complete(529, '')],
  'space around a value': [`${OK}content-length: \t 2 \t\r\n\r\nab`, complete(200, 'ab')],
  'until the connection closes': [`${OK}x: y\r\n\r\nab`, complete(200, 'ab', false)],
  'no header at all': [`${OK}\r\nab`, complete(200, 'ab', false)],
  'HTTP/1.0 is not reused': ['HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na', complete(200, 'a', false)],
  'close is not reused': [`${OK}content-length: 1\r\nConnection: x , Close\r\n\r\na`, complete(200, 'a', false)],
  'a second connection header counts': [
    `${OK}connection: keep-alive\r\nconnection: close\r\ncontent-length: 1\r\n\r\na`,
    complete(200, 'a', false),
  ],
  'a word like close is not close': [`${OK}connection: not-close\r\ncontent-length: 1\r\n\r\na`, complete(200, 'a')],
  '204 has no body whatever it says': ['HTTP/1.1 204 No\r\ncontent-length: 3\r\n\r\n', complete(204, '')],
  '304 has no body': ['HTTP/1.1 304 Same\r\n\r\n', complete(304, '')],
  '100 and 103 are skipped': [
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${OK}content-length: 1\r\n\r\na`,
    complete(200, 'a'),
  ],
  'bytes behind the end': [`${OK}content-length: 1\r\n\r\naHTTP/1.1 200 OK`, complete(200, 'a', false)],
  chunks: [`${CHUNKED}3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n`, complete(200, 'abc0123456789')],
  'chunks of any case': [`${OK}Transfer-Encoding: Chunked\r\n\r\n1\r\na\r\n00\r\n\r\n`, complete(200, 'a')],
  'chunk extensions': [`${CHUNKED}1;a;b=c;d="e;\\"f"\r\na\r\n0;x\r\n\r\n`, complete(200, 'a')],
  trailers: [`${CHUNKED}1\r\na\r\n0\r\nx-a: b\r\nx-c:\r\n\r\n`, complete(200, 'a')],
  'bytes behind the last chunk': [`${CHUNKED}1\r\na\r\n0\r\n\r\nx`, complete(200, 'a', false)],
  'chunks win over a length, and the connection goes': [
    `${OK}content-length: 99\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n`,
    complete(200, 'a', false),
  ],
  'a payload that looks like framing': [`${CHUNKED}7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n`, complete(200, '0\r\n\r\n\r\n')],

  'a length that never comes': [`${OK}content-length: 5\r\n\r\nhel`, { status: 200, body: 'hel', end: 'open' }],
  'a chunk that never comes': [`${CHUNKED}5\r\nhel`, { status: 200, body: 'hel', end: 'open' }],
  'the last chunk missing': [`${CHUNKED}1\r\na\r\n`, { status: 200, body: 'a', end: 'open' }],
  'half a head': [`${OK}content-le`, { end: 'open' }],

  'two lengths': [`${OK}content-length: 1\r\ncontent-length: 2\r\n\r\nab`, REFUSED],
  'the same length twice': [`${OK}content-length: 1\r\ncontent-length: 1\r\n\r\na`, REFUSED],
  'a list of lengths': [`${OK}content-length: 1, 1\r\n\r\na`, REFUSED],
  'a negative length': [`${OK}content-length: -1\r\n\r\n`, REFUSED],
  'a signed length': [`${OK}content-length: +1\r\n\r\na`, REFUSED],
  'a length of nothing': [`${OK}content-length:\r\n\r\n`, REFUSED],
  'a length in hex': [`${OK}content-length: 0x1\r\n\r\na`, REFUSED],
  'a length beyond numbers': [`${OK}content-length: 9999999999999999\r\n\r\n`, REFUSED],
  'another transfer coding': [`${OK}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, REFUSED],
  'chunked twice': [`${OK}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, REFUSED],
  'chunked with a control character': [`${OK}transfer-encoding: \vchunked\r\n\r\n0\r\n\r\n`, REFUSED],
  'a space before the colon': [`${OK}content-length : 1\r\n\r\na`, REFUSED],
  'a folded line': [`${OK}x: a\r\n b\r\ncontent-length: 0\r\n\r\n`, REFUSED],
  'a line that is no header': [`${OK}nonsense\r\ncontent-length: 0\r\n\r\n`, REFUSED],
  'a header without a name': [`${OK}: x\r\ncontent-length: 0\r\n\r\n`, REFUSED],
  'a bare LF': [`${OK}x: a\ncontent-length: 9\r\ncontent-length: 0\r\n\r\n`, REFUSED],
  'a bare CR': [`${OK}x: a\rcontent-length: 9\r\ncontent-length: 0\r\n\r\n`, REFUSED],
  'a NUL': [`${OK}x: a\0\r\ncontent-length: 0\r\n\r\n`, REFUSED],
  'HTTP/2': ['HTTP/2 200 OK\r\ncontent-length: 0\r\n\r\n', REFUSED],
  'HTTP/1.2': ['HTTP/1.2 200 OK\r\ncontent-length: 0\r\n\r\n', REFUSED],
  'another protocol, at once': ['SSH-2.0-OpenSSH_9.6\r\n', REFUSED],
  'two digits of status': ['HTTP/1.1 20 OK\r\ncontent-length: 0\r\n\r\n', REFUSED],
  'four digits of status': ['HTTP/1.1 2000 OK\r\ncontent-length: 0\r\n\r\n', REFUSED],
  'a status below 100': ['HTTP/1.1 099 OK\r\ncontent-length: 0\r\n\r\n', REFUSED],
  'an unasked upgrade': ['HTTP/1.1 101 Switching\r\n\r\n', REFUSED],
  'a head too long': [`${OK}x: ${'a'.repeat(70_000)}\r\n\r\n`, REFUSED],
  'a head too long that does not end': [`${OK}x: ${'a'.repeat(70_000)}`, REFUSED],

  'a chunk size of nothing': [`${CHUNKED}\r\n`, broken(200, '')],
  'a chunk size in words': [`${CHUNKED}xyz\r\n`, broken(200, '')],
  'a signed chunk size': [`${CHUNKED}-1\r\n`, broken(200, '')],
  'a chunk size beyond numbers': [`${CHUNKED}fffffffffffff\r\n`, broken(200, '')],
  'a space behind the chunk size': [`${CHUNKED}1 \r\na\r\n`, broken(200, '')],
  'a chunk size ended by LF': [`${CHUNKED}1\na\r\n`, broken(200, '')],
  'a chunk longer than it says': [`${CHUNKED}1\r\nab\r\n`, broken(200, 'a')],
  'a chunk ended by LF': [`${CHUNKED}1\r\na\n1\r\na`, broken(200, 'a')],
  'an extension too long': [`${CHUNKED}1;${'a'.repeat(5_000)}\r\n`, broken(200, '')],
  'an extension with a bare LF': [`${CHUNKED}1;a\n\r\n`, broken(200, '')],
  'a trailer that is no header': [`${CHUNKED}1\r\na\r\n0\r\nnonsense\r\n\r\n`, broken(200, 'a')],
  'trailers too long': [`${CHUNKED}0\r\n${`x: ${'a'.repeat(1_000)}\r\n`.repeat(70)}\r\n`, broken(200, '')],
};

describe('a response', () => {
  it.each(Object.entries(ROWS))('%s', (_, [text, expected]) => {
    expect(read(text)).toEqual(expected);
  });

  it.each(Object.entries(ROWS))('is the same in any pieces: %s', (_, [text, expected]) => {
    const step = Math.ceil(text.length / 2_000); // 1, but for the few long ones.
    const every = Array.from({ length: Math.ceil(text.length / step) }, (_, index) => index * step);
    expect(read(text, every)).toEqual(expected);
    const cuts = fc.array(fc.nat(text.length), { maxLength: 8 }).map((places) => places.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(cuts, (places) => {
        expect(read(text, places)).toEqual(expected);
      }),
      { numRuns: 20, seed: 7 },
    );
  });

  it('hands on the chunks of one read as one', () => {
    const parser = new ResponseParser();
    const payload = parser.feed(Buffer.from(`${CHUNKED}${'2\r\nab\r\n'.repeat(50)}`));
    expect(payload?.toString()).toBe('ab'.repeat(50));
  });
});

describe('a header', () => {
  const headOf = (lines: string) => {
    const parser = new ResponseParser();
    parser.feed(Buffer.from(`${OK}${lines}\r\n\r\n`, 'latin1'));
    return parser.head;
  };

  it.each([
    ['any case', 'X-Request-ID: abc', 'x-request-id', 'abc'],
    ['the first of two', 'x-a: 1\r\nx-a: 2', 'x-a', '1'],
    ['an empty one', 'x-a:', 'x-a', ''],
    ['space within', 'x-a:  a \t b ', 'x-a', 'a \t b'],
    ['not part of a longer name', 'x-a-b: 1', 'x-a', undefined],
    ['not part of a value', 'x-b: x-a: 1', 'x-a', undefined],
    ['a name with signs that mean something elsewhere', 'x.a: 1', 'x-a', undefined],
    ['Latin-1 as it is', 'x-a: \xc4\xe9', 'x-a', '\xc4\xe9'],
  ])('%s', (_, lines, name, value) => {
    expect(headOf(lines)?.header(name)).toBe(value);
  });

  it.each([
    ['timeout=5', 4_000],
    ['max=100, Timeout = 60', 59_000],
    ['timeout=1', 0],
    ['timeout=0', 0],
    ['max=5', undefined],
    ['xtimeout=5', undefined],
  ])('keep-alive: %s leaves %s ms', (value, ms) => {
    expect(headOf(`Keep-Alive: ${value}`)?.idleMs).toBe(ms);
  });
});
