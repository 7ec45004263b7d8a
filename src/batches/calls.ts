/** One call to a provider's batch endpoint. */
import type { BatchApi, BatchCall } from '../core/batch.ts';
import type { Deployment } from '../core/deployment.ts';
import { Departure } from '../core/departure.ts';
import { asGatewayError, type GatewayError } from '../core/errors.ts';
import type { Provider } from '../core/provider.ts';
import { wallMs } from '../core/wall.ts';
import type { BatchPorts } from './terms.ts';

/** Uploads and answers are long, and nobody waits. */
const FIRST_BYTE_MS = 120_000;
const IDLE_MS = 60_000;
/** The answers to one batch's lines: as many as a shard has, of over 100 KB each. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 256 * 1024;

export interface Upstream {
  deployment: Deployment;
  provider: Provider;
  api: BatchApi;
}

export type Called =
  | { ok: true; body: string }
  /** `isDone`: nobody knows whether the provider did what it was asked. */
  | { ok: false; failure: GatewayError; status: number | undefined; mayBeDone: boolean };

/** Never throws. */
export async function callUpstream(
  { gateway, clock }: BatchPorts,
  upstream: Upstream,
  call: BatchCall,
): Promise<Called> {
  const { provider, deployment } = upstream;
  const { endpoint } = deployment;
  const { baseUrl, settings } = endpoint;
  const { method, path, body } = call;
  const request = { method, url: baseUrl + path, headers: { ...call.headers, ...settings.headers }, body };
  let status: number | undefined;
  try {
    const authorized = await provider.authorize(request, endpoint, wallMs(clock));
    const limits = { client: new Departure(), firstByteMs: FIRST_BYTE_MS, idleMs: IDLE_MS };
    const response = await gateway.transport.send(authorized, limits);
    status = response.status;
    const isOk = status >= 200 && status < 300;
    const text = await response.text(isOk ? MAX_BYTES : MAX_REFUSAL_BYTES);
    if (isOk) return { ok: true, body: text };
    const failure = provider.classify({
      status,
      header: (name) => response.header(name),
      body: text,
      nowMs: wallMs(clock),
    });
    return { ok: false, failure, status, mayBeDone: !isRefusal(status) };
  } catch (cause) {
    return { ok: false, failure: asGatewayError(cause), status, mayBeDone: true };
  }
}

/** An overloaded provider (503, Anthropic's 529) did nothing; of other servers' errors nobody knows. */
function isRefusal(status: number): boolean {
  return status < 500 ? status !== 408 : status === 503 || status === 529;
}

/** May go otherwise at another time. */
export function isTransient({ rule, kind }: GatewayError): boolean {
  return rule.clientRetry || kind === 'exhausted' || kind === 'credential';
}
