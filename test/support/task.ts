import type { EndpointSettings } from '../../src/core/deployment.ts';
import type { EmbeddingsTask, ImagesTask, TaskCall, TaskReply } from '../../src/core/task.ts';
import { Secret } from '../../src/core/secret.ts';

const ONE = { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1 };
const original = (model: string) => ({ type: 'application/json', body: JSON.stringify({ model }) });

export function embeddingsTask(more: Partial<EmbeddingsTask> = {}): EmbeddingsTask {
  const inputs = ['a', 'b'];
  const rest = { dimensions: undefined, format: 'float', inputType: undefined, user: undefined } as const;
  return { kind: 'embeddings', model: 'asked', stream: undefined, original, expected: ONE, inputs, ...rest, ...more };
}

export function imagesTask(more: Partial<ImagesTask> = {}): ImagesTask {
  const rest = { prompt: 'a point', count: 1, size: undefined, pictures: [], others: {} };
  return { kind: 'images', model: 'asked', stream: undefined, original, expected: ONE, ...rest, ...more };
}

export function taskCall(task: TaskCall['task'], providerModel: string, settings: EndpointSettings = {}): TaskCall {
  const credential = { kind: 'key', secret: new Secret('sk-test-0123456789') } as const;
  const endpoint = {
    name: 'test',
    dialect: 'test',
    baseUrl: 'http://127.0.0.1:1',
    credential,
    settings,
    account: 'test',
  };
  return { task, endpoint, providerModel };
}

export function replyOf(
  body: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): TaskReply {
  return { text: typeof body === 'string' ? body : JSON.stringify(body), header: (name) => headers[name] };
}
