import { describe, expect, test } from 'vitest';
import type { ChatRequest } from '../../src/core/chat.ts';
import { estimate } from '../../src/routing/estimate.ts';

type Part = Exclude<Extract<ChatRequest['messages'][number], { role: 'user' }>['content'], string>[number];

function request(parts: Part[], rest: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'any', messages: [{ role: 'user', content: parts }], ...rest };
}

const BASE64 = 'A'.repeat(400_000);

describe('estimate', () => {
  test.each<[string, ChatRequest, number, number]>([
    ['four characters of the body are a token', request([{ type: 'text', text: 'x' }]), 4_001, 1_001],
    [
      'an inlined image weighs what an image weighs, not its base64',
      request([{ type: 'image_url', image_url: { url: `data:image/png;base64,${BASE64}` } }]),
      400_422,
      1_600,
    ],
    [
      'an image at an address weighs the same',
      request([{ type: 'image_url', image_url: { url: 'https://x.org/a' } }]),
      400,
      1_600,
    ],
    [
      'so do sound and files',
      request([
        { type: 'input_audio', input_audio: { data: BASE64, format: 'wav' } },
        { type: 'file', file: { file_data: BASE64, filename: 'a.pdf' } },
        { type: 'file', file: { file_id: 'file-1' } },
      ]),
      800_400,
      4_600,
    ],
    [
      'and so does a video',
      request([{ type: 'video_url', video_url: { url: `data:video/mp4;base64,${BASE64}` } } as unknown as Part]),
      400_422,
      1_600,
    ],
    [
      'a body shorter than its media is no debt',
      request([{ type: 'image_url', image_url: { url: `data:${BASE64}` } }]),
      10,
      1_500,
    ],
  ])('%s', (_sentence, asked, bodyChars, inputTokens) => {
    expect(estimate(asked, bodyChars).inputTokens).toBe(inputTokens);
  });

  test('a picture that a model has painted weighs the same when it comes back', () => {
    const images = [
      { type: 'image_url', image_url: { url: `data:image/png;base64,${BASE64}` } },
      null,
      { type: 'file', image_url: { url: 'x' } },
    ];
    const painted = { role: 'assistant', content: 'Here', images } as ChatRequest['messages'][number];
    expect(estimate({ model: 'any', messages: [painted] }, 400_422).inputTokens).toBe(1_600);
    expect(estimate(request([]), 400_400, { count: 1, chars: 400_000 }).inputTokens).toBe(1_600);
  });

  test.each<[string, Partial<ChatRequest>, number]>([
    ['max_completion_tokens wins', { max_completion_tokens: 7, max_tokens: 9 }, 7],
    ['max_tokens is heard', { max_completion_tokens: null, max_tokens: 9 }, 9],
    ['without a limit an answer is of usual length', {}, 1_024],
  ])('output: %s', (_sentence, rest, outputTokens) => {
    expect(estimate(request([], rest), 0).outputTokens).toBe(outputTokens);
  });
});
