import { serve } from '@hono/node-server';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { practiceFetch } from '../../src/practice/index.ts';

export interface Served {
  url: string;
  close(): Promise<void>;
}

/** The practice providers on a loopback port, without pauses. */
export async function servePractice(paceMs = 0): Promise<Served> {
  const server = serve({ fetch: practiceFetch({ paceMs }), port: 0, hostname: '127.0.0.1' });
  if (!server.listening) await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
