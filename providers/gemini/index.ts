/**
 * Google's `generateContent`, at AI Studio and at Vertex: the same words at two addresses. An endpoint with a project
 * is Vertex.
 */
import type { Endpoint, EndpointSettings } from '../../src/core/deployment.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Exchange, OutgoingRequest, Provider } from '../../src/core/provider.ts';
import { classify } from './errors.ts';
import { toGemini } from './request.ts';
import { fromGemini } from './response.ts';
import { fromGeminiStream } from './stream.ts';

export const gemini: Provider = { name: 'gemini', baseUrl, translate, classify, authorize };

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

function toPath({ request, endpoint, providerModel }: Call): string {
  const { project, location = 'global', apiVersion } = endpoint.settings;
  const verb = request.stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
  const model = encodeURIComponent(providerModel);
  if (!project) return `/${apiVersion ?? 'v1beta'}/models/${model}:${verb}`;
  const scope = `projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}`;
  return `/${apiVersion ?? 'v1'}/${scope}/publishers/google/models/${model}:${verb}`;
}

async function authorize(request: OutgoingRequest, { credential, settings }: Endpoint): Promise<OutgoingRequest> {
  switch (credential.kind) {
    case 'none':
      return request;
    case 'key':
      return withHeader(request, settings.keyHeader ?? 'x-goog-api-key', credential.secret.reveal());
    case 'token':
      return withHeader(request, 'authorization', `Bearer ${(await credential.resolve()).reveal()}`);
    case 'aws':
      throw new GatewayError('credential', 'Google takes an API key or a token, not AWS keys');
  }
}

function withHeader(request: OutgoingRequest, name: string, value: string): OutgoingRequest {
  return { ...request, headers: { ...request.headers, [name.toLowerCase()]: value } };
}
