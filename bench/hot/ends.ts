/** Both ends of the wire, in a thread of their own: the provider, and clients that ask as fast as they are answered. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { parentPort } from 'node:worker_threads';
import { type Dialect, HEADERS, replyOf, requestOf } from './replies.ts';

/** So many requests, spread over the connections. */
export interface Order {
  port: number;
  isStream: boolean;
  requests: number;
}

const CONNECTIONS = 16;
const STREAM = Buffer.from('"stream":true');
const ANTHROPIC = Buffer.from('/messages');
const LENGTH = /\r\ncontent-length: (\d+)/i;

const replies = new Map<string, Buffer>();
for (const dialect of ['openai', 'anthropic'] as const)
  for (const isStream of [false, true]) replies.set(`${dialect} ${isStream}`, wireReply(dialect, isStream));

function wireReply(dialect: Dialect, isStream: boolean): Buffer {
  const { type, body } = replyOf(dialect, isStream);
  const headers = Object.entries({ ...HEADERS, 'content-type': type }).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `HTTP/1.1 200 OK\r\n${headers.join('')}`;
  if (!isStream) return Buffer.from(`${head}content-length: ${body.length}\r\n\r\n${body}`);
  const chunks = body.split(/(?<=\n\n)/).map((each) => `${each.length.toString(16)}\r\n${each}\r\n`);
  return Buffer.from(`${head}transfer-encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`);
}

/** How many bytes a message with this beginning has; undefined while its head is not whole. */
function messageBytes(bytes: Buffer): number | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? undefined : end + 4 + Number(LENGTH.exec(bytes.toString('latin1', 0, end))?.[1] ?? 0);
}

const provider = createServer((socket) => {
  socket.setNoDelay(true);
  let held = Buffer.alloc(0);
  socket.on('error', () => {}); // Torn down at the end of the bench.
  socket.on('data', (bytes) => {
    held = held.length > 0 ? Buffer.concat([held, bytes]) : bytes;
    if (held.length < (messageBytes(held) ?? Infinity)) return;
    const dialect = held.subarray(0, 64).includes(ANTHROPIC) ? 'anthropic' : 'openai';
    socket.write(replies.get(`${dialect} ${held.includes(STREAM)}`) ?? '');
    held = Buffer.alloc(0);
  });
});

const sockets = new Map<number, Socket[]>();

/** Servers close what has been idle for some seconds, while others were measured. */
function socketsTo(port: number): Socket[] {
  const known = sockets.get(port)?.filter((socket) => socket.writable) ?? [];
  while (known.length < CONNECTIONS) known.push(connect({ port, host: '127.0.0.1', noDelay: true }));
  sockets.set(port, known);
  return known;
}

/** Resolves when all have been answered. */
function run({ port, isStream, requests }: Order): Promise<void> {
  const body = requestOf(isStream);
  const request =
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: application/json\r\n` +
    `content-type: application/json\r\nuser-agent: OpenAI/JS 7.57.0\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const bytes = Buffer.from(request);
  return new Promise((resolve, reject) => {
    let toSend = requests;
    let open = 0;
    for (const socket of socketsTo(port)) {
      let got = 0;
      let last = Buffer.alloc(0);
      let wanted: number | undefined;
      const send = () => {
        if (toSend === 0) return open === 0 ? resolve() : undefined;
        toSend--;
        open++;
        got = 0;
        wanted = undefined;
        last = Buffer.alloc(0);
        socket.write(bytes);
      };
      socket.removeAllListeners('data').removeAllListeners('error').removeAllListeners('close');
      socket.on('error', reject);
      socket.on('close', () => open > 0 && reject(new Error('closed in mid-answer')));
      socket.on('data', (chunk) => {
        if (got === 0 && !chunk.includes(' 200 OK')) return reject(new Error(chunk.toString('latin1', 0, 400)));
        if (got === 0 && !isStream) wanted = messageBytes(chunk);
        got += chunk.length;
        last = chunk.length >= 5 ? chunk : Buffer.concat([last, chunk]);
        const isOver = isStream ? last.subarray(-5).equals(END) : got >= (wanted ?? Infinity);
        if (!isOver) return;
        open--;
        send();
      });
      send();
    }
  });
}

const END = Buffer.from('0\r\n\r\n');

provider.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage({ upstream: (provider.address() as AddressInfo).port });
});
parentPort?.on('message', (order: Order) => {
  run(order).then(
    () => parentPort?.postMessage({ done: true }),
    (cause: unknown) => parentPort?.postMessage({ error: String(cause) }),
  );
});
