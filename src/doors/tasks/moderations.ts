import * as z from 'zod';
import { checkShape, parseJson } from '../json.ts';
import { asItCame, jsonOriginal, type TaskDoor, tokensOf } from './door.ts';

/** What OpenAI takes where no model is named. */
const USUAL_MODEL = 'omni-moderation-latest';

const Body = z.looseObject({
  model: z.string().min(1).nullish(),
  input: z.union([z.string(), z.array(z.union([z.string(), z.looseObject({ type: z.string() })])).min(1)]),
});

/** OpenAI's `POST /v1/moderations`. */
export const MODERATIONS: TaskDoor = {
  name: 'moderations',
  read({ bytes, limits }) {
    const json = parseJson(new TextDecoder().decode(bytes));
    checkShape(json, Body, limits);
    const body = json as z.infer<typeof Body>;
    const parts = [body.input].flat();
    const weights = parts.map((part) => (typeof part === 'string' ? tokensOf(part) : 0));
    const tokens = weights.reduce((sum, weight) => sum + weight, 0);
    return {
      task: {
        kind: 'moderations',
        model: body.model ?? USUAL_MODEL,
        stream: undefined,
        original: jsonOriginal(body),
        expected: { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens },
      },
      longestTokens: weights.reduce((most, weight) => Math.max(most, weight), 0),
      write: asItCame,
    };
  },
};
