/** Content blocks of users, tools and documents as parts of a chat message. */
import type { CacheMarkers, ContentPart } from '../../core/chat.ts';
import { isSealed } from '../capsule.ts';
import type { Block, DocumentBlock, ImageBlock, Marked, SearchResultBlock, TextBlock } from './body.ts';
import { type Findings, invalid } from './findings.ts';

export type Content = string | ContentPart[];

/** `at` names the list in the client's request. */
export function toParts(blocks: readonly Block[], at: string, findings: Findings): ContentPart[] {
  return blocks.flatMap((block, index) => toPart(block, `${at}.${index}`, findings));
}

/** One plain text is a string, as every server takes it. */
export function asContent(parts: ContentPart[]): Content {
  const [first] = parts;
  const isPlain = parts.length === 1 && first?.type === 'text' && !first.cache_control;
  return isPlain ? first.text : parts;
}

export function mark({ cache_control: mark }: Marked): CacheMarkers {
  if (!mark) return {};
  return { cache_control: { type: 'ephemeral', ...(mark.ttl === '1h' && { ttl: '1h' }) } };
}

export function toText(block: TextBlock, at: string, findings: Findings): ContentPart {
  if (block.citations?.length) noteCitations(block.citations, at, findings);
  return findings.places.note({ type: 'text', text: block.text, ...mark(block) }, at);
}

/** Ours stand where another provider has cited something, and mean nothing to Anthropic. */
function noteCitations(citations: NonNullable<TextBlock['citations']>, at: string, findings: Findings): void {
  findings.dropped(`${at}.citations`);
  if (citations.some(({ encrypted_index: index }) => typeof index === 'string' && isSealed(index)))
    findings.ours = true;
}

export function toPart(block: Block, at: string, findings: Findings): ContentPart[] {
  const parts = readPart(block, at, findings);
  for (const part of parts) findings.places.note(part, at);
  return parts;
}

function readPart(block: Block, at: string, findings: Findings): ContentPart[] {
  switch (block.type) {
    case 'text':
      return [toText(block, at, findings)];
    case 'image':
      return [toImage(block, at, findings)];
    case 'document':
      return toDocument(block, at, findings);
    case 'search_result':
      return [toSearchResult(block, at, findings)];
    case 'tool_reference': // Nobody else defers tools, so it is there already.
      return [{ type: 'text', text: `The tool ${block.tool_name} is available.`, ...mark(block) }];
    case 'thinking':
    case 'redacted_thinking':
    case 'tool_use':
    case 'tool_result':
      throw invalid(at, `a block of type ${block.type} cannot stand here`);
    default:
      findings.needsAnthropic(`${at}.type`); // `container_upload`, and what is still to come.
      return [];
  }
}

function toImage(block: ImageBlock, at: string, findings: Findings): ContentPart {
  const { source } = block;
  if (block.transformations) findings.dropped(`${at}.transformations`);
  switch (source.type) {
    case 'base64':
      return imagePart(`data:${source.media_type};base64,${source.data}`, block);
    case 'url':
      return imagePart(source.url, block);
    case 'file':
      return { type: 'file', file: { file_id: source.file_id }, ...mark(block) };
    default:
      throw invalid(`${at}.source.type`, 'an image is base64, url or file');
  }
}

function imagePart(url: string, block: Marked): ContentPart {
  return { type: 'image_url', image_url: { url }, ...mark(block) };
}

function toDocument(block: DocumentBlock, at: string, findings: Findings): ContentPart[] {
  if (block.context) findings.dropped(`${at}.context`);
  if (block.citations?.enabled) findings.dropped(`${at}.citations`);
  const { source } = block;
  switch (source.type) {
    case 'base64':
      return [filePart({ file_data: `data:${source.media_type};base64,${source.data}` }, block)];
    case 'url':
      return [filePart({ file_data: source.url }, block)];
    case 'file':
      return [filePart({ file_id: source.file_id }, block)];
    case 'text':
      return [documentText(source.data, block)];
    case 'content': {
      findings.changed(`${at}.source.content`, 'sent block by block');
      if (typeof source.content === 'string') return [documentText(source.content, block)];
      return markLast(toParts(source.content, `${at}.source.content`, findings), block);
    }
  }
}

function filePart(file: { file_data?: string; file_id?: string }, block: DocumentBlock): ContentPart {
  return { type: 'file', file: { ...file, ...(block.title && { filename: block.title }) }, ...mark(block) };
}

/** Not as a file: hardly any provider but Anthropic takes files of plain text. */
function documentText(text: string, block: DocumentBlock): ContentPart {
  const title = block.title ? ` title=${JSON.stringify(block.title)}` : '';
  return { type: 'text', text: `<document${title}>\n${text}\n</document>`, ...mark(block) };
}

function toSearchResult(block: SearchResultBlock, at: string, findings: Findings): ContentPart {
  findings.changed(at, 'sent as text');
  const { title, source, content } = block;
  const head = `<search_result title=${JSON.stringify(title)} source=${JSON.stringify(source)}>`;
  const text = content.map((part) => part.text).join('\n');
  return { type: 'text', text: `${head}\n${text}\n</search_result>`, ...mark(block) };
}

function markLast(parts: ContentPart[], block: Marked): ContentPart[] {
  const last = parts.at(-1);
  if (last) Object.assign(last, mark(block));
  return parts;
}
