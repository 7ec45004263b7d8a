import type { ChatRequest, ContentPart } from '../core/chat.ts';
import type { Estimate } from '../core/deployment.ts';

/** OpenAI's own rule of thumb; the provider's count settles it later. */
const CHARS_PER_TOKEN = 4;
/** A large image, or about a page of PDF. Base64 says nothing about tokens. */
const MEDIA_TOKENS = 1_500;
/** What an answer takes when the client sets no limit. */
const USUAL_OUTPUT_TOKENS = 1_024;

/** What a request weighs, from the length of its body: nothing is written out or counted again. */
export function estimate(request: ChatRequest, bodyChars: number): Estimate {
  let chars = bodyChars;
  let media = 0;
  for (const { content } of request.messages) {
    if (!Array.isArray(content)) continue;
    for (const part of content) {
      const encoded = encodedChars(part);
      if (encoded === undefined) continue;
      chars -= encoded;
      media += 1;
    }
  }
  return {
    inputTokens: Math.ceil(Math.max(chars, 0) / CHARS_PER_TOKEN) + media * MEDIA_TOKENS,
    outputTokens: request.max_completion_tokens ?? request.max_tokens ?? USUAL_OUTPUT_TOKENS,
  };
}

/** How much of the body this part's base64 takes; undefined for text. */
function encodedChars(part: ContentPart | { type: 'refusal' }): number | undefined {
  switch (part.type) {
    case 'image_url':
      return part.image_url.url.startsWith('data:') ? part.image_url.url.length : 0;
    case 'input_audio':
      return part.input_audio.data.length;
    case 'file':
      return part.file.file_data?.length ?? 0;
    default:
      return undefined;
  }
}
