import type { ChatRequest } from '../../src/core/chat.ts';
import type { Turn } from '../shared/conversation.ts';
import type { Part } from './body.ts';

export interface ThinkingPart extends Part {
  /** The model thinks because we said so: then Claude takes neither sampling nor a forced tool. */
  on: boolean;
  /** To be added to the answer's tokens, because thinking is counted among them. */
  budget: number;
  /** Nova 2 takes no limit and no sampling at its highest effort. */
  unlimited?: boolean;
}

export const NOTHING: ThinkingPart = { on: false, budget: 0 };

export interface ThinkingContext {
  turns: readonly Turn[];
  /** `tool_choice` will force a call. */
  forced: boolean;
}

export function paramOf(request: ChatRequest): string {
  return request.reasoning_effort ? 'reasoning_effort' : 'reasoning';
}
