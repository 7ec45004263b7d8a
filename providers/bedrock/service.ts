import type { ChatRequest } from '../../src/core/chat.ts';
import type { Call } from '../../src/core/provider.ts';
import { dropped, type Part } from './body.ts';

/** Models that Bedrock serves with lower latency on request. */
const FAST = /claude-3-5-haiku|llama3-1-(?:70b|405b)|nova-pro/;
const TIERS = { default: 'default', flex: 'flex', priority: 'priority', scale: 'reserved' } as const;

export function toService({ request, providerModel }: Call): Part {
  const tier = request.service_tier;
  const requestMetadata = toMetadata(request);
  const metadata = Object.keys(requestMetadata).length > 0 ? { requestMetadata } : {};
  if (!tier || tier === 'auto') return { fields: metadata };
  if (Object.hasOwn(TIERS, tier))
    return { fields: { ...metadata, serviceTier: { type: TIERS[tier as keyof typeof TIERS] } } };
  if (FAST.test(providerModel)) return { fields: { ...metadata, performanceConfig: { latency: 'optimized' } } };
  return { fields: metadata, warnings: [dropped('service_tier')] };
}

const MAX_METADATA = 16;

/** Tags in Bedrock's invocation log, which takes neither quotes nor braces. */
function toMetadata({ metadata, safety_identifier: identifier, user }: ChatRequest): Record<string, string> {
  const named = { ...metadata, ...((identifier ?? user) && { user: identifier ?? user }) };
  const entries = Object.entries(named).map(([key, value]) => [plain(key), plain(String(value))] as const);
  return Object.fromEntries(entries.filter(([key]) => key !== '').slice(-MAX_METADATA));
}

function plain(text: string): string {
  return text.replace(/[^a-zA-Z0-9\s:_@$#=/+,.-]/g, '_').slice(0, 256);
}
