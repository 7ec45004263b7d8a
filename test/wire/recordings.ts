/** Third parties' recorded traffic, kept beside the project and not in it: `../shared/wire`. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, at } from './json.ts';
import { dataLines } from './sse.ts';

export interface Recording {
  id: string;
  provider: string;
  api: string;
  stream: boolean;
  url_path: string;
  request: { body: unknown };
  response: {
    status: number;
    headers: Record<string, string>;
    body?: unknown;
    body_text?: string;
    sse_text?: string;
    eventstream_base64?: string;
  };
}

const FOLDER = join(import.meta.dirname, '../../../shared/wire');

export function isThere(): boolean {
  return existsSync(FOLDER);
}

export function readRecordings(): Recording[] {
  if (!isThere()) return [];
  return readdirSync(FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((folder) => readdirSync(join(FOLDER, folder.name)).map((file) => join(FOLDER, folder.name, file)))
    .filter((path) => path.endsWith('.json'))
    .map((path) => firstAnswerOnly(JSON.parse(readFileSync(path, 'utf8')) as Recording));
}

/** One fixture strings fourteen answers of one agent loop together; a connection carries one. */
function firstAnswerOnly(recording: Recording): Recording {
  const { sse_text: text } = recording.response;
  if (recording.api !== 'messages' || text === undefined) return recording;
  const end = dataLines(text).find(({ data }) => at(JSON.parse(data), 'type') === 'message_stop')?.end;
  if (end === undefined || !text.includes('message_start', end)) return recording;
  return { ...recording, response: { ...recording.response, sse_text: text.slice(0, end) } };
}

/** The answer's bytes as they came over the line. */
export function bytesOf(recording: Recording): Uint8Array {
  const { body, body_text, sse_text, eventstream_base64 } = recording.response;
  if (eventstream_base64 !== undefined) return new Uint8Array(Buffer.from(eventstream_base64, 'base64'));
  return new TextEncoder().encode(sse_text ?? body_text ?? JSON.stringify(body));
}

export function textOf(recording: Recording): string {
  return new TextDecoder().decode(bytesOf(recording));
}

export function isError(recording: Recording): boolean {
  return recording.response.status >= 400;
}

/** Which model was asked; Gemini, Vertex and Bedrock say it in the path. */
export function modelOf(recording: Recording): string {
  const named = (recording.request.body as Json | null)?.model;
  const inPath = /models?\/([^/:]+(?::\d+)?)/.exec(decodeURIComponent(recording.url_path))?.[1];
  return typeof named === 'string' ? named : (inPath ?? 'unknown');
}
