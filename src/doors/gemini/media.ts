import type { ContentPart } from '../../core/chat.ts';
import { type Findings, noteDropped, noteOnly } from './findings.ts';
import type { GeminiBlob, GeminiFile, GeminiPart } from './schema.ts';

type Media = Pick<GeminiPart, 'inlineData' | 'fileData' | 'mediaResolution'> & { videoMetadata?: unknown };

/** What only Google can read: its own stores, and videos of YouTube. */
const GOOGLES =
  /^(gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/|https:\/\/(www\.)?(youtube\.com|youtu\.be)\/)/;

/** Where OpenAI's word for a format is another. */
const AUDIO_FORMATS: Readonly<Record<string, string>> = { mpeg: 'mp3', 'x-wav': 'wav', wave: 'wav' };

const DETAILS: Readonly<Record<string, 'low' | 'high'>> = {
  MEDIA_RESOLUTION_LOW: 'low',
  MEDIA_RESOLUTION_HIGH: 'high',
  MEDIA_RESOLUTION_ULTRA_HIGH: 'high',
};

/** Undefined for a part that shows nothing. */
export function toMedia(part: Media, at: string, findings: Findings): ContentPart | undefined {
  const { inlineData, fileData, mediaResolution, videoMetadata } = part;
  const shown = inlineData ? ofBlob(inlineData) : fileData ? ofFile(fileData, `${at}.fileData`, findings) : undefined;
  if (!shown) return undefined;
  noteDropped(findings, at, { videoMetadata });
  const detail = toDetail(mediaResolution?.level ?? undefined);
  if (shown.type === 'image_url' && detail) return { ...shown, image_url: { ...shown.image_url, detail } };
  noteDropped(findings, at, { mediaResolution });
  return shown;
}

export function toDetail(level: string | undefined): 'low' | 'high' | undefined {
  return level === undefined ? undefined : DETAILS[level];
}

function ofBlob({ mimeType, data, displayName }: GeminiBlob): ContentPart {
  const [family, format = ''] = mimeType.toLowerCase().split(/[/;]/);
  if (family === 'audio') {
    // OpenAI's type knows two formats; the dialects take others too.
    return { type: 'input_audio', input_audio: { data, format: (AUDIO_FORMATS[format] ?? format) as 'wav' } };
  }
  return ofUrl(`data:${mimeType};base64,${data}`, { family, name: displayName ?? undefined });
}

function ofFile({ fileUri, mimeType, displayName }: GeminiFile, param: string, findings: Findings): ContentPart {
  const [family = '', format = ''] = (mimeType ?? '').toLowerCase().split(/[/;]/);
  if (GOOGLES.test(fileUri) || family === 'audio' || !/^https?:/i.test(fileUri)) noteOnly(findings, param);
  return ofUrl(fileUri, { family, name: displayName ?? (family && format ? `file.${format}` : undefined) });
}

function ofUrl(url: string, { family, name }: { family: string | undefined; name: string | undefined }): ContentPart {
  if (family === 'image') return { type: 'image_url', image_url: { url } };
  // OpenRouter's word; OpenAI's type has no videos.
  if (family === 'video') return { type: 'video_url', video_url: { url } } as unknown as ContentPart;
  return { type: 'file', file: { file_data: url, ...(name !== undefined && { filename: name }) } };
}
