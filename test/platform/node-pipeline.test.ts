/** Pipelines that `node:http` reads, which waits for no answer before it reads on. */
import { Hono } from 'hono';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { nodeHttp } from '../../src/platform/node-http.ts';
import { nodeServer } from '../../src/platform/node-server.ts';

/** Not plain: from here on the connection is Node's. */
const FIRST = 'OPTIONS /0 HTTP/1.1\r\nHost: x\r\n\r\n';
const MOST = 100;
const AGAIN = 90;

let asked: number[] = [];
let open = Promise.withResolvers<void>();
const app = new Hono().all('/:number', async (c) => {
  const number = c.req.param('number');
  asked.push(Number(number));
  await open.promise;
  return nodeHttp.send(c, 200, {}, `(${number})`);
});
const { server, drain } = nodeServer(app.fetch, { idleMs: 30_000 });

beforeAll(() => new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready)));
afterAll(() => drain(1_000));
beforeEach(() => {
  asked = [];
  open = Promise.withResolvers();
});

function dial(): { client: Socket; heard: () => number[]; isClosed: () => boolean } {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  let isClosed = false;
  client.setEncoding('latin1').on('data', (piece: string) => (text += piece));
  client.on('close', () => (isClosed = true)).on('error', () => {}); // A reset is what is tested.
  const heard = () => [...text.matchAll(/\((\d+)\)/g)].map(([, number]) => Number(number));
  return { client, heard, isClosed: () => isClosed };
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const get = (number: number) => `GET /${number} HTTP/1.1\r\nHost: x\r\n\r\n`;

it('who asks on and on before the first answer is cut off', async () => {
  const { client, isClosed } = dial();
  client.write(FIRST);
  await expect.poll(() => asked.length).toBe(1);
  client.write(numbers(1, 20_000).map(get).join(''));
  await expect.poll(isClosed).toBe(true);
  expect(asked.length).toBeLessThanOrEqual(MOST);
  open.resolve();
});

it('so many may wait, and others once these are answered', async () => {
  const { client, heard, isClosed } = dial();
  client.write(FIRST + numbers(1, MOST).map(get).join(''));
  await expect.poll(() => asked.length).toBe(MOST);
  open.resolve();
  await expect.poll(() => heard().length).toBe(MOST);
  open = Promise.withResolvers();
  client.write(
    numbers(MOST, MOST + AGAIN)
      .map(get)
      .join(''),
  );
  await expect.poll(() => asked.length).toBe(MOST + AGAIN);
  expect(isClosed()).toBe(false);
  open.resolve();
  await expect.poll(heard).toEqual(numbers(0, MOST + AGAIN));
  client.destroy();
});
