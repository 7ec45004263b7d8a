/**
 * The same bytes to our client and to Node's own (llhttp, strict), over loopback: the same answer, or both refuse.
 * Responses are made valid and then mangled; FUZZ=20000 and SEED=… look further.
 */
import fc from 'fast-check';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Departure } from '../../src/core/departure.ts';
import { http1Transport } from '../../src/platform/http1/transport.ts';
import { type RawServer, startRaw } from './http1-server.ts';

const RUNS = Number(process.env.FUZZ ?? 400);
const SEED = Number(process.env.SEED ?? 20261122);
const NAMES = ['x-a', 'X-B', 'Content-Type', 'retry-after'];
const REFUSED = 'refused';

const transport = http1Transport();
let server: RawServer;

beforeAll(async () => {
  server = await startRaw();
});
afterAll(async () => {
  await transport.close();
  await server[Symbol.asyncDispose]();
});

async function ours(): Promise<unknown> {
  const options = { client: new Departure(), firstByteMs: 5_000, idleMs: 5_000 };
  try {
    const response = await transport.send({ url: `${server.url}/`, headers: {}, body: '' }, options);
    const body = Buffer.concat(await Array.fromAsync(response.body)).toString('latin1');
    return { status: response.status, headers: NAMES.map((name) => response.header(name.toLowerCase())), body };
  } catch (cause) {
    const { kind } = cause as { kind: string };
    return kind === 'unreachable' || kind === 'truncated' ? REFUSED : kind;
  }
}

function nodes(): Promise<unknown> {
  return new Promise((resolve) => {
    const outgoing = request(`${server.url}/`, { method: 'POST', agent: false, headers: { 'content-length': 0 } });
    outgoing.on('upgrade', (_response, socket) => {
      socket.destroy();
      resolve(REFUSED);
    });
    outgoing.on('error', () => resolve(REFUSED));
    outgoing.on('response', (response) => {
      outgoing.removeAllListeners('error').on('error', () => {}); // What is behind a complete answer.
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => resolve(REFUSED));
      response.on('close', () => resolve(REFUSED));
      response.on('end', () => {
        const { rawHeaders: raw, statusCode: status } = response;
        const first = (name: string) => {
          const at = raw.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name.toLowerCase());
          return at < 0 ? undefined : raw[at + 1];
        };
        resolve({ status, headers: NAMES.map(first), body: Buffer.concat(chunks).toString('latin1') });
      });
    });
    outgoing.end();
  });
}

const value = fc.string({ unit: fc.constantFrom(...'ab 1,;="\t:é\xff'.split('')), maxLength: 12 });
const header = fc.tuple(fc.constantFrom(...NAMES), value).map(([name, text]) => `${name}: ${text}\r\n`);
const payload = fc.string({ unit: fc.constantFrom(...'ab0\r\n:{}\0\xe9'.split('')), maxLength: 40 });
const chunk = fc
  .tuple(payload, fc.constantFrom('', '', '', ';a', ';a=b', ';a="b c"'))
  .map(([text, extension]) => `${text.length.toString(16)}${extension}\r\n${text}\r\n`)
  .filter((text) => !text.startsWith('0'));
const body = fc.oneof(
  payload.map((text) => `content-length: ${text.length}\r\n\r\n${text}`),
  payload.map((text) => `\r\n${text}`),
  fc
    .tuple(fc.array(chunk, { maxLength: 4 }), fc.constantFrom('', '', 'x-t: 1\r\n'))
    .map(([chunks, trailers]) => `transfer-encoding: chunked\r\n\r\n${chunks.join('')}0\r\n${trailers}\r\n`),
);
const before = fc.constantFrom(
  '',
  '',
  '',
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n',
);
const statusLine = fc.constantFrom(
  '1.1 200 OK',
  '1.1 200',
  '1.1 429 Too Many',
  '1.1 529 ',
  '1.0 200 OK',
  '1.1 404 é',
  '1.1 204 No',
  '1.1 304 Same',
);
const valid = fc
  .tuple(before, statusLine, fc.array(header, { maxLength: 3 }), fc.constantFrom('', 'Connection: close\r\n'), body)
  .map(
    ([early, status, headers, connection, rest]) => `${early}HTTP/${status}\r\n${headers.join('')}${connection}${rest}`,
  );

type Mutation = (text: string) => string;
const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const odd = fc.constantFrom(
  ...'\r\n \t:;,0a1-\0\x7f\x80"'.split(''),
  '\r\n',
  '\r\n\r\n',
  'content-length: 3\r\n',
  '\r\n ',
);
const LINES = `content-length: 3|Content-Length: 0|content-length: 3, 3|content-length: 3 |content-length:
transfer-encoding: chunked|Transfer-Encoding: Chunked|transfer-encoding: gzip, chunked|transfer-encoding: identity
transfer-encoding:|transfer-encoding : chunked|content-length\t: 3|connection: close| folded|nonsense|: x|0|5
HTTP/1.1 204 No|HTTP/1.1 101 Switching`;
const line = fc.constantFrom(...LINES.split(/[|\n]/));
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, line).map(([at, what]) => (text: string) => {
    const lines = text.split('\r\n');
    lines.splice(Math.floor(at * lines.length) + 1, 0, what);
    return lines.join('\r\n');
  }),
  fc.tuple(place, odd).map(
    ([at, what]) =>
      (text: string) =>
        splice(text, at, 0, what),
  ),
  fc.tuple(place, odd).map(
    ([at, what]) =>
      (text: string) =>
        splice(text, at, 1, what),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 3 })).map(
    ([at, count]) =>
      (text: string) =>
        splice(text, at, count, ''),
  ),
  place.map((at) => (text: string) => text.slice(0, Math.floor(at * text.length))),
);

function splice(text: string, at: number, count: number, what: string): string {
  const index = Math.floor(at * text.length);
  return text.slice(0, index) + what + text.slice(index + count);
}

const mangled = fc
  .tuple(valid, fc.array(mutation, { maxLength: 2 }))
  .map(([text, mutations]) => mutations.reduce((so, mutate) => mutate(so), text));

/**
 * Where we mean to differ. Stricter: no empty line before the status line; no switch of protocols (llhttp takes a 101
 * for an answer if another head follows); no transfer coding but one `chunked`
 * (llhttp takes others as a body until the close). Looser: chunks win over a length, where llhttp refuses both
 * together, and an informational head may say `connection: close`.
 */
function known(text: string, mine: unknown, theirs: unknown): boolean {
  const early = /^(?:HTTP\/1\.[01] 10[03][^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n)*/.exec(text)?.[0] ?? '';
  const last = text.slice(early.length);
  const heads = `${early}${last.slice(0, last.indexOf('\r\n\r\n'))}`.toLowerCase().split('\r\n\r\n');
  const codings = heads.map((head) => head.split('\r\n').filter((header) => header.startsWith('transfer-encoding:')));
  if (mine === REFUSED)
    return (
      /^[\r\n]/.test(last) ||
      /(?:^|\r\n)HTTP\/1\.[01] 101/.test(text) ||
      codings.some((lines) => lines.length > 1 || lines.some((coding) => !coding.endsWith(': chunked')))
    );
  const both = heads.some((head, index) => codings[index]?.length && head.includes('\r\ncontent-length:'));
  return theirs === REFUSED && (both || /connection: close/i.test(early));
}

/** Says the text in pieces, each in a turn of the loop of its own, and closes. */
async function say(socket: Socket, text: string, cuts: readonly number[]): Promise<void> {
  const places = [...new Set(cuts.map((cut) => Math.floor(cut * text.length)))].toSorted((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    socket.write(text.slice(from, to), 'latin1');
    from = to;
    await new Promise((later) => setImmediate(later));
  }
  socket.end(text.slice(from), 'latin1');
}

it(`reads ${RUNS} responses as Node does`, { timeout: 600_000 }, async () => {
  const tally = { same: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(mangled, fc.array(place, { maxLength: 3 }), async (text, cuts) => {
      server.respond((socket) => void say(socket, text, cuts));
      const [mine, theirs] = [await ours(), await nodes()];
      server.requests.length = 0;
      server.sockets.length = 0;
      tally[mine === REFUSED ? 'refused' : 'same']++;
      expect(known(text, mine, theirs) ? theirs : mine).toEqual(theirs);
    }),
    { numRuns: RUNS, seed: SEED },
  );
  // It proves little if nearly all were refused, or nearly none.
  expect(Math.min(tally.same, tally.refused)).toBeGreaterThan(RUNS / 8);
});
