import type { Call, Exchange, Provider } from '../../src/core/provider.ts';
import { authorizeByHeader } from '../shared/authorize.ts';
import { hidesReasoning } from '../shared/effort.ts';
import { batches } from './batch.ts';
import { countTokens } from './count.ts';
import { classify } from './errors.ts';
import { DEFAULT_VERSION, headersFor, headersOf } from './headers.ts';
import { readLimits, reserve, spent } from './limits.ts';
import { passing } from './passing.ts';
import { pathOf } from './path.ts';
import { toPlain } from './plain.ts';
import { type Asked, toAnthropic } from './request.ts';
import { fromAnthropic, type Reading } from './response.ts';
import { fromAnthropicStream } from './stream.ts';

/** Anthropic's Messages API, and every server that speaks it. */
export const anthropic: Provider = {
  name: 'anthropic',
  speaks: ['messages'],
  baseUrl: () => 'https://api.anthropic.com',
  translate,
  countTokens,
  classify,
  authorize: (request, endpoint) => authorizeByHeader(request, endpoint, 'x-api-key'),
  reserve,
  spent,
  readLimits,
  batches,
};

const NO_NAMES: ReadonlySet<string> = new Set();

function translate(call: Call): Exchange {
  if (call.original?.only !== undefined) return asItIs(call) ?? inOurWords(call, toAnthropic(call));
  if (call.original?.wire !== 'messages') return inPlainWords(call) ?? inOurWords(call, toAnthropic(call));
  const asked = toAnthropic(call);
  return asItIs(call, asked) ?? inOurWords(call, asked);
}

/** The client's bytes to Claude, and Claude's to the client. */
function asItIs(call: Call, asked?: Asked): Exchange | undefined {
  const passed = passing(call, asked);
  return passed && { ...passed, ...reading(call, NO_NAMES), warnings: [], relay: 'messages' };
}

function inPlainWords(call: Call): Exchange | undefined {
  const plain = toPlain(call);
  if (!plain) return undefined;
  const headers = headersOf(call.capabilities.apiVersion ?? DEFAULT_VERSION, '');
  return { ...reading(call, NO_NAMES), headers, body: plain.body, warnings: plain.warnings };
}

function inOurWords(call: Call, { body, warnings, emulate, customNames }: Asked): Exchange {
  return {
    headers: headersFor(body, call.capabilities),
    body: JSON.stringify(body),
    warnings,
    ...(Object.keys(emulate).length > 0 && { emulate }),
    ...reading(call, customNames),
  };
}

function reading(call: Call, customNames: ReadonlySet<string>): Pick<Exchange, 'path' | 'readAnswer' | 'openStream'> {
  const issuer = `${call.endpoint.name}/${call.providerModel}`;
  const how: Reading = { issuer, customNames, hideReasoning: hidesReasoning(call.request) };
  return {
    path: pathOf(call, '/messages'),
    readAnswer: (answer, sink) => fromAnthropic(answer, sink, how),
    openStream: (sink) => fromAnthropicStream(sink, how),
  };
}
