import * as z from 'zod';
import type { Usage } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import type { ImagesTask, TaskAnswer } from '../../core/task.ts';
import { Form } from '../form.ts';
import { checkShape, parseJson } from '../json.ts';
import { jsonOriginal, type Sent, type TaskDoor, type TaskEntry, tokensOf } from './door.ts';

const Body = z.looseObject({
  model: z.string().min(1),
  prompt: z.string().min(1),
  n: z.int().min(1).max(10).nullish(),
  size: z.string().nullish(),
  quality: z.string().nullish(),
  stream: z.boolean().nullish(),
});
type Body = z.infer<typeof Body>;

/** OpenAI's `POST /v1/images/generations`. */
export const IMAGES: TaskDoor = {
  name: 'images',
  read(sent) {
    const json = parseJson(new TextDecoder().decode(sent.bytes));
    checkShape(json, Body, sent.limits);
    const body = json as Body;
    return entryOf(body, sent, { kind: 'images', original: jsonOriginal(body), pictures: [] });
  },
};

/** OpenAI's `POST /v1/images/edits`: a form with the pictures in it. */
export const IMAGE_EDITS: TaskDoor = {
  name: 'images',
  read(sent) {
    const form = new Form(sent.bytes, sent.contentType);
    const body = fieldsOf(form);
    checkShape(body, Body, sent.limits);
    const files = form.files('image');
    if (files.length === 0) throw new GatewayError('invalid_request', 'image: is missing', { param: 'image' });
    const pictures = files.map((file) => ({ mimeType: file.type ?? 'image/png', bytes: form.bytesOf(file) }));
    const original = (model: string) => form.with('model', model);
    return entryOf(body as Body, sent, { kind: 'image_edits', original, pictures });
  },
};

/** A form has texts only. */
function fieldsOf(form: Form): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const { name, filename } of form.parts) fields[name] = filename ?? form.text(name);
  delete fields['image'];
  const { n, stream } = fields;
  if (typeof n === 'string') fields['n'] = Number(n);
  if (typeof stream === 'string') fields['stream'] = stream === 'true';
  return fields;
}

function entryOf(body: Body, { atMs }: Sent, rest: Pick<ImagesTask, 'kind' | 'original' | 'pictures'>): TaskEntry {
  const { model, prompt, n, size, stream, ...others } = body;
  const count = n ?? 1;
  const task: ImagesTask = {
    ...rest,
    model,
    stream: stream ? 'events' : undefined,
    prompt,
    count,
    size: size ?? undefined,
    others: textsOf(others),
    expected: expectedOf(body, rest.pictures.length),
  };
  const createdSeconds = Math.floor(atMs / 1000);
  return { task, longestTokens: tokensOf(prompt), write: (answer) => write(answer, createdSeconds) };
}

function textsOf(fields: Record<string, unknown>): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== null) texts[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return texts;
}

/** Of the larger sizes, as OpenAI's guide says of gpt-image-1; nobody says it of `auto`. */
const OUTPUT_TOKENS: Readonly<Record<string, number>> = { low: 408, medium: 1_584 };
const MOST_OUTPUT_TOKENS = 6_240;
/** Of a picture that is looked at. */
const INPUT_TOKENS = 1_500;

function expectedOf({ prompt, n, quality }: Body, pictures: number): Usage {
  const imageOutputTokens = (n ?? 1) * (OUTPUT_TOKENS[quality ?? ''] ?? MOST_OUTPUT_TOKENS);
  const imageInputTokens = pictures * INPUT_TOKENS;
  const input = tokensOf(prompt) + imageInputTokens;
  return {
    prompt_tokens: input,
    completion_tokens: imageOutputTokens,
    total_tokens: input + imageOutputTokens,
    media: { imageInputTokens, imageOutputTokens },
  };
}

function write({ images = [], usage, body }: TaskAnswer, created: number): string {
  if (body !== undefined) return body;
  const { prompt_tokens: input = 0, completion_tokens: output = 0, total_tokens: total = 0, media } = usage ?? {};
  const image_tokens = media?.imageInputTokens ?? 0;
  return JSON.stringify({
    created,
    data: images.map(({ data }) => ({ b64_json: data })),
    output_format: images[0]?.mimeType.replace('image/', ''),
    ...(usage && {
      usage: {
        input_tokens: input,
        input_tokens_details: { image_tokens, text_tokens: input - image_tokens },
        output_tokens: output,
        total_tokens: total,
      },
    }),
  });
}
