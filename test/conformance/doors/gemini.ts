/** Google's generateContent, by Google's SDK. */
import {
  ApiError,
  type Content,
  type GenerateContentConfig,
  type GenerateContentResponse,
  GoogleGenAI,
} from '@google/genai';
import type { DoorClient, Told } from './feature.ts';

export interface Body {
  contents: Content[];
  config?: GenerateContentConfig;
}

export const GEMINI: DoorClient = {
  name: 'gemini',
  raises: Error, // A stream that ends too early is no ApiError.
  connect({ model, streamed, fetch, headers }) {
    const baseUrl = 'http://signalbox.invalid';
    const { models } = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl, headers, fetch } });
    return async (body) => {
      const request = { ...(body as Body), model };
      if (!streamed) return told([await models.generateContent(request)]);
      const chunks: GenerateContentResponse[] = [];
      for await (const chunk of await models.generateContentStream(request)) chunks.push(chunk);
      return told(chunks);
    };
  },
  statusOf: (cause) => (cause instanceof ApiError ? cause.status : undefined),
  fieldOf: (cause) => /"field":\s*"([^"]*)"/.exec((cause as Error).message.replaceAll('\\"', '"'))?.[1] ?? '',
  say: (text) => ({ contents: [{ role: 'user', parts: [{ text }] }] }),
};

/** Google's SDK puts nothing together: the client makes one turn of what all chunks bring. */
function told(chunks: readonly GenerateContentResponse[]): Told {
  const candidates = chunks.flatMap((chunk) => chunk.candidates ?? []);
  const first = candidates.filter(({ index }) => (index ?? 0) === 0);
  const parts = first.flatMap(({ content }) => content?.parts ?? []);
  const usage = chunks.findLast(({ usageMetadata }) => usageMetadata)?.usageMetadata;
  return {
    id: chunks.at(-1)?.responseId ?? '',
    text: parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join(''),
    thoughts: parts.map(({ text, thought }) => (thought ? (text ?? '') : '')).join(''),
    calls: parts.flatMap(({ functionCall: call }) => (call ? [{ name: call.name ?? '', input: call.args }] : [])),
    finish: first.findLast(({ finishReason }) => finishReason)?.finishReason,
    usage: {
      prompt: usage?.promptTokenCount ?? 0,
      answer: (usage?.candidatesTokenCount ?? 0) + (usage?.thoughtsTokenCount ?? 0),
      cached: usage?.cachedContentTokenCount ?? 0,
    },
    answers: new Set(candidates.map(({ index }) => index ?? 0)).size,
    logprobs: first.reduce((sum, { logprobsResult: probable }) => sum + (probable?.chosenCandidates?.length ?? 0), 0),
    turns: [{ role: 'model', parts: parts.filter((part) => part.text !== '' || part.thoughtSignature) }],
  };
}
