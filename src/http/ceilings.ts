/** `x-signalbox-max-cost-usd` and `x-signalbox-max-latency-ms`. */
import type { Ceilings } from '../core/ceilings.ts';
import { GatewayError } from '../core/errors.ts';

const HEADERS = { maxCostUsd: 'x-signalbox-max-cost-usd', maxLatencyMs: 'x-signalbox-max-latency-ms' } as const;

/** Throws `invalid_request` that names the header. */
export function ceilingsOf(header: (name: string) => string | undefined): Ceilings {
  return {
    maxCostUsd: positive(HEADERS.maxCostUsd, header(HEADERS.maxCostUsd)),
    maxLatencyMs: positive(HEADERS.maxLatencyMs, header(HEADERS.maxLatencyMs)),
  };
}

function positive(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d{1,9}(\.\d{1,9})?$/.test(text) && value > 0) return value;
  throw new GatewayError('invalid_request', `${name}: must be a number above 0`, { param: name });
}
