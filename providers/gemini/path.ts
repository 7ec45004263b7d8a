import type { Endpoint } from '../../src/core/deployment.ts';

/** The address may end in the API's version already. */
const VERSIONED = /\/v\d+(alpha|beta)?\d*$/;

/** `/v1beta`, or nothing; Vertex has no beta. */
export function versionOf({ baseUrl, settings: { apiVersion, project } }: Endpoint): string {
  return VERSIONED.test(baseUrl) ? '' : `/${apiVersion ?? (project ? 'v1' : 'v1beta')}`;
}

export function toPath(endpoint: Endpoint, model: string, verb: string): string {
  const { project, location = 'global' } = endpoint.settings;
  const scope = project
    ? `/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}/publishers/google`
    : '';
  return `${versionOf(endpoint)}${scope}/models/${encodeURIComponent(model)}:${verb}`;
}
