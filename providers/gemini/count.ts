import { GatewayError } from '../../src/core/errors.ts';
import type { Call, TokenCount } from '../../src/core/provider.ts';
import { parseJson, record } from '../shared/refusal.ts';
import { toGemini } from './request.ts';

/** Vertex counts contents, instructions and tools; AI Studio counts the whole request. Neither answers anything. */
export function toTokenCount(call: Call, path: string): TokenCount {
  const { contents, systemInstruction, tools, toolConfig, generationConfig } =
    record(parseJson(toGemini(call).body)) ?? {};
  const asked = { contents, systemInstruction, tools };
  const model = `models/${call.providerModel}`;
  const body = call.endpoint.settings.project
    ? { ...asked, generationConfig }
    : { generateContentRequest: { model, ...asked, toolConfig, generationConfig } };
  return { path, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), read: readCount };
}

function readCount(body: string): number {
  const total = record(parseJson(body))?.['totalTokens'];
  if (typeof total === 'number' && total >= 0) return total;
  throw new GatewayError('fault', 'The provider sent no count of tokens');
}
