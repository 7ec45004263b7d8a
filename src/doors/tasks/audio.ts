import * as z from 'zod';
import type { Usage } from '../../core/chat.ts';
import { GatewayError } from '../../core/errors.ts';
import { Form } from '../form.ts';
import { checkShape, parseJson } from '../json.ts';
import { asItCame, jsonOriginal, type TaskDoor, tokensOf } from './door.ts';
import { secondsOf } from './sound.ts';

const Spoken = z.looseObject({
  model: z.string().min(1),
  input: z.string().min(1),
  voice: z.union([z.string(), z.looseObject({ id: z.string() })]),
  stream_format: z.enum(['audio', 'sse']).nullish(),
});

/** OpenAI's `POST /v1/audio/speech`: the sound passes as it comes. */
export const SPEECH: TaskDoor = {
  name: 'audio',
  read({ bytes, limits }) {
    const json = parseJson(new TextDecoder().decode(bytes));
    checkShape(json, Spoken, limits);
    const body = json as z.infer<typeof Spoken>;
    const tokens = tokensOf(body.input);
    return {
      task: {
        kind: 'speech',
        model: body.model,
        stream: body.stream_format === 'sse' ? 'events' : 'bytes',
        original: jsonOriginal(body),
        expected: {
          prompt_tokens: tokens,
          completion_tokens: 0,
          total_tokens: tokens,
          media: { characters: body.input.length },
        },
      },
      longestTokens: tokens,
      write: asItCame,
    };
  },
};

/** OpenAI's `POST /v1/audio/transcriptions`. */
export const TRANSCRIPTIONS = heard('transcriptions');
/** OpenAI's `POST /v1/audio/translations`: into English. */
export const TRANSLATIONS = heard('translations');

function heard(kind: 'transcriptions' | 'translations'): TaskDoor {
  return {
    name: 'audio',
    read({ bytes, contentType }) {
      const form = new Form(bytes, contentType);
      const model = form.text('model');
      const file = form.file('file');
      if (!model) throw new GatewayError('invalid_request', 'model: is missing', { param: 'model' });
      if (!file) throw new GatewayError('invalid_request', 'file: is missing', { param: 'file' });
      return {
        task: {
          kind,
          model,
          stream: form.text('stream') === 'true' ? 'events' : undefined,
          original: (name) => form.with('model', name),
          expected: expectedOf(secondsOf(form.bytesOf(file))),
        },
        longestTokens: tokensOf(form.text('prompt') ?? ''),
        write: asItCame,
      };
    },
  };
}

/** Of a second of sound: ten tokens that are heard, as OpenAI's realtime guide has it, and three or four that are written. */
const HEARD_TOKENS = 10;
const WRITTEN_TOKENS = 3.5;

function expectedOf(seconds: number): Usage {
  const audioInputTokens = Math.ceil(seconds * HEARD_TOKENS);
  const written = Math.ceil(seconds * WRITTEN_TOKENS);
  return {
    prompt_tokens: audioInputTokens,
    completion_tokens: written,
    total_tokens: audioInputTokens + written,
    media: { audioInputTokens, seconds },
  };
}
