/** Tool calls and their results in the history, as OpenAI's clients send them back. */
import { GatewayError } from '../../src/core/errors.ts';
import { readCacheMark } from './cache.ts';
import type { CacheMark, MediaBlock, TextBlock, ToolCallBlock } from './conversation.ts';
import { splitThoughtId } from './ids.ts';
import { invalid, readContent } from './parts.ts';
import type { PartBlock } from './parts.ts';
import type { Reading } from './reading.ts';
import { warn } from './reading.ts';
import { parseJson, record, text } from './refusal.ts';

/** A tool's result that has not yet met its call. */
export interface ToolAnswer {
  id: string;
  /** The request field that names the call, for errors. */
  param: string;
  content: (TextBlock | MediaBlock)[];
  isError: boolean;
  cache?: CacheMark;
}

type Fields = Record<string, unknown>;

/** `JSON.stringify` recurses, so a client's nesting must end somewhere. The HTTP layer has the same limit for bodies. */
const MAX_DEPTH = 64;

export function readToolCalls(message: Fields, at: string, reading: Reading): ToolCallBlock[] {
  const calls = message['tool_calls'];
  if (calls === undefined || calls === null) return [];
  const param = `${at}.tool_calls`;
  if (!Array.isArray(calls)) throw invalid('Tool calls are a list', param);
  return calls.map((entry, index) => readToolCall(record(entry) ?? {}, `${param}.${index}`, reading));
}

/** OpenAI's old form has one call a message and no id. */
export function readFunctionCall(message: Fields, at: string, reading: Reading): ToolCallBlock[] {
  const fields = record(message['function_call']);
  if (!fields) return [];
  const param = `${at}.function_call`;
  const name = requireName(fields, param);
  const id = `call_fn_${reading.functionCalls++}`;
  reading.openFunctions.set(name, id);
  return [{ type: 'tool_call', id, name, custom: false, input: readArguments(fields, param, reading) }];
}

export function readResult(message: Fields, param: string): ToolAnswer {
  const id = text(message['tool_call_id']);
  if (!id) throw invalid('A tool message names the call that it answers', `${param}.tool_call_id`);
  return answer(message, splitThoughtId(id).id, param, `${param}.tool_call_id`);
}

export function readFunctionResult(message: Fields, param: string, reading: Reading): ToolAnswer {
  const name = text(message['name']) ?? '';
  const id = reading.openFunctions.get(name);
  if (id === undefined) throw invalid('No function call of this name is open', `${param}.name`);
  reading.openFunctions.delete(name);
  return answer(message, id, param, `${param}.name`);
}

function readToolCall(call: Fields, param: string, reading: Reading): ToolCallBlock {
  const { id, signature } = splitThoughtId(text(call['id']) ?? '');
  if (!id) throw invalid('A tool call needs an id', `${param}.id`);
  const extra = reading.call.omitReasoning ? undefined : readExtra(call, signature);
  const cache = readCacheMark(call);
  const rest = { ...(extra && { extra }), ...(cache && { cache }) };
  const custom = record(call['custom']);
  if (custom) {
    const input = { input: text(custom['input']) ?? '' };
    return { type: 'tool_call', id, name: requireName(custom, `${param}.custom`), custom: true, input, ...rest };
  }
  const called = record(call['function']);
  if (!called) {
    throw new GatewayError('unsupported', 'Only function and custom calls can be translated', { param });
  }
  const input = readArguments(called, `${param}.function`, reading);
  return { type: 'tool_call', id, name: requireName(called, `${param}.function`), custom: false, input, ...rest };
}

/** Gemini's signature is bound to its issuer as reasoning is, and so it is left out with it. */
function readExtra(call: Fields, signature: string | undefined): Fields | undefined {
  const extra = record(call['extra_content']);
  if (!signature) return extra;
  return { google: { thought_signature: signature }, ...extra };
}

/** Never throws: models write broken arguments, and such a history would be refused for ever. */
function readArguments(call: Fields, param: string, reading: Reading): Record<string, unknown> {
  const raw = call['arguments'];
  if (raw === undefined || raw === null) return {};
  if (typeof raw !== 'string') return record(raw) ?? { _value: raw };
  if (raw.trim() === '') return {};
  const parsed = isDeep(raw) ? undefined : parseJson(raw);
  const whole = record(parsed);
  if (whole) return whole;
  const action = 'changed';
  const at = `${param}.arguments`;
  if (parsed === undefined) {
    warn(reading, { param: at, action, note: 'unreadable, sent as _raw' });
    return { _raw: raw };
  }
  warn(reading, { param: at, action, note: 'no JSON object, sent as _value' });
  return { _value: parsed };
}

function answer(message: Fields, id: string, at: string, param: string): ToolAnswer {
  const content = readContent(message, at);
  const marked = content.findLast((block) => block.type !== 'audio' && block.cache !== undefined);
  const cache = readCacheMark(message) ?? (marked && 'cache' in marked ? marked.cache : undefined);
  return {
    id,
    param,
    content: content.map(bare),
    isError: message['is_error'] === true,
    ...(cache && { cache }),
  };
}

/** The mark of a part belongs on the result: Bedrock takes none inside. */
function bare(block: PartBlock): TextBlock | MediaBlock {
  if (block.type !== 'audio') {
    const { cache: _, ...rest } = block;
    return rest;
  }
  throw new GatewayError('unsupported', 'A tool cannot answer in audio', { param: block.param });
}

function requireName(called: Fields, param: string): string {
  const name = text(called['name']);
  if (!name) throw invalid('A tool call needs a name', `${param}.name`);
  return name;
}

/** Counts brackets outside strings, without recursion. */
export function isDeep(json: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < json.length; at++) {
    const char = json[at];
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      if (++depth > MAX_DEPTH) return true;
    } else if (char === '}' || char === ']') depth--;
  }
  return false;
}
