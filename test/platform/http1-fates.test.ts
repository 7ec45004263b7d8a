/** Thousands of requests of every fate on few connections: each ends as it must, and nothing is left behind. */
import type { Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates, TLSSocket } from 'node:tls';
import { expect, it, vi } from 'vitest';
import { Departure } from '../../src/core/departure.ts';
import type { IncomingResponse } from '../../src/core/ports.ts';
import { Deadlines } from '../../src/platform/http1/deadlines.ts';
import { http1Transport } from '../../src/platform/http1/transport.ts';
import { CERTIFICATE, startRaw, until } from './http1-server.ts';

const AT_ONCE = 150;
const CONNECTIONS = 64;
const TEXT = 'x'.repeat(2_000);
const LENGTH = `HTTP/1.1 200 OK\r\ncontent-length: ${TEXT.length}\r\n\r\n`;
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';
const CHUNK = `7d0\r\n${TEXT}\r\n`;

/** A reset; TLS can only close without saying so. */
const cut = (socket: Socket) => (socket instanceof TLSSocket ? socket.destroy() : socket.resetAndDestroy());
const whole = (response: IncomingResponse) => response.text(1e6);
const leave = async (response: IncomingResponse, client: Departure) => {
  const pending = whole(response);
  client.leave();
  return pending;
};

interface Fate {
  says: (socket: Socket) => void;
  /** Whole, unless it says otherwise. */
  reads?: (response: IncomingResponse, client: Departure) => Promise<string>;
  ends: string;
  firstByteMs?: number;
  leavesAfterMs?: number;
}

const FATES: Record<string, Fate> = {
  'a length': { says: (socket) => socket.write(LENGTH + TEXT), ends: TEXT },
  'in pieces': {
    says: (socket) => {
      socket.write(LENGTH.slice(0, 20));
      setImmediate(() => socket.write(LENGTH.slice(20) + TEXT.slice(0, 5)));
      setTimeout(() => socket.write(TEXT.slice(5)), 2);
    },
    ends: TEXT,
  },
  chunks: { says: (socket) => socket.write(`${CHUNKED}${CHUNK}${CHUNK}0\r\n\r\n`), ends: TEXT + TEXT },
  'the last of its connection': {
    says: (socket) => socket.end(LENGTH.replace('OK', 'OK\r\nconnection: close') + TEXT),
    ends: TEXT,
  },
  'until close': { says: (socket) => socket.end(`HTTP/1.1 200 OK\r\n\r\n${TEXT}`), ends: TEXT },
  slow: { says: (socket) => setTimeout(() => socket.write(LENGTH + TEXT), 20), ends: TEXT },
  'too slow': { says: () => {}, firstByteMs: 15, ends: 'timeout' },
  'reset before the head': { says: cut, ends: 'unreachable' },
  'closed in the head': { says: (socket) => socket.end(LENGTH.slice(0, 20)), ends: 'unreachable' },
  'reset in mid-answer': {
    says: (socket) => {
      socket.write(`${CHUNKED}${CHUNK}`);
      setTimeout(() => cut(socket), 2);
    },
    ends: 'truncated',
  },
  'half closed in mid-answer': { says: (socket) => socket.end(LENGTH + TEXT.slice(9)), ends: 'truncated' },
  'not HTTP': { says: (socket) => socket.write('what?\r\n\r\n'), ends: 'unreachable' },
  'more than asked for': { says: (socket) => socket.write(LENGTH + TEXT + LENGTH), ends: TEXT },
  'too large': {
    says: (socket) => socket.write(LENGTH + TEXT),
    reads: (response) => response.text(10),
    ends: 'fault',
  },
  'left before the head': { says: () => {}, leavesAfterMs: 5, ends: 'client_gone' },
  'left at once': { says: () => {}, leavesAfterMs: 0, ends: 'client_gone' },
  'left in mid-answer': { says: (socket) => socket.write(CHUNKED + CHUNK), reads: leave, ends: 'client_gone' },
  'read no further': {
    says: (socket) => socket.write(CHUNKED + CHUNK),
    reads: async (response) => {
      for await (const chunk of response.body) return String(chunk.length);
      return '';
    },
    ends: String(TEXT.length),
  },
};

it.each([
  ['http', 10_000],
  ['https', 1_000],
])('over %s %i requests end as they must', { timeout: 60_000 }, async (scheme, requests) => {
  setDefaultCACertificates([...getCACertificates('bundled'), CERTIFICATE]);
  const names = Object.keys(FATES);
  const watch = vi.spyOn(Deadlines.prototype, 'watch');
  const forget = vi.spyOn(Deadlines.prototype, 'forget');
  const sockets = () => process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  const before = sockets();
  await using server = await startRaw({ secure: scheme === 'https' });
  const transport = http1Transport({ connections: CONNECTIONS, waiting: requests });
  server.respond((socket, { body }) => FATES[body]?.says(socket));
  const ask = async (name: string) => {
    const { reads = whole, ends, firstByteMs = 10_000, leavesAfterMs } = FATES[name] as Fate;
    const client = new Departure();
    const request = { url: `${server.url}/x`, headers: {}, body: name };
    const sent = transport.send(request, { client, firstByteMs, idleMs: 10_000 });
    if (leavesAfterMs === 0) client.leave();
    else if (leavesAfterMs !== undefined) setTimeout(() => client.leave(), leavesAfterMs);
    const end = await sent.then((response) => reads(response, client)).catch((cause: { kind: string }) => cause.kind);
    expect([name, end.length, end.slice(0, 50)]).toEqual([name, ends.length, ends.slice(0, 50)]);
  };
  let next = 0;
  const loop = async () => {
    while (next < requests) await ask(names[(next++ * 7) % names.length] as string);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, loop));

  await until(() => server.open() <= CONNECTIONS);
  await ask('a length');
  await transport.close();
  await until(() => server.open() === 0);
  await until(() => sockets() === before);
  const forgotten = new Set(forget.mock.calls.flat());
  expect(watch.mock.calls.flat().filter((watched) => !forgotten.has(watched))).toEqual([]);
  vi.restoreAllMocks();
});
