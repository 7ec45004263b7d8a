import type { ContentBlock } from '@aws-sdk/client-bedrock-runtime';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';
import type { AudioBlock, MediaBlock, MediaSource } from '../shared/conversation.ts';
import { mediaTypeOfName, requireInput } from '../shared/media.ts';
import type { Wire } from './wire.ts';

type WireBlock = Wire<ContentBlock>;
type Source = { bytes: string } | { s3Location: { uri: string } };

const IMAGES: Record<string, string> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

const VIDEOS: Record<string, string> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/webm': 'webm',
  'video/x-flv': 'flv',
  'video/mpeg': 'mpeg',
  'video/x-ms-wmv': 'wmv',
  'video/3gpp': 'three_gp',
};

const DOCUMENTS: Record<string, string> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/x-markdown': 'md',
  'application/json': 'txt',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
};

/** Formats that Converse spells differently from a file name's ending. */
const ENDINGS: Record<string, string> = { jpg: 'jpeg', '3gp': 'three_gp', htm: 'html', markdown: 'md', json: 'txt' };

/** All that Converse knows by the ending of an object in S3, which has no media type. */
const KNOWN: Record<MediaBlock['type'], ReadonlySet<string>> = {
  image: new Set(Object.values(IMAGES)),
  video: new Set([...Object.values(VIDEOS), 'mpg']),
  file: new Set([...Object.values(DOCUMENTS), 'txt']),
};

/** Names that documents have already; Converse wants each only once in a request. */
export type DocumentNames = Set<string>;

export function toMedia(block: MediaBlock, call: Call, names: DocumentNames): WireBlock {
  const type = typeOf(block);
  if (type !== 'file') requireInput(call, type, block.param);
  const format = formatOf(block, type);
  if (format === 'pdf') requireInput(call, 'pdf', block.param);
  const source = toSource(block.source, block.param);
  // The format was looked up in the lists above, which are Converse's own.
  if (type === 'file') return { document: { format, name: documentName(block, names), source } } as WireBlock;
  return { [type]: { format, source } } as unknown as WireBlock;
}

export function toAudio({ format, data, param }: AudioBlock, call: Call): WireBlock {
  requireInput(call, 'audio', param);
  const known = format === 'mpeg' ? 'mp3' : format.replace(/^x-(?=wav|m4a|flac)/, '');
  return { audio: { format: known, source: { bytes: data } } } as WireBlock;
}

/** A file may be an image by its media type or, in S3, by its name. */
function typeOf({ type, source }: MediaBlock): MediaBlock['type'] {
  if (type !== 'file' || source.kind !== 'url') return type;
  const ending = endingOf(source.url);
  return KNOWN.image.has(ending) ? 'image' : KNOWN.video.has(ending) ? 'video' : 'file';
}

function formatOf({ source, filename, param }: MediaBlock, type: MediaBlock['type']): string {
  const format = source.kind === 'url' ? endingOf(source.url) : formatOfMediaType(mediaTypeOf(source, filename), type);
  if (format && KNOWN[type].has(format)) return format;
  throw new GatewayError('unsupported', `Bedrock does not take this kind of ${type}`, { param });
}

/** What a browser could not name, the file's name may. */
function mediaTypeOf(source: MediaSource, filename: string | undefined): string {
  const named = source.kind === 'base64' ? source.mediaType : '';
  return named && named !== 'application/octet-stream' ? named : (mediaTypeOfName(filename ?? '') ?? '');
}

function formatOfMediaType(mediaType: string, type: MediaBlock['type']): string | undefined {
  const formats = { image: IMAGES, video: VIDEOS, file: DOCUMENTS }[type];
  if (Object.hasOwn(formats, mediaType)) return formats[mediaType];
  return type === 'file' && mediaType.startsWith('text/') ? 'txt' : undefined;
}

function endingOf(url: string): string {
  const ending = url.slice(url.lastIndexOf('.') + 1).toLowerCase();
  return (Object.hasOwn(ENDINGS, ending) && ENDINGS[ending]) || ending;
}

function toSource(source: MediaSource, param: string): Source {
  if (source.kind === 'base64') return { bytes: source.data };
  if (source.kind === 'url' && source.url.startsWith('s3://')) return { s3Location: { uri: source.url } };
  throw new GatewayError('unsupported', 'Bedrock takes media inline or from s3:// only', { param });
}

/** Letters, digits, single spaces, hyphens, parentheses and brackets; 200 characters. The same name on every turn. */
function documentName({ filename = '' }: MediaBlock, names: DocumentNames): string {
  const readable = filename
    .replace(/\.[A-Za-z0-9]+$/, '')
    .replace(/[^A-Za-z0-9\-()[\] ]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, 190);
  const plain = readable || 'document';
  let name = plain;
  for (let copy = 2; names.has(name); copy++) name = `${plain} (${copy})`;
  names.add(name);
  return name;
}
