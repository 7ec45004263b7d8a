import { describe, expect, it } from 'vitest';
import { gemini } from '../../../providers/gemini/index.ts';
import { openai } from '../../../providers/openai/index.ts';
import type { ImagesTask } from '../../../src/core/task.ts';
import { imagesTask, replyOf, taskCall } from '../../support/task.ts';

const exchangeOf = (task: Partial<ImagesTask>) => gemini.task(taskCall(imagesTask(task), 'gemini-3.1-flash-image'));
const painted = (data: string, finishReason = 'STOP') => ({
  candidates: [
    { content: { parts: [{ text: 'Here' }, { inlineData: { data, mimeType: 'image/png' } }] }, finishReason },
  ],
  usageMetadata: {
    promptTokenCount: 10,
    candidatesTokenCount: 1_130,
    candidatesTokensDetails: [
      { modality: 'IMAGE', tokenCount: 1_120 },
      { modality: 'TEXT', tokenCount: 10 },
    ],
  },
});

describe('Gemini is asked', () => {
  it.each<{ name: string; task: Partial<ImagesTask>; config: object; warnings?: string[]; calls?: number }>([
    { name: 'for one image', task: {}, config: { responseModalities: ['IMAGE'] } },
    { name: 'for three, one a call', task: { count: 3 }, config: { responseModalities: ['IMAGE'] }, calls: 3 },
    {
      name: 'for a shape, and the client hears that it is no size',
      task: { size: '1536x1024' },
      config: { responseModalities: ['IMAGE'], imageConfig: { aspectRatio: '3:2' } },
      warnings: ['size;changed'],
    },
    {
      name: 'without what it has no like of',
      task: { others: { quality: 'high', background: 'transparent', style: 'auto', response_format: 'b64_json' } },
      config: { responseModalities: ['IMAGE'] },
      warnings: ['quality;dropped', 'background;dropped'],
    },
  ])('$name', ({ task, config, warnings = [], calls = 1 }) => {
    const exchange = exchangeOf(task);
    const bodies = exchange.requests.map(({ body }) => JSON.parse(body) as unknown);
    const body = { contents: [{ role: 'user', parts: [{ text: 'a point' }] }], generationConfig: config };
    expect(bodies).toEqual(Array.from({ length: calls }, () => body));
    expect(exchange.warnings.map(({ param, action }) => `${param};${action}`)).toEqual(warnings);
  });

  it('with the pictures that are to be changed', () => {
    const pictures = [{ mimeType: 'image/png', bytes: Uint8Array.from([1, 2, 3]) }];
    const [request] = exchangeOf({ kind: 'image_edits', pictures }).requests;
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      contents: [{ parts: [{ text: 'a point' }, { inlineData: { mimeType: 'image/png', data: 'AQID' } }] }],
    });
  });

  it.each<[string, Partial<ImagesTask>, string]>([
    ['an address for an image', { others: { response_format: 'url' } }, 'response_format'],
    ['a mask', { others: { mask: 'mask.png' } }, 'mask'],
    ['a strange size', { size: '100x3000' }, 'size'],
    ['a stream', { stream: 'events' }, 'stream'],
  ])('never for %s', (_, task, param) => {
    expect(() => exchangeOf(task)).toThrow(expect.objectContaining({ kind: 'unsupported', param }));
  });
});

describe('Gemini’s answer', () => {
  it('is its pictures, counted together', () => {
    const answer = exchangeOf({ count: 2 }).read([replyOf(painted('one')), replyOf(painted('two'))]);
    expect(answer.images?.map(({ data }) => data)).toEqual(['one', 'two']);
    expect(answer.usage).toEqual({
      prompt_tokens: 20,
      completion_tokens: 2_260,
      total_tokens: 2_280,
      media: { imageOutputTokens: 2_240 },
    });
  });

  it.each([
    ['a blocked prompt is a refusal', { promptFeedback: { blockReason: 'SAFETY' } }, 'policy'],
    ['an unsafe image too', { candidates: [{ finishReason: 'IMAGE_SAFETY' }] }, 'policy'],
    [
      'words without an image are a fault',
      { candidates: [{ content: { parts: [{ text: 'No' }] }, finishReason: 'STOP' }] },
      'fault',
    ],
    ['so is nothing', {}, 'fault'],
  ])('%s', (_, reply, kind) => {
    expect(() => exchangeOf({}).read([replyOf(reply)])).toThrow(expect.objectContaining({ kind }));
  });
});

describe('OpenAI’s answer', () => {
  const read = (kind: string, body: unknown, headers?: Record<string, string>) => {
    const expected = { prompt_tokens: 100, completion_tokens: 35, total_tokens: 135, media: { seconds: 10 } };
    return openai.task(taskCall({ ...imagesTask({ expected }), kind } as never, 'm')).read([replyOf(body, headers)]);
  };

  it.each([
    [
      'an image in tokens',
      'images',
      { data: [], usage: { input_tokens: 50, input_tokens_details: { image_tokens: 30 }, output_tokens: 900 } },
      {
        prompt_tokens: 50,
        completion_tokens: 900,
        total_tokens: 950,
        media: { imageInputTokens: 30, imageOutputTokens: 900 },
      },
    ],
    [
      'an image with words in tokens of both',
      'images',
      {
        usage: { input_tokens: 5, output_tokens: 900, output_tokens_details: { image_tokens: 800, text_tokens: 100 } },
      },
      { prompt_tokens: 5, completion_tokens: 900, total_tokens: 905, media: { imageOutputTokens: 800 } },
    ],
    [
      'a transcription in tokens',
      'transcriptions',
      {
        text: 'x',
        usage: { type: 'tokens', input_tokens: 14, input_token_details: { audio_tokens: 14 }, output_tokens: 4 },
      },
      { prompt_tokens: 14, completion_tokens: 4, total_tokens: 18, media: { audioInputTokens: 14 } },
    ],
    [
      'a transcription in seconds',
      'transcriptions',
      { text: 'x', usage: { type: 'duration', seconds: 9 } },
      { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, media: { seconds: 9 } },
    ],
    [
      'a verbose one by its length',
      'translations',
      { text: 'x', duration: 8.5 },
      { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0, media: { seconds: 8.5 } },
    ],
    ['what is not counted is left to our guess', 'images', { data: [] }, undefined],
  ])('counts %s', (_, kind, body, usage) => {
    expect(read(kind, body)).toMatchObject({ usage, body: JSON.stringify(body) });
  });

  it('as subtitles is guessed by what is written, and says so', () => {
    expect(read('transcriptions', 'WEBVTT\n\nHello', { 'content-type': 'text/vtt' }).usage).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 4,
      media: { seconds: 10 },
      usage_estimated: true,
    });
  });
});
