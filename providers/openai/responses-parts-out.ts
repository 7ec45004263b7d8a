import type { ResponseOutputText } from 'openai/resources/responses/responses';
import type { Annotation, Logprobs } from '../../src/core/chat.ts';

type Cited = ResponseOutputText['annotations'][number];

/** `offset`: where the part begins in the whole text. Citations of files have no place in chat. */
export function toAnnotation(cited: Cited, offset: number): Annotation | undefined {
  if (cited.type !== 'url_citation') return undefined;
  const { url, title, start_index: start, end_index: end } = cited;
  return { type: 'url_citation', url_citation: { url, title, start_index: offset + start, end_index: offset + end } };
}

export function toLogprobs(tokens: unknown): Logprobs | undefined {
  if (!Array.isArray(tokens) || tokens.length === 0) return undefined;
  const content = (tokens as NonNullable<ResponseOutputText['logprobs']>).map(
    ({ token, bytes, logprob, top_logprobs }) => {
      return { token, bytes: bytes ?? null, logprob, top_logprobs: top_logprobs ?? [] };
    },
  );
  return { content, refusal: null };
}
