/** Google's `POST /v1beta/models/{model}:embedContent`, and many at once, as its SDKs send even one. */
import * as z from 'zod';
import { GatewayError } from '../../core/errors.ts';
import type { FieldOf } from '../../core/field-names.ts';
import type { EmbeddingsTask, TaskAnswer } from '../../core/task.ts';
import { checkShape, parseJson } from '../json.ts';
import { jsonOriginal, type TaskDoor, type TaskEntry } from '../tasks/door.ts';
import { weigh } from '../tasks/embeddings.ts';
import { asFloats } from '../tasks/floats.ts';
import { spelled } from './spelling.ts';

export const EMBED_VERBS = ['embedContent', 'batchEmbedContents'] as const;
type EmbedVerb = (typeof EMBED_VERBS)[number];

/** Google's own limit. */
const MAX_REQUESTS = 100;

const One = z.looseObject({
  content: z.looseObject({ parts: z.array(z.looseObject({})).min(1) }),
  taskType: z.string().nullish(),
  title: z.string().nullish(),
  outputDimensionality: z.int().positive().nullish(),
});
type One = z.infer<typeof One>;
const Many = z.looseObject({ requests: z.array(One).min(1).max(MAX_REQUESTS) });

/** A task has one purpose and one size for all its texts. */
const SHARED = ['taskType', 'outputDimensionality'] as const;

/** As Cohere and compatible servers say them; other words of Google's stay. */
const PURPOSES: Readonly<Record<string, string>> = {
  RETRIEVAL_QUERY: 'search_query',
  RETRIEVAL_DOCUMENT: 'search_document',
  CLASSIFICATION: 'classification',
  CLUSTERING: 'clustering',
};

const NAMES = new Map([
  ['input', 'content'],
  ['input_type', 'taskType'],
  ['dimensions', 'outputDimensionality'],
  ['title', 'title'],
]);

export function geminiEmbeddings(model: string, verb: EmbedVerb): TaskDoor {
  return {
    name: 'gemini',
    read({ bytes, limits }): TaskEntry {
      const body = spelled(parseJson(new TextDecoder().decode(bytes)));
      const isOne = verb === 'embedContent';
      checkShape(body, isOne ? One : Many, limits);
      const requests = isOne ? [body as One] : (body as z.infer<typeof Many>).requests;
      const prefixOf = (index: number) => (isOne ? '' : `requests.${index}.`);
      return {
        ...readAll(requests, model, prefixOf),
        write: (answer) => write(answer, isOne),
        fieldOf: namer(prefixOf),
      };
    },
  };
}

function readAll(
  requests: readonly One[],
  model: string,
  prefixOf: (index: number) => string,
): Omit<TaskEntry, 'write'> {
  const inputs = requests.map((request, index) => textOf(request, `${prefixOf(index)}content.parts`));
  for (const [index, request] of requests.entries()) refuseOther(request, requests[0], prefixOf(index));
  const { taskType, outputDimensionality } = requests[0] ?? {};
  const isMeant = taskType && taskType !== 'TASK_TYPE_UNSPECIFIED';
  const inputType = isMeant ? (PURPOSES[taskType] ?? taskType) : undefined;
  const dimensions = outputDimensionality ?? undefined;
  const titles = requests.map(({ title }) => title ?? undefined);
  const { expected, longestTokens } = weigh(inputs);
  const task: EmbeddingsTask = {
    kind: 'embeddings',
    model,
    stream: undefined,
    original: jsonOriginal({ model, input: inputs, encoding_format: 'float', dimensions, input_type: inputType }),
    expected,
    inputs,
    dimensions,
    format: 'float',
    inputType,
    user: undefined,
    ...(titles.some((title) => title !== undefined) && { titles }),
  };
  return { task, longestTokens };
}

function textOf({ content }: One, param: string): string {
  const texts = content.parts.map(({ text }, index) => {
    if (typeof text === 'string') return text;
    throw refused(`${param}.${index}`, 'only texts are embedded here');
  });
  return texts.join('');
}

function refuseOther(request: One, first: One | undefined, prefix: string): void {
  const other = SHARED.find((field) => (request[field] ?? undefined) !== (first?.[field] ?? undefined));
  if (other) throw refused(`${prefix}${other}`, 'must be the same in all requests of a batch here');
}

/** What a dialect says of all of them is said of the first. */
function namer(prefixOf: (index: number) => string): FieldOf {
  return (param) => {
    const name = NAMES.get(param);
    return name === undefined ? param : prefixOf(0) + name;
  };
}

function refused(param: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `${param}: ${what}`, { param });
}

function write({ vectors = [], usage }: TaskAnswer, isOne: boolean): string {
  const embeddings = vectors.map((vector) => ({ values: asFloats(vector) }));
  return JSON.stringify({
    ...(isOne ? { embedding: embeddings[0] } : { embeddings }),
    ...(usage && { usageMetadata: { promptTokenCount: usage.prompt_tokens } }),
  });
}
