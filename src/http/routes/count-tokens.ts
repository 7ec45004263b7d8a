import { Hono } from 'hono';
import type { Door } from '../../doors/door.ts';
import { countTokens } from '../../gateway/count.ts';
import type { ConverseParts } from '../converse.ts';
import { type Called, headersOf, inboundOf } from '../entrance.ts';

/** `POST /v1/messages/count_tokens`: what the model that would answer makes of this prompt. */
export function countRoutes(parts: ConverseParts, door: Door): Hono<Called> {
  const { gateway, http } = parts;
  return new Hono<Called>().post('/', async (c) => {
    const { inputTokens, isEstimate, candidate } = await countTokens(gateway, await inboundOf(c, door, parts));
    const headers = headersOf(c);
    headers['content-type'] = 'application/json';
    headers['x-signalbox-deployment'] = candidate.deployment.id.replace(/[^\x20-\x7e]/g, '?');
    if (isEstimate) headers['x-signalbox-estimated'] = 'true';
    return http.send(c, 200, headers, JSON.stringify({ input_tokens: inputTokens }));
  });
}
