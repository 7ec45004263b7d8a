import { Hono } from 'hono';
import { CHAT } from '../../doors/chat/door.ts';
import { explain } from '../../gateway/explain.ts';
import type { Called } from '../call.ts';
import { type ConverseParts, send } from '../converse.ts';
import { inboundOf } from '../entrance.ts';

/** `POST /v1/route`: what would become of this chat request, and why. Nobody is called. */
export function routeRoutes(parts: ConverseParts): Hono<Called> {
  return new Hono<Called>().post('/', async (c) => {
    return send(c, parts, explain(parts.gateway, await inboundOf(c, CHAT, parts)));
  });
}
