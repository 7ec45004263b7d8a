import type { Annotation } from '../../src/core/chat.ts';
import type { GeminiCandidate } from './wire.ts';

export type Grounding = NonNullable<GeminiCandidate['groundingMetadata']>;

type Source = NonNullable<Grounding['groundingChunks']>[number];

/** What each source supports, as OpenAI's citations; where nothing says what, they stand at the end. */
export function toAnnotations(grounding: Grounding, content: string): Annotation[] {
  const sources = grounding.groundingChunks ?? [];
  const supports = grounding.groundingSupports ?? [];
  if (supports.length === 0) return sources.flatMap((source) => citation(source, content.length, content.length));
  return supports.flatMap(({ segment, groundingChunkIndices = [] }) => {
    const start = utf16Index(content, segment?.startIndex ?? 0);
    const end = utf16Index(content, segment?.endIndex ?? 0);
    return groundingChunkIndices.flatMap((index) => citation(sources[index], start, end));
  });
}

/** None of a source without an address. */
function citation(of: Source | undefined, start: number, end: number): Annotation[] {
  const source = of?.web ?? of?.maps ?? of?.retrievedContext;
  if (!source?.uri) return [];
  const { uri: url, title = '' } = source;
  return [{ type: 'url_citation', url_citation: { url, title, start_index: start, end_index: end } }];
}

/** Google counts bytes of UTF-8, OpenAI's clients count UTF-16. */
function utf16Index(content: string, byteIndex: number): number {
  let bytes = 0;
  let index = 0;
  for (const character of content) {
    if (bytes >= byteIndex) break;
    bytes += byteLength(character.codePointAt(0) ?? 0);
    index += character.length;
  }
  return index;
}

function byteLength(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
