/** Clients that take their time, and those that take nothing any more. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nodeHttp } from '../../src/platform/node-http.ts';
import { nodeListener } from '../../src/platform/node-listener.ts';
import { nodeServer } from '../../src/platform/node-server.ts';

const READ_MS = 700;
const MANNERS = { keepAliveMs: 60_000, broken: String };
/** More than the kernel keeps for a connection. */
const BYTES = 30_000_000;
/** What the slow one takes at a time. */
const SIP = 1_000_000;

/** What became of the answers. */
let seen = { left: 0, closed: 0 };

async function* forever() {
  try {
    for (;;) yield 'x'.repeat(100_000);
  } finally {
    seen.closed++;
  }
}

async function* once() {
  yield 'x'.repeat(BYTES);
}

const app = new Hono()
  .use(async (c, next) => {
    nodeHttp.client(c).onGone(() => seen.left++);
    await next();
  })
  .get('/stream', (c) => nodeHttp.stream(c, {}, forever(), MANNERS))
  .get('/pass', (c) => nodeHttp.pass(c, {}, forever()))
  .get('/whole', (c) => nodeHttp.send(c, 200, {}, 'x'.repeat(BYTES)))
  .get('/large', (c) => nodeHttp.stream(c, {}, once(), MANNERS));

const servers = {
  'of our own': nodeServer(app.fetch, { idleMs: 1_000, readMs: READ_MS }).server,
  'of Node': createServer({ keepAliveTimeout: 1_000 }, nodeListener(app.fetch, READ_MS)),
};
const all = Object.entries(servers);

beforeAll(async () => {
  for (const [, server] of all) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterAll(() => all.forEach(([, server]) => server.close()));
beforeEach(() => {
  seen = { left: 0, closed: 0 };
});

function ask(server: Server, path: string, connection = 'close'): Socket {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: ${connection}\r\n\r\n`);
  return client;
}

function connectionsOf(server: Server): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}

describe.each(all)('on a server %s', (_name, server) => {
  it('who stops reading has left, and the provider is let go', async () => {
    const clients = ['/stream', '/pass'].map((path) => ask(server, path));
    await expect.poll(() => seen, { timeout: 10_000 }).toEqual({ left: 2, closed: 2 });
    await expect.poll(() => connectionsOf(server)).toBe(0);
    clients.forEach((client) => client.destroy());
  });

  it.each([
    ['a stream', '/large', 'close'],
    ['a whole answer on a connection that stays', '/whole', 'keep-alive'],
  ])(
    'who reads %s slowly gets all',
    async (_, path, connection) => {
      const client = ask(server, path, connection).resume();
      let bytes = 0;
      client.on('data', (piece) => {
        const sips = Math.floor(bytes / SIP);
        bytes += piece.length;
        if (Math.floor(bytes / SIP) === sips) return;
        client.pause();
        setTimeout(() => client.resume(), 100);
      });
      await new Promise((ended) => client.on('close', ended));
      expect(bytes).toBeGreaterThanOrEqual(BYTES);
      expect(seen.left).toBe(0);
    },
    30_000,
  );
});

it.each(['close', 'keep-alive'])('who never reads his answer is not waited for: %s', async (connection) => {
  const server = servers['of our own'];
  const client = ask(server, '/whole', connection);
  await expect.poll(() => connectionsOf(server)).toBe(1);
  await expect.poll(() => connectionsOf(server), { timeout: 10_000 }).toBe(0);
  client.destroy();
});
