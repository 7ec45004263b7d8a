import { errorBody } from '../../core/errors.ts';
import type { Door } from '../door.ts';
import { completionPen } from './pen.ts';
import { readCompletion } from './read.ts';

/**
 * OpenAI's legacy `POST /v1/completions`, answered by chat: also where a compatible server has it, because the models
 * behind a router are chat models, and a failover must not change what a prompt is.
 */
export const COMPLETIONS: Door = {
  name: 'completions',
  read(text, { limits }) {
    const { request, echo, ceilings } = readCompletion(text, limits);
    const original = { wire: 'completions', text, passes: false } as const;
    return { request, original, lost: [], pen: completionPen(echo), ceilings, fieldOf };
  },
  refusal: errorBody,
};

/** The one message is the prompt; the rest is called alike. */
function fieldOf(param: string): string {
  if (/^messages\b/.test(param)) return 'prompt';
  return param === 'top_logprobs' ? 'logprobs' : param;
}
