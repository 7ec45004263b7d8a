import type { Capabilities } from '../../src/core/deployment.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call } from '../../src/core/provider.ts';

export interface InlineMedia {
  /** Lower case, without parameters. */
  mediaType: string;
  /** Base64. */
  data: string;
}

/** The content of a `data:` URL as base64; undefined for what is none. */
export function parseDataUrl(url: string): InlineMedia | undefined {
  if (url.slice(0, 5).toLowerCase() !== 'data:') return undefined;
  const comma = url.indexOf(',');
  if (comma < 0) return undefined;
  const [type = '', ...parameters] = url.slice(5, comma).split(';');
  const isBase64 = parameters.at(-1)?.trim().toLowerCase() === 'base64';
  const data = isBase64 ? url.slice(comma + 1) : percentToBase64(url.slice(comma + 1));
  return data ? { mediaType: type.trim().toLowerCase() || sniffMediaType(data) || 'text/plain', data } : undefined;
}

/** First characters of base64 that give a format away. */
const MAGIC = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['JVBERi0', 'application/pdf'],
] as const;

const EXTENSIONS: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  wav: 'audio/wav',
  mp3: 'audio/mp3',
  mp4: 'video/mp4',
};

export function sniffMediaType(base64: string): string | undefined {
  return MAGIC.find(([start]) => base64.startsWith(start))?.[1];
}

export function mediaTypeOfName(filename: string): string | undefined {
  const extension = filename.slice(filename.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(EXTENSIONS, extension) ? EXTENSIONS[extension] : undefined;
}

/** A name for a file that has none, after the type in its `data:` URL. Unknown ones are taken for the commonest. */
export function nameOfFile(dataUrl: string): string {
  const [, mediaType = ''] = /^data:([^;,]*)/i.exec(dataUrl) ?? [];
  const extension = Object.keys(EXTENSIONS).find((known) => EXTENSIONS[known] === mediaType.toLowerCase());
  return `file.${extension ?? 'pdf'}`;
}

/** Throws `unsupported` for media that this model does not take, so that another may. */
export function requireInput(call: Call, kind: Capabilities['input'][number], param: string): void {
  if (call.capabilities.input.includes(kind)) return;
  throw new GatewayError('unsupported', `${call.providerModel} takes no ${kind} input`, { param });
}

function percentToBase64(escaped: string): string | undefined {
  try {
    return toBase64(new TextEncoder().encode(decodeURIComponent(escaped)));
  } catch {
    return undefined; // A stray percent sign: no URL.
  }
}

/** In pieces, because the arguments of one call are limited. */
function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let start = 0; start < bytes.length; start += 8192) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return btoa(binary);
}
