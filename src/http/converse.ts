import type { Door } from '../doors/door.ts';
import type { BodyLimits } from '../doors/json.ts';
import type { Frames } from '../attempt/live.ts';
import { answer, answerStream, type Gateway, type Reply } from '../gateway/gateway.ts';
import type { Call } from './call.ts';
import { headersOf, inboundOf } from './entrance.ts';
import { framesOf, within } from './frames.ts';
import { type HeaderValues, tellOutcome } from './headers.ts';
import { EVENT_STREAM, type HttpPort, type Manners } from './port.ts';

export interface ConverseParts {
  gateway: Gateway;
  http: HttpPort;
  limits: BodyLimits;
  /** Longest silence on an open stream; also how long a stream's first content may keep the client waiting for a head. */
  keepAliveMs: number;
}

/** A conversation, answered whole or as it is written. */
export async function converse(c: Call, door: Door, parts: ConverseParts): Promise<Response> {
  const { http, gateway } = parts;
  const read = inboundOf(c, door, parts);
  const inbound = read instanceof Promise ? await read : read;
  const { request, pen } = inbound;
  if (!request.stream) {
    const outcome = await answer(gateway, inbound);
    const headers = headersOf(c);
    tellOutcome(headers, outcome, request.model);
    return http.send(c, 200, asJson(headers), outcome.body);
  }
  const broken = (cause: unknown) => pen.broken(cause);
  return stream(c, parts, { pending: answerStream(gateway, inbound), asked: request.model, broken });
}

interface Streamed {
  pending: Promise<Reply<Frames>>;
  /** The model that was asked for. */
  asked: string;
  broken: Manners['broken'];
}

/** As soon as it is known who answers, or as the client has waited long enough for a head. */
export async function stream(c: Call, parts: ConverseParts, { pending, asked, broken }: Streamed): Promise<Response> {
  const { http, keepAliveMs } = parts;
  const outcome = await within(pending, keepAliveMs);
  const headers = headersOf(c);
  if (outcome) tellOutcome(headers, outcome, asked);
  const frames = outcome ? outcome.body : framesOf(pending);
  return http.stream(c, Object.assign(headers, EVENT_STREAM), frames, { keepAliveMs, broken });
}

/** An object as JSON. */
export function send(c: Call, { http }: { http: Pick<HttpPort, 'send'> }, body: object): Response {
  return http.send(c, 200, asJson(headersOf(c)), JSON.stringify(body));
}

export function asJson(headers: HeaderValues): HeaderValues {
  headers['content-type'] = 'application/json';
  return headers;
}
