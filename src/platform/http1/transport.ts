/**
 * Node's transport: HTTP/1.1 as far as a router needs it, on `node:net` and `node:tls`. Why not undici:
 * `docs/decisions/0008-own-http-client.md`.
 *
 * One pool of kept-alive connections an origin. A request is written once: it costs money, so it is never sent a
 * second time, whatever happens. Origins come from the configuration only, so the map of pools is bounded.
 */
import type { Transport } from '../../core/ports.ts';
import { GatewayError } from '../../core/errors.ts';
import { ArrivingResponse } from './arriving-response.ts';
import { unreachable } from './connection.ts';
import { Deadlines } from './deadlines.ts';
import { toOrigin } from './origin.ts';
import { Pool, type PoolLimits } from './pool.ts';
import { toWire } from './request-writer.ts';

const LIMITS: PoolLimits = { connections: 1024, waiting: 4096 };
/** As much as libuv asks the kernel for at once. */
const READ_BYTES = 64 * 1024;

/** `close` breaks off whatever is under way. */
export function http1Transport(limits = LIMITS): Transport & { close(): Promise<void> } {
  const pools = new Map<string, Pool>();
  const shared = { deadlines: new Deadlines(), readBuffer: Buffer.allocUnsafeSlow(READ_BYTES), limits };
  let closed = false;
  const poolOf = (origin: string) => {
    if (closed) throw unreachable('closed');
    let pool = pools.get(origin);
    if (!pool) {
      pool = new Pool(toOrigin(origin), shared);
      pools.set(origin, pool);
    }
    return pool;
  };
  return {
    send({ method, url, headers, body: text, bytes }, { client, firstByteMs, idleMs }) {
      const response = new ArrivingResponse(client);
      if (response.failed) return response.begun;
      try {
        const slash = endOfOrigin(url);
        const body = bytes ?? text;
        const pool = poolOf(url.slice(0, slash));
        const request = toWire({ method, target: url.slice(slash) || '/', host: pool.origin.host, headers, body });
        pool.run({ request, response, firstByteMs, idleMs });
      } catch (cause) {
        if (!(cause instanceof GatewayError)) throw cause;
        response.fail(cause);
      }
      return response.begun;
    },
    close() {
      closed = true;
      for (const pool of pools.values()) pool.close();
      return Promise.resolve();
    },
  };
}

function endOfOrigin(url: string): number {
  const slash = url.indexOf('/', url.indexOf('//') + 2);
  return slash < 0 ? url.length : slash;
}
