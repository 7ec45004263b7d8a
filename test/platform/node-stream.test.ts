import { createServer, get, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Frames } from '../../src/attempt/live.ts';
import { EVENT_STREAM } from '../../src/http/port.ts';
import { nodeHttp } from '../../src/platform/node-http.ts';
import { nodeListener } from '../../src/platform/node-listener.ts';
import { nodeServer } from '../../src/platform/node-server.ts';

const MANNERS = { keepAliveMs: 60_000, broken: (cause: unknown) => `data: ${String(cause)}\n\n` };
const LARGE = `data: ${'x'.repeat(1_000_000)}\n\n`;

/** As often as it takes. */
const ANY: unknown = expect.any(Number);

interface Row {
  name: string;
  frames: () => Frames;
  body: string;
  /** How often the socket was written to. */
  writes: unknown;
}

const rows: Row[] = [
  {
    name: 'a burst and its end are one write',
    frames: async function* () {
      yield 'data: one\n\n';
      yield new TextEncoder().encode('data: two\n\n');
    },
    body: 'data: one\n\ndata: two\n\n',
    writes: 1,
  },
  {
    name: 'an error in a burst is its last frame',
    frames: async function* () {
      yield 'data: one\n\n';
      throw new Error('broken');
    },
    body: 'data: one\n\ndata: Error: broken\n\n',
    writes: 1,
  },
  {
    name: 'an end that comes later ends the stream',
    frames: async function* () {
      yield 'data: one\n\n';
      for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    },
    body: 'data: one\n\n',
    writes: 2,
  },
  { name: 'a stream of nothing ends', frames: async function* () {}, body: '', writes: ANY },
  {
    name: 'frames that are more than a socket takes at once come whole',
    frames: async function* () {
      for (let frame = 0; frame < 5; frame++) yield LARGE;
    },
    body: LARGE.repeat(5),
    writes: ANY,
  },
];

let frames: () => Frames;
let writes = 0;
const app = new Hono().get('/', (c) => nodeHttp.stream(c, { ...EVENT_STREAM }, frames(), MANNERS));
const servers = {
  'of our own': nodeServer(app.fetch, { idleMs: 5_000 }).server,
  'of Node': createServer(nodeListener(app.fetch)),
};
const all = Object.entries(servers);
const count = (socket: Socket) => {
  const write = socket._write.bind(socket);
  const writev = socket._writev?.bind(socket);
  socket._write = (...given) => {
    writes++;
    write(...given);
  };
  socket._writev = (...given) => {
    writes++;
    writev?.(...given);
  };
};

beforeAll(async () => {
  for (const [, server] of all) {
    server.on('connection', count);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  }
});
afterAll(() => all.forEach(([, server]) => server.close()));

function read(server: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    get({ port, host: '127.0.0.1', agent: false }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (piece) => (text += piece));
      incoming.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

describe.each(all)('a stream on a server %s', (_name, server) => {
  test.each(rows)('$name', async (row) => {
    ({ frames } = row);
    writes = 0;
    const body = await read(server);
    expect({ body, writes }).toEqual({ body: row.body, writes: row.writes });
  });
});
