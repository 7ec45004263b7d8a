import { GatewayError } from './errors.ts';

/** By which servers of OpenAI's chat say that an answer broke off: DeepSeek; Mistral and OpenRouter; vLLM and SGLang. */
const BROKEN_ENDS = new Set(['insufficient_system_resource', 'error', 'abort']);

/** Such an answer is not whole, and must not look as if it were. Throws `truncated`. */
export function refuseBrokenEnd(reason: string | undefined): void {
  if (reason === undefined || !BROKEN_ENDS.has(reason)) return;
  throw new GatewayError('truncated', `The provider broke off in mid-answer: ${reason}`);
}
