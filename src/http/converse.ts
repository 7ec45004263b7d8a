import type { Context } from 'hono';
import type { Door } from '../doors/door.ts';
import type { BodyLimits } from '../doors/json.ts';
import { answer, answerStream, type Gateway } from '../gateway/gateway.ts';
import { headersOf, inboundOf } from './entrance.ts';
import { framesOf, within } from './frames.ts';
import { type HeaderValues, tellOutcome } from './headers.ts';
import { EVENT_STREAM, type HttpPort } from './port.ts';

export interface ConverseParts {
  gateway: Gateway;
  http: HttpPort;
  limits: BodyLimits;
  /** Longest silence on an open stream; also how long a stream's first content may keep the client waiting for a head. */
  keepAliveMs: number;
}

/** A conversation, answered whole or as it is written. */
export async function converse(c: Context, door: Door, parts: ConverseParts): Promise<Response> {
  const { http, gateway, keepAliveMs } = parts;
  const inbound = await inboundOf(c, door, parts);
  const { request, pen } = inbound;
  if (!request.stream) {
    const outcome = await answer(gateway, inbound);
    const headers = headersOf(c);
    tellOutcome(headers, outcome, request.model);
    return http.send(c, 200, asJson(headers), outcome.body);
  }
  const pending = answerStream(gateway, inbound);
  const outcome = await within(pending, keepAliveMs);
  const headers = headersOf(c);
  if (outcome) tellOutcome(headers, outcome, request.model);
  const frames = outcome ? outcome.body : framesOf(pending);
  const broken = (cause: unknown) => pen.broken(cause);
  return http.stream(c, Object.assign(headers, EVENT_STREAM), frames, { keepAliveMs, broken });
}

export function asJson(headers: HeaderValues): HeaderValues {
  headers['content-type'] = 'application/json';
  return headers;
}
