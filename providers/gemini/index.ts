/**
 * Google's `generateContent`, at AI Studio and at Vertex: the same words at two addresses. An endpoint with a project
 * is Vertex.
 */
import type { EndpointSettings } from '../../src/core/deployment.ts';
import type { Call, Exchange, Provider } from '../../src/core/provider.ts';
import { authorizeByHeader } from '../shared/authorize.ts';
import { classify } from './errors.ts';
import { quotaTimeZone, readLimits, reserve, spent } from './limits.ts';
import { toGemini } from './request.ts';
import { fromGemini } from './response.ts';
import { fromGeminiStream } from './stream.ts';

export const gemini: Provider = {
  name: 'gemini',
  speaks: [],
  baseUrl,
  translate,
  classify,
  authorize: (request, endpoint) => authorizeByHeader(request, endpoint, 'x-goog-api-key'),
  reserve,
  spent,
  readLimits,
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
  const { body, warnings, emulate, names, customNames } = toGemini(call);
  const asked = { call, names, customNames };
  return {
    path: toPath(call),
    headers: { 'content-type': 'application/json' },
    body,
    warnings,
    ...(emulate && { emulate }),
    readAnswer: (answer, sink) => fromGemini(answer, sink, asked),
    openStream: (sink) => fromGeminiStream(sink, asked),
  };
}

/** The address may end in the API's version already. */
const VERSIONED = /\/v\d+(alpha|beta)?\d*$/;

function toPath({ request, endpoint, providerModel }: Call): string {
  const { project, location = 'global', apiVersion } = endpoint.settings;
  const version = VERSIONED.test(endpoint.baseUrl) ? '' : `/${apiVersion ?? (project ? 'v1' : 'v1beta')}`;
  const scope = project
    ? `/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}/publishers/google`
    : '';
  const verb = request.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  return `${version}${scope}/models/${encodeURIComponent(providerModel)}:${verb}`;
}
