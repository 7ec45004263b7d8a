/** What the HTTP/1.1 client does with connections; what every transport promises is in `transport.test.ts`. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Socket } from 'node:net';
import { setDefaultCACertificates, getCACertificates, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Departure } from '../../src/core/departure.ts';
import type { GatewayError } from '../../src/core/errors.ts';
import type { IncomingResponse } from '../../src/core/ports.ts';
import type { OutgoingRequest } from '../../src/core/provider.ts';
import { Connection } from '../../src/platform/http1/connection.ts';
import { http1Transport } from '../../src/platform/http1/transport.ts';
import { CERTIFICATE, type RawServer, startRaw, type Told, until } from './http1-server.ts';

const OPTIONS = { firstByteMs: 5_000, idleMs: 5_000 };
const ok = (body: string, headers = '') => `HTTP/1.1 200 OK\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

let transport = http1Transport();
let server: RawServer;

beforeEach(async () => {
  transport = http1Transport();
  server = await startRaw();
});
afterEach(async () => {
  await transport.close();
  await server[Symbol.asyncDispose]();
});

interface Asked {
  url?: string;
  headers?: Record<string, string>;
  body?: string;
  bytes?: OutgoingRequest['bytes'];
  client?: Departure;
  firstByteMs?: number;
  idleMs?: number;
}

function send({
  url = `${server.url}/v1`,
  headers = {},
  body = '{}',
  bytes,
  client = new Departure(),
  ...times
}: Asked = {}) {
  return transport.send({ url, headers, body, bytes }, { ...OPTIONS, client, ...times });
}

const ask = async (asked: Asked = {}) => (await send(asked)).text(1e9);

function errorOf(pending: Promise<unknown>): Promise<GatewayError> {
  return pending.then(
    () => expect.unreachable('no error'),
    (cause: unknown) => cause as GatewayError,
  );
}

const kindOf = async (pending: Promise<unknown>) => (await errorOf(pending)).kind;

describe('a request', () => {
  const sent = async (asked: Asked) => {
    server.respond((socket) => socket.write(ok('')));
    await ask(asked);
    return server.requests.at(-1) as Told;
  };

  it('is written as HTTP/1.1 with its length in bytes', async () => {
    const { head, body } = await sent({
      url: `${server.url}/a/b?c=%20d`,
      headers: { 'X-A': 'b', 'x-c': '' },
      body: '{"ü":"日本"}',
    });
    expect(head).toBe(
      `POST /a/b?c=%20d HTTP/1.1\r\nX-A: b\r\nx-c: \r\nhost: ${new URL(server.url).host}\r\naccept-encoding: identity\r\ncontent-length: 15\r\n\r\n`,
    );
    expect(body).toBe('{"ü":"日本"}');
  });

  it('leaves a host alone, writes its own length, and asks for what it can read', async () => {
    const { head } = await sent({
      headers: { Host: 'other', 'Content-Length': '999', 'Accept-Encoding': 'br' },
      body: '12',
    });
    expect(head).toBe('POST /v1 HTTP/1.1\r\nHost: other\r\naccept-encoding: identity\r\ncontent-length: 2\r\n\r\n');
  });

  it('may have no path', async () => {
    expect((await sent({ url: server.url })).head).toMatch(/^POST \/ HTTP/);
  });

  it('may be bytes', async () => {
    const bytes = [new TextEncoder().encode('日'), new TextEncoder().encode('本')];
    expect(await sent({ body: '', bytes })).toMatchObject({
      body: '日本',
      head: expect.stringContaining('content-length: 6\r\n'),
    });
  });

  it('may be long, with its length in bytes', async () => {
    const body = '日本'.repeat(20_000);
    const { head, body: arrived } = await sent({ body });
    expect(head).toContain('content-length: 120000\r\n');
    expect(arrived).toBe(body);
  });

  it.each<[string, Asked]>([
    ['a line end in a value', { headers: { 'x-a': 'sec\r\nret' } }],
    ['a bare LF in a value', { headers: { 'x-a': 'sec\nret' } }],
    ['a NUL in a value', { headers: { 'x-a': 'sec\0ret' } }],
    ['a letter beyond ASCII in a value', { headers: { 'x-a': 'secret ü' } }],
    ['a line end in a name', { headers: { 'x-a\r\nsecret': '1' } }],
    ['a name of nothing', { headers: { '': 'secret' } }],
    ['a framing of its own', { headers: { 'Transfer-Encoding': 'chunked' } }],
    ['a connection header', { headers: { connection: 'close' } }],
    ['a space in the path', { url: '/a b secret' }],
    ['a line end in the path', { url: '/a\r\nx-a: secret' }],
    ['a path beyond ASCII', { url: '/é' }],
  ])('is not sent with %s', async (_, asked) => {
    const failure = await errorOf(send({ ...asked, ...(asked.url && { url: server.url + asked.url }) }));
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).not.toContain('sec');
    expect(server.sockets).toHaveLength(0);
  });

  it.each(['ftp://127.0.0.1/x', 'nonsense', 'http://', 'http://[::1/x', ''])('is not sent to "%s"', async (url) => {
    expect(await kindOf(send({ url }))).toBe('unreachable');
  });

  it('finds IPv6 addresses', async () => {
    await using six = await startRaw({ host: '::1' });
    six.respond((socket) => socket.write(ok('six')));
    expect(await ask({ url: `${six.url}/x` })).toBe('six');
    expect(six.requests[0]?.head).toContain(`host: ${new URL(six.url).host}`);
  });

  it('is not even begun for a client that is gone', async () => {
    const client = new Departure();
    client.leave();
    expect(await kindOf(send({ client }))).toBe('client_gone');
    await sleep(50);
    expect(server.sockets).toHaveLength(0);
  });
});

describe('a connection', () => {
  it('is used again, the latest first', async () => {
    const second = Promise.withResolvers<void>();
    server.respond((socket, { number }) => {
      if (number !== 1) socket.write(ok(String(number)));
      else void second.promise.then(() => socket.write(ok('1')));
    });
    await Promise.all([ask(), ask()].map((asked) => asked.then(() => second.resolve())));
    for (let times = 0; times < 3; times++) await ask();
    expect(server.requests.map(({ connection }) => connection).slice(2)).toEqual(
      [1, 1, 1].map(() => server.requests[0]?.connection),
    );
    expect(server.sockets).toHaveLength(2);
  });

  it.each([
    ['close', ok('a', 'connection: close\r\n')],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\na'],
    ['bytes behind the answer', `${ok('a')}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`],
    ['two framings', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'],
    ['no time to idle', ok('a', 'keep-alive: timeout=1\r\n')],
  ])('is closed after an answer with %s', async (_, answer) => {
    server.respond((socket) => socket.write(answer));
    expect(await ask()).toBe('a');
    await until(() => (server.sockets[0] as Socket).readableEnded);
    expect(await ask()).toBe('a');
    expect(server.sockets).toHaveLength(2);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['ends', (socket) => socket.end()],
    ['is reset', (socket) => socket.resetAndDestroy()],
    ['brings bytes nobody asked for', (socket) => socket.write(ok('evil'))],
  ])('that %s while it idles is not used again', async (_, happen) => {
    server.respond((socket, { number }) => socket.write(ok(String(number))));
    expect(await ask()).toBe('1');
    const [first] = server.sockets as [Socket];
    happen(first);
    await until(() => first.destroyed || first.readableEnded);
    await sleep(10);
    expect(await ask()).toBe('2');
    expect(server.sockets).toHaveLength(2);
  });

  it('that died while it idled is not kept in mind', async () => {
    server.respond((socket) => setTimeout(() => socket.write(ok('a')), 20));
    await Promise.all([ask(), ask(), ask()]);
    for (const socket of server.sockets) socket.destroy();
    await sleep(50);
    const looked = vi.spyOn(Connection.prototype, 'usable', 'get');
    await ask();
    expect(looked).toHaveBeenCalledTimes(1); // The new one, when its answer was complete.
    looked.mockRestore();
  });

  it('that dies with a second request on it does not make a third', async () => {
    server.respond((socket, { number }) => (number === 1 ? socket.write(ok('a')) : socket.resetAndDestroy()));
    await ask();
    expect(await kindOf(send())).toBe('unreachable');
    await sleep(50);
    expect(server.requests).toHaveLength(2);
    expect(server.sockets).toHaveLength(1);
  });

  it('idles no longer than the server says', async () => {
    server.respond((socket) => socket.write(ok('a', 'Keep-Alive: timeout=2\r\n')));
    await ask();
    await sleep(700);
    expect(server.open()).toBe(1);
    await until(() => (server.sockets[0] as Socket).readableEnded);
  });

  it('leaves no timer behind', async () => {
    server.respond((socket) => socket.write(ok('a')));
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await ask();
    expect(timers()).toBe(before);
  });

  it('that does not come about in ten seconds is given up', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      let kind = '';
      // A plain server: TLS is never agreed on.
      void kindOf(send({ url: `${server.url.replace('http', 'https')}/x` })).then((told) => (kind = told));
      await vi.advanceTimersByTimeAsync(9_900);
      expect(kind).toBe('');
      await vi.advanceTimersByTimeAsync(200);
      expect(kind).toBe('unreachable');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('an answer', () => {
  it('is delivered though the request is not read to its end', async () => {
    await using early = await startRaw({ early: true });
    const answer = 'HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\n\r\nbig';
    early.respond((socket) => socket.write(answer));
    const response = await send({ url: `${early.url}/x`, body: 'x'.repeat(20_000_000) });
    expect(response.status).toBe(413);
    expect(await response.text(100)).toBe('big');
    const [first] = early.sockets as [Socket];
    first.resume();
    await until(() => first.destroyed);
    expect(first.bytesRead).toBeLessThan(20_000_000);
    early.respond((socket) => socket.write(ok('fresh')));
    expect(await ask({ url: `${early.url}/x` })).toBe('fresh');
    expect(early.sockets).toHaveLength(2);
  });

  it.each<[string, string, string]>([
    ['that is no HTTP', 'nonsense', 'unreachable'],
    ['with a head that is too long', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(70_000)}\r\n\r\n`, 'unreachable'],
    ['with two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab', 'unreachable'],
    ['with half a head', 'HTTP/1.1 200 OK\r\nx', 'unreachable'],
    ['of nothing', '', 'unreachable'],
    ['cut in its length', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab', 'truncated'],
    ['cut between chunks', `${CHUNKED}1\r\na\r\n`, 'truncated'],
    ['with a broken chunk', `${CHUNKED}1\r\na\r\nevil\r\n`, 'truncated'],
  ])('%s then closed is told apart', async (_, text, kind) => {
    server.respond((socket) => socket.end(text, 'latin1'));
    expect(await kindOf(ask())).toBe(kind);
    await until(() => server.open() === 0);
  });

  it('that ends with the connection is complete when it closes and truncated when it breaks', async () => {
    server.respond((socket, { number }) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nabc');
      setTimeout(() => (number === 1 ? socket.end() : socket.resetAndDestroy()), 20);
    });
    expect(await ask()).toBe('abc');
    expect(await kindOf(ask())).toBe('truncated');
  });

  it('hands on many chunks of one read as one', async () => {
    server.respond((socket) => socket.write(`${CHUNKED}${'3\r\nabc\r\n'.repeat(100)}0\r\n\r\n`));
    const chunks = await Array.fromAsync((await send()).body);
    expect(chunks.map(String)).toEqual(['abc'.repeat(100)]);
  });

  it('keeps its bytes when others read', async () => {
    server.respond((socket, { number }) => socket.write(ok(String(number).repeat(60_000))));
    const responses: IncomingResponse[] = [];
    for (let times = 1; times <= 5; times++) responses.push(await send());
    await sleep(20);
    for (const [index, response] of responses.entries())
      expect(await response.text(1e6)).toBe(String(index + 1).repeat(60_000));
  });

  it('waits for a slow reader without holding it all, and does not call that a silence', async () => {
    const bytes = 30_000_000;
    server.respond((socket) => socket.write(ok('x'.repeat(bytes))));
    const response = await send({ idleMs: 600 });
    await sleep(1_000);
    expect((server.sockets[0] as Socket).writableLength).toBeGreaterThan(bytes / 3);
    let seen = 0;
    for await (const chunk of response.body) seen += chunk.length;
    expect(seen).toBe(bytes);
    server.respond((socket) => socket.write(ok('again')));
    expect(await ask()).toBe('again');
    expect(server.sockets).toHaveLength(1);
  });

  it('that came whole while its reader slept leaves a connection that works', async () => {
    const most = 256 * 1024; // One byte more makes it pause, and is the last.
    server.respond((socket) => {
      socket.write(ok('x'.repeat(most + 1)).slice(0, -1));
      setTimeout(() => socket.write('y'), 30);
    });
    const slept = await send();
    await sleep(100);
    server.respond((socket) => socket.write(ok('y')));
    expect(await ask()).toBe('y');
    expect(await slept.text(1e6)).toBe(`${'x'.repeat(most)}y`);
    expect(server.sockets).toHaveLength(1);
  });

  it('stalls only after its own silence, however long it goes on', async () => {
    server.respond((socket) => socket.write(CHUNKED));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const parts = (await send({ idleMs: 200, firstByteMs: 200 })).body[Symbol.asyncIterator]();
      for (let step = 1; step <= 6; step++) {
        vi.advanceTimersByTime(60);
        server.sockets[0]?.write('1\r\na\r\n');
        expect(String((await parts.next()).value)).toBe('a');
      }
      const silence = kindOf(parts.next());
      vi.advanceTimersByTime(260);
      expect(await silence).toBe('stalled');
    } finally {
      vi.useRealTimers();
    }
  });

  it('keeps its time limit when informational heads come', async () => {
    server.respond((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await kindOf(send({ firstByteMs: 150 }))).toBe('timeout');
  });

  it.each([100, 2_500])('that does not come in %s ms is given up then, and not before', async (firstByteMs) => {
    server.respond(() => {});
    const from = performance.now();
    expect(await kindOf(send({ firstByteMs }))).toBe('timeout');
    const took = performance.now() - from;
    expect(took).toBeGreaterThanOrEqual(firstByteMs);
    expect(took).toBeLessThan(firstByteMs + 5_000);
    await until(() => server.open() === 0 || (server.sockets[0] as Socket).readableEnded);
  });
});

describe('more requests than connections', () => {
  beforeEach(() => {
    transport = http1Transport({ connections: 1, waiting: 2 });
  });

  it('wait their turn, and one too many is refused', async () => {
    server.respond((socket, { body }) => setTimeout(() => socket.write(ok(body)), 20));
    const answers = ['a', 'b', 'c', 'd'].map((body) => ask({ body }).catch((cause: GatewayError) => cause.kind));
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'unreachable']);
    expect(server.requests.map(({ body }) => body)).toEqual(['a', 'b', 'c']);
    expect(server.sockets).toHaveLength(1);
  });

  it('get the place of one that broke', async () => {
    server.respond((socket, { body }) => (body === 'b' ? socket.write(ok(body)) : socket.resetAndDestroy()));
    const [first, second] = await Promise.all([kindOf(ask({ body: 'a' })), ask({ body: 'b' })]);
    expect([first, second]).toEqual(['unreachable', 'b']);
  });

  it('leave the queue with their client', async () => {
    const client = new Departure();
    server.respond((socket, { body }) => setTimeout(() => socket.write(ok(body)), 30));
    const pending = [ask({ body: 'a' }), kindOf(ask({ body: 'b', client })), ask({ body: 'c' })];
    client.leave();
    pending.push(ask({ body: 'd' }));
    expect(await Promise.all(pending)).toEqual(['a', 'client_gone', 'c', 'd']);
    expect(server.requests.map(({ body }) => body)).toEqual(['a', 'c', 'd']);
  });

  it('do not wait for ever', async () => {
    server.respond(() => {});
    const pending = [kindOf(ask({ firstByteMs: 400 })), kindOf(ask({ firstByteMs: 100 }))];
    expect(await pending[1]).toBe('timeout');
    expect(server.requests).toHaveLength(1);
    await pending[0];
  });

  it('all hear that the transport closes', async () => {
    server.respond(() => {});
    const pending = [kindOf(send()), kindOf(send())];
    await until(() => server.requests.length === 1);
    await transport.close();
    expect(await Promise.all([...pending, kindOf(send())])).toEqual(['unreachable', 'unreachable', 'unreachable']);
    await until(() => (server.sockets[0] as Socket).readableEnded);
    expect(server.sockets).toHaveLength(1);
  });
});

describe('https', () => {
  const trust = (...certificates: string[]) =>
    setDefaultCACertificates([...getCACertificates('bundled'), ...certificates]);
  let secure: RawServer;

  beforeEach(async () => {
    secure = await startRaw({ secure: true });
    secure.respond((socket, { number }) => socket.write(ok(String(number))));
    trust(CERTIFICATE);
  });
  afterEach(async () => {
    await transport.close();
    await secure[Symbol.asyncDispose]();
  });

  it('is refused without a certificate that can be verified', async () => {
    trust();
    const failure = await errorOf(send({ url: `${secure.url}/x` }));
    expect(failure.kind).toBe('unreachable');
    expect(failure.message).toContain('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(secure.requests).toHaveLength(0);
  });

  it('is refused when the certificate names another', async () => {
    await using everywhere = await startRaw({ secure: true, host: '0.0.0.0' });
    const failure = await errorOf(send({ url: `${everywhere.url.replace('localhost', '127.0.0.2')}/x` }));
    expect(failure.message).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(everywhere.requests).toHaveLength(0);
  });

  it('names the server, speaks HTTP/1.1 and keeps the connection', async () => {
    expect([await ask({ url: `${secure.url}/x` }), await ask({ url: `${secure.url}/x` })]).toEqual(['1', '2']);
    const [socket] = secure.sockets as [TLSSocket];
    expect(socket.servername).toBe('localhost');
    expect(socket.alpnProtocol).toBe('http/1.1');
    expect(secure.sockets).toHaveLength(1);
  });

  it('goes to an address without a name, too', async () => {
    expect(await ask({ url: `${secure.url.replace('localhost', '127.0.0.1')}/x` })).toBe('1');
  });

  it('resumes its session on a new connection', async () => {
    const resumed: (boolean | undefined)[] = [];
    secure.respond((socket) => {
      resumed.push((socket as TLSSocket).isSessionReused());
      socket.end(ok('a', 'connection: close\r\n'));
    });
    for (let times = 0; times < 3; times++) await ask({ url: `${secure.url}/x` });
    expect(resumed).toEqual([false, true, true]);
  });

  it('waits for a slow reader', async () => {
    const bytes = 20_000_000;
    secure.respond((socket) => socket.write(ok('x'.repeat(bytes))));
    const response = await send({ url: `${secure.url}/x`, idleMs: 600 });
    await sleep(1_000);
    expect((secure.sockets[0] as Socket).writableLength).toBeGreaterThan(bytes / 3);
    let seen = 0;
    for await (const chunk of response.body) seen += chunk.length;
    expect(seen).toBe(bytes);
  });

  it('tells a broken answer from a complete one', async () => {
    secure.respond((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc');
      setTimeout(() => socket.destroy(), 20);
    });
    expect(await kindOf(ask({ url: `${secure.url}/x` }))).toBe('truncated');
  });
});
