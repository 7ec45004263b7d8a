import * as z from 'zod';
import type { Usage } from '../../core/chat.ts';
import type { EmbeddingsTask, TaskAnswer } from '../../core/task.ts';
import { checkShape, parseJson } from '../json.ts';
import { jsonOriginal, type TaskDoor, type TaskEntry, tokensOf } from './door.ts';
import { asBase64, asFloats } from './floats.ts';

/** OpenAI's own limit. */
const MAX_INPUTS = 2_048;

const isTokens = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((token) => Number.isSafeInteger(token));
const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string');

const Body = z.looseObject({
  model: z.string().min(1),
  input: z.custom<string | string[] | number[] | number[][]>(
    (value) =>
      typeof value === 'string' ||
      isTokens(value) ||
      ((isTexts(value) || (Array.isArray(value) && value.length > 0 && value.every(isTokens))) &&
        value.length <= MAX_INPUTS),
    `must be a text, tokens, or a list of at most ${MAX_INPUTS} of either`,
  ),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().positive().nullish(),
  input_type: z.string().nullish(),
  user: z.string().nullish(),
});

/** OpenAI's `POST /v1/embeddings`, and `input_type` as Cohere and compatible servers know it. */
export const EMBEDDINGS: TaskDoor = {
  name: 'embeddings',
  read({ bytes, limits }): TaskEntry {
    const json = parseJson(new TextDecoder().decode(bytes));
    checkShape(json, Body, limits);
    const body = json as z.infer<typeof Body>;
    const inputs = inputsOf(body.input);
    const { expected, longestTokens } = weigh(inputs);
    const task: EmbeddingsTask = {
      kind: 'embeddings',
      model: body.model,
      stream: undefined,
      original: jsonOriginal(body),
      expected,
      inputs,
      dimensions: body.dimensions ?? undefined,
      format: body.encoding_format ?? 'float',
      inputType: body.input_type ?? undefined,
      user: body.user ?? undefined,
    };
    return { task, longestTokens, write: (answer, model) => write(answer, task, model) };
  },
};

/** What the texts will take, all together and the longest of them. */
export function weigh(inputs: EmbeddingsTask['inputs']): { expected: Usage; longestTokens: number } {
  const weights = inputs.map((input) => (typeof input === 'string' ? tokensOf(input) : input.length));
  const tokens = weights.reduce((sum, weight) => sum + weight, 0);
  const longestTokens = weights.reduce((most, weight) => Math.max(most, weight), 0);
  return { expected: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens }, longestTokens };
}

function inputsOf(input: z.infer<typeof Body>['input']): EmbeddingsTask['inputs'] {
  if (typeof input === 'string') return [input];
  return isTokens(input) ? [input] : input;
}

function write(answer: TaskAnswer, task: EmbeddingsTask, model: string): string {
  const { vectors = [], usage, model: named, body } = answer;
  if (body !== undefined) return body;
  const encode = task.format === 'base64' ? asBase64 : asFloats;
  const { prompt_tokens, total_tokens } = usage ?? task.expected;
  return JSON.stringify({
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: encode(vector) })),
    model: named ?? model,
    usage: { prompt_tokens, total_tokens },
  });
}
