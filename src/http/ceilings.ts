/** `x-signalbox-max-cost-usd` and `x-signalbox-max-latency-ms`, or the fields `max_cost_usd` and `max_latency_ms`. */
import { type Ceilings, lowest } from '../core/ceilings.ts';
import type { ChatRequest } from '../core/chat.ts';
import { GatewayError } from '../core/errors.ts';

/** A request and its text without the fields that are ours: no provider knows them. */
export interface Taken {
  request: ChatRequest;
  original: string;
  ceilings: Ceilings;
}

const HEADERS = { maxCostUsd: 'x-signalbox-max-cost-usd', maxLatencyMs: 'x-signalbox-max-latency-ms' } as const;

/** Throws `invalid_request` that names the header. */
export function takeCeilings(
  request: ChatRequest,
  original: string,
  header: (name: string) => string | undefined,
): Taken {
  const said: Ceilings = {
    maxCostUsd: positive(HEADERS.maxCostUsd, header(HEADERS.maxCostUsd)),
    maxLatencyMs: positive(HEADERS.maxLatencyMs, header(HEADERS.maxLatencyMs)),
  };
  if (request.max_cost_usd === undefined && request.max_latency_ms === undefined) {
    return { request, original, ceilings: said };
  }
  const { max_cost_usd: cost, max_latency_ms: latency, ...rest } = request;
  const ceilings = lowest(said, { maxCostUsd: cost ?? undefined, maxLatencyMs: latency ?? undefined });
  return { request: rest, original: JSON.stringify(rest), ceilings };
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text) && value > 0) return value;
  throw new GatewayError('invalid_request', `${name}: must be a number above 0`, { param: name });
}
