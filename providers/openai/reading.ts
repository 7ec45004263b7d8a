import type { FinishReason } from '../../src/core/chat.ts';

/** What is needed to read an answer besides its bytes. */
export interface Reading {
  /** Who signs reasoning: `endpoint/model`. */
  issuer: string;
  /** `reasoning.exclude`. */
  hideReasoning: boolean;
  /** The client asked for `logprobs`. */
  logprobs: boolean;
  /** How many the client asked for: OpenAI's `n`. */
  choices: number;
  /** As the client calls the tool. */
  toolName(name: string): string;
  /** The id that a call gets, which the server named so. */
  callId(given: string): string;
}

/** Words of OpenAI and of those who mean the same by another one. `hasCalls`: some servers say `stop` after calls. */
export function toFinishReason(native: string | undefined, hasCalls: boolean): FinishReason {
  switch (native) {
    case 'length':
    case 'max_tokens':
    case 'model_length': // Mistral: the context is full.
      return 'length';
    case 'content_filter':
    case 'safety':
      return 'content_filter';
    case 'tool_calls':
    case 'function_call':
      return 'tool_calls';
    default:
      return hasCalls ? 'tool_calls' : 'stop';
  }
}
