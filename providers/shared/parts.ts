/** Content as the client wrote it, a string or a list of parts, read into blocks. */
import { GatewayError } from '../../src/core/errors.ts';
import { readCacheMark } from './cache.ts';
import type { AudioBlock, Block, MediaBlock, MediaSource, TextBlock } from './conversation.ts';
import { mediaTypeOfName, parseDataUrl, sniffMediaType } from './media.ts';
import { record, text } from './refusal.ts';

export type PartBlock = TextBlock | MediaBlock | AudioBlock;

type Part = Record<string, unknown>;

/** What a provider or a cloud can fetch itself. */
const REMOTE = /^(?:https?|gs|s3):\/\//i;

/** A message's blocks without the empty ones, which Anthropic and Bedrock refuse. Absent content is empty. */
export function readContent(message: Part, param: string): PartBlock[] {
  const { content } = message;
  if (typeof content === 'string') return textBlocks(content);
  if (content === undefined || content === null) return [];
  return readParts(content, `${param}.content`);
}

export function readParts(parts: unknown, param: string): PartBlock[] {
  if (!Array.isArray(parts)) throw invalid('Content is a string or a list of parts', param);
  return parts.flatMap((part, index) => readPart(part, `${param}.${index}`));
}

/** Text only: what instructions may hold. */
export function readText(message: Part, param: string): TextBlock[] {
  const blocks = readContent(message, param);
  if (blocks.every((block) => block.type === 'text')) return blocks;
  throw new GatewayError('unsupported', 'Instructions can only be text', { param: `${param}.content` });
}

/** A mark on what held the blocks: the last one that can carry it ends the cached prefix. */
export function markLast(blocks: readonly Block[], marked: Part): void {
  const cache = readCacheMark(marked);
  if (!cache) return;
  const last = blocks.findLast((block) => block.type !== 'reasoning' && block.type !== 'audio');
  if (last) last.cache = cache;
}

/** Thoughts without a word or a call. */
export function isSilent(blocks: readonly Block[]): boolean {
  return blocks.every((block) => block.type === 'reasoning');
}

export function textBlocks(content: string): TextBlock[] {
  return content.trim() === '' ? [] : [{ type: 'text', text: content }];
}

export function invalid(message: string, param: string): GatewayError {
  return new GatewayError('invalid_request', message, { param });
}

function readPart(entry: unknown, param: string): PartBlock[] {
  if (typeof entry === 'string') return textBlocks(entry);
  const part = record(entry);
  if (!part) throw invalid('A part of the content is an object', param);
  const blocks = readTyped(part, param);
  markLast(blocks, part);
  return blocks;
}

function readTyped(part: Part, param: string): PartBlock[] {
  switch (part['type']) {
    case 'text':
      return textBlocks(requireText(part['text'], `${param}.text`));
    case 'refusal':
      return textBlocks(requireText(part['refusal'], `${param}.refusal`));
    case 'image_url':
      return [readImage(part['image_url'], param)];
    case 'video_url':
      return [readUrl(urlOf(part['video_url'], `${param}.video_url`), 'video', param)];
    case 'input_audio':
      return [readAudio(record(part['input_audio']) ?? {}, param)];
    case 'file':
      return [readFile(record(part['file']) ?? {}, param)];
    default:
      throw new GatewayError('unsupported', 'This kind of content is not known here', { param: `${param}.type` });
  }
}

function readImage(image: unknown, param: string): PartBlock {
  const block = readUrl(urlOf(image, `${param}.image_url`), 'image', param);
  const detail = record(image)?.['detail'];
  if (block.type !== 'image') return block;
  if (detail === 'auto' || detail === 'low' || detail === 'high' || detail === 'original') block.detail = detail;
  return block;
}

function readAudio(audio: Part, param: string): AudioBlock {
  const data = requireText(audio['data'], `${param}.input_audio.data`);
  const inline = parseDataUrl(data);
  const format = text(audio['format']) ?? inline?.mediaType.split('/').at(1);
  if (!data || !format) throw invalid('Audio needs data and a format', `${param}.input_audio`);
  return { type: 'audio', format, data: inline?.data ?? data, param };
}

function readFile(file: Part, param: string): PartBlock {
  const filename = text(file['filename']);
  const named = filename ? { filename } : {};
  const id = text(file['file_id']);
  if (id) return { type: 'file', source: { kind: 'file_id', id }, ...named, param };
  const data = text(file['file_data']);
  if (!data) throw invalid('A file needs file_data or file_id', `${param}.file`);
  const block = isUrl(data) ? readUrl(data, 'file', param) : readRaw(data, filename, param);
  return block.type === 'audio' ? block : Object.assign(block, named);
}

/** Base64 without the `data:` around it. What it is, its first bytes or its name must tell. */
function readRaw(data: string, filename: string | undefined, param: string): MediaBlock | AudioBlock {
  const mediaType = sniffMediaType(data) ?? (filename && mediaTypeOfName(filename)) ?? 'application/octet-stream';
  return inlineBlock({ kind: 'base64', mediaType, data }, param);
}

function readUrl(url: string, type: MediaBlock['type'], param: string): MediaBlock | AudioBlock {
  if (REMOTE.test(url)) return { type, source: { kind: 'url', url }, param };
  const inline = parseDataUrl(url);
  if (!inline) throw invalid('This is neither an http(s) address nor a data URL', param);
  return inlineBlock({ kind: 'base64', ...inline }, param);
}

/** By what it is rather than where it stood: clients put PDFs into `image_url` and images into `file`. */
function inlineBlock(source: Extract<MediaSource, { kind: 'base64' }>, param: string): MediaBlock | AudioBlock {
  const [family, format = ''] = source.mediaType.split('/');
  if (family === 'audio') return { type: 'audio', format, data: source.data, param };
  return { type: family === 'image' || family === 'video' ? family : 'file', source, param };
}

function urlOf(value: unknown, param: string): string {
  return requireText(record(value)?.['url'] ?? value, param);
}

function isUrl(value: string): boolean {
  return REMOTE.test(value) || value.slice(0, 5).toLowerCase() === 'data:';
}

function requireText(value: unknown, param: string): string {
  if (typeof value === 'string') return value;
  throw invalid('This must be a string', param);
}
