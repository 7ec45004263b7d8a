import { type Context, Hono } from 'hono';
import type { Door } from '../../doors/door.ts';
import { countTokens } from '../../gateway/count.ts';
import type { Called } from '../call.ts';
import { asJson, type ConverseParts } from '../converse.ts';
import { headersOf, inboundOf } from '../entrance.ts';
import { printable } from '../headers.ts';

/** `POST /v1/messages/count_tokens`: what the model that would answer makes of this prompt. */
export function countRoutes(parts: ConverseParts, door: Door): Hono<Called> {
  return new Hono<Called>().post('/', (c) => sendCount(c, parts, door, (tokens) => ({ input_tokens: tokens })));
}

/** `write`: the answer in the door's words. */
export async function sendCount(
  c: Context,
  parts: ConverseParts,
  door: Door,
  write: (tokens: number) => object,
): Promise<Response> {
  const { gateway, http } = parts;
  const { inputTokens, isEstimate, candidate } = await countTokens(gateway, await inboundOf(c, door, parts));
  const headers = asJson(headersOf(c));
  headers['x-signalbox-deployment'] = printable(candidate.deployment.id);
  if (isEstimate) headers['x-signalbox-estimated'] = 'true';
  return http.send(c, 200, headers, JSON.stringify(write(inputTokens)));
}
