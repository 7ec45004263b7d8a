import { Hono } from 'hono';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { nodeHttp } from '../../src/platform/node-http.ts';
import { nodeServer } from '../../src/platform/node-server.ts';

const REQUESTS = 40_000;
/** All answers are several times what the kernel keeps for a connection. */
const PADDING = 'x'.repeat(1_000);
const ANSWER = /number (\d+) x/g;

it('who asks on and on and does not read is not asked after; all is answered, in order, once he reads', async () => {
  const asked: string[] = [];
  const app = new Hono().get('/:number', (c) => {
    asked.push(c.req.param('number'));
    return nodeHttp.send(c, 200, {}, `number ${c.req.param('number')} ${PADDING}`);
  });
  const { server, drain } = nodeServer(app.fetch, { idleMs: 30_000 });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  const numbers = Array.from({ length: REQUESTS }, (_, number) => String(number));
  client.write(numbers.map((number) => `GET /${number} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));

  await expect.poll(() => asked.length).toBeGreaterThan(0);
  let before = -1;
  while (asked.length > before) {
    before = asked.length;
    await new Promise((later) => setTimeout(later, 300));
  }
  expect(asked.length).toBeLessThan(REQUESTS / 2);

  let heard = '';
  client
    .setEncoding('latin1')
    .on('data', (text: string) => (heard += text))
    .resume();
  await expect.poll(() => asked.length, { timeout: 20_000 }).toBe(REQUESTS);
  await expect.poll(() => [...heard.matchAll(ANSWER)].length, { timeout: 20_000 }).toBe(REQUESTS);
  expect([...heard.matchAll(ANSWER)].map(([, number]) => number)).toEqual(numbers);
  client.destroy();
  await drain(1_000);
}, 60_000);
