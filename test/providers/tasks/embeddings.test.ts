import { describe, expect, it } from 'vitest';
import { bedrock } from '../../../providers/bedrock/index.ts';
import { gemini } from '../../../providers/gemini/index.ts';
import { openai } from '../../../providers/openai/index.ts';
import type { EmbeddingsTask, TaskExchange } from '../../../src/core/task.ts';
import { embeddingsTask, replyOf, taskCall } from '../../support/task.ts';

const VERTEX = { project: 'p', location: 'europe-west4' };
const DIALECTS = { openai, gemini, bedrock };
type Dialect = keyof typeof DIALECTS;

interface Asked {
  name: string;
  dialect: Dialect;
  model: string;
  settings?: object;
  task?: Partial<EmbeddingsTask>;
}

const exchangeOf = ({ dialect, model, settings = {}, task }: Asked): TaskExchange =>
  DIALECTS[dialect].task(taskCall(embeddingsTask(task), model, settings));

describe('what is sent', () => {
  const STUDIO = { dialect: 'gemini', model: 'gemini-embedding-001' } as const;
  const content = (text: string) => ({ parts: [{ text }] });
  const item = (text: string, more = {}) => ({ model: 'models/gemini-embedding-001', content: content(text), ...more });
  const TITAN = { dialect: 'bedrock', model: 'amazon.titan-embed-text-v2:0' } as const;
  const COHERE = { dialect: 'bedrock', model: 'us.cohere.embed-v4:0' } as const;

  it.each<Asked & { path: string; bodies: unknown[]; warnings?: string[] }>([
    {
      name: 'OpenAI: the client’s own words',
      dialect: 'openai',
      model: 'm',
      path: '/embeddings',
      bodies: [{ model: 'm' }],
    },
    {
      name: 'Azure: with its version',
      dialect: 'openai',
      model: 'm',
      settings: { apiVersion: '2026-01-01' },
      path: '/embeddings?api-version=2026-01-01',
      bodies: [{ model: 'm' }],
    },
    {
      name: 'AI Studio: a batch',
      ...STUDIO,
      path: '/v1beta/models/gemini-embedding-001:batchEmbedContents',
      bodies: [{ requests: [item('a'), item('b')] }],
    },
    {
      name: 'AI Studio: size and purpose',
      ...STUDIO,
      task: { inputs: ['a'], dimensions: 768, inputType: 'search_query' },
      path: '/v1beta/models/gemini-embedding-001:batchEmbedContents',
      bodies: [{ requests: [item('a', { taskType: 'RETRIEVAL_QUERY', outputDimensionality: 768 })] }],
    },
    {
      name: 'AI Studio: the second generation knows no purpose',
      ...STUDIO,
      model: 'gemini-embedding-2',
      task: { inputs: ['a'], inputType: 'search_query', user: 'u' },
      path: '/v1beta/models/gemini-embedding-2:batchEmbedContents',
      bodies: [{ requests: [{ model: 'models/gemini-embedding-2', content: content('a') }] }],
      warnings: ['user', 'input_type'],
    },
    {
      name: 'Vertex: one text a call, by predict',
      ...STUDIO,
      settings: VERTEX,
      task: { dimensions: 256, inputType: 'RETRIEVAL_QUERY' },
      path: '/v1/projects/p/locations/europe-west4/publishers/google/models/gemini-embedding-001:predict',
      bodies: ['a', 'b'].map((text) => ({
        instances: [{ content: text, task_type: 'RETRIEVAL_QUERY' }],
        parameters: { outputDimensionality: 256 },
      })),
    },
    {
      name: 'Vertex: the second generation by embedContent',
      dialect: 'gemini',
      model: 'gemini-embedding-2',
      settings: VERTEX,
      task: { inputs: ['a'], dimensions: 256 },
      path: '/v1/projects/p/locations/europe-west4/publishers/google/models/gemini-embedding-2:embedContent',
      bodies: [{ content: content('a'), outputDimensionality: 256 }],
    },
    {
      name: 'Titan: one text a call',
      ...TITAN,
      task: { dimensions: 512, user: 'u', inputType: 'search_query' },
      path: '/model/amazon.titan-embed-text-v2%3A0/invoke',
      bodies: [
        { inputText: 'a', dimensions: 512 },
        { inputText: 'b', dimensions: 512 },
      ],
      warnings: ['user', 'input_type'],
    },
    {
      name: 'Cohere: what it is for must be said',
      ...COHERE,
      path: '/model/us.cohere.embed-v4%3A0/invoke',
      bodies: [{ texts: ['a', 'b'], input_type: 'search_document', embedding_types: ['float'] }],
    },
    {
      name: 'Cohere: as the client has it, in the size it wants',
      ...COHERE,
      task: { inputs: ['a'], inputType: 'search_query', dimensions: 256 },
      path: '/model/us.cohere.embed-v4%3A0/invoke',
      bodies: [{ texts: ['a'], input_type: 'search_query', embedding_types: ['float'], output_dimension: 256 }],
    },
  ])('$name', ({ path, bodies, warnings = [], ...asked }) => {
    const exchange = exchangeOf(asked);
    expect(exchange.requests.map((request) => request.path)).toEqual(bodies.map(() => path));
    expect(exchange.requests.map(({ body }) => JSON.parse(body) as unknown)).toEqual(bodies);
    expect(exchange.warnings.map(({ param, action }) => `${param} ${action}`)).toEqual(
      warnings.map((param) => `${param} dropped`),
    );
  });

  it.each([
    ['gemini', 'gemini-embedding-001', 250, [100, 100, 50]],
    ['bedrock', 'cohere.embed-english-v3', 100, [96, 4]],
  ] as const)('%s gets no more texts at once than it takes', (dialect, model, count, sizes) => {
    const inputs = Array.from({ length: count }, (_, index) => String(index));
    const { requests } = exchangeOf({ name: '', dialect, model, task: { inputs } });
    const bodies = requests.map(({ body }) => JSON.parse(body) as { requests?: []; texts?: [] });
    expect(bodies.map(({ requests, texts }) => (requests ?? texts)?.length)).toEqual(sizes);
  });
});

describe('what cannot be said is refused by its name', () => {
  it.each<Asked & { param: string }>([
    {
      name: 'tokens at Gemini',
      dialect: 'gemini',
      model: 'gemini-embedding-001',
      task: { inputs: [[1, 2]] },
      param: 'input',
    },
    {
      name: 'tokens at Titan',
      dialect: 'bedrock',
      model: 'amazon.titan-embed-text-v2:0',
      task: { inputs: [[1]] },
      param: 'input',
    },
    {
      name: 'a size that Titan has not',
      dialect: 'bedrock',
      model: 'amazon.titan-embed-text-v2:0',
      task: { dimensions: 300 },
      param: 'dimensions',
    },
    {
      name: 'any size at Cohere 3',
      dialect: 'bedrock',
      model: 'cohere.embed-english-v3',
      task: { dimensions: 1024 },
      param: 'dimensions',
    },
    { name: 'a model that converses', dialect: 'bedrock', model: 'amazon.nova-pro-v1:0', param: 'model' },
  ])('$name', ({ param, ...asked }) => {
    expect(() => exchangeOf(asked)).toThrow(expect.objectContaining({ kind: 'unsupported', param }));
  });

  it.each(['moderations', 'transcriptions', 'translations', 'speech'] as const)('%s, but by OpenAI', (kind) => {
    const { inputs: _, ...rest } = embeddingsTask();
    const call = taskCall({ ...rest, kind } as never, 'm');
    for (const dialect of [gemini, bedrock]) {
      expect(() => dialect.task(call)).toThrow(expect.objectContaining({ kind: 'unsupported', param: 'model' }));
    }
    expect(openai.task(call).requests).toHaveLength(1);
  });
});

describe('what comes back', () => {
  const TOKENS = { 'x-amzn-bedrock-input-token-count': '7' };
  const usage = (tokens: number) => ({ prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens });
  const predicted = (values: number[], tokens: number) => ({
    predictions: [{ embeddings: { values, statistics: { token_count: tokens, truncated: false } } }],
  });
  const VECTORS = [
    [1, 0],
    [0.6, 0.8],
  ];

  it.each<Asked & { replies: ReturnType<typeof replyOf>[]; vectors?: unknown; counts: unknown }>([
    {
      name: 'OpenAI: numbers, and the body as it is',
      dialect: 'openai',
      model: 'm',
      replies: [
        replyOf({ data: VECTORS.map((embedding) => ({ embedding })), usage: { prompt_tokens: 7, total_tokens: 7 } }),
      ],
      counts: usage(7),
    },
    {
      name: 'AI Studio: brought to length 1, counted by nobody',
      dialect: 'gemini',
      model: 'gemini-embedding-001',
      replies: [replyOf({ embeddings: [{ values: [5, 0] }, { values: [3, 4] }] })],
      counts: undefined,
    },
    {
      name: 'Vertex: counted text by text',
      dialect: 'gemini',
      model: 'gemini-embedding-001',
      settings: VERTEX,
      replies: [replyOf(predicted([1, 0], 3)), replyOf(predicted([0.6, 0.8], 4))],
      counts: usage(7),
    },
    {
      name: 'Vertex, second generation',
      dialect: 'gemini',
      model: 'gemini-embedding-2',
      settings: VERTEX,
      replies: VECTORS.map((values, index) =>
        replyOf({ embedding: { values }, usageMetadata: { promptTokenCount: 3 + index } }),
      ),
      counts: usage(7),
    },
    {
      name: 'Titan: counted in the answer',
      dialect: 'bedrock',
      model: 'amazon.titan-embed-text-v2:0',
      replies: VECTORS.map((embedding, index) => replyOf({ embedding, inputTextTokenCount: 3 + index })),
      counts: usage(7),
    },
    {
      name: 'Cohere 4: counted in a header',
      dialect: 'bedrock',
      model: 'cohere.embed-v4:0',
      replies: [replyOf({ embeddings: { float: VECTORS } }, TOKENS)],
      counts: usage(7),
    },
    {
      name: 'Cohere 3 as it once was',
      dialect: 'bedrock',
      model: 'cohere.embed-english-v3',
      replies: [replyOf({ embeddings: VECTORS }, TOKENS)],
      counts: usage(7),
    },
  ])('$name', ({ replies, counts, ...asked }) => {
    const answer = exchangeOf(asked).read(replies);
    expect(answer.vectors).toEqual(VECTORS);
    expect(answer.usage).toEqual(counts);
    expect(answer.body).toBe(asked.dialect === 'openai' ? replies[0]?.text : undefined);
  });

  it.each<Asked & { reply: unknown }>([
    { name: 'OpenAI sends HTML', dialect: 'openai', model: 'm', reply: '<html>' },
    { name: 'OpenAI sends no rows', dialect: 'openai', model: 'm', reply: { data: [] } },
    { name: 'OpenAI sends a row without a vector', dialect: 'openai', model: 'm', reply: { data: [{}] } },
    { name: 'a server tells an error with 200', dialect: 'openai', model: 'm', reply: { error: { message: 'no' } } },
    {
      name: 'Gemini sends one vector for two texts',
      dialect: 'gemini',
      model: 'm',
      reply: { embeddings: [{ values: [1] }] },
    },
    { name: 'Gemini sends nothing', dialect: 'gemini', model: 'm', reply: {} },
    { name: 'Cohere sends nothing', dialect: 'bedrock', model: 'cohere.embed-v4:0', reply: {} },
  ])('$name: the provider’s fault', ({ reply, ...asked }) => {
    expect(() => exchangeOf(asked).read([replyOf(reply)])).toThrow(expect.objectContaining({ kind: 'fault' }));
  });
});
