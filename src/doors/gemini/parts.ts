import type { GeminiPart } from './schema.ts';

/** A part and where it stands in the client's request. */
export interface PlacedPart {
  part: GeminiPart;
  /** `contents.3.parts.0` */
  at: string;
}

/** Where a turn's parts stand: `contents.3.parts`. Of several contents it is the first. */
export function partsAt([first]: readonly PlacedPart[]): string {
  return first ? first.at.slice(0, first.at.lastIndexOf('.')) : 'contents';
}

/** A call that waits for its result. */
export interface OpenCall {
  id: string;
  name: string;
}

const BESIDE = new Set(['thought', 'thoughtSignature', 'mediaResolution', 'videoMetadata', 'partMetadata']);

/** What a part holds, as its field is called: also one that we do not know. */
export function kindOf(part: GeminiPart): string {
  return Object.keys(part).find((key) => !BESIDE.has(key)) ?? 'text';
}
