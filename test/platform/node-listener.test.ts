import { Agent, createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeHttp } from '../../src/platform/node-http.ts';
import { nodeListener } from '../../src/platform/node-listener.ts';
import { nodeServer } from '../../src/platform/node-server.ts';

/** Of a request whose door asks for its client when it may have left. */
interface Late {
  arrived: PromiseWithResolvers<void>;
  left: PromiseWithResolvers<void>;
  isGone: PromiseWithResolvers<boolean>;
}

let late: Late;

const app = new Hono()
  .get('/late', async (c) => {
    late.arrived.resolve();
    await late.left.promise;
    late.isGone.resolve(nodeHttp.client(c).gone);
    return nodeHttp.send(c, 202, {}, 'by the door');
  })
  .post('/nothing', (c) => c.body(null, 204))
  .get('/own', (c) => c.json({ said: 'own' }, 201))
  .all('/door', async (c) => nodeHttp.send(c, 202, {}, `by the door${await nodeHttp.readBody(c, 100)}`))
  .post('/unread', (c) => nodeHttp.send(c, 202, {}, 'by the door'))
  .get('/broken', () => {
    throw 'no error'; // eslint-disable-line no-throw-literal
  })
  .notFound((c) => nodeHttp.send(c, 404, {}, 'nobody'))
  .onError((error, c) => nodeHttp.send(c, 413, {}, error.message));

const servers = {
  'of our own': nodeServer(app.fetch, { idleMs: 5_000 }).server,
  'of Node': createServer(nodeListener(app.fetch)),
};
const all = Object.entries(servers);
let agent: Agent;
let port = 0;
let connections = 0;

beforeAll(async () => {
  for (const [, server] of all) {
    server.on('connection', () => connections++);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  }
});
afterAll(() => all.forEach(([, server]) => server.close()));

interface Answer {
  status: number | undefined;
  body: string;
}

function ask(method: string, path: string, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ agent, port, host: '127.0.0.1', method, path }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (piece) => (text += piece));
      incoming.on('end', () => resolve({ status: incoming.statusCode, body: text }));
    });
    asked.on('error', reject).end(body);
  });
}

interface Row {
  name: string;
  method?: string;
  path: string;
  body?: string;
  answer: Answer;
}

const rows: Row[] = [
  { name: 'what a route returns is written', path: '/own', answer: { status: 201, body: '{"said":"own"}' } },
  { name: 'what the door wrote stays', path: '/door', answer: { status: 202, body: 'by the door' } },
  { name: 'the query is no part of the path', path: '/own?a=/door', answer: { status: 201, body: '{"said":"own"}' } },
  { name: 'a whole address finds its path', path: 'http://x/door', answer: { status: 202, body: 'by the door' } },
  { name: 'HEAD is the same without the body', method: 'HEAD', path: '/own', answer: { status: 201, body: '' } },
  { name: 'HEAD is answered once by the door', method: 'HEAD', path: '/door', answer: { status: 202, body: '' } },
  { name: 'a body is read', method: 'POST', path: '/door', body: ' é', answer: { status: 202, body: 'by the door é' } },
  {
    name: 'a byte order mark is not',
    method: 'POST',
    path: '/door',
    body: '\ufeff!',
    answer: { status: 202, body: 'by the door!' },
  },
  {
    name: 'a body is too large that is longer than the limit',
    method: 'POST',
    path: '/door',
    body: 'x'.repeat(101),
    answer: { status: 413, body: 'The body is larger than 100 bytes' },
  },
  { name: 'an asterisk is no path', method: 'OPTIONS', path: '*', answer: { status: 404, body: 'nobody' } },
  {
    name: 'a body that nobody reads is no obstacle',
    method: 'POST',
    path: '/unread',
    body: 'x'.repeat(1e6),
    answer: { status: 202, body: 'by the door' },
  },
];

describe.each(all)('a server %s', (_name, server) => {
  beforeAll(() => {
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => agent.destroy());

  test.each(rows)('$name', async ({ method = 'GET', path, body, answer }) => {
    expect(await ask(method, path, body)).toEqual(answer);
  });

  test('an answer without a body has no length', async () => {
    const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
    request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/nothing' }, resolve).end('{}');
    const { statusCode, headers } = (await promise).resume();
    expect([statusCode, headers['content-length'], headers['transfer-encoding']]).toEqual([204, undefined, undefined]);
    expect(await ask('GET', '/door')).toMatchObject({ status: 202 });
  });

  test('a client that left before the door asks for it is gone', async () => {
    late = { arrived: Promise.withResolvers(), left: Promise.withResolvers(), isGone: Promise.withResolvers() };
    const asked = request({ port, host: '127.0.0.1', path: '/late', agent: false }).on('error', () => {});
    asked.end();
    await late.arrived.promise;
    asked.destroy();
    await new Promise((later) => setTimeout(later, 50)); // Nobody is told.
    late.left.resolve();
    expect(await late.isGone.promise).toBe(true);
  });

  test('an answer of the door leaves the connection as it is', async () => {
    await ask('GET', '/door');
    const before = connections;
    await ask('HEAD', '/door');
    await ask('GET', '/door');
    expect(connections).toBe(before);
  });

  test('what is thrown and no error closes the connection', async () => {
    await expect(ask('GET', '/broken')).rejects.toThrow('socket hang up');
    expect(await ask('GET', '/own')).toMatchObject({ status: 201 });
  });
});
