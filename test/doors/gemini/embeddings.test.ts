/** Google's embeddings, by Google's own SDK, from providers of three dialects. */
import { describe, expect, it } from 'vitest';
import { asGatewayError } from '../../../src/core/errors.ts';
import { geminiEmbeddings } from '../../../src/doors/gemini/embeddings.ts';
import { makeWorld } from './world.ts';

const world = makeWorld();
const asked = () => JSON.parse(world.asked.at(-1)?.text ?? '') as Record<string, unknown>;
const text = (said: string) => ({ parts: [{ text: said }] });

describe('embedContent', () => {
  it.each(['gemini-embedding-001', 'text-embedding-3-small', 'bedrock/cohere.embed-v4:0'])(
    'of %s gives the SDK a vector for each text',
    async (model) => {
      const { embeddings } = await world.google.models.embedContent({ model, contents: ['one', 'two'] });
      expect(embeddings).toHaveLength(2);
      for (const { values } of embeddings ?? []) {
        expect(values?.length).toBeGreaterThan(1);
        expect(values?.every((value) => typeof value === 'number')).toBe(true);
      }
    },
  );

  it('says to Gemini what it is asked', async () => {
    const config = { taskType: 'RETRIEVAL_QUERY', title: 'A title', outputDimensionality: 256 };
    const model = 'gemini-embedding-001';
    await world.google.models.embedContent({ model, contents: 'one', config });
    expect(asked()).toEqual({ requests: [{ model: `models/${model}`, content: text('one'), ...config }] });
  });

  it('says what another provider cannot take', async () => {
    const body = {
      content: { parts: { text: 'one' } },
      task_type: 'CLUSTERING',
      title: 'x',
      output_dimensionality: 256,
    };
    const response = await world.post('/v1beta/models/text-embedding-3-small:embedContent', body);
    expect(await response.json()).toEqual({
      embedding: { values: expect.any(Array) },
      usageMetadata: { promptTokenCount: expect.any(Number) },
    });
    expect(response.headers.get('x-signalbox-dropped')).toBe('taskType, title');
    expect(asked()).toEqual({
      model: 'text-embedding-3-small',
      input: ['one'],
      encoding_format: 'float',
      dimensions: 256,
    });
  });

  it('is refused by the field that it has too much of', async () => {
    const requests = [{ content: text('one'), outputDimensionality: 7 }];
    const response = await world.post('/v1beta/models/bedrock%2Fcohere.embed-v4:0:batchEmbedContents', { requests });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { details: { fieldViolations?: { field: string }[] }[] } };
    expect(error.details[1]?.fieldViolations?.[0]?.field).toBe('requests.0.outputDimensionality');
  });

  it('is listed', async () => {
    const found = await world.google.models.get({ model: 'gemini-embedding-001' });
    expect(found.supportedActions).toEqual(['embedContent', 'batchEmbedContents']);
  });

  it('is refused in Google’s words', async () => {
    const response = await world.post('/v1beta/models/claude-sonnet-5-5:embedContent', { content: text('one') });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 400, status: 'INVALID_ARGUMENT' } });
  });
});

describe('what cannot be embedded is named', () => {
  const rows: { name: string; body: object; verb?: 'embedContent' | 'batchEmbedContents'; param: string }[] = [
    { name: 'no texts', body: { requests: [] }, param: 'requests' },
    {
      name: 'too many',
      body: { requests: Array.from({ length: 101 }, () => ({ content: text('x') })) },
      param: 'requests',
    },
    { name: 'no content', body: {}, verb: 'embedContent', param: 'content' },
    {
      name: 'a picture',
      body: {
        requests: [{ content: { parts: [{ text: 'x' }, { inlineData: { mimeType: 'image/png', data: '' } }] } }],
      },
      param: 'requests.0.content.parts.1',
    },
    {
      name: 'two purposes',
      body: { requests: [{ content: text('x') }, { content: text('y'), taskType: 'CLUSTERING' }] },
      param: 'requests.1.taskType',
    },
    {
      name: 'two sizes',
      body: {
        requests: [
          { content: text('x'), outputDimensionality: 1 },
          { content: text('y'), outputDimensionality: 2 },
        ],
      },
      param: 'requests.1.outputDimensionality',
    },
  ];
  it.each(rows)('$name', ({ body, verb = 'batchEmbedContents', param }) => {
    const bytes = new TextEncoder().encode(JSON.stringify(body));
    const limits = { maxBodyBytes: 1e6, maxMessages: 50, maxDepth: 32 };
    const read = () => geminiEmbeddings('m', verb).read({ bytes, contentType: 'application/json', limits, atMs: 0 });
    expect(thrown(read)).toMatchObject({ kind: 'invalid_request', param });
  });
});

function thrown(act: () => unknown) {
  try {
    act();
  } catch (cause) {
    return asGatewayError(cause);
  }
  return undefined;
}
