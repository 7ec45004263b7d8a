/** Chat messages without what OpenAI's chat endpoint does not know. What needs no change stays the same object. */
import type { ChatMessage } from '../../src/core/chat.ts';
import { GatewayError } from '../../src/core/errors.ts';
import type { Call, Warning } from '../../src/core/provider.ts';
import { safeToolCallId } from '../shared/ids.ts';
import { nameOfFile } from '../shared/media.ts';
import { record, text } from '../shared/refusal.ts';
import { isSilent, moveDrawn, moveToolMedia } from './moved-media.ts';

type Json = Record<string, unknown>;

const REASONING = ['reasoning', 'reasoning_content', 'reasoning_details'];
const EXTENSIONS = [...REASONING, 'cache_control', 'is_error'];
const MARKS = ['cache_control', 'is_error'];
/** OpenAI's limit on the length of an id. */
const TOOL_CALL_ID = /^\S{1,40}$/;

export function fitMessages(call: Call, warnings: Warning[]): ChatMessage[] {
  const { messages } = call.request;
  const failed = messages.findIndex((message) => message.is_error);
  if (failed >= 0) warnings.push({ param: `messages.${failed}.is_error`, action: 'dropped' });
  const fitted = mapSame(messages, (message, index) => fitMessage(message as unknown as Json, `messages.${index}`));
  const moved = moveToolMedia(moveDrawn(fitted, call, warnings));
  return (call.wire ?? 'chat') === 'chat' ? moved : moved.filter((message) => !isSilent(message));
}

/** For any server that has refused the reasoning of earlier turns. */
export function withoutReasoning(messages: ChatMessage[]): ChatMessage[] {
  return mapSame(messages, (message) => without(message as unknown as Json, REASONING));
}

/** Without marks for the cache and of failure. */
export function unmarked(entry: unknown): unknown {
  const holder = record(entry);
  return holder ? without(holder, MARKS) : entry;
}

function fitMessage(message: Json, param: string): Json {
  let fitted = without(message, EXTENSIONS);
  const { content, tool_calls: calls, tool_call_id: id } = message;
  if (Array.isArray(content)) {
    const parts = mapSame(content, (part, index) => fitPart(part, `${param}.content.${index}`));
    if (parts !== content) fitted = { ...fitted, content: parts };
  }
  if (Array.isArray(calls)) {
    const fittedCalls = mapSame(calls, fitCall);
    if (fittedCalls !== calls) fitted = { ...fitted, tool_calls: fittedCalls };
  }
  return id === undefined ? fitted : fitId(fitted, 'tool_call_id');
}

function fitId(holder: Json, field: string): Json {
  const id = text(holder[field]) ?? '';
  const safe = safeToolCallId(id, TOOL_CALL_ID);
  return id === '' || safe === id ? holder : { ...holder, [field]: safe };
}

/** Tools, or calls of them, without marks for the cache, which OpenAI does not know. */
export function unmarkedTools(tools: unknown[]): unknown[] {
  return mapSame(tools, (entry) => {
    const tool = record(entry);
    if (!tool) return entry;
    const bare = without(tool, MARKS);
    const called = unmarked(tool.function);
    return called === tool.function ? bare : { ...bare, function: called };
  });
}

function fitCall(entry: unknown): unknown {
  const call = record(entry);
  return call ? fitId(without(call, ['extra_content', 'cache_control']), 'id') : entry; // What is no call is OpenAI's to judge.
}

function fitPart(entry: unknown, param: string): unknown {
  const part = record(entry);
  if (!part) return entry;
  if (part.type === 'video_url') throw unsupported('OpenAI takes no video', param);
  const file = record(part.file);
  const data = text(file?.file_data);
  if (data?.startsWith('http')) {
    throw unsupported("OpenAI's chat endpoint takes files inline only", `${param}.file.file_data`);
  }
  // A file without a name is a 400.
  const named = data && !file?.filename ? { ...part, file: { ...file, filename: nameOfFile(data) } } : part;
  return without(named, ['cache_control']);
}

/** The same object if none of the fields is there. */
export function without(holder: Json, fields: readonly string[]): Json {
  if (!fields.some((field) => field in holder)) return holder;
  return Object.fromEntries(Object.entries(holder).filter(([field]) => !fields.includes(field)));
}

/** The same list if no entry changed. */
function mapSame<T>(entries: T[], change: (entry: T, index: number) => unknown): T[] {
  const changed = entries.map(change);
  return changed.some((entry, index) => entry !== entries[index]) ? (changed as T[]) : entries;
}

function unsupported(message: string, param: string): GatewayError {
  return new GatewayError('unsupported', message, { param });
}
