/** Providers that send without end: refused in time, another one answers, neighbours are well, and memory stays. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, it } from 'vitest';
import { ask, chat, tell } from './client.ts';
import { dial, post } from './client-raw.ts';
import { emptied, startHouse } from './house.ts';
import { type Script, startProviders } from './providers.ts';
import { floods, HEAD, LIVE_HEAD, well } from './scripts.ts';
import { WIRES } from './wires.ts';

const MIB = 1024 * 1024;
const GROWTH_MIB = 30;
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heldMib(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
}

/** How much more is held than before. Buffers are freed by a thread of their own, a little after the collection. */
async function grownMib(before: number): Promise<number> {
  let grown = heldMib() - before;
  for (let tries = 0; grown >= GROWTH_MIB && tries < 10; tries++) {
    await new Promise((later) => setTimeout(later, 20));
    grown = heldMib() - before;
  }
  return grown;
}

const line = (text: string) => Buffer.from(text.padEnd(256 * 1024, 'x'));
/** So many bytes as one chunk after the other. */
const chunked = (piece: Buffer) =>
  Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]);
const repeated = (text: string) => Buffer.from(text.repeat(Math.ceil((64 * 1024) / text.length)));
const zipped =
  (text: string | Buffer, type: string): Script =>
  (told) => {
    const body = gzipSync(text);
    told.socket.write(`HTTP/1.1 200 OK\r\n${type}content-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`);
    told.socket.write(body);
  };

interface Bomb {
  name: string;
  script: Script;
  stream?: boolean;
  /** Asked whole, read as a stream. */
  gathered?: boolean;
}

const BOMBS: Bomb[] = [
  { name: 'a compressed answer that was not asked for', script: zipped(WIRES.openai.answer('zip'), '') },
  { name: 'a gzip bomb of 64 MiB', script: zipped(Buffer.alloc(64 * MIB), '') },
  { name: 'a head without end', script: floods('HTTP/1.1 200 OK\r\nx: ', line('x')) },
  { name: 'headers without end', script: floods('HTTP/1.1 200 OK\r\n', repeated('a: b\r\n')) },
  { name: '1xx without end', script: floods('', repeated('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n')) },
  {
    name: 'an answer of 65 MiB',
    script: floods(`HTTP/1.1 200 OK\r\ncontent-length: ${65 * MIB}\r\n\r\n`, line(' '), 65 * MIB),
  },
  { name: 'an answer without end', script: floods(HEAD, chunked(line(' '))) },
  { name: 'an answer without end and without chunks', script: floods('HTTP/1.1 200 OK\r\n\r\n', line(' ')) },
  { name: 'a chunk extension without end', script: floods(`${HEAD}5;a=`, line('x')) },
  { name: 'trailers without end', script: floods(`${HEAD}2\r\n{}\r\n0\r\n`, repeated('a: b\r\n')) },
  { name: 'a refusal without end', script: floods('HTTP/1.1 500 X\r\n\r\n', line(' ')) },
  { name: 'a redirect without end', script: floods('HTTP/1.1 302 X\r\n\r\n', line(' ')) },
  { name: 'a line without end', script: floods(LIVE_HEAD, chunked(line('data: x'))), stream: true },
  { name: 'an event without end', script: floods(LIVE_HEAD, chunked(repeated('data: x\n'))), stream: true },
  { name: 'comments without end', script: floods(LIVE_HEAD, chunked(repeated(': ping\n\n'))), stream: true },
  {
    name: 'empty events without end',
    script: floods(LIVE_HEAD, chunked(repeated('data: {"choices":[]}\n\n'))),
    stream: true,
  },
];
const EVENTS: Bomb[] = [
  { name: 'a line without end', script: floods(LIVE_HEAD, chunked(line('data: x'))) },
  { name: 'pings without end', script: floods(LIVE_HEAD, chunked(repeated('event: ping\ndata: {"type":"ping"}\n\n'))) },
  {
    name: 'words without end',
    script: floods(
      `${LIVE_HEAD}${(({ open }) => `${Buffer.byteLength(open).toString(16)}\r\n${open}\r\n`)(WIRES.anthropic)}`,
      chunked(repeated(WIRES.anthropic.words('on and on '.repeat(100)))),
    ),
    gathered: true,
  },
];

const table = [
  ...BOMBS.map((bomb) => ({ ...bomb, wire: WIRES.openai })),
  ...EVENTS.flatMap(({ gathered, ...bomb }) => [
    ...(gathered ? [] : [{ ...bomb, wire: WIRES.anthropic, stream: true }]),
    { ...bomb, wire: WIRES.anthropic, stream: false },
  ]),
];
const figures: string[] = [];
afterAll(() => {
  if (process.env['CHAOS_FIGURES']) process.stdout.write(`${figures.join('\n')}\n`);
});

it.each(table)('$name ($wire.dialect, stream: $stream)', async ({ name, script, wire, stream = false }) => {
  await using providers = await startProviders();
  providers.plays('/first', wire, script);
  providers.plays('/second', wire, well('saved'));
  providers.plays('/well', WIRES.openai, well('near'));
  await using house = await startHouse(configuration(providers.url, wire));
  await ask(house.url, chat('near'));
  const before = heldMib();
  let peak = process.memoryUsage().rss;
  const rssBefore = peak;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 10);
  const asked = ask(house.url, chat('one', { stream }));
  const neighbour = await ask(house.url, chat('near'));
  const answer = await asked;
  expect(tell(answer)).toBe('200 "saved" stop');
  expect(answer.ms).toBeLessThan(5_000);
  clearInterval(watch);
  expect(tell(neighbour)).toBe('200 "near" stop');
  expect(neighbour.ms).toBeLessThan(2_000);
  expect([providers.calls('/first'), providers.calls('/second')]).toEqual([1, 1]);
  expect(await emptied(house, providers, 'bomb-')).toBe('');
  const grown = await grownMib(before);
  figures.push(`${name}: held ${grown.toFixed(1)} MiB, rss +${((peak - rssBefore) / MIB).toFixed(0)} MiB`);
  expect(grown).toBeLessThan(GROWTH_MIB);
});

it('a client that does not read holds the provider back', async () => {
  await using providers = await startProviders();
  const { open, words } = WIRES.openai;
  const piece = chunked(repeated(words('on and on ')));
  providers.plays('/first', WIRES.openai, floods(LIVE_HEAD + chunked(Buffer.from(open)).toString(), piece));
  providers.plays('/well', WIRES.openai, well('near'));
  await using house = await startHouse(configuration(providers.url, WIRES.openai));
  const before = heldMib();
  const client = dial(house.url, post(chat('alone', { stream: true })));
  await client.until('on and on');
  client.socket.pause();
  const written = () => providers.last()?.socket.bytesWritten ?? 0;
  const near = await ask(house.url, chat('near'));
  expect(near.ms).toBeLessThan(2_000);
  expect(await grownMib(before)).toBeLessThan(GROWTH_MIB);
  client.socket.destroy();
  expect(await emptied(house, providers, 'bomb-')).toBe('');
  expect(written()).toBeLessThan(GROWTH_MIB * MIB);
});

function configuration(url: string, wire: (typeof WIRES)['openai']): string {
  const to = (path: string) =>
    `{ dialect: ${wire.dialect}, baseUrl: "${url}/${path}${wire.base}", apiKey: key-of-nobody }`;
  return `
server: { firstByteTimeoutMs: 8000, keepAliveMs: 60000 }
providers:
  bomb-first: ${to('first')}
  bomb-second: ${to('second')}
  bomb-near: { dialect: openai, baseUrl: "${url}/well/v1", apiKey: key-of-nobody }
models:
  one:
    timeouts: { firstTokenMs: 1500, maxFirstTokenMs: 1500, idleMs: 500 }
    deployments: [{ provider: bomb-first, model: ${wire.model} }, { provider: bomb-second, model: ${wire.model} }]
  alone: { deployments: [{ provider: bomb-first, model: ${wire.model} }] }
  near: { deployments: [{ provider: bomb-near, model: m }] }
`;
}
