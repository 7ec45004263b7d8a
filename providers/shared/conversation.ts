/**
 * OpenAI's flat list of messages as turns of blocks, the shape that Anthropic, Gemini and Bedrock share.
 *
 * All rules about order live here, once: late system messages, merged neighbours, tool results first and in the
 * order of their calls, nothing empty, no orphan result, a user who speaks first. A dialect only maps blocks.
 */
import type { ReasoningDetail } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import type { CacheMark } from './cache.ts';
import { readMessages } from './messages.ts';
import { startReading, warn } from './reading.ts';
import type { Reading } from './reading.ts';
import { toTurns } from './turns.ts';
import { makeIdsUnique } from './unique-ids.ts';

export type { CacheMark } from './cache.ts';

export interface Conversation {
  /** Leading system and developer messages, one block a part. */
  system: TextBlock[];
  turns: Turn[];
  warnings: Warning[];
}

/** `system` turns appear only in mid-conversation and only where the model takes them. */
export interface Turn {
  role: 'user' | 'assistant' | 'system';
  blocks: Block[];
}

export type Block = TextBlock | MediaBlock | AudioBlock | ReasoningBlock | ToolCallBlock | ToolResultBlock;

export interface TextBlock {
  type: 'text';
  text: string;
  cache?: CacheMark;
}

export type MediaSource =
  | { kind: 'base64'; mediaType: string; data: string }
  | { kind: 'url'; url: string }
  | { kind: 'file_id'; id: string };

export interface MediaBlock {
  type: 'image' | 'file' | 'video';
  source: MediaSource;
  /** OpenAI's `image_url.detail`. */
  detail?: 'auto' | 'low' | 'high' | 'original';
  filename?: string;
  cache?: CacheMark;
  /** Where it stands in the request, for errors: `messages.3.content.1`. */
  param: string;
}

export interface AudioBlock {
  type: 'audio';
  format: string;
  /** Base64. */
  data: string;
  param: string;
}

/** Always first in an assistant turn, in order, unchanged. Only what this dialect and issuer wrote. */
export interface ReasoningBlock {
  type: 'reasoning';
  detail: ReasoningDetail;
}

export interface ToolCallBlock {
  type: 'tool_call';
  /** As the client sent it; a dialect makes it safe with `safeToolCallId`. */
  id: string;
  name: string;
  custom: boolean;
  /** Parsed arguments: always an object. */
  input: Record<string, unknown>;
  /** `tool_calls[].extra_content`, which may carry Gemini's signature. */
  extra?: Record<string, unknown>;
  cache?: CacheMark;
}

export interface ToolResultBlock {
  type: 'tool_result';
  id: string;
  /** The tool's name, looked up from the call. */
  name: string;
  content: (TextBlock | MediaBlock)[];
  isError: boolean;
  cache?: CacheMark;
}

export interface ConversationRules {
  /** Only `reasoning_details` of this format, and of this issuer or none, become blocks. */
  reasoningFormat: string;
  /** Neighbours of one role become one turn. Default true. */
  mergeable?: boolean;
  /** Two calls of a conversation may not have one id (Claude). */
  uniqueIds?: boolean;
  /** Images may stand in assistant turns (Gemini). Otherwise they move to the next user turn. */
  assistantMedia?: boolean;
}

/** Throws `unsupported` for content that no block can hold, `invalid_request` for a history that contradicts itself. */
export function toConversation(call: Call, rules: ConversationRules): Conversation {
  const reading = startReading(call, rules);
  const said = readMessages(reading);
  const system: TextBlock[][] = [];
  for (const one of said) {
    if (one.role !== 'system') break;
    system.push(one.blocks);
  }
  const turns = toTurns(said.slice(system.length), reading);
  if (rules.uniqueIds) makeIdsUnique(turns, reading);
  if (turns.length === 0) turns.push(instructionAsUser(system, reading));
  letUserBegin(turns, reading);
  letUserEnd(turns, reading);
  return { system: system.flat(), turns, warnings: reading.warnings };
}

/** A conversation needs a user, so the last instruction becomes the user's words. */
function instructionAsUser(system: TextBlock[][], reading: Reading): Turn {
  const blocks = system.pop();
  if (!blocks) throw new GatewayError('invalid_request', 'No message says anything', { param: 'messages' });
  warn(reading, { param: 'messages', action: 'changed', note: 'last system message sent as user text' });
  return { role: 'user', blocks };
}

function letUserBegin(turns: Turn[], reading: Reading): void {
  if (turns[0]?.role === 'user') return;
  warn(reading, { param: 'messages', action: 'changed', note: 'a user turn was put before the first one' });
  turns.unshift({ role: 'user', blocks: [{ type: 'text', text: '(continue)' }] });
}

/** Anthropic continues a last assistant turn only up to Claude 4.5, and there refuses whitespace at its end. */
function letUserEnd(turns: Turn[], reading: Reading): void {
  const last = turns.at(-1);
  if (last?.role !== 'assistant') return;
  if (reading.call.capabilities.prefill) {
    const block = last.blocks.at(-1);
    if (block?.type === 'text') block.text = block.text.trimEnd();
    return;
  }
  warn(reading, { param: 'messages', action: 'changed', note: 'asked to continue its last message' });
  const text = 'Continue exactly from where the previous assistant text ends.';
  turns.push({ role: 'user', blocks: [{ type: 'text', text }] });
}
