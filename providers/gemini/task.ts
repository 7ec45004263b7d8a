/** Embeddings and images, at AI Studio and at Vertex. For sound Gemini has conversations only. */
import { noLike, type TaskCall, type TaskExchange } from '../../src/core/task.ts';
import { toPath } from './path.ts';
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
