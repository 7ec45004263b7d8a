import type {
  ResponseInputContent,
  ResponseInputFile,
  ResponseInputImage,
  ResponseInputText,
} from 'openai/resources/responses/responses';
import type { ContentPart } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import { nameOfFile } from '../shared/media.ts';
import { record, text } from '../shared/refusal.ts';

/** What a user says: a string stays one. `param` is where it stands, for errors. */
export function toContent(content: unknown, param: string): string | ResponseInputContent[] {
  if (!Array.isArray(content)) return text(content) ?? '';
  return toParts(content, param);
}

export function toParts(parts: readonly ContentPart[], param: string): ResponseInputContent[] {
  return parts.map((part, index) => toPart(part, `${param}.${index}`));
}

function toPart(part: ContentPart, param: string): ResponseInputContent {
  const cached = part.prompt_cache_breakpoint && { prompt_cache_breakpoint: part.prompt_cache_breakpoint };
  switch (part.type) {
    case 'text':
      return { ...toText(part.text), ...cached };
    case 'image_url':
      return { ...toImage(part.image_url), ...cached };
    case 'file':
      return { ...toFile(part.file), ...cached };
    default: {
      const { type } = record(part) ?? {};
      throw new GatewayError('unsupported', `The Responses API takes no '${String(type)}' part`, { param });
    }
  }
}

function toText(text: string): ResponseInputText {
  return { type: 'input_text', text };
}

function toImage({ url, detail }: Extract<ContentPart, { type: 'image_url' }>['image_url']): ResponseInputImage {
  return { type: 'input_image', image_url: url, detail: detail ?? 'auto' };
}

function toFile({
  file_data: data,
  file_id: id,
  filename,
}: Extract<ContentPart, { type: 'file' }>['file']): ResponseInputFile {
  const isUrl = data !== undefined && /^https?:/i.test(data);
  const name = filename || (data && nameOfFile(data)); // Without one it is a 400.
  return {
    type: 'input_file',
    ...(data !== undefined && (isUrl ? { file_url: data } : { file_data: data })),
    ...(id !== undefined && { file_id: id }),
    ...(name && !isUrl && { filename: name }),
  };
}
