import type { Call, Exchange } from '../../src/core/provider.ts';
import { type Bytes, inBytes } from '../../src/core/wire.ts';

/** The key without its first quote: text is full of quotes, and a search that begins with one is five times slower. */
const MODEL_KEY = 'model"';
const BETWEEN = /\s*:\s*/y;
/** Every letter of `model` begins like this when it is escaped, so without it the key can only be spelled plainly. */
const ESCAPED_LETTER = /\\u006/;
const USAGE_OPTION = '{"stream_options":{"include_usage":true},';

/** What stands in a text from here to there, in other words. */
interface Edit {
  start: number;
  end: number;
  by: string;
}

/**
 * The client's own text with the provider's name for the model in it: a long conversation is neither parsed nor
 * written again, and where its bytes are there they are not even copied. Undefined where that is not safe.
 */
export function splice(call: Call): Pick<Exchange, 'body' | 'bytes'> | undefined {
  const { original, request, providerModel } = call;
  if (original?.wire !== 'chat') return undefined;
  const { text, bytes } = original;
  const edits = modelEdits(text, request.model, providerModel);
  if (!edits) return undefined;
  if (request.stream && !request.stream_options?.include_usage) {
    const start = text.indexOf('{');
    if (request.stream_options !== undefined || start < 0) return undefined;
    edits.unshift({ start: 0, end: start + 1, by: USAGE_OPTION });
  }
  return bytes ? { body: '', bytes: editedBytes(text, bytes, edits) } : { body: edited(text, edits) };
}

/** The text with another name for the model; undefined where it is not plain which one is meant. */
export function spliceModel(text: string, from: string, to: string): string | undefined {
  const edits = modelEdits(text, from, to);
  return edits && edited(text, edits);
}

function modelEdits(text: string, from: string, to: string): Edit[] | undefined {
  if (from === to) return [];
  const key = endOfOnlyKey(text);
  if (key === undefined || ESCAPED_LETTER.test(text)) return undefined;
  const old = JSON.stringify(from);
  const start = afterColon(text, key);
  if (!text.startsWith(old, start)) return undefined;
  return [{ start, end: start + old.length, by: JSON.stringify(to) }];
}

function edited(text: string, edits: readonly Edit[]): string {
  let whole = '';
  let at = 0;
  for (const { start, end, by } of edits) {
    whole += text.slice(at, start) + by;
    at = end;
  }
  return whole + text.slice(at);
}

function editedBytes(text: string, bytes: Bytes, edits: readonly Edit[]): Bytes[] {
  const isAscii = bytes.length === text.length;
  const placeOf = (at: number) => (isAscii ? at : inBytes(text.slice(0, at)).length);
  const pieces: Bytes[] = [];
  let from = 0;
  for (const { start, end, by } of edits) {
    if (start > 0) pieces.push(bytes.subarray(from, placeOf(start)));
    pieces.push(inBytes(by));
    from = placeOf(end);
  }
  pieces.push(bytes.subarray(from));
  return pieces;
}

/** Where `"model"` ends, if it stands in the text once. Inside a string its quotes would be escaped. */
function endOfOnlyKey(text: string): number | undefined {
  let end: number | undefined;
  for (let at = text.indexOf(MODEL_KEY); at >= 0; at = text.indexOf(MODEL_KEY, at + MODEL_KEY.length)) {
    if (text[at - 1] !== '"') continue;
    if (end !== undefined) return undefined;
    end = at + MODEL_KEY.length;
  }
  return end;
}

/** Where the value begins. */
function afterColon(text: string, from: number): number {
  BETWEEN.lastIndex = from;
  return BETWEEN.test(text) ? BETWEEN.lastIndex : text.length;
}
