import { type Context, Hono } from 'hono';
import { explain } from '../../gateway/explain.ts';
import type { Gateway, Inbound } from '../../gateway/gateway.ts';
import type { HttpPort } from '../port.ts';
import type { HeaderValues } from '../headers.ts';

export interface RouteParts {
  gateway: Gateway;
  http: Pick<HttpPort, 'send'>;
  inboundOf: (c: Context) => Promise<Inbound>;
  headersOf: (c: Context) => HeaderValues;
}

/** `POST /v1/route`: what would become of this chat request, and why. Nobody is called. */
export function routeRoutes({ gateway, http, inboundOf, headersOf }: RouteParts): Hono {
  return new Hono().post('/', async (c) => {
    const told = explain(gateway, await inboundOf(c));
    return http.send(c, 200, { ...headersOf(c), 'content-type': 'application/json' }, JSON.stringify(told));
  });
}
