import type { Endpoint, EndpointSettings } from '../../src/core/deployment.ts';

/** Regional hosts (`eu.api.openai.com`) and Azure's resources included. */
const OPENAI_HOST = /^https:\/\/(?:[\w-]+\.)*(?:api\.openai\.com|openai\.azure\.com)(?:[:/]|$)/i;
const OPENROUTER_HOST = /^https:\/\/(?:[\w-]+\.)*openrouter\.ai(?:[:/]|$)/i;

/**
 * OpenAI itself, or Azure with OpenAI's models: there a request is fitted to what the catalog says of the model.
 * Any other server that speaks the dialect knows best what it takes, so it gets the request as a chat client wrote it,
 * and another door's in chat's own words.
 * A practice provider stands for the real one.
 */
export function isOpenAi({ baseUrl, settings }: Endpoint): boolean {
  return settings.practice === true || OPENAI_HOST.test(baseUrl);
}

export function isOpenRouter({ baseUrl }: Endpoint): boolean {
  return OPENROUTER_HOST.test(baseUrl);
}

/** Other servers may have no such API, unless the configuration says so. */
export function hasResponses(endpoint: Endpoint): boolean {
  return endpoint.settings.responses ?? isOpenAi(endpoint);
}

/** Azure wants its `api-version` on every path. */
export function toPath(path: string, { apiVersion }: EndpointSettings): string {
  return apiVersion ? `${path}?api-version=${encodeURIComponent(apiVersion)}` : path;
}
