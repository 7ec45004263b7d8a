/**
 * Google's `generateContent`, at AI Studio and at Vertex: the same words at two addresses. An endpoint with a project
 * is Vertex.
 */
import type { EndpointSettings } from '../../src/core/deployment.ts';
import type { Call, Exchange, Provider } from '../../src/core/provider.ts';
import type { TaskDialect } from '../../src/core/task.ts';
import { authorizeByHeader } from '../shared/authorize.ts';
import { createToolNames } from '../shared/ids.ts';
import { batches } from './batch.ts';
import type { Asked } from './candidate.ts';
import { toTokenCount } from './count.ts';
import { classify } from './errors.ts';
import { quotaTimeZone, readLimits, reserve, spent } from './limits.ts';
import { passedAnyway, passedOn } from './pass.ts';
import { toPath } from './path.ts';
import { toGemini } from './request.ts';
import { fromGemini } from './response.ts';
import { fromGeminiStream } from './stream.ts';
import { TOOL_NAME } from './tools.ts';
import { task } from './task.ts';

export const gemini: Provider & TaskDialect = {
  name: 'gemini',
  speaks: ['gemini'],
  baseUrl,
  translate,
  countTokens: (call) => toTokenCount(call, toPath(call.endpoint, call.providerModel, 'countTokens')),
  classify,
  authorize: (request, endpoint) => authorizeByHeader(request, endpoint, 'x-goog-api-key'),
  reserve,
  spent,
  readLimits,
  task,
  batches,
  quotaTimeZone,
};

/** Locations of many regions have a host of another shape. */
const MULTI_REGIONS: ReadonlySet<string> = new Set(['us', 'eu']);

function baseUrl({ project, location = 'global' }: EndpointSettings): string {
  if (!project) return 'https://generativelanguage.googleapis.com';
  if (location === 'global') return 'https://aiplatform.googleapis.com';
  if (MULTI_REGIONS.has(location)) return `https://aiplatform.${location}.rep.googleapis.com`;
  return `https://${location}-aiplatform.googleapis.com`;
}

function translate(call: Call): Exchange {
  const anyway = passedAnyway(call);
  if (anyway !== undefined) return passing(call, anyway);
  const own = passedOn(call, toGemini);
  if (own !== undefined) return passing(call, own);
  const { body, warnings, emulate, names, customNames } = toGemini(call);
  const exchange = exchangeOf(call, body, { call, names, customNames });
  return { ...exchange, warnings, ...(emulate && { emulate }) };
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** The client's own words: nothing is renamed in them, and the answer's go back as they come. */
function passing(call: Call, body: string): Exchange {
  const asked = { call, names: createToolNames([], TOOL_NAME), customNames: NO_NAMES };
  return { ...exchangeOf(call, body, asked), relay: 'gemini' };
}

function exchangeOf(call: Call, body: string, asked: Asked): Exchange {
  const verb = call.request.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return {
    path: toPath(call.endpoint, call.providerModel, verb),
    headers: { 'content-type': 'application/json' },
    body,
    warnings: [],
    readAnswer: (answer, sink) => fromGemini(answer, sink, asked),
    openStream: (sink) => fromGeminiStream(sink, asked),
  };
}
