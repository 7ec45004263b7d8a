import { Hono } from 'hono';
import { CHAT } from '../../doors/chat/door.ts';
import { explain } from '../../gateway/explain.ts';
import type { ConverseParts } from '../converse.ts';
import { type Called, headersOf, inboundOf } from '../entrance.ts';

/** `POST /v1/route`: what would become of this chat request, and why. Nobody is called. */
export function routeRoutes(parts: ConverseParts): Hono<Called> {
  const { gateway, http } = parts;
  return new Hono<Called>().post('/', async (c) => {
    const told = explain(gateway, await inboundOf(c, CHAT, parts));
    return http.send(c, 200, { ...headersOf(c), 'content-type': 'application/json' }, JSON.stringify(told));
  });
}
