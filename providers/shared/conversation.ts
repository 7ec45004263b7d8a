/**
 * OpenAI's flat list of messages as turns of blocks, the shape that Anthropic, Gemini and Bedrock share.
 *
 * All rules about order live here, once: late system messages, merged neighbours, tool results first and in the
 * order of their calls, nothing empty, no orphan result, a user who speaks first. A dialect only maps blocks.
 */
import type { ReasoningDetail } from '../../src/core/chat.ts';
import type { Warning } from '../../src/core/provider.ts';

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

export interface CacheMark {
  ttl: '5m' | '1h';
}

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
