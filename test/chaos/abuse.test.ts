/** What clients can send, by mistake or by malice: each gets a true answer, no provider hears of it, neighbours are well. */
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { ask, chat, tell } from './client.ts';
import { dial, post } from './client-raw.ts';
import { emptied, type House, startHouse } from './house.ts';
import { type Providers, startProviders } from './providers.ts';
import { well } from './scripts.ts';
import { WIRES } from './wires.ts';

const MESSAGES = '"messages":[{"role":"user","content":"Hi"}]';
const INVALID = '400 invalid_request';
const DEEP = 200_000;

describe('clients that abuse', () => {
  let providers: Providers;
  let house: House;
  let calls = 0;
  beforeAll(async () => {
    providers = await startProviders();
    providers.plays('/a', WIRES.openai, well('fine'));
    house = await startHouse(`
providers: { abused: { dialect: openai, baseUrl: "${providers.url}/a/v1", apiKey: key-of-nobody } }
models: { one: { deployments: [{ provider: abused, model: m }] } }
`);
  });
  beforeEach(() => {
    calls = providers.calls('/a');
  });
  afterEach(async () => {
    expect(tell(await ask(house.url, chat('one')))).toBe('200 "fine" stop');
    expect(await emptied(house, providers, 'abused')).toBe('');
    expect(house.errors).toEqual([]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
  afterAll(async () => {
    await house[Symbol.asyncDispose]();
    await providers[Symbol.asyncDispose]();
  });

  const bodies: [what: string, body: string, sees: string][] = [
    ['nothing', '', INVALID],
    ['no JSON', '{"model":', INVALID],
    ['a JSON null', 'null', INVALID],
    ['a JSON array', '[]', INVALID],
    ['a JSON text', '"hello"', INVALID],
    ['bytes that are no UTF-8', '\u0000\uffff', INVALID],
    ['no model', `{${MESSAGES}}`, INVALID],
    ['a model that nobody has', `{"model":"nobody",${MESSAGES}}`, '404 model_not_found'],
    ['a model called __proto__', `{"model":"__proto__",${MESSAGES}}`, '404 model_not_found'],
    ['a model called constructor', `{"model":"constructor",${MESSAGES}}`, '404 model_not_found'],
    ['no messages', '{"model":"one"}', INVALID],
    ['empty messages', '{"model":"one","messages":[]}', INVALID],
    ['messages of the wrong type', '{"model":"one","messages":{"role":"user"}}', INVALID],
    ['a message that is null', '{"model":"one","messages":[null]}', INVALID],
    ['a role that nobody has', '{"model":"one","messages":[{"role":"root","content":"x"}]}', INVALID],
    ['content of the wrong type', '{"model":"one","messages":[{"role":"user","content":7}]}', INVALID],
    ['a stream of the wrong type', `{"model":"one","stream":"yes",${MESSAGES}}`, INVALID],
    ['a temperature out of range', `{"model":"one","temperature":1e308,${MESSAGES}}`, INVALID],
    ['negative max_tokens', `{"model":"one","max_tokens":-1,${MESSAGES}}`, INVALID],
    ['a million answers', `{"model":"one","n":1000000,${MESSAGES}}`, INVALID],
    ['arrays nested deep', `{"model":"one",${MESSAGES},"x":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`, INVALID],
    ['objects nested deep', `{"model":"one",${MESSAGES},"x":${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}`, INVALID],
    ['100,000 messages', chat('one', { messages: Array(100_000).fill({ role: 'user', content: '' }) }), INVALID],
    ['100,000 odd messages', chat('one', { messages: Array(100_000).fill({ role: 'tool', content: [] }) }), INVALID],
  ];
  it.each(bodies)('%s', async (_what, body, sees) => {
    expect(tell(await ask(house.url, body))).toBe(sees);
    expect(providers.calls('/a')).toBe(calls);
  });

  const headers: [header: string, value: string, sees: string][] = [
    ...['-1', '0', '1.5', 'soon', '1e3', '99999999999', '', '0x10'].map((value): [string, string, string] => [
      'x-signalbox-deadline-ms',
      value,
      INVALID,
    ]),
    ...['urgent', '', '__proto__', 'critical, normal'].map((value): [string, string, string] => [
      'x-signalbox-priority',
      value,
      INVALID,
    ]),
    ['x-signalbox-priority', 'CRITICAL', '200 "fine" stop'],
    ['x-signalbox-deadline-ms', '999999999', '200 "fine" stop'],
    ['content-type', 'text/html', '200 "fine" stop'],
    ['content-encoding', 'gzip', '200 "fine" stop'],
  ];
  it.each(headers)('%s: "%s" is %s', async (name, value, sees) => {
    expect(tell(await ask(house.url, chat('one'), { headers: { [name]: value } }))).toBe(sees);
    expect(providers.calls('/a') - calls).toBe(sees.startsWith('200') ? 1 : 0);
  });

  it('__proto__ in a body stays a name', async () => {
    const body = `{"model":"one","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"messages":[{"role":"user","content":"x","__proto__":{"polluted":1,"role":"system"}}]}`;
    expect(tell(await ask(house.url, body))).toBe('200 "fine" stop');
    expect(providers.calls('/a')).toBe(calls + 1);
  });

  it.each([
    ['with its length', (size: number) => `content-length: ${size}\r\n\r\n`],
    ['in chunks', (size: number) => `transfer-encoding: chunked\r\n\r\n${size.toString(16)}\r\n`],
  ])('40 MiB %s', async (_how, framing) => {
    const size = 40 * 1024 * 1024;
    const client = dial(house.url, `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${framing(size)}`);
    client.socket.write(Buffer.alloc(size, 'x'));
    const said = await client.until('request_too_large');
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    expect(said.toLowerCase()).toContain('connection: close');
    client.socket.destroy();
  });

  const ROUTES: [line: string, sees: number][] = [
    ['GET /v1/chat/completions', 404],
    ['PUT /v1/chat/completions', 404],
    ['DELETE /', 404],
    ['OPTIONS /v1/chat/completions', 404],
    ['POST /v1/chat/completions/', 404],
    ['POST //v1/chat/completions', 404],
    ['POST /v1/../v1/chat/x/../completions', 404], // Paths are taken as they are written.,
    ['POST /v1/%2e%2e/%2e%2e/etc/passwd', 404],
    ['POST /v1/chat/completions%00', 404],
    ['GET /v1/models/__proto__', 404],
    ['POST http://elsewhere.example/', 404],
    ['BREW /v1/chat/completions', 400],
  ];
  it.each(ROUTES)('%s is %i', async (line, status) => {
    const client = dial(house.url, `${line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
    expect(await client.over).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  const BODY = chat('one');
  const CHUNKED = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
  const SMUGGLED = 'GET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n';
  const head = (lines: string) => `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\n${lines}\r\n`;
  const SMUGGLES: [what: string, bytes: string][] = [
    [
      'a length and chunks',
      head(`content-length: ${CHUNKED.length}\r\ntransfer-encoding: chunked\r\n`) + CHUNKED + SMUGGLED,
    ],
    ['chunks and a length', head(`transfer-encoding: chunked\r\ncontent-length: 4\r\n`) + CHUNKED + SMUGGLED],
    ['two lengths', head(`content-length: ${BODY.length}\r\ncontent-length: 0\r\n`) + BODY + SMUGGLED],
    ['an unknown coding', head(`transfer-encoding: chunked, identity\r\n`) + CHUNKED + SMUGGLED],
    ['a coding with a blank', head(`transfer-encoding : chunked\r\n`) + CHUNKED + SMUGGLED],
    ['a chunk of no size', head(`transfer-encoding: chunked\r\n`) + `zz\r\n${BODY}\r\n0\r\n\r\n`],
    ['a bare LF', `POST /v1/chat/completions HTTP/1.1\nhost: x\ncontent-length: ${BODY.length}\n\n${BODY}`],
    ['a header of 64 KiB', head(`x-long: ${'x'.repeat(64 * 1024)}\r\ncontent-length: 0\r\n`)],
    ['10,000 headers', head('a: b\r\n'.repeat(10_000))],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ];
  it.each(SMUGGLES)('%s: refused, once, and the connection is over', async (_what, bytes) => {
    const said = await dial(house.url, bytes).over;
    expect(said).toMatch(/^HTTP\/1\.1 4(00|31) /);
    expect(said.split('HTTP/1.1 ').length - 1).toBe(1);
    expect(providers.calls('/a')).toBe(calls);
  });

  it('requests in one packet are answered in their order', async () => {
    const client = dial(house.url, post(BODY) + post('{"model":"nobody"}') + post(BODY, 'connection: close\r\n'));
    const said = await client.over;
    expect([...said.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status)).toEqual(['200', '400', '200']);
  });

  it('a hundred bodies that never end hold up nobody', async () => {
    const clients = Array.from({ length: 100 }, () => dial(house.url, post(BODY.slice(0, 20), '', BODY.length)));
    await Promise.all(clients.map(({ socket }) => new Promise((ready) => socket.once('connect', ready))));
    const { ms } = await ask(house.url, chat('one'));
    expect(ms).toBeLessThan(2_000);
    for (const { socket } of clients) socket.destroy();
    expect(providers.calls('/a')).toBe(calls + 1);
  });
});
