import type { Annotation } from '../../core/chat.ts';

interface Sources {
  annotations: readonly Annotation[];
  citations: readonly Record<string, unknown>[];
}

/** Citations as Google grounds its answers: what supports which words. Undefined where nothing is cited. */
export function toGrounding({ annotations, citations }: Sources, content: string): object | undefined {
  const chunks: object[] = [];
  const numbers = new Map<string, number>();
  // OpenRouter annotates files too, and they have no address.
  const cited = annotations.filter(({ type }) => type === 'url_citation');
  const groundingSupports = cited.map(({ url_citation: source }) => {
    const { url, title, start_index: start, end_index: end } = source;
    const number = numbers.get(url) ?? chunks.push({ web: { uri: url, title } }) - 1;
    numbers.set(url, number);
    const segment = {
      startIndex: bytesBefore(content, start),
      endIndex: bytesBefore(content, end),
      text: content.slice(start, end),
    };
    return { segment, groundingChunkIndices: [number] };
  });
  for (const citation of citations) chunks.push({ retrievedContext: toContext(citation) });
  if (chunks.length === 0) return undefined;
  return { groundingChunks: chunks, ...(groundingSupports.length > 0 && { groundingSupports }) };
}

/** OpenAI's clients count UTF-16, Google bytes of UTF-8. */
function bytesBefore(content: string, index: number): number {
  return new TextEncoder().encode(content.slice(0, index)).length;
}

/** Claude's words for a place in a document. */
function toContext({ document_title: title, cited_text: text, source: uri }: Record<string, unknown>): object {
  return {
    ...(typeof title === 'string' && { title }),
    ...(typeof text === 'string' && { text }),
    ...(typeof uri === 'string' && { uri }),
  };
}
