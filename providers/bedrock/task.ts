/** Embeddings by InvokeModel, where every vendor has a body of its own. Nothing else that is no conversation. */
import type { Usage } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Warning } from '../../src/core/provider.ts';
import {
  type EmbeddingsTask,
  noLike,
  type TaskAnswer,
  type TaskCall,
  type TaskExchange,
  type TaskReply,
} from '../../src/core/task.ts';
import { reading } from '../shared/fault.ts';
import { record } from '../shared/refusal.ts';
import { inBatches, textsOf } from '../shared/texts.ts';

interface Vendor {
  names: RegExp;
  /** What `dimensions` may be; empty: the size is what it is. */
  dimensions: readonly number[];
  takesInputType: boolean;
  /** Texts in one call. */
  atOnce: number;
  body: (texts: readonly string[], task: EmbeddingsTask) => object;
  vectors: (answer: Record<string, unknown>) => unknown;
}

const titan = ([inputText]: readonly string[], { dimensions }: EmbeddingsTask) => ({
  inputText,
  ...(dimensions !== undefined && { dimensions }),
});

const cohere = (texts: readonly string[], { dimensions, inputType }: EmbeddingsTask) => ({
  texts,
  input_type: inputType ?? 'search_document', // It must be said, and most texts are embedded to be found.
  embedding_types: ['float'],
  ...(dimensions !== undefined && { output_dimension: dimensions }),
});

const TITAN = { takesInputType: false, atOnce: 1, body: titan, vectors: ({ embedding }: Answer) => [embedding] };
const COHERE = {
  takesInputType: true,
  atOnce: 96,
  body: cohere,
  vectors: ({ embeddings }: Answer) => record(embeddings)?.['float'] ?? embeddings,
};

type Answer = Record<string, unknown>;

const VENDORS: readonly Vendor[] = [
  { names: /titan-embed-text-v2/, dimensions: [256, 512, 1024], ...TITAN },
  { names: /titan-embed/, dimensions: [], ...TITAN },
  { names: /cohere\.embed-v4/, dimensions: [256, 512, 1024, 1536], ...COHERE },
  { names: /cohere\.embed/, dimensions: [], ...COHERE },
];

export function task({ task, providerModel }: TaskCall): TaskExchange {
  if (task.kind !== 'embeddings') throw noLike('bedrock', task.kind);
  const vendor = VENDORS.find(({ names }) => names.test(providerModel));
  if (!vendor) throw noLike(`bedrock's ${providerModel}`, 'embeddings');
  const { dimensions, inputType, titles, user } = task;
  if (dimensions !== undefined && !vendor.dimensions.includes(dimensions)) {
    const sizes = vendor.dimensions.join(', ') || 'one size only';
    throw new GatewayError('unsupported', `${providerModel} has ${sizes}`, { param: 'dimensions' });
  }
  const texts = textsOf(task, 'bedrock');
  const warnings: Warning[] = [];
  if (user !== undefined) warnings.push({ param: 'user', action: 'dropped' });
  if (titles !== undefined) warnings.push({ param: 'title', action: 'dropped' });
  if (inputType !== undefined && !vendor.takesInputType) warnings.push({ param: 'input_type', action: 'dropped' });
  return {
    requests: inBatches(texts, vendor.atOnce).map((batch) => ({
      path: `/model/${encodeURIComponent(providerModel)}/invoke`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(vendor.body(batch, task)),
    })),
    warnings,
    read: (replies) => reading(() => readAnswers(replies, vendor, texts.length)),
  };
}

function readAnswers(replies: readonly TaskReply[], vendor: Vendor, count: number): TaskAnswer {
  const vectors = replies.flatMap(({ text }) => rowsOf(vendor.vectors(record(JSON.parse(text)) ?? {})));
  if (vectors.length !== count) throw new GatewayError('fault', 'The provider sent fewer vectors than it got texts');
  const tokens = replies.map(tokensOf);
  const prompt = tokens.reduce<number>((sum, each) => sum + (each ?? 0), 0);
  const usage: Usage = { prompt_tokens: prompt, completion_tokens: 0, total_tokens: prompt };
  return { vectors, usage: tokens.includes(undefined) ? undefined : usage, model: undefined };
}

function rowsOf(rows: unknown): number[][] {
  if (Array.isArray(rows) && rows.every((row) => Array.isArray(row))) return rows as number[][];
  throw new GatewayError('fault', 'The provider sent no vectors');
}

/** Amazon counts for every vendor, in a header. */
function tokensOf({ header, text }: TaskReply): number | undefined {
  const told = header('x-amzn-bedrock-input-token-count') ?? record(JSON.parse(text))?.['inputTextTokenCount'];
  const tokens = Number(told);
  return told !== undefined && Number.isFinite(tokens) ? tokens : undefined;
}
