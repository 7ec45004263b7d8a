import type { Call, Exchange, Provider } from '../../src/core/provider.ts';
import { authorizeByHeader } from '../shared/authorize.ts';
import { hidesReasoning } from '../shared/effort.ts';
import { record } from '../shared/refusal.ts';
import { classify } from './errors.ts';
import { toAnthropic } from './request.ts';
import { fromAnthropic, type Reading } from './response.ts';
import { fromAnthropicStream } from './stream.ts';

/** Takes sampling parameters; newer models name the newer version in the catalog. */
const DEFAULT_VERSION = '2023-06-01';

/** Anthropic's Messages API, and every server that speaks it. */
export const anthropic: Provider = {
  name: 'anthropic',
  baseUrl: () => 'https://api.anthropic.com',
  translate,
  classify,
  authorize: (request, endpoint) => authorizeByHeader(request, endpoint, 'x-api-key'),
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
  const betas = [
    ...(version === DEFAULT_VERSION && hasFile(body) ? ['files-api-2025-04-14'] : []),
    ...(record(body['thinking'])?.['block_binding'] ? ['thinking-binding-controls-2026-08-01'] : []),
    ...(body['speed'] === 'fast' ? ['fast-mode-2026-02-01'] : []),
  ];
  return {
    'content-type': 'application/json',
    'anthropic-version': version,
    ...(betas.length > 0 && { 'anthropic-beta': betas.join(',') }),
  };
}

function hasFile(body: Record<string, unknown>): boolean {
  const messages = body['messages'];
  if (!Array.isArray(messages)) return false;
  const blocks = messages.flatMap((message) => record(message)?.['content'] ?? []).map((block) => record(block) ?? {});
  return blocks.some(({ source, content }) =>
    [source, ...sources(content)].some((it) => record(it)?.['type'] === 'file'),
  );
}

/** Of a tool result's own blocks. */
function sources(content: unknown): unknown[] {
  return Array.isArray(content) ? content.map((block) => record(block)?.['source']) : [];
}
