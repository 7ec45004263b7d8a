/** The real server on real sockets, in this process: all of it but the command line. */
import type { AddressInfo } from 'node:net';
import { compose } from '../../src/compose.ts';
import { parseConfiguration } from '../../src/config/parse.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import { http1Transport } from '../../src/platform/http1/transport.ts';
import { nodeHttp } from '../../src/platform/node-http.ts';
import { nodeServer } from '../../src/platform/node-server.ts';
import { openLeases } from './leases.ts';

export interface House extends AsyncDisposable {
  url: string;
  gateway: Gateway;
  /** Connections of clients. */
  connections: () => Promise<number>;
  /** What it logged at `error`. */
  errors: object[];
}

export async function startHouse(yaml: string): Promise<House> {
  const transport = http1Transport();
  const errors: object[] = [];
  const { app, gateway } = compose(parseConfiguration(yaml, 'chaos.yaml', {}), {
    http: nodeHttp,
    transport,
    log: { info: () => {}, warn: () => {}, error: (fields) => void errors.push(fields) },
    credentials: { awsChain: () => nobody, googleToken: () => nobody },
    environment: {},
    source: 'chaos.yaml',
    practice: false,
    isReady: () => true,
    random: () => 0, // The shortest waits before repeating.
  });
  const { server, drain } = nodeServer(app.fetch, { idleMs: 75_000 });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    gateway,
    errors,
    connections: () => new Promise((resolve) => server.getConnections((_, count) => resolve(count))),
    async [Symbol.asyncDispose]() {
      await Promise.all([drain(0), transport.close()]);
    },
  };
}

const nobody = () => Promise.reject(new Error('There are no such credentials here'));

/** What is still held for requests, of limits whose name holds this. Empty when nothing is. */
export async function left(
  { gateway, connections }: House,
  providers: { open: () => number },
  name = '',
): Promise<string> {
  const held = {
    waiters: gateway.dispatcher.room.waiting,
    leases: openLeases(name),
    'upstream sockets': providers.open(),
    'client sockets': await connections(),
  };
  const found = Object.entries(held).filter(([, count]) => count > 0);
  return found.map(([what, count]) => `${count} ${what}`).join(', ');
}

/** Waits until nothing is left. Says what was left after so many milliseconds. */
export async function emptied(
  house: House,
  providers: { open: () => number },
  name = '',
  withinMs = 3_000,
): Promise<string> {
  const lastAt = performance.now() + withinMs;
  for (;;) {
    const found = await left(house, providers, name);
    if (found === '' || performance.now() > lastAt) return found;
    await new Promise((later) => setTimeout(later, 5));
  }
}
