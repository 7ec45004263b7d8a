import type { Call } from '../../src/core/provider.ts';

const MODEL_KEY = '"model"';
/** Every letter of `model` begins like this when it is escaped, so without it the key can only be spelled plainly. */
const ESCAPED_LETTER = '\\u006';
const USAGE_OPTION = '{"stream_options":{"include_usage":true},';

/**
 * The client's own text with the provider's name for the model in it: a long conversation is neither parsed nor
 * written again. Undefined where that is not safe.
 */
export function splice(call: Call): string | undefined {
  const { original, request, providerModel } = call;
  if (original === undefined) return undefined;
  const named = request.model === providerModel ? original : spliceModel(original, request.model, providerModel);
  if (named === undefined || !request.stream || request.stream_options?.include_usage) return named;
  if (request.stream_options !== undefined) return undefined;
  const start = named.indexOf('{');
  return start < 0 ? undefined : USAGE_OPTION + named.slice(start + 1);
}

function spliceModel(text: string, from: string, to: string): string | undefined {
  const key = text.indexOf(MODEL_KEY);
  if (key < 0 || text.indexOf(MODEL_KEY, key + MODEL_KEY.length) >= 0 || text.includes(ESCAPED_LETTER))
    return undefined;
  const old = JSON.stringify(from);
  const at = afterColon(text, key + MODEL_KEY.length);
  return text.startsWith(old, at) ? text.slice(0, at) + JSON.stringify(to) + text.slice(at + old.length) : undefined;
}

/** Where the value begins. */
function afterColon(text: string, from: number): number {
  const between = /\s*:\s*/y;
  between.lastIndex = from;
  return between.test(text) ? between.lastIndex : text.length;
}
