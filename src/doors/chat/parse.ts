import type { ChatRequest } from '../../core/chat.ts';
import { type BodyLimits, checkCount, checkShape, parseJson } from '../json.ts';
import { isPlain } from './plain.ts';
import { Body } from './schema.ts';

/** The client's JSON text as a request. Throws `invalid_request` that names the field. */
export function parseChatRequest(text: string, limits: BodyLimits): ChatRequest {
  const body = parseJson(text);
  if (!isPlain(body)) checkShape(body, Body, limits);
  const request = body as ChatRequest; // Checked; the original keeps the client's order of keys.
  checkCount(request.messages.length, 'messages', limits);
  return request;
}
