import type { ContentBlock, Message, ToolResultContentBlock } from '@aws-sdk/client-bedrock-runtime';
import type { ReasoningDetail } from '../../src/core/chat.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import type { Block, ToolResultBlock, Turn } from '../shared/conversation.ts';
import { safeToolCallId, type ToolNames } from '../shared/ids.ts';
import { cachePoint } from './cache.ts';
import { toAudio, toMedia, type DocumentNames } from './media.ts';
import { isNova, type Family } from './model.ts';
import type { Wire } from './wire.ts';

export type WireMessage = Wire<Message>;
export type WireBlock = Wire<ContentBlock>;

/** What a block needs to know of the request that it stands in. */
export interface Speaking {
  call: Call;
  family: Family;
  names: ToolNames;
  documents: DocumentNames;
  warnings: Warning[];
}

const MISTRAL_ID = /^[A-Za-z0-9]{9}$/;

export function toMessages(turns: readonly Turn[], speaking: Speaking): WireMessage[] {
  return turns.map(({ role, blocks }) => ({
    role,
    content: withText(blocks.flatMap((block) => toBlocks(block, speaking))),
  }));
}

/** Converse wants a word with each document. */
function withText(content: WireBlock[]): WireBlock[] {
  const bare = content.some(({ document }) => document) && !content.some(({ text }) => text);
  return bare ? [...content, { text: 'See attached document.' }] : content;
}

function toBlocks(block: Block, speaking: Speaking): WireBlock[] {
  if (block.type === 'reasoning') return toReasoning(block.detail, speaking);
  if (block.type === 'audio') return [toAudio(block, speaking.call)];
  return [toBlock(block, speaking), ...cachePoint(block.cache, speaking.family)];
}

function toBlock(block: Exclude<Block, { type: 'reasoning' | 'audio' }>, speaking: Speaking): WireBlock {
  switch (block.type) {
    case 'text':
      return { text: block.text };
    case 'tool_call':
      // Parsed JSON, which is what the SDK calls a document.
      return {
        toolUse: {
          toolUseId: toId(block.id, speaking.family),
          name: speaking.names.toProvider(block.name),
          input: block.input,
        },
      } as WireBlock;
    case 'tool_result':
      return toToolResult(block, speaking);
    default:
      return toMedia(block, speaking.call, speaking.documents);
  }
}

function toToolResult(block: ToolResultBlock, speaking: Speaking): WireBlock {
  const content = block.content.map((part) =>
    part.type === 'text' ? { text: part.text } : toMedia(part, speaking.call, speaking.documents),
  );
  return {
    toolResult: {
      toolUseId: toId(block.id, speaking.family),
      // Blank text is refused, and so is a result of nothing.
      content: (content.length > 0 ? content : [{ text: '(no output)' }]) as Wire<ToolResultContentBlock>[],
      ...(block.isError && errorStatus(speaking)),
    },
  };
}

/** Only these two families know that a result can be an error; to others the text must say so. */
function errorStatus({ family, warnings }: Speaking): { status?: 'error' } {
  if (family === 'claude' || isNova(family)) return { status: 'error' };
  warnings.push({ param: 'messages', action: 'dropped', note: 'is_error of a tool result' });
  return {};
}

function toId(id: string, family: Family): string {
  if (family !== 'mistral') return safeToolCallId(id);
  return MISTRAL_ID.test(id) ? id : safeToolCallId(id, MISTRAL_ID).slice('call_'.length, 'call_'.length + 9);
}

/** Back as it came: Claude checks its signature, gpt-oss refuses to see one. */
function toReasoning(detail: ReasoningDetail, { family, warnings }: Speaking): WireBlock[] {
  const { type, data, text = '', signature } = detail;
  if (type === 'reasoning.encrypted' && data) return [{ reasoningContent: { redactedContent: data } }];
  const replayable = family === 'claude' ? Boolean(signature) : text !== '';
  if (type === 'reasoning.text' && replayable) {
    return [{ reasoningContent: { reasoningText: { text, ...(signature && { signature }) } } }];
  }
  warnings.push({ param: 'messages', action: 'dropped', note: 'reasoning without a signature' });
  return [];
}
