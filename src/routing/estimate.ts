import type { ChatRequest, ContentPart } from '../core/chat.ts';
import type { Estimate } from '../core/deployment.ts';
import type { Pictures } from '../core/wire.ts';

/** OpenAI's own rule of thumb; the provider's count settles it later. */
const CHARS_PER_TOKEN = 4;
/** A large image, or about a page of PDF. Base64 says nothing about tokens. */
const MEDIA_TOKENS = 1_500;
/** What an answer takes when the client sets no limit. */
const USUAL_OUTPUT_TOKENS = 1_024;
const NONE: Pictures = { count: 0, chars: 0 };

/** What a request weighs, from the length of its body: nothing is written out or counted again. */
export function estimate(request: ChatRequest, bodyChars: number, pictures = NONE): Estimate {
  let chars = bodyChars - pictures.chars;
  let media = pictures.count;
  const weigh = (part: ContentPart | { type: 'refusal' }) => {
    const encoded = encodedChars(part);
    if (encoded === undefined) return;
    chars -= encoded;
    media += 1;
  };
  for (const message of request.messages) {
    if (Array.isArray(message.content)) message.content.forEach(weigh);
    if (message.role === 'assistant') paintedIn(message).forEach(weigh);
  }
  return {
    inputTokens: Math.ceil(Math.max(chars, 0) / CHARS_PER_TOKEN) + media * MEDIA_TOKENS,
    outputTokens: request.max_completion_tokens ?? request.max_tokens ?? USUAL_OUTPUT_TOKENS,
  };
}

/** OpenRouter's word for what a model has painted, and ours; clients send it back as it came, and nobody has checked it. */
function paintedIn(message: object): ContentPart[] {
  const images: unknown = 'images' in message ? message.images : undefined;
  return Array.isArray(images) ? images.filter(isImage) : [];
}

function isImage(part: unknown): part is Extract<ContentPart, { type: 'image_url' }> {
  const { type, image_url: image } = (part ?? {}) as { type?: unknown; image_url?: { url?: unknown } | null };
  return type === 'image_url' && typeof image?.url === 'string';
}

/** OpenRouter's; not among OpenAI's parts. */
interface Video {
  type: 'video_url';
  video_url: { url: string };
}

/** How much of the body this part's base64 takes; undefined for text. */
function encodedChars(part: ContentPart | Video | { type: 'refusal' }): number | undefined {
  switch (part.type) {
    case 'image_url':
      return part.image_url.url.startsWith('data:') ? part.image_url.url.length : 0;
    case 'input_audio':
      return part.input_audio.data.length;
    case 'file':
      return part.file.file_data?.length ?? 0;
    case 'video_url':
      return part.video_url.url.startsWith('data:') ? part.video_url.url.length : 0;
    default:
      return undefined;
  }
}
