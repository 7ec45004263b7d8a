import type { ContentPart } from '../../core/chat.ts';
import type { Notes } from '../field-names.ts';
import { isObject } from '../json.ts';
import { textOf } from './calls.ts';
import type { Json } from './stored.ts';

export interface ReadParts {
  content: string | ContentPart[];
  /** The first part that only OpenAI's models can be shown. */
  only?: string | undefined;
}

type Breakpoint = NonNullable<ContentPart['prompt_cache_breakpoint']>;

/** What a message or a tool's result holds. A text stays one. */
export function readContent(content: unknown, param: string, places: Notes): ReadParts {
  if (!Array.isArray(content)) return { content: textOf(content) };
  const parts: ContentPart[] = [];
  let only: string | undefined;
  for (const [index, part] of content.filter(isObject).entries()) {
    const read = readPart(part);
    const at = `${param}.${index}`;
    if (read)
      parts.push(places.note(isObject(part.prompt_cache_breakpoint) ? { ...read, ...cacheOf(part) } : read, at));
    else only ??= at;
  }
  return { content: parts, only };
}

function cacheOf(part: Json): { prompt_cache_breakpoint: Breakpoint } {
  return { prompt_cache_breakpoint: part.prompt_cache_breakpoint as Breakpoint }; // Read by who acts on it.
}

function readPart(part: Json): ContentPart | undefined {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
    case 'summary_text':
      return { type: 'text', text: textOf(part.text) };
    case 'refusal':
      return { type: 'text', text: textOf(part.refusal) };
    case 'input_image':
      return readImage(part);
    case 'input_file':
      return readFile(part);
    case 'input_audio':
      return { type: 'input_audio', input_audio: part.input_audio as AudioInput }; // The schema has checked it.
    default:
      return undefined;
  }
}

type AudioInput = Extract<ContentPart, { type: 'input_audio' }>['input_audio'];
type Detail = NonNullable<Extract<ContentPart, { type: 'image_url' }>['image_url']['detail']>;

/** An image by its id lies at OpenAI. */
function readImage({ image_url: url, detail }: Json): ContentPart | undefined {
  if (typeof url !== 'string') return undefined;
  return { type: 'image_url', image_url: { url, ...(typeof detail === 'string' && { detail: detail as Detail }) } };
}

/** The chat dialects take an address where the data would be. */
function readFile({ file_data: data, file_id: id, file_url: url, filename }: Json): ContentPart {
  return {
    type: 'file',
    file: {
      ...(typeof data === 'string' ? { file_data: data } : typeof url === 'string' && { file_data: url }),
      ...(typeof id === 'string' && { file_id: id }),
      ...(typeof filename === 'string' && { filename }),
    },
  };
}
