import { Hono } from 'hono';
import { createHash } from 'node:crypto';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { nodeHttp } from '../../src/platform/node-http.ts';
import { nodeServer, type NodeServer, type Patience } from '../../src/platform/node-server.ts';

/** More than the kernel keeps for a connection. */
const LARGE = 'x'.repeat(30_000_000);

const hashOf = (body: string | Uint8Array) => createHash('sha256').update(body).digest('hex').slice(0, 16);

/** What became of those who asked for `/slow`, and how to answer them. */
interface Waiting {
  left: boolean;
  answer: () => void;
}

class House implements AsyncDisposable {
  readonly node: NodeServer;
  readonly waiting: Waiting[] = [];
  /** Bodies that never came whole. */
  readonly broken: string[] = [];
  /** Pieces of `/late` that were asked for. */
  pieces = 0;

  constructor(patience: Partial<Patience> = {}) {
    const app = new Hono()
      .get('/large', (c) => nodeHttp.send(c, 200, {}, LARGE))
      .get('/split', (c) => nodeHttp.send(c, 200, { 'x-a': 'a\r\nx-b: b' }, ''))
      .get('/slow', async (c) => {
        const departure = nodeHttp.client(c);
        const { promise, resolve } = Promise.withResolvers<void>();
        const one: Waiting = { left: false, answer: resolve };
        this.waiting.push(one);
        departure.onGone(() => {
          one.left = true;
          resolve();
        });
        await promise;
        return nodeHttp.send(c, 200, {}, 'at last');
      })
      .get('/late', async (c) => {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.waiting.push({ left: false, answer: resolve });
        nodeHttp.client(c).onGone(resolve);
        await promise;
        const pieces = async function* (house: House) {
          for (; house.pieces < 100; house.pieces++) yield 'piece';
        };
        return nodeHttp.pass(c, {}, pieces(this));
      })
      .post('/letters', async (c) => {
        const { text, bytes } = await nodeHttp.readText(c, 1_000_000);
        await new Promise((later) => setTimeout(later, 5)); // What comes meanwhile does not touch it.
        return nodeHttp.send(c, 200, {}, `${hashOf(text)} ${bytes ? hashOf(bytes) : 'short'}`);
      })
      .all('*', async (c) => {
        const body = await nodeHttp.readBody(c, 1_000_000);
        return nodeHttp.send(c, 200, {}, `${c.req.method} ${c.req.path} ${body.length}`);
      })
      .onError((error, c) => {
        this.broken.push(error.message);
        return nodeHttp.send(c, 413, {}, error.message);
      });
    this.node = nodeServer(app.fetch, { idleMs: 60_000, ...patience });
  }

  listen(): Promise<void> {
    return new Promise((done) => this.node.server.listen(0, '127.0.0.1', done));
  }

  client(): Client {
    return new Client((this.node.server.address() as AddressInfo).port);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.node.drain(0);
  }
}

class Client {
  readonly socket: Socket;
  heard = '';
  isClosed = false;

  constructor(port: number) {
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (bytes) => (this.heard += bytes.toString('latin1')));
    this.socket.on('error', () => {});
    this.socket.on('close', () => (this.isClosed = true));
  }

  say(text: string): this {
    this.socket.write(text, 'latin1');
    return this;
  }

  /** Fails by the test's own time limit. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((later) => setTimeout(later, 2));
  }

  /** The answers' first lines and bodies, when there are so many of them. */
  async answers(count: number): Promise<string[]> {
    await this.until(() => this.#all().length >= count);
    return this.#all();
  }

  /** The same when the server has closed. */
  async last(): Promise<string[]> {
    await this.until(() => this.isClosed);
    return this.#all();
  }

  #all(): string[] {
    const answers = this.heard.split(/(?=HTTP\/1\.1 \d)/).filter((answer) => answer.includes('\r\n\r\n'));
    return answers.map((answer) => `${answer.slice(9, 12)} ${answer.slice(answer.indexOf('\r\n\r\n') + 4)}`);
  }
}

let house: House;

async function open(patience?: Partial<Patience>): Promise<Client> {
  house = new House(patience);
  await house.listen();
  return house.client();
}

afterEach(() => house[Symbol.asyncDispose]());

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`;
const post = (path: string, body: string, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;

describe('plain requests', () => {
  test('are read to the letter, however long they are and wherever a read ends', async () => {
    const client = await open();
    const bodies = [10, 100_000, 65_000, 205_000, 20_000, 300_000].map((length, of) => `${of}`.repeat(length));
    client.say(bodies.map((body) => post('/letters', body)).join(''));
    expect(await client.answers(bodies.length)).toEqual(
      bodies.map((body) => `200 ${hashOf(body)} ${body.length < 16_384 ? 'short' : hashOf(body)}`),
    );
  });

  test('that are no UTF-8 go on as they were understood', async () => {
    const client = await open();
    const body = `${'x'.repeat(20_000)}\xff`;
    client.say(post('/letters', body));
    const understood = hashOf(body.replace('\xff', '\ufffd'));
    expect(await client.answers(1)).toEqual([`200 ${understood} ${understood}`]);
  });

  test('are read without a byte order mark, as on Workers', async () => {
    const client = await open();
    const [short, long] = ['xyz', 'x'.repeat(20_000)];
    client.say([short, long].map((body) => post('/letters', `\xef\xbb\xbf${body}`)).join(''));
    expect(await client.answers(2)).toEqual([`200 ${hashOf(short)} short`, `200 ${hashOf(long)} ${hashOf(long)}`]);
  });

  test('that come in a row are answered in a row, on one connection', async () => {
    const client = await open();
    client.say(post('/a', 'one') + get('/b') + post('/c', 'three'));
    expect(await client.answers(3)).toEqual(['200 POST /a 3', '200 GET /b 0', '200 POST /c 5']);
    expect(await client.say(get('/d')).answers(4)).toContain('200 GET /d 0');
  });

  test('wait for the answers before them', async () => {
    const client = await open();
    client.say(get('/slow')).say(get('/b'));
    await client.until(() => house.waiting.length === 1);
    await new Promise((later) => setTimeout(later, 20));
    expect(client.heard).toBe('');
    house.waiting[0]?.answer();
    expect(await client.answers(2)).toEqual(['200 at last', '200 GET /b 0']);
  });

  test('are the same wherever they are cut', async () => {
    await open();
    const text = post('/a', 'one') + post('/b', 'three');
    for (let cut = 1; cut < text.length; cut++) {
      const client = house.client();
      client.say(text.slice(0, cut));
      await new Promise((later) => setImmediate(later));
      client.say(text.slice(cut));
      expect(await client.answers(2), `cut at ${cut}`).toEqual(['200 POST /a 3', '200 POST /b 5']);
      client.socket.destroy();
    }
  });

  test('close the connection when they say so', async () => {
    const client = await open();
    expect(await client.say(get('/a', 'Connection: close\r\n')).last()).toEqual(['200 GET /a 0']);
    expect(client.heard).toContain('\r\nConnection: close\r\n');
  });

  test('that are too large hear so, though the client still speaks', async () => {
    const client = await open();
    client.say(`POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${LARGE.length}\r\n\r\n`).say(LARGE);
    expect(await client.answers(1)).toEqual(['413 The body is larger than 1000000 bytes']);
    expect(client.heard).toContain('\r\nConnection: close\r\n');
    await client.until(() => client.isClosed);
  });

  test('whose body nobody asks for do not fill the memory', async () => {
    const client = await open();
    client.say(`GET /slow HTTP/1.1\r\nHost: x\r\nContent-Length: ${LARGE.length}\r\n\r\n`).say(LARGE);
    await client.until(() => house.waiting.length === 1);
    await new Promise((later) => setTimeout(later, 50));
    expect(client.socket.writableLength).toBeGreaterThan(0); // Nobody takes it off the wire.
    house.waiting[0]?.answer();
    expect(await client.answers(1)).toEqual(['200 at last']);
  });

  test('that run far ahead do not fill the memory', async () => {
    const client = await open();
    client.say(get('/slow')).say(get('/a').repeat(1_000_000));
    await client.until(() => house.waiting.length === 1);
    await new Promise((later) => setTimeout(later, 50));
    expect(client.socket.writableLength).toBeGreaterThan(0);
  });

  test('whose body does not come are given up', async () => {
    const client = await open({ bodyMs: 60 });
    client.say('POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
    expect(await client.last()).toEqual(['408 ']);
    expect(house.broken).toEqual(['The request broke off']);
  });

  test('cannot put a line end into an answer', async () => {
    const client = await open();
    expect(await client.say(get('/split')).answers(1)).toEqual([
      '413 The header x-a holds a character that a header may not',
    ]);
  });
});

interface Row {
  name: string;
  text: string[];
  answers: string[];
}

/** What Node's own server answers. */
const unusual: Row[] = [
  {
    name: 'a client that waits to be told to go on',
    text: ['POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n', 'one'],
    answers: ['100 ', '200 POST /a 3'],
  },
  {
    name: 'a body in chunks',
    text: ['POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n0\r\n\r\n'],
    answers: ['200 POST /a 3'],
  },
  { name: 'a head in two pieces', text: ['GET /a HTTP/1.1\r\nHo', 'st: x\r\n\r\n'], answers: ['200 GET /a 0'] },
  { name: 'HEAD', text: ['HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n'], answers: ['200 '] },
  { name: 'no host', text: ['GET /a HTTP/1.1\r\n\r\n'], answers: ['400 0\r\n\r\n'] },
  { name: 'nonsense', text: ['hello\r\n\r\n'], answers: ['400 '] },
  { name: 'a head without end', text: [`GET /a HTTP/1.1\r\nHost: x\r\nx-a: ${'a'.repeat(20_000)}`], answers: ['431 '] },
  { name: 'a head too long', text: [get('/a', `x-a: ${'a'.repeat(20_000)}\r\n`)], answers: ['431 '] },
  ...['+3', '0x3', '3, 3', '3 3', ''].map((length) => ({
    name: `a length of "${length}"`,
    text: [`POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\none`],
    answers: ['400 '],
  })),
  {
    name: 'two lengths',
    text: ['POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\none'],
    answers: ['400 '],
  },
  {
    name: 'a length beside chunks',
    text: ['POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    answers: ['400 '],
  },
];

describe('what is not plain is for Node', () => {
  test.each(unusual)('$name', async ({ text, answers }) => {
    const client = await open();
    for (const piece of text) {
      client.say(piece);
      await new Promise((later) => setTimeout(later, 5));
    }
    expect(await client.answers(answers.length)).toEqual(answers);
  });

  test.each(unusual)('$name, behind a plain request', async ({ text, answers }) => {
    const client = await open();
    await client.say(post('/first', 'one')).answers(1);
    for (const piece of text) {
      client.say(piece);
      await new Promise((later) => setTimeout(later, 5));
    }
    expect(await client.answers(answers.length + 1)).toEqual(['200 POST /first 3', ...answers]);
  });
});

describe('a client that leaves', () => {
  test.each([
    ['with a word', (client: Client) => client.socket.end()],
    ['without a word', (client: Client) => client.socket.resetAndDestroy()],
  ])('%s is not waited for', async (_name, leave) => {
    const client = await open();
    client.say(get('/slow'));
    await client.until(() => house.waiting.length === 1);
    leave(client);
    await client.until(() => house.waiting[0]?.left === true);
    expect(client.heard).toBe('');
  });

  test('before its stream begins is sent no piece of it', async () => {
    const client = await open();
    client.say(get('/late'));
    await client.until(() => house.waiting.length === 1);
    client.socket.resetAndDestroy();
    const other = house.client();
    await other.say(get('/a')).answers(1);
    await new Promise((later) => setTimeout(later, 20));
    expect(house.pieces).toBe(0);
  });

  test('in the middle of its body is told to the reader', async () => {
    const client = await open();
    client.say('POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf');
    await new Promise((later) => setTimeout(later, 10));
    client.socket.destroy();
    await client.until(() => house.broken.length === 1);
    expect(house.broken).toEqual(['The request broke off']);
  });
});

describe('a server that closes', () => {
  test('closes those that ask nothing at once, even those that never did', async () => {
    const silent = await open();
    const idle = house.client();
    await idle.say(get('/a')).answers(1);
    await house.node.drain(60_000);
    await silent.until(() => silent.isClosed && idle.isClosed);
    expect(silent.heard).toBe('');
  });

  test('lets an answer finish, and says that it is the last', async () => {
    const client = await open();
    client.say(get('/slow'));
    await client.until(() => house.waiting.length === 1);
    const drained = house.node.drain(60_000);
    house.waiting[0]?.answer();
    expect(await client.last()).toEqual(['200 at last']);
    expect(client.heard).toContain('\r\nConnection: close\r\n');
    await drained;
  });

  test('lets a slow reader have its answer to the end', async () => {
    const client = await open();
    client.socket.pause();
    client.say(get('/large'));
    await new Promise((later) => setTimeout(later, 50));
    const drained = house.node.drain(60_000);
    await new Promise((later) => setTimeout(later, 250)); // Longer than it takes to look for idle connections.
    client.socket.resume();
    const [answer = ''] = await client.last();
    expect(answer.length).toBe('200 '.length + LARGE.length);
    await drained;
  });

  test('cuts what takes longer than it may', async () => {
    const client = await open();
    client.say(get('/slow'));
    await client.until(() => house.waiting.length === 1);
    await house.node.drain(20);
    expect(house.waiting[0]?.left).toBe(true);
  });

  test('closes who asks nothing for too long', async () => {
    const client = await open({ idleMs: 60 });
    expect(await client.say(get('/a')).last()).toEqual(['200 GET /a 0']);
  });
});
