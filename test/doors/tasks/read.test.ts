import { describe, expect, it } from 'vitest';
import { SPEECH, TRANSCRIPTIONS } from '../../../src/doors/tasks/audio.ts';
import type { TaskDoor } from '../../../src/doors/tasks/door.ts';
import { EMBEDDINGS } from '../../../src/doors/tasks/embeddings.ts';
import { asBase64, asFloats } from '../../../src/doors/tasks/floats.ts';
import { IMAGE_EDITS, IMAGES } from '../../../src/doors/tasks/images.ts';
import { MODERATIONS } from '../../../src/doors/tasks/moderations.ts';
import { secondsOf } from '../../../src/doors/tasks/sound.ts';

const limits = { maxBodyBytes: 1e6, maxMessages: 10, maxDepth: 8 };
const readAt = (door: TaskDoor, body: unknown, contentType = 'application/json') =>
  door.read({
    bytes: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
    contentType,
    limits,
    atMs: 5_000,
  });

describe('what is asked for', () => {
  it.each([
    ['one text', 'abcdefgh', ['abcdefgh'], 2],
    ['texts', ['abcd', 'abcdefgh'], ['abcd', 'abcdefgh'], 3],
    ['the tokens of one text', [1, 2, 3], [[1, 2, 3]], 3],
    ['the tokens of several', [[1, 2], [3]], [[1, 2], [3]], 3],
  ])('embeddings of %s', (_, input, inputs, tokens) => {
    const { task } = readAt(EMBEDDINGS, { model: 'm', input });
    expect(task).toMatchObject({ inputs, expected: { prompt_tokens: tokens } });
  });

  it('only the longest text has to fit', () => {
    expect(readAt(EMBEDDINGS, { model: 'm', input: ['x'.repeat(4_000), 'x'] }).longestTokens).toBe(1_000);
  });

  it.each<[string, TaskDoor, unknown, string]>([
    ['embeddings without a model', EMBEDDINGS, { input: 'x' }, 'model'],
    ['embeddings of nothing', EMBEDDINGS, { model: 'm', input: [] }, 'input'],
    ['embeddings of a number', EMBEDDINGS, { model: 'm', input: 3 }, 'input'],
    ['embeddings of texts and tokens together', EMBEDDINGS, { model: 'm', input: ['a', [1]] }, 'input'],
    [
      'embeddings of too many texts',
      EMBEDDINGS,
      { model: 'm', input: Array.from({ length: 2_049 }, () => 'a') },
      'input',
    ],
    [
      'embeddings in another format',
      EMBEDDINGS,
      { model: 'm', input: 'x', encoding_format: 'int8' },
      'encoding_format',
    ],
    ['images without a prompt', IMAGES, { model: 'm' }, 'prompt'],
    ['a hundred images', IMAGES, { model: 'm', prompt: 'x', n: 100 }, 'n'],
    ['speech without a voice', SPEECH, { model: 'm', input: 'x' }, 'voice'],
    ['moderations of nothing', MODERATIONS, {}, 'input'],
  ])('%s is refused by its field', (_, door, body, param) => {
    expect(() => readAt(door, body)).toThrow(expect.objectContaining({ kind: 'invalid_request', param }));
  });

  it('a transcription without a file is refused by its field', () => {
    const form = '--X\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--X--\r\n';
    const reading = () => readAt(TRANSCRIPTIONS, form, 'multipart/form-data; boundary=X');
    expect(reading).toThrow(expect.objectContaining({ param: 'file' }));
  });

  it.each([
    ['low', { quality: 'low' }, 408],
    ['nobody knows which', {}, 6_240],
    ['three of medium', { quality: 'medium', n: 3 }, 4_752],
  ])('images of quality %s are held for what they take at most', (_, rest, tokens) => {
    const { task } = readAt(IMAGES, { model: 'm', prompt: 'x', ...rest });
    expect(task.expected.media?.imageOutputTokens).toBe(tokens);
  });

  it('moderations have a usual model', () => {
    const { task } = readAt(MODERATIONS, { input: 'x' });
    expect(task.model).toBe('omni-moderation-latest');
    expect(task.original('text-moderation')).toMatchObject({ body: '{"input":"x","model":"text-moderation"}' });
  });
});

describe('what is written', () => {
  const answer = { vectors: [[0.5, -1]], usage: undefined, model: undefined };

  it('embeddings as numbers, under the provider’s name for the model', () => {
    const { write } = readAt(EMBEDDINGS, { model: 'asked', input: 'abcd' });
    expect(JSON.parse(write(answer, 'its-name'))).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [0.5, -1] }],
      model: 'its-name',
      usage: { prompt_tokens: 1, total_tokens: 1 },
    });
  });

  it('embeddings as base64, which is read back', () => {
    const { write } = readAt(EMBEDDINGS, { model: 'm', input: 'x', encoding_format: 'base64' });
    const { data } = JSON.parse(write(answer, 'm')) as { data: { embedding: string }[] };
    expect(data[0]?.embedding).toBe(Buffer.from(Float32Array.from([0.5, -1]).buffer).toString('base64'));
    expect(asFloats(asBase64([0.5, -1, 0]))).toEqual([0.5, -1, 0]);
  });

  it('what is no base64 is the provider’s fault', () => {
    expect(() => asFloats('%')).toThrow(expect.objectContaining({ kind: 'fault' }));
  });

  it('images with what they took', () => {
    const { write } = readAt(IMAGES, { model: 'm', prompt: 'x' });
    const usage = { prompt_tokens: 10, completion_tokens: 1_120, total_tokens: 1_130 };
    const images = [{ data: 'AAAA', mimeType: 'image/png' }];
    expect(JSON.parse(write({ images, usage, model: undefined }, 'm'))).toEqual({
      created: 5,
      data: [{ b64_json: 'AAAA' }],
      output_format: 'png',
      usage: {
        input_tokens: 10,
        input_tokens_details: { image_tokens: 0, text_tokens: 10 },
        output_tokens: 1_120,
        total_tokens: 1_130,
      },
    });
  });
});

it.each([
  ['a recording', TRANSCRIPTIONS],
  ['pictures', IMAGE_EDITS],
])('no other model than the one that its key may use stands in a form with %s', (_, door) => {
  const parts = [
    ...['whisper-1', 'dearer'].map((model) => `name="model"\r\n\r\n${model}`),
    'name="prompt"\r\n\r\nx',
    ...['file', 'image'].map((name) => `name="${name}"; filename="a"\r\n\r\nx`),
  ];
  const form = `${parts.map((part) => `--X\r\ncontent-disposition: form-data; ${part}\r\n`).join('')}--X--\r\n`;
  const reading = () => readAt(door, form, 'multipart/form-data; boundary=X');
  expect(reading).toThrow(expect.objectContaining({ kind: 'invalid_request', param: 'model' }));
});

describe('how long a recording is', () => {
  it('is in the head of a WAV', () => {
    const wav = new Uint8Array(32_000 * 3);
    wav.set(new TextEncoder().encode('RIFF....WAVEfmt '));
    new DataView(wav.buffer).setUint32(28, 32_000, true);
    expect(secondsOf(wav)).toBe(3);
  });

  it('is guessed by its size elsewhere', () => {
    expect(secondsOf(new Uint8Array(80_000))).toBe(10);
  });
});
