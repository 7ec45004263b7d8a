import type { ChatMessage, ChatRequest } from '../../src/core/chat.ts';
import type { Call } from '../../src/core/provider.ts';
import { createToolNames, type ToolNames } from '../shared/ids.ts';
import { record, text } from '../shared/refusal.ts';
import { isOpenAi } from './endpoint.ts';

type Json = Record<string, unknown>;

/** OpenAI's rule. Anthropic and Google take names that are twice as long, and Google dots in them. */
const TOOL_NAME = /^[\w-]{1,64}$/;
/** Where a tool, a choice or a call says its name. */
const HOLDERS = ['function', 'custom'];

export interface Named {
  call: Call;
  /** Only where some were changed. */
  names?: ToolNames;
}

/** The call with names that OpenAI takes. Other servers have rules of their own. */
export function fitNames(call: Call): Named {
  const { request } = call;
  const refused = isOpenAi(call.endpoint) ? namesIn(request).filter((name) => !TOOL_NAME.test(name)) : [];
  if (refused.length === 0) return { call };
  const names = createToolNames(refused, TOOL_NAME);
  return { call: { ...call, request: renamed(request, names), original: undefined }, names };
}

function namesIn({ tools, functions, messages }: ChatRequest): string[] {
  const called = messages.flatMap((message) => callsOf(message));
  return [...entries(tools), ...entries(functions), ...called].flatMap((entry) => nameOf(entry) ?? []);
}

function callsOf(message: ChatMessage): unknown[] {
  if (message.role === 'function') return [message];
  return message.role === 'assistant' ? [...entries(message.tool_calls), message.function_call] : [];
}

function renamed(request: ChatRequest, names: ToolNames): ChatRequest {
  const rename = (entry: unknown) => withName(entry, names);
  const { tools, functions, tool_choice: choice, function_call: called } = request;
  const asked = {
    ...request,
    messages: request.messages.map((message) => renamedMessage(message, rename)),
    ...(tools && { tools: entries(tools).map(rename) }),
    ...(functions && { functions: entries(functions).map(rename) }),
    ...(choice && { tool_choice: renamedChoice(choice, rename) }),
    ...(called && { function_call: rename(called) }),
  };
  return asked as ChatRequest; // Of the same shape.
}

function renamedMessage(message: ChatMessage, rename: (entry: unknown) => unknown): unknown {
  if (message.role === 'function') return rename(message);
  if (message.role !== 'assistant') return message;
  const { tool_calls: calls, function_call: called } = message;
  if (!calls?.length && !called) return message;
  return {
    ...message,
    ...(calls && { tool_calls: entries(calls).map(rename) }),
    ...(called && { function_call: rename(called) }),
  };
}

function renamedChoice(choice: unknown, rename: (entry: unknown) => unknown): unknown {
  const allowed = record(record(choice)?.allowed_tools);
  if (!allowed) return rename(choice);
  return { ...record(choice), allowed_tools: { ...allowed, tools: entries(allowed.tools).map(rename) } };
}

/** A holder as it was but for its name. */
function withName(entry: unknown, names: ToolNames): unknown {
  const holder = record(entry);
  if (!holder) return entry;
  const inside = HOLDERS.find((field) => record(holder[field]));
  if (inside) return { ...holder, [inside]: withName(holder[inside], names) };
  const name = text(holder.name);
  return name === undefined ? entry : { ...holder, name: names.toProvider(name) };
}

function nameOf(entry: unknown): string | undefined {
  const holder: Json = record(entry) ?? {};
  return text((record(holder.function) ?? record(holder.custom) ?? holder).name);
}

function entries(list: unknown): unknown[] {
  return Array.isArray(list) ? list : [];
}
