import type { ChatRequest } from '../../core/chat.ts';
import type { Ceilings } from '../../core/ceilings.ts';
import { errorBody } from '../../core/errors.ts';
import { CHAT_PEN } from '../../answers/pen.ts';
import type { Door } from '../door.ts';
import { parseChatRequest } from './parse.ts';

/** OpenAI's `POST /v1/chat/completions`. */
export const CHAT: Door = {
  name: 'chat',
  read(text, { limits }) {
    const { request, original, ceilings } = takeCeilings(parseChatRequest(text, limits), text);
    return { request, original: { wire: 'chat', text: original, passes: true }, lost: [], pen: CHAT_PEN, ceilings };
  },
  refusal: errorBody,
};

/** Takes out the fields that are ours, `max_cost_usd` and `max_latency_ms`: no provider knows them. */
function takeCeilings(
  request: ChatRequest,
  original: string,
): { request: ChatRequest; original: string; ceilings?: Ceilings } {
  if (request.max_cost_usd === undefined && request.max_latency_ms === undefined) return { request, original };
  const { max_cost_usd: cost, max_latency_ms: latency, ...rest } = request;
  const ceilings = { maxCostUsd: cost ?? undefined, maxLatencyMs: latency ?? undefined };
  return { request: rest, original: JSON.stringify(rest), ceilings };
}
