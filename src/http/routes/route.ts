import { type Context, Hono } from 'hono';
import { explain } from '../../explain.ts';
import type { Gateway, Inbound } from '../../gateway.ts';
import type { Door } from '../door.ts';
import type { HeaderValues } from '../headers.ts';

export interface RouteParts {
  gateway: Gateway;
  door: Pick<Door, 'send'>;
  inboundOf: (c: Context) => Promise<Inbound>;
  headersOf: (c: Context) => HeaderValues;
}

/** `POST /v1/route`: what would become of this chat request, and why. Nobody is called. */
export function routeRoutes({ gateway, door, inboundOf, headersOf }: RouteParts): Hono {
  return new Hono().post('/', async (c) => {
    const told = explain(gateway, await inboundOf(c));
    return door.send(c, 200, { ...headersOf(c), 'content-type': 'application/json' }, JSON.stringify(told));
  });
}
