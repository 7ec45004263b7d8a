import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import type { AudioBlock, MediaBlock, Turn } from '../shared/conversation.ts';
import { mediaTypeOfName, requireInput } from '../shared/media.ts';
import type { GeminiPart } from './wire.ts';

type Resolution = 'MEDIA_RESOLUTION_LOW' | 'MEDIA_RESOLUTION_HIGH';

/** Addresses that are Google's own: no fetch of a stranger's server, so every model takes them. */
const GOOGLES =
  /^(gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/|https:\/\/(www\.)?(youtube\.com|youtu\.be)\/)/;

const FILES_API = 'https://generativelanguage.googleapis.com/v1beta/';

/** A URL without a telling end is taken for the commonest format of its kind. */
const COMMONEST = { image: 'image/jpeg', file: 'application/pdf', video: 'video/mp4' } as const;

export function toMediaPart(call: Call, block: MediaBlock): GeminiPart {
  const { source, param } = block;
  if (source.kind === 'base64') {
    requireKind(call, block, source.mediaType);
    return { inlineData: { mimeType: source.mediaType, data: source.data } };
  }
  const fileUri = source.kind === 'url' ? toFileUri(call, source.url, param) : toUploaded(call, source.id, param);
  const mimeType = mimeTypeOf(block, fileUri);
  requireKind(call, block, mimeType);
  return { fileData: { fileUri, mimeType } };
}

export function toAudioPart(call: Call, block: AudioBlock): GeminiPart {
  requireInput(call, 'audio', block.param);
  return { inlineData: { mimeType: `audio/${block.format}`, data: block.data } };
}

function toFileUri(call: Call, url: string, param: string): string {
  if (GOOGLES.test(url) || (call.capabilities.remoteMedia && /^https?:/i.test(url))) return url;
  throw new GatewayError('unsupported', `${call.providerModel} fetches no URLs; send the content as a data: URL`, {
    param,
  });
}

function toUploaded(call: Call, id: string, param: string): string {
  if (id.startsWith('files/') && !call.endpoint.settings.project) return FILES_API + id;
  if (GOOGLES.test(id)) return id;
  throw new GatewayError('unsupported', 'Gemini knows only files of its own Files API', { param });
}

function mimeTypeOf(block: MediaBlock, fileUri: string): string {
  const path = fileUri.replace(/[?#].*$/s, '');
  const named = block.filename === undefined ? undefined : mediaTypeOfName(block.filename);
  return named ?? mediaTypeOfName(path) ?? COMMONEST[block.type];
}

function requireKind(call: Call, { type, param }: MediaBlock, mediaType: string): void {
  const [family] = mediaType.split('/');
  if (type !== 'file') requireInput(call, type, param);
  else if (family === 'image' || family === 'audio' || family === 'video') requireInput(call, family, param);
  else if (family !== 'text') requireInput(call, 'pdf', param);
}

export interface Details {
  /** One for the whole request. */
  resolution?: Resolution;
  /** They differ, and the model takes one for each part. */
  eachItsOwn: boolean;
  warnings: Warning[];
}

/** `image_url.detail`: of the whole request where all agree, because only Gemini 3 and later takes it part by part. */
export function readDetails(turns: readonly Turn[], takesEach: boolean): Details {
  const media = turns.flatMap(({ blocks }) => blocks).filter((block) => 'source' in block);
  const [first] = media;
  const wanted = media.map(toResolution);
  const agreed = wanted[0];
  if (wanted.every((one) => one === agreed)) {
    return { ...(agreed && { resolution: agreed }), eachItsOwn: false, warnings: [] };
  }
  if (takesEach) return { eachItsOwn: true, warnings: [] };
  const resolution = wanted.includes('MEDIA_RESOLUTION_HIGH') ? 'MEDIA_RESOLUTION_HIGH' : undefined;
  const note = `one detail for all: ${resolution ? 'high' : 'auto'}`;
  const warnings: Warning[] = [{ param: `${first?.param ?? 'messages'}.image_url.detail`, action: 'changed', note }];
  return { ...(resolution && { resolution }), eachItsOwn: false, warnings };
}

export function toResolution({ detail }: MediaBlock): Resolution | undefined {
  if (detail === 'low') return 'MEDIA_RESOLUTION_LOW';
  return detail === 'high' || detail === 'original' ? 'MEDIA_RESOLUTION_HIGH' : undefined;
}
