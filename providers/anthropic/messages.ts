import type {
  Base64ImageSource,
  ContentBlockParam,
  DocumentBlockParam,
  ImageBlockParam,
  MessageParam,
  TextBlockParam,
  ToolResultBlockParam,
} from '@anthropic-ai/sdk/resources/messages';
import { GatewayError } from '../../src/core/errors.ts';
import { mapped } from '../../src/core/lists.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import type { Block, MediaBlock, ReasoningBlock, TextBlock, ToolResultBlock, Turn } from '../shared/conversation.ts';
import { safeToolCallId } from '../shared/ids.ts';
import { requireInput } from '../shared/media.ts';
import { dropped } from './body.ts';
import { marked } from './cache.ts';

const IMAGE_TYPES: readonly string[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];
/** Anthropic's Files API. OpenAI's ids look like `file-…` and mean nothing here. */
const FILE_ID = /^file_/;

export function toMessages(call: Call, turns: readonly Turn[], warnings: Warning[]): MessageParam[] {
  // System turns hold nothing but text.
  return mapped(turns, ({ role, blocks }) => ({ role, content: toContent(blocks, call, warnings) }) as MessageParam);
}

function toContent(blocks: readonly Block[], call: Call, warnings: Warning[]): ContentBlockParam[] {
  const content: ContentBlockParam[] = [];
  for (const block of blocks) {
    const said = toBlock(block, call, warnings);
    if (said) content.push(said);
  }
  return content;
}

export function toText({ text, cache }: TextBlock): TextBlockParam {
  return marked({ type: 'text', text }, cache);
}

function toBlock(block: Block, call: Call, warnings: Warning[]): ContentBlockParam | undefined {
  switch (block.type) {
    case 'text':
      return toText(block);
    case 'image':
    case 'file':
      return toMedia(block, call, warnings);
    case 'reasoning':
      return toThinkingBlock(block, warnings);
    case 'tool_call': {
      const { name, input, cache } = block;
      return marked({ type: 'tool_use' as const, id: safeToolCallId(block.id), name, input }, cache);
    }
    case 'tool_result':
      return toToolResult(block, call, warnings);
    case 'audio':
    case 'video':
      throw unsupported(`Claude takes no ${block.type}`, block.param);
  }
}

function toThinkingBlock({ detail }: ReasoningBlock, warnings: Warning[]): ContentBlockParam | undefined {
  if (detail.type === 'reasoning.encrypted' && detail.data) return { type: 'redacted_thinking', data: detail.data };
  if (detail.type === 'reasoning.text' && detail.signature)
    return { type: 'thinking', thinking: detail.text ?? '', signature: detail.signature };
  warnings.push(dropped('reasoning_details', 'without a signature'));
  return undefined;
}

function toToolResult(block: ToolResultBlock, call: Call, warnings: Warning[]): ToolResultBlockParam {
  const content = mapped(block.content, (part) =>
    part.type === 'text' ? toText(part) : toMedia(part, call, warnings),
  );
  const result: ToolResultBlockParam = { type: 'tool_result', tool_use_id: safeToolCallId(block.id) };
  if (content.length > 0) result.content = content;
  if (block.isError) result.is_error = true;
  return marked(result, block.cache);
}

function toMedia(block: MediaBlock, call: Call, warnings: Warning[]): ImageBlockParam | DocumentBlockParam {
  if (block.type === 'video') throw unsupported('Claude takes no video', block.param);
  const { source } = block;
  if (source.kind === 'file_id' && !FILE_ID.test(source.id)) {
    throw unsupported('This file is not one of Anthropic', block.param);
  }
  const isImage = block.type === 'image' || (source.kind === 'base64' && source.mediaType.startsWith('image/'));
  return isImage ? toImage(block, call, warnings) : toDocument(block, call);
}

function toImage(block: MediaBlock, call: Call, warnings: Warning[]): ImageBlockParam {
  requireInput(call, 'image', block.param);
  if (block.detail === 'low') warnings.push(dropped(`${block.param}.image_url.detail`));
  return marked({ type: 'image', source: toImageSource(block) }, block.cache);
}

function toImageSource({ source, param }: MediaBlock): ImageBlockParam['source'] {
  switch (source.kind) {
    case 'url':
      return { type: 'url', url: source.url };
    case 'file_id':
      return { type: 'file', file_id: source.id };
    case 'base64':
      if (!IMAGE_TYPES.includes(source.mediaType)) throw unsupported(`Claude takes no ${source.mediaType}`, param);
      return { type: 'base64', media_type: source.mediaType as Base64ImageSource['media_type'], data: source.data };
  }
}

function toDocument(block: MediaBlock, call: Call): DocumentBlockParam {
  const title = block.filename ? { title: block.filename } : {};
  return marked({ type: 'document', source: toDocumentSource(block, call), ...title }, block.cache);
}

function toDocumentSource({ source, param }: MediaBlock, call: Call): DocumentBlockParam['source'] {
  if (source.kind === 'base64' && source.mediaType.startsWith('text/')) {
    return { type: 'text', media_type: 'text/plain', data: fromBase64(source.data, param) };
  }
  requireInput(call, 'pdf', param);
  switch (source.kind) {
    case 'url':
      return { type: 'url', url: source.url };
    case 'file_id':
      return { type: 'file', file_id: source.id };
    case 'base64':
      if (source.mediaType !== 'application/pdf') throw unsupported(`Claude takes no ${source.mediaType}`, param);
      return { type: 'base64', media_type: 'application/pdf', data: source.data };
  }
}

function fromBase64(data: string, param: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(data), (char) => char.charCodeAt(0)));
  } catch {
    throw new GatewayError('invalid_request', 'The file is not valid base64', { param });
  }
}

function unsupported(message: string, param: string): GatewayError {
  return new GatewayError('unsupported', message, { param });
}
