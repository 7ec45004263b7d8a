import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Departure } from '../../src/core/departure.ts';
import type { Transport } from '../../src/core/ports.ts';
import { fetchTransport } from '../../src/platform/fetch-transport.ts';
import { http1Transport } from '../../src/platform/http1/transport.ts';

const OPTIONS = { firstByteMs: 5_000, idleMs: 5_000 };
const http1 = http1Transport();
let base = '';
let respond: (incoming: IncomingMessage, outgoing: ServerResponse) => void = () => {};
let closed = Promise.withResolvers<void>();
const server = createServer((incoming, outgoing) => {
  outgoing.on('close', () => closed.resolve());
  respond(incoming, outgoing);
});

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  closed = Promise.withResolvers();
});
afterAll(async () => {
  await http1.close();
  server.closeAllConnections();
  server.close();
});

const transports: [string, Transport][] = [
  ['http1', http1],
  ['fetch', fetchTransport()],
];

/** What every transport promises. */
describe.each(transports)('the %s transport', (_, transport) => {
  const send = (options = {}, client = new Departure()) =>
    transport.send(
      { url: `${base}/v1/x?y=1`, headers: { 'content-type': 'application/json', 'x-a': 'b' }, body: '{"é":1}' },
      { client, ...OPTIONS, ...options },
    );
  const errorOf = (pending: Promise<unknown>) =>
    pending.then(
      () => 'no error',
      (cause: unknown) => (cause as { kind?: string }).kind,
    );

  it('sends the bytes and headers as they are and brings the answer whole', async () => {
    respond = (incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk: Buffer) => (body += chunk));
      incoming.on('end', () => {
        outgoing.writeHead(201, { 'x-c': 'd' });
        outgoing.end(`${incoming.method} ${incoming.url} ${String(incoming.headers['x-a'])} ${body}`);
      });
    };
    const response = await send();
    expect(response.status).toBe(201);
    expect(response.header('x-c')).toBe('d');
    expect(await response.text(1_000)).toBe('POST /v1/x?y=1 b {"é":1}');
  });

  it('hands on chunks as they come', async () => {
    const next = Promise.withResolvers<void>();
    respond = (_incoming, outgoing) => {
      outgoing.write('one');
      void next.promise.then(() => outgoing.end('two'));
    };
    const seen: string[] = [];
    for await (const chunk of (await send()).body) {
      seen.push(new TextDecoder().decode(chunk));
      next.resolve();
    }
    expect(seen).toEqual(['one', 'two']);
  });

  it('follows no redirect', async () => {
    respond = (_incoming, outgoing) => outgoing.writeHead(307, { location: 'http://169.254.169.254/' }).end();
    expect((await send()).status).toBe(307);
  });

  it('gives up when the head does not come', async () => {
    respond = () => {};
    expect(await errorOf(send({ firstByteMs: 200 }))).toBe('timeout');
  });

  it('gives up when the body stalls', async () => {
    respond = (_incoming, outgoing) => void outgoing.write('one');
    const response = await send({ idleMs: 200 });
    expect(await errorOf(Array.fromAsync(response.body))).toBe('stalled');
  });

  it('does not count the time that its reader takes', async () => {
    respond = (_incoming, outgoing) => outgoing.end('one');
    let text = '';
    for await (const chunk of (await send({ idleMs: 300 })).body) {
      text += new TextDecoder().decode(chunk);
      await new Promise((later) => setTimeout(later, 600));
    }
    expect(text).toBe('one');
  });

  it('knows a broken body from a complete one', async () => {
    respond = (_incoming, outgoing) => {
      outgoing.write('one');
      setTimeout(() => outgoing.destroy(), 20);
    };
    const response = await send();
    expect(await errorOf(Array.fromAsync(response.body))).toBe('truncated');
  });

  it('says so when nobody listens', async () => {
    const request = { url: 'http://127.0.0.1:1/', headers: {}, body: '' };
    expect(await errorOf(transport.send(request, { client: new Departure(), ...OPTIONS }))).toBe('unreachable');
  });

  it('refuses more than an answer may hold', async () => {
    respond = (_incoming, outgoing) => outgoing.end('x'.repeat(100_000));
    const response = await send();
    expect(await errorOf(response.text(1_000))).toBe('fault');
  });

  it('refuses it, too, when all of it was there before', async () => {
    respond = (_incoming, outgoing) => outgoing.end('x'.repeat(1_001));
    const response = await send();
    await new Promise((later) => setTimeout(later, 50));
    expect(await errorOf(response.text(1_000))).toBe('fault');
  });

  it('brings an answer of just as much as it may hold', async () => {
    respond = (_incoming, outgoing) => outgoing.end('x'.repeat(1_000));
    expect(await (await send()).text(1_000)).toHaveLength(1_000);
  });

  it('knows characters that were cut', async () => {
    respond = (_incoming, outgoing) => {
      const bytes = Buffer.from('日本');
      outgoing.write(bytes.subarray(0, 2));
      setTimeout(() => outgoing.end(bytes.subarray(2)), 20);
    };
    expect(await (await send()).text(1_000)).toBe('日本');
  });

  it.each([204, 304])('has an end when the status is %s', async (status) => {
    respond = (_incoming, outgoing) => outgoing.writeHead(status).end();
    const response = await send();
    expect(await response.text(1_000)).toBe('');
    expect(response.header('x-none')).toBeUndefined();
  });

  it('says so when the server breaks off before the head', async () => {
    respond = (incoming) => incoming.socket.destroy();
    expect(await errorOf(send())).toBe('unreachable');
  });

  it('does nothing for a client that is gone already', async () => {
    let asked = false;
    respond = (_incoming, outgoing) => {
      asked = true;
      outgoing.end();
    };
    const client = new Departure();
    client.leave();
    expect(await errorOf(send({}, client))).toBe('client_gone');
    expect(asked).toBe(false);
  });

  it('forgets the client when the answer is complete', async () => {
    respond = (_incoming, outgoing) => outgoing.end('one');
    const client = new Departure();
    const acts: (() => void)[] = [];
    const onGone = client.onGone.bind(client);
    let forgotten = 0;
    client.onGone = (act) => {
      acts.push(act);
      const forget = onGone(act);
      return () => {
        forgotten++;
        forget();
      };
    };
    expect(await (await send({}, client)).text(100)).toBe('one');
    expect([acts.length, forgotten]).toEqual([1, 1]);
  });

  it.each(['before the head', 'in the body'])(
    'closes the connection at once when the client leaves %s',
    async (moment) => {
      const client = new Departure();
      const arrived = Promise.withResolvers<void>();
      respond = (_incoming, outgoing) => {
        if (moment === 'in the body') outgoing.write('one');
        arrived.resolve();
      };
      const pending = send({}, client).then((response) => Array.fromAsync(response.body));
      pending.catch(() => {});
      await arrived.promise;
      await new Promise((later) => setTimeout(later, 50));
      client.leave();
      expect(await errorOf(pending)).toBe('client_gone');
      await closed.promise;
    },
  );

  it('closes the connection when the reader stops early', async () => {
    respond = (_incoming, outgoing) => {
      const timer = setInterval(() => outgoing.write('x'.repeat(1_000)), 5);
      outgoing.on('close', () => clearInterval(timer));
    };
    for await (const _chunk of (await send()).body) break;
    await expect(closed.promise).resolves.toBeUndefined();
  });
});

it('the fetch transport gives up on a provider inside the Worker, too, which answers all the same', async () => {
  const inside = fetchTransport(async ({ signal }) => {
    await new Promise((aborted) => signal.addEventListener('abort', aborted));
    return new Response('late');
  });
  const pending = inside.send(
    { url: 'http://practice.invalid/', headers: {}, body: '{}' },
    { client: new Departure(), idleMs: 5_000, firstByteMs: 10 },
  );
  await expect(pending).rejects.toMatchObject({ kind: 'timeout' });
});
