/**
 * AI Studio embeds up to a hundred texts at once; Vertex one a call, by `predict` for the first generation and by
 * `embedContent` for the second.
 */
import type { Usage } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Warning } from '../../src/core/provider.ts';
import type { EmbeddingsTask, TaskAnswer, TaskExchange, TaskReply } from '../../src/core/task.ts';
import { reading } from '../shared/fault.ts';
import { record } from '../shared/refusal.ts';
import { inBatches, textsOf } from '../shared/texts.ts';

interface Asked {
  task: EmbeddingsTask;
  providerModel: string;
  pathTo: (verb: string) => string;
  isVertex: boolean;
}

const MOST_AT_ONCE = 100;
const HEADERS = { 'content-type': 'application/json' };

/** Cohere's words, which compatible servers take too. */
const TASK_TYPES: Readonly<Record<string, string>> = {
  search_query: 'RETRIEVAL_QUERY',
  search_document: 'RETRIEVAL_DOCUMENT',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
};

/** Later ones want it said in the text. */
const isFirst = (model: string) => model.includes('embedding-001');

export function embeddings(asked: Asked): TaskExchange {
  const { task, providerModel, isVertex } = asked;
  const texts = textsOf(task, 'gemini');
  const warnings: Warning[] = [];
  if (task.user !== undefined) warnings.push({ param: 'user', action: 'dropped' });
  if (task.inputType !== undefined && !isFirst(providerModel))
    warnings.push({ param: 'input_type', action: 'dropped' });
  if (task.titles !== undefined && (isVertex || !isFirst(providerModel)))
    warnings.push({ param: 'title', action: 'dropped' });
  const bodies = isVertex ? vertexBodies(texts, asked) : studioBodies(texts, asked);
  const path = asked.pathTo(isVertex ? (isFirst(providerModel) ? 'predict' : 'embedContent') : 'batchEmbedContents');
  return {
    requests: bodies.map((body) => ({ path, headers: HEADERS, body: JSON.stringify(body) })),
    warnings,
    read: (replies) => reading(() => readAnswers(replies, texts.length)),
  };
}

function studioBodies(texts: readonly string[], { task, providerModel }: Asked): object[] {
  return inBatches(texts, MOST_AT_ONCE).map((batch, number) => ({
    requests: batch.map((text, index) => ({
      model: `models/${providerModel}`,
      content: { parts: [{ text }] },
      ...(task.inputType !== undefined && isFirst(providerModel) && { taskType: taskType(task.inputType) }),
      ...(isFirst(providerModel) && { title: task.titles?.[number * MOST_AT_ONCE + index] }),
      ...(task.dimensions !== undefined && { outputDimensionality: task.dimensions }),
    })),
  }));
}

function vertexBodies(texts: readonly string[], { task, providerModel }: Asked): object[] {
  const size = task.dimensions !== undefined && { outputDimensionality: task.dimensions };
  if (!isFirst(providerModel)) return texts.map((text) => ({ content: { parts: [{ text }] }, ...size }));
  const type = task.inputType !== undefined && { task_type: taskType(task.inputType) };
  return texts.map((content) => ({ instances: [{ content, ...type }], ...(size && { parameters: size }) }));
}

/** Gemini's own words are taken as well. */
function taskType(inputType: string): string {
  return TASK_TYPES[inputType] ?? inputType;
}

function readAnswers(replies: readonly TaskReply[], count: number): TaskAnswer {
  const vectors: number[][] = [];
  let tokens = 0;
  let isCounted = true;
  for (const { text } of replies) {
    const answer = record(JSON.parse(text)) ?? {};
    const found = vectorsIn(answer);
    vectors.push(...found.map(({ values }) => unit(values)));
    const counted = tokensIn(answer, found);
    isCounted &&= counted !== undefined;
    tokens += counted ?? 0;
  }
  if (vectors.length !== count) throw new GatewayError('fault', 'The provider sent fewer vectors than it got texts');
  const usage: Usage | undefined = isCounted
    ? { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens }
    : undefined;
  return { vectors, usage, model: undefined };
}

interface Found {
  values: readonly number[];
  tokens: unknown;
}

function vectorsIn(answer: Record<string, unknown>): Found[] {
  const { embeddings: many, embedding: one, predictions } = answer;
  const rows = Array.isArray(predictions) ? predictions.map((row) => record(row)?.['embeddings']) : (many ?? [one]);
  return (Array.isArray(rows) ? rows : []).map((row) => {
    const { values, statistics } = record(row) ?? {};
    if (!Array.isArray(values)) throw new GatewayError('fault', 'The provider sent a row without a vector');
    return { values: values as number[], tokens: record(statistics)?.['token_count'] };
  });
}

function tokensIn(answer: Record<string, unknown>, found: readonly Found[]): number | undefined {
  const total = record(answer['usageMetadata'])?.['promptTokenCount'];
  if (typeof total === 'number') return total;
  let tokens = 0;
  for (const each of found) {
    if (typeof each.tokens !== 'number') return undefined;
    tokens += each.tokens;
  }
  return tokens;
}

/** Of length 1, as OpenAI's are: Gemini's are only at their full size. */
function unit(values: readonly number[]): number[] {
  const length = Math.hypot(...values);
  return length === 0 || Math.abs(length - 1) < 1e-4 ? [...values] : values.map((value) => value / length);
}
