import type { Call, Exchange, Provider } from '../../src/core/provider.ts';
import { authorizeByHeader } from '../shared/authorize.ts';
import { hidesReasoning } from '../shared/effort.ts';
import { record } from '../shared/refusal.ts';
import { classify } from './errors.ts';
import { readLimits, reserve, spent } from './limits.ts';
import { toAnthropic } from './request.ts';
import { fromAnthropic, type Reading } from './response.ts';
import { fromAnthropicStream } from './stream.ts';

/** Takes sampling parameters; newer models name the newer version in the catalog. */
const DEFAULT_VERSION = '2023-06-01';

/** Anthropic's Messages API, and every server that speaks it. */
export const anthropic: Provider = {
  name: 'anthropic',
  speaks: [],
  baseUrl: () => 'https://api.anthropic.com',
  translate,
  classify,
  authorize: (request, endpoint) => authorizeByHeader(request, endpoint, 'x-api-key'),
  reserve,
  spent,
  readLimits,
};

function translate(call: Call): Exchange {
  const { body, warnings, emulate, customNames } = toAnthropic(call);
  const reading: Reading = {
    issuer: `${call.endpoint.name}/${call.providerModel}`,
    customNames,
    hideReasoning: hidesReasoning(call.request),
  };
  return {
    path: call.endpoint.baseUrl.endsWith('/v1') ? '/messages' : '/v1/messages',
    headers: toHeaders(body, call.capabilities.apiVersion ?? DEFAULT_VERSION),
    body: JSON.stringify(body),
    warnings,
    ...(Object.keys(emulate).length > 0 && { emulate }),
    readAnswer: (answer, sink) => fromAnthropic(answer, sink, reading),
    openStream: (sink) => fromAnthropicStream(sink, reading),
  };
}

/** Betas are named only where the body needs them: one that a server does not know is a 400. */
function toHeaders(body: Record<string, unknown>, version: string): Record<string, string> {
  const betas: string[] = [];
  if (version === DEFAULT_VERSION && hasFile(body)) betas.push('files-api-2025-04-14');
  if (record(body['thinking'])?.['block_binding']) betas.push('thinking-binding-controls-2026-08-01');
  if (body['speed'] === 'fast') betas.push('fast-mode-2026-02-01');
  const headers: Record<string, string> = { 'content-type': 'application/json', 'anthropic-version': version };
  if (betas.length > 0) headers['anthropic-beta'] = betas.join(',');
  return headers;
}

function hasFile(body: Record<string, unknown>): boolean {
  return someOf(body['messages'], (message) => someOf(message['content'], isFile));
}

/** A tool result has blocks of its own. */
function isFile({ source, content }: Record<string, unknown>): boolean {
  return (
    record(source)?.['type'] === 'file' || someOf(content, (block) => record(block['source'])?.['type'] === 'file')
  );
}

function someOf(list: unknown, has: (entry: Record<string, unknown>) => boolean): boolean {
  return Array.isArray(list) && list.some((entry) => has(record(entry) ?? {}));
}
