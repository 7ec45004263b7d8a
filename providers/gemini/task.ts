/** Embeddings and images, at AI Studio and at Vertex. For sound Gemini has conversations only. */
import type { Endpoint } from '../../src/core/deployment.ts';
import { noLike, type TaskCall, type TaskExchange } from '../../src/core/task.ts';
import { embeddings } from './task-embeddings.ts';
import { images } from './task-images.ts';

export function task(call: TaskCall): TaskExchange {
  const { task, endpoint, providerModel } = call;
  const pathTo = (verb: string) => toPath(endpoint, providerModel, verb);
  switch (task.kind) {
    case 'embeddings':
      return embeddings({ task, providerModel, pathTo, isVertex: endpoint.settings.project !== undefined });
    case 'images':
    case 'image_edits':
      return images({ task, pathTo });
    default:
      throw noLike('gemini', task.kind);
  }
}

/** The address may end in the API's version already. */
const VERSIONED = /\/v\d+(alpha|beta)?\d*$/;

function toPath({ baseUrl, settings }: Endpoint, model: string, verb: string): string {
  const { project, location = 'global', apiVersion } = settings;
  const version = VERSIONED.test(baseUrl) ? '' : `/${apiVersion ?? (project ? 'v1' : 'v1beta')}`;
  const scope = project
    ? `/projects/${encodeURIComponent(project)}/locations/${encodeURIComponent(location)}/publishers/google`
    : '';
  return `${version}${scope}/models/${encodeURIComponent(model)}:${verb}`;
}
