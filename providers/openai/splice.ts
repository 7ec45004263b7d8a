import type { Call } from '../../src/core/provider.ts';

/** The key without its first quote: text is full of quotes, and a search that begins with one is five times slower. */
const MODEL_KEY = /model"/g;
/** Every letter of `model` begins like this when it is escaped, so without it the key can only be spelled plainly. */
const ESCAPED_LETTER = /\\u006/;
const USAGE_OPTION = '{"stream_options":{"include_usage":true},';

/**
 * The client's own text with the provider's name for the model in it: a long conversation is neither parsed nor
 * written again. Undefined where that is not safe.
 */
export function splice(call: Call): string | undefined {
  const { original, request, providerModel } = call;
  if (original?.wire !== 'chat') return undefined;
  const named = spliceModel(original.text, request.model, providerModel);
  if (named === undefined || !request.stream || request.stream_options?.include_usage) return named;
  if (request.stream_options !== undefined) return undefined;
  const start = named.indexOf('{');
  return start < 0 ? undefined : USAGE_OPTION + named.slice(start + 1);
}

/** The text with another name for the model; undefined where it is not plain which one is meant. */
export function spliceModel(text: string, from: string, to: string): string | undefined {
  if (from === to) return text;
  const end = endOfOnlyKey(text);
  if (end === undefined || ESCAPED_LETTER.test(text)) return undefined;
  const old = JSON.stringify(from);
  const at = afterColon(text, end);
  return text.startsWith(old, at) ? text.slice(0, at) + JSON.stringify(to) + text.slice(at + old.length) : undefined;
}

/** Where `"model"` ends, if it stands in the text once. Inside a string its quotes would be escaped. */
function endOfOnlyKey(text: string): number | undefined {
  let end: number | undefined;
  for (const { index, 0: key } of text.matchAll(MODEL_KEY)) {
    if (text[index - 1] !== '"') continue;
    if (end !== undefined) return undefined;
    end = index + key.length;
  }
  return end;
}

/** Where the value begins. */
function afterColon(text: string, from: number): number {
  const between = /\s*:\s*/y;
  between.lastIndex = from;
  return between.test(text) ? between.lastIndex : text.length;
}
