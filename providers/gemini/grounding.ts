import type { Annotation } from '../../src/core/chat.ts';
import type { GeminiCandidate } from './wire.ts';

export type Grounding = NonNullable<GeminiCandidate['groundingMetadata']>;

/** What each source supports, as OpenAI's citations. Sources without an address cannot be cited. */
export function toAnnotations(grounding: Grounding, content: string): Annotation[] {
  const chunks = grounding.groundingChunks ?? [];
  return (grounding.groundingSupports ?? []).flatMap(({ segment, groundingChunkIndices = [] }) => {
    const start = utf16Index(content, segment?.startIndex ?? 0);
    const end = utf16Index(content, segment?.endIndex ?? 0);
    return groundingChunkIndices.flatMap((index): Annotation[] => {
      const { web, maps, retrievedContext } = chunks[index] ?? {};
      const source = web ?? maps ?? retrievedContext;
      if (!source?.uri) return [];
      const { uri: url, title = '' } = source;
      return [{ type: 'url_citation', url_citation: { url, title, start_index: start, end_index: end } }];
    });
  });
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
